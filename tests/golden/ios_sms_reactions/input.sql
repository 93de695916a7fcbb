-- path: private/var/mobile/Library/SMS/sms.db
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY, chat_identifier TEXT);
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid TEXT, text TEXT, handle_id INTEGER, service TEXT, account TEXT, date INTEGER, is_from_me INTEGER,
  associated_message_guid TEXT, associated_message_type INTEGER, associated_message_emoji TEXT);
CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER);
INSERT INTO handle VALUES (1, '+447700900123');
INSERT INTO chat VALUES (1, 'chat77');
INSERT INTO message VALUES
  (1, 'G-1', 'hello', 1, 'iMessage', NULL, 700000000000000000, 0, NULL, 0, NULL),
  (2, 'G-2', 'Loved “hello”', 1, 'iMessage', NULL, 700000060000000000, 0, 'p:0/G-1', 2000, NULL),
  (3, 'G-3', 'Removed a heart', 1, 'iMessage', NULL, 700000120000000000, 0, 'bp:G-1', 3000, NULL),
  (4, 'G-4', 'Reacted 🔥', 99, 'iMessage', NULL, 700000180000000000, 0, 'p:1/G-1', 2006, '🔥'),
  (5, 'G-5', 'Something new', 0, NULL, NULL, NULL, 1, NULL, 2042, NULL);
INSERT INTO chat_message_join VALUES (1, 1), (1, 2), (1, 3);
