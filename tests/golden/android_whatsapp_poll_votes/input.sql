-- path: data/data/com.whatsapp/databases/msgstore.db
CREATE TABLE jid(_id INTEGER PRIMARY KEY, raw_string TEXT);
CREATE TABLE jid_map(lid_row_id INTEGER PRIMARY KEY, jid_row_id INTEGER NOT NULL);
CREATE TABLE chat(_id INTEGER PRIMARY KEY, jid_row_id INTEGER);
CREATE TABLE message(_id INTEGER PRIMARY KEY, key_id TEXT);
CREATE TABLE message_poll_option(_id INTEGER PRIMARY KEY, message_row_id INTEGER, option_name TEXT, vote_total INTEGER);
CREATE TABLE message_add_on(_id INTEGER PRIMARY KEY, chat_row_id INTEGER, from_me INTEGER, sender_jid_row_id INTEGER, parent_message_row_id INTEGER, timestamp INTEGER);
CREATE TABLE message_add_on_poll_vote(message_add_on_row_id INTEGER PRIMARY KEY, sender_timestamp INTEGER);
CREATE TABLE message_add_on_poll_vote_selected_option(_id INTEGER PRIMARY KEY, message_add_on_row_id INTEGER, message_poll_option_id INTEGER);
INSERT INTO jid VALUES(1, '447700900001@s.whatsapp.net'), (2, '120363000000000001@g.us'), (3, '98765432101234@lid'), (4, '447700900002@s.whatsapp.net');
INSERT INTO jid_map VALUES(3, 4);
INSERT INTO chat VALUES(1, 1), (2, 2);
INSERT INTO message VALUES(1, 'P1');
INSERT INTO message_poll_option VALUES(1, 1, 'Größe', 2), (2, 1, 'B 😀', 1);
INSERT INTO message_add_on VALUES(1, 2, 0, 3, 1, 1700000000000), (2, 2, 1, 0, 1, 1700000060000), (3, 2, 0, 0, 1, NULL);
INSERT INTO message_add_on_poll_vote VALUES(1, 1700000001500), (2, 0), (3, 9223372036854775807);
-- two options of one vote, one of the owner, one of nobody known, one that joins nowhere, one of an option that is gone, nothing
INSERT INTO message_add_on_poll_vote_selected_option VALUES(1, 1, 1), (2, 1, 2), (3, 2, 1), (4, 3, 2), (5, 88, 99), (6, 1, 99), (7, NULL, NULL);
-- path: data/user/95/com.whatsapp.w4b/databases/msgstore.db
CREATE TABLE message_add_on_poll_vote_selected_option(_id INTEGER PRIMARY KEY, message_add_on_row_id INTEGER, message_poll_option_id INTEGER);
CREATE TABLE message_poll_option(_id INTEGER PRIMARY KEY, message_row_id INTEGER, option_name TEXT);
INSERT INTO message_poll_option VALUES(1, 1, 'only this');
INSERT INTO message_add_on_poll_vote_selected_option VALUES(1, 1, 1);
