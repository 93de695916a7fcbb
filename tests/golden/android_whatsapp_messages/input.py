#!/usr/bin/env python3
"""WhatsApp without wa.db (no contact is known), WhatsApp Business, a second user, the dual app, and the layout before 2021."""
import os, sqlite3, sys

NEW = """
CREATE TABLE jid(_id INTEGER PRIMARY KEY, user TEXT, server TEXT, raw_string TEXT);
CREATE TABLE jid_map(lid_row_id INTEGER PRIMARY KEY, jid_row_id INTEGER NOT NULL);
CREATE TABLE chat(_id INTEGER PRIMARY KEY, jid_row_id INTEGER UNIQUE, subject TEXT, created_timestamp INTEGER);
CREATE TABLE message(_id INTEGER PRIMARY KEY, chat_row_id INTEGER NOT NULL, from_me INTEGER NOT NULL, key_id TEXT NOT NULL, sender_jid_row_id INTEGER,
  status INTEGER, timestamp INTEGER, received_timestamp INTEGER, message_type INTEGER, text_data TEXT, starred INTEGER);
CREATE TABLE message_media(message_row_id INTEGER PRIMARY KEY, file_path TEXT, mime_type TEXT, media_caption TEXT);
CREATE TABLE message_location(message_row_id INTEGER PRIMARY KEY, latitude REAL, longitude REAL, place_name TEXT);
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
INSERT INTO message_media VALUES(3, 'Media/WhatsApp Images/IMG-1.jpg', 'image/jpeg', 'Überraschung');
INSERT INTO message_forwarded VALUES(3, 5);
INSERT INTO message_location VALUES(4, 51.5, -0.125, 'gate');
INSERT INTO message_revoked VALUES(5, 1678307450000);
"""
OLD = """
CREATE TABLE messages(_id INTEGER PRIMARY KEY, key_remote_jid TEXT, key_from_me INTEGER, key_id TEXT, status INTEGER, data TEXT, timestamp INTEGER,
  media_wa_type TEXT, media_caption TEXT, media_mime_type TEXT, media_name TEXT, latitude REAL, longitude REAL, remote_resource TEXT, received_timestamp INTEGER);
INSERT INTO messages VALUES(1, '-1', 0, '-1', -1, '', 0, '0', NULL, NULL, NULL, 0, 0, NULL, 0);
INSERT INTO messages VALUES(2, '447700900001-1600000000@g.us', 0, 'O1', 0, 'old and in a group', 1578307200000, '0', NULL, NULL, NULL, 0, 0, '447700900003@s.whatsapp.net', 1578307201000);
INSERT INTO messages VALUES(3, '447700900001@s.whatsapp.net', 1, 'O2', 5, NULL, 1578307260000, '1', 'look', 'image/jpeg', 'IMG-2.jpg', 0, 0, NULL, -1);
"""


def make(path, *scripts):
    full = os.path.join(sys.argv[1], path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    db = sqlite3.connect(full)
    for s in scripts:
        db.executescript(s)
    db.close()


def one(key):
    return "INSERT INTO message VALUES(1, 1, 0, '%s', NULL, 0, 1678307200000, NULL, 0, 'from %s', 0);" % (key, key)


make("data/data/com.whatsapp/databases/msgstore.db", NEW, WHATSAPP)
make("data/data/com.whatsapp.w4b/databases/msgstore.db", NEW, one("B1"))
make("data/user/10/com.whatsapp/databases/msgstore.db", NEW, one("U10"))
make("data/user/95/com.whatsapp/databases/msgstore.db", NEW, one("U95"))
make("data/user/11/com.whatsapp/databases/msgstore.db", OLD)
