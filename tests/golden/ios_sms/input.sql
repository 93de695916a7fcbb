-- path: private/var/mobile/Library/SMS/sms.db
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT, chat_identifier TEXT);
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT, attributedBody BLOB, handle_id INTEGER DEFAULT 0,
  service TEXT, account TEXT, date INTEGER, date_read INTEGER, date_delivered INTEGER, is_from_me INTEGER DEFAULT 0, is_read INTEGER DEFAULT 0, is_sent INTEGER DEFAULT 0,
  is_delivered INTEGER DEFAULT 0, item_type INTEGER DEFAULT 0, thread_originator_guid TEXT, date_edited INTEGER, date_retracted INTEGER,
  associated_message_guid TEXT, associated_message_type INTEGER DEFAULT 0);
CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER);
CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, message_date INTEGER);
CREATE TABLE chat_recoverable_message_join (chat_id INTEGER, message_id INTEGER, delete_date INTEGER);
CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER);
CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, filename TEXT, mime_type TEXT);
INSERT INTO handle VALUES (1, '+447700900123'), (2, 'aunt.nell@example.org'), (3, '+447700900456');
INSERT INTO chat VALUES (1, 'SMS;-;+447700900123', '+447700900123'), (2, 'iMessage;+;chat77', 'chat77');
INSERT INTO chat_handle_join VALUES (1, 1), (2, 1), (2, 2), (2, 3);
-- 700000000 s after 2001-01-01 is 2023-03-08 20:26:40 UTC. Before iOS 11 dates were seconds, now they are nanoseconds.
INSERT INTO message (ROWID, guid, text, handle_id, service, account, date, date_read, is_from_me, is_read) VALUES
  (1, 'G-1', 'naïve café 😀', 1, 'SMS', 'P:+447700900999', 700000000, NULL, 0, 1),
  (2, 'G-2', 'in nanoseconds', 2, 'iMessage', 'E:me@example.org', 700000060000000000, 700000120000000000, 0, 1);
INSERT INTO message (ROWID, guid, text, handle_id, service, account, date, is_from_me, is_sent, thread_originator_guid, date_edited) VALUES
  (3, 'G-3', 'to all of you', 0, 'iMessage', 'E:me@example.org', 700000180000000000, 1, 1, 'G-2', 700000190000000000);
INSERT INTO message (ROWID, guid, text, handle_id, service, date, is_from_me, is_delivered) VALUES
  (4, 'G-4', char(65532) || 'look', 3, 'iMessage', 700000240000000000, 1, 1);
-- Joins nowhere; no text, no service, no date.
INSERT INTO message (ROWID, guid, handle_id) VALUES (5, 'G-5', 999);
-- Deleted by the user: only the recoverable join leads to its chat.
INSERT INTO message (ROWID, guid, text, handle_id, service, date, is_from_me) VALUES (6, 'G-6', 'bin this', 3, 'iMessage', 700000300000000000, 0);
-- Somebody joined a group: a line of the app itself. And a reaction, which is no message.
INSERT INTO message (ROWID, guid, handle_id, service, date, item_type) VALUES (7, 'G-7', 1, 'iMessage', 700000360000000000, 1);
INSERT INTO message (ROWID, guid, text, handle_id, service, date, associated_message_guid, associated_message_type) VALUES
  (8, 'G-8', 'Loved “in nanoseconds”', 1, 'iMessage', 700000420000000000, 'p:0/G-2', 2000);
INSERT INTO chat_message_join VALUES (1, 1, 0), (2, 2, 0), (2, 3, 0), (2, 4, 0), (2, 7, 0), (2, 8, 0);
INSERT INTO chat_recoverable_message_join VALUES (2, 6, 700000500000000000);
INSERT INTO attachment VALUES (1, '~/Library/SMS/Attachments/aa/00/IMG_0001.HEIC', 'image/heic');
INSERT INTO message_attachment_join VALUES (4, 1);
