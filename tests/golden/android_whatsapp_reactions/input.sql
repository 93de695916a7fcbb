-- path: data/data/com.whatsapp/databases/msgstore.db
CREATE TABLE jid(_id INTEGER PRIMARY KEY, raw_string TEXT);
CREATE TABLE jid_map(lid_row_id INTEGER PRIMARY KEY, jid_row_id INTEGER NOT NULL);
CREATE TABLE chat(_id INTEGER PRIMARY KEY, jid_row_id INTEGER);
CREATE TABLE message(_id INTEGER PRIMARY KEY, key_id TEXT);
CREATE TABLE message_add_on(_id INTEGER PRIMARY KEY, chat_row_id INTEGER, from_me INTEGER, key_id TEXT, sender_jid_row_id INTEGER, parent_message_row_id INTEGER, timestamp INTEGER);
CREATE TABLE message_add_on_reaction(message_add_on_row_id INTEGER PRIMARY KEY, reaction TEXT, sender_timestamp INTEGER);
INSERT INTO jid VALUES(1, '447700900001@s.whatsapp.net'), (2, '120363000000000001@g.us'), (3, '98765432101234@lid'), (4, '447700900002@s.whatsapp.net');
INSERT INTO jid_map VALUES(3, 4);
INSERT INTO chat VALUES(1, 1), (2, 2);
INSERT INTO message VALUES(1, 'A1'), (2, 'A2');
INSERT INTO message_add_on VALUES(1, 1, 0, 'r1', 0, 1, 1700000000000), (2, 1, 1, 'r2', 0, 1, 1700000060000), (3, 2, 0, 'r3', 3, 2, 1700000120000), (4, 2, 0, 'r4', NULL, 2, 1700000180000), (5, 77, 0, 'r5', 88, 99, NULL);
INSERT INTO message_add_on_reaction VALUES(1, '👍', 1700000001500), (2, '❤️', 0), (3, 'größer', 9223372036854775807), (4, '', NULL), (5, '?', -1),
  (6, 'of no message', 1700000240000), (7, NULL, NULL);
-- path: data/data/com.whatsapp.w4b/databases/msgstore.db
CREATE TABLE jid(_id INTEGER PRIMARY KEY, raw_string TEXT);
CREATE TABLE chat(_id INTEGER PRIMARY KEY, jid_row_id INTEGER);
CREATE TABLE message(_id INTEGER PRIMARY KEY, key_id TEXT);
CREATE TABLE message_add_on(_id INTEGER PRIMARY KEY, chat_row_id INTEGER, from_me INTEGER, sender_jid_row_id INTEGER, parent_message_row_id INTEGER, timestamp INTEGER);
CREATE TABLE message_add_on_reaction(message_add_on_row_id INTEGER PRIMARY KEY, reaction TEXT);
INSERT INTO jid VALUES(1, '447700900003@s.whatsapp.net');
INSERT INTO chat VALUES(1, 1);
INSERT INTO message VALUES(1, 'B1');
INSERT INTO message_add_on VALUES(1, 1, 0, 0, 1, 1700000300000);
INSERT INTO message_add_on_reaction VALUES(1, '🙏');
