#!/usr/bin/env python3
"""Instagram's settings: an account, one without most of it, a text that is no JSON, JSON that is no object, settings without any."""
import json, os, sys
from xml.sax.saxutils import escape


def settings(profile, *pairs):
    full = os.path.join(sys.argv[1], "data/%s/com.instagram.android/shared_prefs/com.instagram.android_preferences.xml" % profile)
    os.makedirs(os.path.dirname(full))
    with open(full, "w", encoding="utf-8") as f:
        f.write("<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n%s</map>\n" % "".join('<string name="%s">%s</string>\n' % (n, escape(t)) for n, t in pairs))


settings("data", ("some_setting", '{"id":"999"}'), ("current", json.dumps({"id": "501", "username": "Ola_K", "full_name": "Ola Kośba 😀", "phone_number": "+447700900001", "email": "Ola@example.org"})))
settings("user/10", ("current", json.dumps({"pk": 502, "username": "", "full_name": None, "phone_number": ["no number"]})))
settings("user/95", ("current", '{"id":"503","username"'))
settings("user/11", ("current", '["id"]'))
settings("user/12", ("other", "text"))
