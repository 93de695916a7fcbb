-- path: data/data/com.whatsapp/databases/msgstore.db
CREATE TABLE jid(_id INTEGER PRIMARY KEY, raw_string TEXT);
CREATE TABLE jid_map(lid_row_id INTEGER, jid_row_id INTEGER NOT NULL);
CREATE TABLE chat(_id INTEGER PRIMARY KEY, jid_row_id INTEGER, subject TEXT, created_timestamp INTEGER, archived INTEGER);
CREATE TABLE group_participant_user(_id INTEGER PRIMARY KEY, group_jid_row_id INTEGER, user_jid_row_id INTEGER);
INSERT INTO jid VALUES(1, '447700900001@s.whatsapp.net'), (2, '120363000000000001@g.us'), (3, '98765432101234@lid'), (4, '447700900002@s.whatsapp.net'), (5, '55555555555555@lid'), (6, 'status@broadcast'), (7, '120363999@newsletter');
-- the same LID twice: a conversation stays one
INSERT INTO jid_map VALUES(3, 4), (3, 4), (700, 1);
INSERT INTO chat VALUES(1, 1, NULL, 1700000000000, 0), (2, 2, 'Flügel B 😀', 1700000060000, 1), (3, 3, NULL, NULL, NULL), (4, 5, NULL, -1, 0), (5, 6, NULL, 0, 0), (6, 7, 'News', 9223372036854775807, 0), (7, 99, 'joins nowhere', NULL, 4711), (8, NULL, NULL, NULL, NULL);
INSERT INTO group_participant_user VALUES(1, 2, 1), (2, 2, 3), (3, 2, 77), (4, 555, 1);
-- path: data/data/com.whatsapp.w4b/databases/msgstore.db
CREATE TABLE jid(_id INTEGER PRIMARY KEY, raw_string TEXT);
CREATE TABLE chat(_id INTEGER PRIMARY KEY, jid_row_id INTEGER);
INSERT INTO jid VALUES(1, '447700900003@s.whatsapp.net');
INSERT INTO chat VALUES(1, 1);
-- path: data/user/10/com.whatsapp/databases/msgstore.db
CREATE TABLE chat_list(_id INTEGER PRIMARY KEY, key_remote_jid TEXT, subject TEXT, creation INTEGER, archived INTEGER);
CREATE TABLE group_participants(_id INTEGER PRIMARY KEY, gjid TEXT, jid TEXT, admin INTEGER);
INSERT INTO chat_list VALUES(1, '447700900001@s.whatsapp.net', NULL, NULL, NULL), (2, '447700900001-1600000000@g.us', 'Alt', 1600000000000, 1), (3, NULL, NULL, NULL, NULL);
INSERT INTO group_participants VALUES(1, '447700900001-1600000000@g.us', '447700900001@s.whatsapp.net', 2), (2, '447700900001-1600000000@g.us', '', 0), (3, '447700900001-1600000000@g.us', x'3132', 0), (4, 'another@g.us', '447700900009@s.whatsapp.net', 0);
