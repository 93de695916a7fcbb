import base64, os, sys


def place(path, rows):
    full = os.path.join(sys.argv[1], path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8") as f:
        f.write("<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<settings version=\"-1\">\n  %s\n</settings>\n" % "\n  ".join(rows))


place("data/system/users/0/settings_secure.xml", (
    '<setting id="1" name="android_id" value="0123456789abcdef" package="android" />',
    '<setting id="2" name="bluetooth_address" value="00:1A:7D:DA:71:13" package="android" />',
    '<setting id="3" name="bluetooth_name" valueBase64="%s" package="com.android.bluetooth" />' % base64.b64encode("Zoë’s 📱".encode("utf-16-be")).decode(),
    '<setting id="4" name="lock_screen_owner_info" package="android" />',
    '<setting id="5" name="screensaver_enabled" value="1" package="android" />',
    '<setting id="6" value="no name" />'))
place("data/system/users/0/settings_global.xml", ('<setting id="1" name="device_name" value="Télé &amp; co" />', '<setting id="2" name="auto_time_zone" value="1" />'))
place("data/system/users/10/settings_secure.xml", ('<setting id="1" name="android_id" value="fedcba9876543210" />', '<setting id="2" name="bluetooth_name" valueBase64="!" />',
                                                   '<setting id="3" name="bluetooth_address" value="none" />'))
