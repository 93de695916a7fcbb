#!/usr/bin/env python3
"""WhatsApp without wa.db (no contact is known), polls, places, system messages, WhatsApp Business with its own settings, a second user, the dual app, and the layout before 2021."""
import os, sqlite3, sys

NEW = """
CREATE TABLE jid(_id INTEGER PRIMARY KEY, user TEXT, server TEXT, raw_string TEXT);
CREATE TABLE jid_map(lid_row_id INTEGER PRIMARY KEY, jid_row_id INTEGER NOT NULL);
CREATE TABLE chat(_id INTEGER PRIMARY KEY, jid_row_id INTEGER UNIQUE, subject TEXT, created_timestamp INTEGER);
CREATE TABLE message(_id INTEGER PRIMARY KEY, chat_row_id INTEGER NOT NULL, from_me INTEGER, key_id TEXT NOT NULL, sender_jid_row_id INTEGER,
  status INTEGER, timestamp INTEGER, received_timestamp INTEGER, message_type INTEGER, text_data TEXT, starred INTEGER);
CREATE TABLE message_media(message_row_id INTEGER PRIMARY KEY, file_path TEXT, mime_type TEXT, media_caption TEXT, media_name TEXT);
CREATE TABLE message_location(message_row_id INTEGER PRIMARY KEY, chat_row_id INTEGER, latitude REAL, longitude REAL, place_name TEXT, place_address TEXT, url TEXT,
  live_location_share_duration INTEGER, live_location_sequence_number INTEGER, live_location_final_latitude REAL, live_location_final_longitude REAL, live_location_final_timestamp INTEGER);
CREATE TABLE message_poll(message_row_id INTEGER PRIMARY KEY, enc_key BLOB, selectable_options_count INTEGER);
CREATE TABLE message_poll_option(_id INTEGER PRIMARY KEY AUTOINCREMENT, message_row_id INTEGER, option_sha256_hash TEXT, option_name TEXT, vote_total INTEGER);
CREATE TABLE message_vcard(_id INTEGER PRIMARY KEY AUTOINCREMENT, message_row_id INTEGER, vcard TEXT);
CREATE TABLE message_system(message_row_id INTEGER PRIMARY KEY, action_type INTEGER NOT NULL);
CREATE TABLE message_system_chat_participant(message_row_id INTEGER, user_jid_row_id INTEGER);
CREATE TABLE message_system_number_change(message_row_id INTEGER PRIMARY KEY, old_jid_row_id INTEGER, new_jid_row_id INTEGER);
CREATE TABLE message_system_value_change(message_row_id INTEGER PRIMARY KEY, old_data TEXT);
CREATE TABLE message_system_block_contact(message_row_id INTEGER PRIMARY KEY, is_blocked INTEGER);
CREATE TABLE message_ephemeral_setting(message_row_id INTEGER PRIMARY KEY, setting_duration INTEGER);
CREATE TABLE message_quoted(message_row_id INTEGER PRIMARY KEY, key_id TEXT NOT NULL);
CREATE TABLE message_forwarded(message_row_id INTEGER PRIMARY KEY, forward_score INTEGER);
CREATE TABLE message_edit_info(message_row_id INTEGER PRIMARY KEY, edited_timestamp INTEGER);
CREATE TABLE message_revoked(message_row_id INTEGER PRIMARY KEY, revoke_timestamp INTEGER);
CREATE TABLE message_ephemeral(message_row_id INTEGER PRIMARY KEY, duration INTEGER NOT NULL);
INSERT INTO jid VALUES(1, '447700900001', 's.whatsapp.net', '447700900001@s.whatsapp.net'), (2, '1203', 'g.us', '447700900001-1600000000@g.us'),
  (3, '98765432101234', 'lid', '98765432101234@lid'), (4, '447700900002', 's.whatsapp.net', '447700900002@s.whatsapp.net'), (5, '55', 'lid', '55555555555555@lid');
INSERT INTO jid_map VALUES(3, 4);
INSERT INTO chat VALUES(1, 1, NULL, NULL), (2, 2, 'Wing', 1678307200000);
"""
WHATSAPP = """
INSERT INTO message VALUES(1, 1, 0, 'A1', NULL, 0, 1678307200000, 1678307201000, 0, 'naïve café 😀', 0);
INSERT INTO message VALUES(2, 1, 1, 'A2', NULL, 13, 1678307260500, NULL, 0, 'an answer', 1);
INSERT INTO message VALUES(3, 2, 0, 'A3', 3, 0, 1678307320000, NULL, 1, NULL, 0);
INSERT INTO message VALUES(4, 2, 0, 'A4', 5, 0, 1678307380000, NULL, 5, NULL, 0);
INSERT INTO message VALUES(5, 2, 0, 'A5', 4, 0, 1678307440000, NULL, 15, NULL, 0);
INSERT INTO message VALUES(6, 77, 0, 'A6', 99, 0, -1, NULL, 0, 'joins nowhere', NULL);
INSERT INTO message VALUES(7, 1, 0, 'A7', NULL, 6, 1678307500000, NULL, 7, NULL, 0);
INSERT INTO message_quoted VALUES(2, 'A1');
INSERT INTO message_edit_info VALUES(2, 1678307270000);
INSERT INTO message_ephemeral VALUES(2, 604800);
INSERT INTO message_media VALUES(3, 'Media/WhatsApp Images/IMG-1.jpg', 'image/jpeg', 'Überraschung', NULL);
INSERT INTO message_forwarded VALUES(3, 5);
INSERT INTO message_location(message_row_id, latitude, longitude, place_name) VALUES(4, 51.5, -0.125, 'gate');
INSERT INTO message_revoked VALUES(5, 1678307450000);
"""
MORE = """
INSERT INTO message VALUES(20, 2, 0, 'P1', 4, 0, 1678307600000, NULL, 66, 'Which wing? Größe', 0);
INSERT INTO message_poll VALUES(20, x'00', 1);
INSERT INTO message_poll_option(message_row_id, option_name, vote_total) VALUES(20, 'Zwölf', 2), (20, 'A', 0), (20, 'm', NULL), (999, 'of no message', 1);
INSERT INTO message VALUES(21, 2, 1, 'P2', 0, 5, 1678307601000, NULL, 66, 'no option is left', 0);
INSERT INTO message VALUES(22, 1, 0, 'L1', NULL, 0, 1678307602000, NULL, 5, NULL, 0);
INSERT INTO message_location(message_row_id, latitude, longitude, place_name, place_address, url) VALUES(22, 53.25, -1.5, 'Café', '1 High Street', 'https://example.org/p');
INSERT INTO message VALUES(23, 1, 1, 'L2', NULL, 5, 1678307603000, NULL, 16, 'on my way', 0);
INSERT INTO message_location VALUES(23, 1, 53.5, -1.25, NULL, NULL, NULL, 900, 4, 53.75, -1.125, 1678308503000);
INSERT INTO message VALUES(24, 1, 0, 'L3', NULL, 0, 1678307604000, NULL, 16, NULL, 0);
INSERT INTO message_location(message_row_id, latitude, longitude) VALUES(24, 0, 0);
INSERT INTO message VALUES(25, 1, 0, 'L4', NULL, 0, 1678307605000, NULL, 5, NULL, 0);
INSERT INTO message_location(message_row_id, latitude, longitude, place_name) VALUES(25, 9999, 10, 'nowhere on earth');
INSERT INTO message VALUES(30, 2, 1, 'S1', 4, 6, 1678307700000, NULL, 7, NULL, 0);
INSERT INTO message_system VALUES(30, 12);
INSERT INTO message_system_chat_participant VALUES(30, 1);
INSERT INTO message VALUES(31, 2, 0, 'S2', 3, 6, 1678307701000, NULL, 7, 'Flügel B', 0);
INSERT INTO message_system VALUES(31, 1);
INSERT INTO message_system_value_change VALUES(31, 'Wing');
INSERT INTO message VALUES(32, 1, 1, 'S3', 0, 6, 1678307702000, NULL, 7, NULL, 0);
INSERT INTO message_system VALUES(32, 10);
INSERT INTO message_system_number_change VALUES(32, 1, 4);
INSERT INTO message VALUES(33, 1, 1, 'S4', 0, 6, 1678307703000, NULL, 7, NULL, 0);
INSERT INTO message_system VALUES(33, 58);
INSERT INTO message_system_block_contact VALUES(33, 1);
INSERT INTO message VALUES(34, 1, 1, 'S5', 0, 6, 1678307704000, NULL, 7, NULL, 0);
INSERT INTO message_system VALUES(34, 58);
INSERT INTO message_system_block_contact VALUES(34, 0);
INSERT INTO message VALUES(35, 1, 1, 'S6', 0, 6, 1678307705000, NULL, 7, NULL, 0);
INSERT INTO message_system VALUES(35, 4711);
INSERT INTO message VALUES(36, 1, 1, 'S7', 0, 6, 1678307706000, NULL, 7, NULL, 0);
INSERT INTO message_system VALUES(36, 59);
INSERT INTO message_ephemeral_setting VALUES(36, 86400);
INSERT INTO message VALUES(37, 2, 1, 'S8', 0, 6, 1678307707000, NULL, 7, NULL, 0);
INSERT INTO message_system VALUES(37, 14);
INSERT INTO message_system_chat_participant VALUES(37, 4), (37, 5), (37, 777);
INSERT INTO message_system VALUES(4711, 1);
INSERT INTO message VALUES(40, 2, 0, 'G1', NULL, 0, 1678307800000, NULL, 0, 'in a group, its sender unknown', 0);
INSERT INTO message VALUES(41, 1, 0, 'D1', NULL, 0, 1678307801000, NULL, 9, NULL, 0);
INSERT INTO message_media VALUES(41, 'Media/WhatsApp Documents/DOC-1.pdf', 'application/pdf', NULL, 'visiting order é.pdf');
INSERT INTO message VALUES(42, 1, NULL, 'N1', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO message VALUES(43, 1, 0, 'T9', NULL, 0, 1678307802000, NULL, 4711, 'a kind nobody knows', 0);
INSERT INTO message VALUES(44, 1, 0, 'V1', NULL, 0, 9223372036854775807, NULL, 103, 'out of range', 0);
INSERT INTO message_media VALUES(44, 'Media/VID-1.mp4', 'video/mp4', NULL, NULL);
INSERT INTO message VALUES(45, 1, 0, 'C1', NULL, 0, 1678307803000, NULL, 14, NULL, 0);
INSERT INTO message_vcard(message_row_id, vcard) VALUES
  (45, 'BEGIN:VCARD' || char(10) || 'VERSION:3.0' || char(10) || 'N:Ångström;Zoë;;;' || char(10) || 'FN:Zoë Ångström' || char(10) || 'TEL;type=Mobile;waid=447700900005:+44 7700 900005' || char(10) || 'PHOTO;BASE64:AAAA' || char(10) || 'END:VCARD'),
  (45, 'BEGIN:VCARD' || char(13, 10) || 'FN:Second' || char(13, 10) || 'item1.TEL;waid=447700900006:07700 900006' || char(13, 10) || 'END:VCARD'), (999, 'FN:of no message');
INSERT INTO message VALUES(46, 1, 0, 'C2', NULL, 0, 1678307804000, NULL, 4, 'a name alone', 0);
"""
OLD = """
CREATE TABLE messages(_id INTEGER PRIMARY KEY, key_remote_jid TEXT, key_from_me INTEGER, key_id TEXT, status INTEGER, data TEXT, timestamp INTEGER,
  media_wa_type TEXT, media_size INTEGER, media_caption TEXT, media_mime_type TEXT, media_name TEXT, latitude REAL, longitude REAL, remote_resource TEXT, received_timestamp INTEGER);
INSERT INTO messages VALUES(1, '-1', 0, '-1', -1, '', 0, '0', 0, NULL, NULL, NULL, 0, 0, NULL, 0);
INSERT INTO messages VALUES(2, '447700900001-1600000000@g.us', 0, 'O1', 0, 'old and in a group', 1578307200000, '0', 0, NULL, NULL, NULL, 0, 0, '447700900003@s.whatsapp.net', 1578307201000);
INSERT INTO messages VALUES(3, '447700900001@s.whatsapp.net', 1, 'O2', 5, NULL, 1578307260000, '1', 9000, 'look', 'image/jpeg', 'IMG-2.jpg', 0, 0, NULL, -1);
INSERT INTO messages VALUES(4, '447700900001-1600000000@g.us', 1, 'O3', 6, 'Alte Größe', 1578307320000, '0', 1, NULL, NULL, NULL, 0, 0, '447700900003@s.whatsapp.net', -1);
INSERT INTO messages VALUES(5, '447700900001-1600000000@g.us', 1, 'O4', 6, NULL, 1578307380000, '0', 4711, NULL, NULL, NULL, 0, 0, NULL, -1);
INSERT INTO messages VALUES(6, '447700900001@s.whatsapp.net', 0, 'O5', 0, NULL, 1578307440000, '5', 0, NULL, NULL, 'the gate', 0, -1.5, NULL, -1);
INSERT INTO messages VALUES(7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO messages VALUES(8, '447700900001-1600000000@g.us', 0, 'O6', 0, 'of nobody', 1578307500000, '0', 0, NULL, NULL, NULL, 0, 0, '', -1);
INSERT INTO messages VALUES(9, '447700900001@s.whatsapp.net', 0, 'O7', 6, NULL, 1578307560000, '10', 0, NULL, NULL, NULL, 0, 0, NULL, -1);
"""


def make(path, *scripts):
    full = os.path.join(sys.argv[1], path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    db = sqlite3.connect(full)
    for s in scripts:
        db.executescript(s)
    db.close()


def settings(path, *pairs):
    full = os.path.join(sys.argv[1], path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8") as f:
        f.write("<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>%s</map>\n" % "".join('<string name="%s">%s</string>' % p for p in pairs))


def one(key):
    return "INSERT INTO message VALUES(1, 1, 0, '%s', NULL, 0, 1678307200000, NULL, 0, 'from %s', 0);" % (key, key)


make("data/data/com.whatsapp/databases/msgstore.db", NEW, WHATSAPP, MORE)
make("data/data/com.whatsapp.w4b/databases/msgstore.db", NEW, one("B1"))
make("data/user/10/com.whatsapp/databases/msgstore.db", NEW, one("U10"))
make("data/user/95/com.whatsapp/databases/msgstore.db", NEW, one("U95"))
make("data/user/11/com.whatsapp/databases/msgstore.db", OLD)
# The owner's number stands in the one app's settings only; the other WhatsApp of the same user has none.
settings("data/data/com.whatsapp.w4b/shared_prefs/com.whatsapp.w4b_preferences_light.xml", ("cc", "44"), ("ph", "7700900777"))
settings("data/user/10/com.whatsapp/shared_prefs/startup_prefs.xml", ("registration_jid", "447700900010"), ("push_name", "Zehn"))
make("data/user/10/com.whatsapp.w4b/databases/msgstore.db", NEW, one("W10"))
