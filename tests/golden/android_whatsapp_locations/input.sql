-- path: data/data/com.whatsapp/databases/msgstore.db
CREATE TABLE jid(_id INTEGER PRIMARY KEY, raw_string TEXT);
CREATE TABLE jid_map(lid_row_id INTEGER PRIMARY KEY, jid_row_id INTEGER NOT NULL);
CREATE TABLE chat(_id INTEGER PRIMARY KEY, jid_row_id INTEGER);
CREATE TABLE message(_id INTEGER PRIMARY KEY, chat_row_id INTEGER, from_me INTEGER, sender_jid_row_id INTEGER, timestamp INTEGER, message_type INTEGER);
CREATE TABLE message_location(message_row_id INTEGER PRIMARY KEY, latitude REAL, longitude REAL, place_name TEXT, live_location_share_duration INTEGER,
  live_location_final_latitude REAL, live_location_final_longitude REAL, live_location_final_timestamp INTEGER);
INSERT INTO jid VALUES(1, '447700900001@s.whatsapp.net'), (2, '120363000000000001@g.us'), (3, '98765432101234@lid'), (4, '447700900002@s.whatsapp.net');
INSERT INTO jid_map VALUES(3, 4);
INSERT INTO chat VALUES(1, 1), (2, 2);
INSERT INTO message VALUES(1, 1, 0, 0, 1700000000000, 5), (2, 1, 1, 0, 1700000060000, 16), (3, 2, 0, 3, 1700000120000, 16), (4, 2, 0, 0, NULL, 5), (5, 1, 0, 0, 1700000240000, 5), (6, 1, 0, 0, 1700000300000, 5);
INSERT INTO message_location VALUES(1, 53.25, -1.5, 'Café', NULL, NULL, NULL, NULL), (2, 53.5, -1.25, NULL, 900, 53.75, -1.125, 1700000960000), (3, 0, 10.5, NULL, 60, 0, 0, 0), (4, -33.5, 151, NULL, NULL, NULL, NULL, NULL),
  (5, 0, 0, NULL, NULL, NULL, NULL, NULL), (6, 9999, 10, NULL, NULL, NULL, NULL, NULL), (77, 1.5, 2.5, 'of no message', NULL, NULL, NULL, NULL), (78, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
-- path: data/user/95/com.whatsapp.w4b/databases/msgstore.db
CREATE TABLE message_location(message_row_id INTEGER PRIMARY KEY, latitude REAL, longitude REAL);
INSERT INTO message_location VALUES(1, 10, 20);
