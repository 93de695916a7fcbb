#!/usr/bin/env python3
"""Snapchat's session: an account, one with the number alone, and none."""
import os, sys


def settings(profile, text):
    full = os.path.join(sys.argv[1], "data/%s/com.snapchat.android/shared_prefs/user_session_shared_pref.xml" % profile)
    os.makedirs(os.path.dirname(full))
    with open(full, "w", encoding="utf-8") as f:
        f.write("<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n%s</map>\n" % text)


settings("data", '<string name="key_user_id">5f0e8a4c-0000-4000-8000-000000000001</string>\n<string name="key_username">Zoë.Å</string>\n<long name="key_user_id" value="7" />\n')
settings("user/10", '<string name="key_user_id">5f0e8a4c-0000-4000-8000-000000000002</string>\n')
settings("user/95", '<string name="key_user_id"></string>\n<string name="key_username">nobody</string>\n')
settings("user/11", '<string name="something">else</string>\n')
