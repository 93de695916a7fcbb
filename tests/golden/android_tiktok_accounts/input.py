#!/usr/bin/env python3
"""TikTok's accounts of one phone: two in one file, one whose text is cut, settings that are none, and another edition of the app."""
import json, os, sys
from xml.sax.saxutils import escape


def settings(path, *pairs):
    full = os.path.join(sys.argv[1], path, "shared_prefs/aweme_user.xml")
    os.makedirs(os.path.dirname(full))
    with open(full, "w", encoding="utf-8") as f:
        f.write("<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n%s</map>\n" % "".join('<string name="%s">%s</string>\n' % (n, escape(t)) for n, t in pairs))


settings("data/data/com.zhiliaoapp.musically",
         ("7001_aweme_user_info", json.dumps({"uid": "7001", "unique_id": "Olá.Q", "nickname": "Olá 😀", "bind_phone": "+447700900001", "email": "q@example.org"}, ensure_ascii=False)),
         ("current_foreground_uid", "7001"),
         ("7002_aweme_user_info", json.dumps({"uid": 7002, "unique_id": "", "nickname": None, "bind_phone": "", "email": {"not": "text"}})),
         ("7003_aweme_user_info", '{"uid":"7003","unique'),
         ("7004_aweme_user_info", "[]"),
         ("not_aweme_user_information", '{"uid":"1"}'))
settings("data/user/10/com.ss.android.ugc.trill", ("7010_aweme_user_info", json.dumps({"uid": "7010", "unique_id": "ten"})))
