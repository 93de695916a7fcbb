"""App → days: how long it was on screen, and each time its keyboard was."""
import datetime, os, plistlib, sys

folder = os.path.join(sys.argv[1], "private/var/mobile/Library/Keyboard")
os.makedirs(folder)
day = datetime.datetime(2023, 3, 8)
with open(os.path.join(folder, "app_usage_database.plist"), "wb") as f:
    plistlib.dump({
        "com.example.chät": [{"appTime": 27.5, "keyboardTimes": [], "startDate": day}, {"appTime": 84.25, "keyboardTimes": [4.5, 3.25], "startDate": day + datetime.timedelta(1)}],
        "com.example.none": [],
        "com.example.odd": ["text", 7, {"appTime": float("inf"), "keyboardTimes": "text", "startDate": "2023-03-10"}, {}],
        "com.example.text": "{not JSON",
    }, f, fmt=plistlib.FMT_BINARY, sort_keys=False)
