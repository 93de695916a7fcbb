#!/usr/bin/env python3
"""Snapchat's arroyo.db with and without the session's settings beside it. A text lies in the protobuf at 4.4.2.1."""
import os, sqlite3, sys

SCHEMA = """CREATE TABLE conversation_message(client_conversation_id TEXT, client_message_id INTEGER, server_message_id INTEGER, message_content BLOB, message_state_type TEXT,
  creation_timestamp INTEGER, read_timestamp INTEGER, is_saved INTEGER, sender_id TEXT, content_type INTEGER, created_on_device INTEGER)"""


def wrapped(payload, *fields):
    for n in reversed(fields):
        payload = bytes([n << 3 | 2, len(payload)]) + payload
    return payload


def text(t):
    return wrapped(t.encode(), 4, 4, 2, 1)


def make(base, rows, me=None):
    base = os.path.join(sys.argv[1], base)
    os.makedirs(base + "/databases")
    db = sqlite3.connect(base + "/databases/arroyo.db")
    db.execute(SCHEMA)
    db.executemany("INSERT INTO conversation_message VALUES(?,?,?,?,?,?,?,?,?,?,?)", rows)
    db.commit()
    db.close()
    if me:
        os.makedirs(base + "/shared_prefs")
        with open(base + "/shared_prefs/user_session_shared_pref.xml", "w") as f:
            f.write("<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n<string name=\"key_user_id\">%s</string>\n</map>\n" % me)


make("data/data/com.snapchat.android", [
    ("c1", 1, 1, text("grüß dich 😀"), "COMMITTED", 1700000000000, 1700000005000, 1, "u-2", 1, 0),
    ("c1", 2, 2, text("from here"), "COMMITTED", 1700000060000, 0, 0, "u-1", 1, 1),
    ("c1", 3, 3, text("from the user's other phone"), "COMMITTED", 1700000120000, None, 0, "u-1", 1, 0),
    ("c1", 4, 4, wrapped(b"https://example.org/p", 4, 4, 3, 3, 5), "COMMITTED", 1700000180000, None, 0, "u-2", 2, 0),
    ("c1", 5, None, text("on its way"), "SENDING", 1700000240000, None, 0, "u-1", 1, 1),
    ("c1", 6, None, text("not sent"), "FAILED", 1700000300000, None, 0, "u-1", 1, 1),
    ("c1", 7, 7, b"\xff\xff\xff damaged", "COMMITTED", 9223372036854775807, None, None, "u-2", 4, 0),
    (None, None, None, None, None, None, None, None, None, None, None),
    ("c9", 9, 9, None, 4711, 1700000360000, None, 0, "u-77", 4711, 7),
], "u-1")
make("data/user/10/com.snapchat.android", [
    ("c1", 1, 1, text("here"), "COMMITTED", 1700000000000, None, 0, "u-10", 1, 1),
    ("c1", 2, 2, text("there"), "COMMITTED", 1700000060000, None, 0, "u-11", 1, 0),
])
