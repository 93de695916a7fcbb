-- path: data/data/com.whatsapp/databases/msgstore.db
CREATE TABLE jid(_id INTEGER PRIMARY KEY, user TEXT, server TEXT, raw_string TEXT);
CREATE TABLE jid_map(lid_row_id INTEGER PRIMARY KEY, jid_row_id INTEGER NOT NULL);
CREATE TABLE call_log(_id INTEGER PRIMARY KEY, jid_row_id INTEGER, from_me INTEGER, call_id TEXT, timestamp INTEGER, video_call INTEGER, duration INTEGER, call_result INTEGER, group_jid_row_id INTEGER NOT NULL DEFAULT 0);
CREATE TABLE call_log_participant_v2(_id INTEGER PRIMARY KEY, call_log_row_id INTEGER, jid_row_id INTEGER, call_result INTEGER);
INSERT INTO jid VALUES(1, '447700900001', 's.whatsapp.net', '447700900001@s.whatsapp.net'), (2, '98765432101234', 'lid', '98765432101234@lid'), (3, '447700900002', 's.whatsapp.net', '447700900002@s.whatsapp.net'),
  (4, '1203', 'g.us', '120363000000000001@g.us'), (5, '55555555555555', 'lid', '55555555555555@lid');
INSERT INTO jid_map VALUES(2, 3);
-- one that took place, out; a video call in from a LID whose number is known; one nobody took; one out that was given up; one the other phone could not be reached by
INSERT INTO call_log VALUES(1, 1, 1, 'c1', 1700000000000, 0, 65, 5, 0), (2, 2, 0, 'c2', 1700000060500, 1, 7, 5, 0), (3, 5, 0, 'c3', 1700000120000, 0, 0, 2, 0),
  (4, 1, 1, 'c4', 1700000180000, 0, 0, 4, 0), (5, 1, 0, 'c5', 1700000240000, 0, 0, 4, 0), (6, 1, 1, 'c6', 1700000300000, 0, 0, 3, 0),
-- a group call; one that joins nowhere and has a result nobody knows; nothing but NULL; a time out of range
  (7, 3, 0, 'c7', 1700000360000, 1, 90, 5, 4), (8, 99, 0, 'c8', 1700000420000, 0, 0, 4711, 98), (9, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0), (10, 1, 1, 'c10', 9223372036854775807, 0, 3, NULL, 0);
INSERT INTO call_log_participant_v2 VALUES(1, 7, 1, 5), (2, 7, 2, 5), (3, 7, 77, 2), (4, 555, 1, 5);
-- path: data/data/com.whatsapp.w4b/databases/msgstore.db
CREATE TABLE jid(_id INTEGER PRIMARY KEY, raw_string TEXT);
CREATE TABLE call_log(_id INTEGER PRIMARY KEY, jid_row_id INTEGER, from_me INTEGER, timestamp INTEGER, video_call INTEGER, duration INTEGER);
INSERT INTO jid VALUES(1, '447700900003@s.whatsapp.net');
INSERT INTO call_log VALUES(1, 1, 0, 1700000000000, 0, 12);
-- path: data/user/95/com.whatsapp/databases/msgstore.db
CREATE TABLE jid(_id INTEGER PRIMARY KEY, raw_string TEXT);
CREATE TABLE call_log(_id INTEGER PRIMARY KEY, jid_row_id INTEGER, from_me INTEGER, timestamp INTEGER, video_call INTEGER, duration INTEGER, call_result INTEGER);
INSERT INTO jid VALUES(1, '447700900095@s.whatsapp.net');
INSERT INTO call_log VALUES(1, 1, 1, 1700000000000, 0, 0, 2);
