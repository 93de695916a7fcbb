#!/usr/bin/env python3
"""WhatsApp's settings through the years: number and name in one file, in two, a number that was only tried, a name alone, and none of it."""
import os, sys


def settings(path, *pairs, raw=None):
    full = os.path.join(sys.argv[1], path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8") as f:
        f.write(raw if raw is not None else "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n<boolean name=\"x\" value=\"true\" />\n%s</map>\n"
                % "".join('<string name="%s">%s</string>\n' % p for p in pairs))


def folder(profile, package="com.whatsapp"):
    return "data/%s/%s/shared_prefs/" % ("data" if profile == 0 else "user/%d" % profile, package)


# All in one file, and a second that only repeats the name.
settings(folder(0) + "com.whatsapp_preferences_light.xml", ("cc", "44"), ("ph", "7700900001"), ("registration_jid", "447700900001"), ("push_name", "Zoë 😀"), ("version", "2.24.3.81"))
settings(folder(0) + "startup_prefs.xml", ("push_name", "Zoë 😀"), ("version", "2.24.3.81"))
# WhatsApp Business beside it: the number in one file, the name in the other, no registration_jid.
settings(folder(0, "com.whatsapp.w4b") + "com.whatsapp.w4b_preferences_light.xml", ("cc", "44"), ("ph", "7700900002"))
settings(folder(0, "com.whatsapp.w4b") + "startup_prefs.xml", ("push_name", "Müller & Söhne".replace("&", "&amp;")))
# The second user: the number moved to the newer file.
settings(folder(10) + "com.whatsapp_preferences_light.xml", ("my_current_status", "Busy"))
settings(folder(10) + "startup_prefs.xml", ("registration_jid", "447700900010@s.whatsapp.net"), ("push_name", "Ten"))
# The dual app: a name, and a number that was typed in at registration.
settings(folder(95) + "startup_prefs.xml", ("push_name", "Dual"), ("ph", ""))
settings(folder(95) + "registration.RegisterPhone.xml", ("com.whatsapp.registration.RegisterPhone.country_code", "44"), ("com.whatsapp.registration.RegisterPhone.phone_number", "7700900095"))
# The oldest file; a number without country code cannot be completed.
settings(folder(11) + "com.whatsapp_preferences.xml", ("ph", "7700900011"))
# Nothing of an account, an empty file, and one that is cut.
settings(folder(12) + "com.whatsapp_preferences_light.xml", ("version", "2.20"))
settings(folder(13) + "com.whatsapp_preferences_light.xml", raw="")
settings(folder(14) + "com.whatsapp_preferences_light.xml", raw="<?xml version='1.0' encoding='utf-8'?>\n<map><string name=\"ph\">77009")
