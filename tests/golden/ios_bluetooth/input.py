import os, plistlib, sys

folder = os.path.join(sys.argv[1], "private/var/containers/Shared/SystemGroup/6F1C/Library/Preferences")
os.makedirs(folder)
with open(os.path.join(folder, "com.apple.MobileBluetooth.devices.plist"), "wb") as f:
    plistlib.dump({
        "00:1A:2B:3C:4D:5E": {"Name": "JBL", "DefaultName": "JBL Flip 5", "UserNameKey": "Zoës Lautsprecher 🔊", "LastSeenTime": 1678307200, "DeviceIdProduct": 8194},
        "0:1a:2b:3:4:5": {"DefaultName": "Car", "UserNameKey": "", "LastSeenTime": "1678307260"},
        "00:1a:2b:3c:4d:60": {"Name": "far away", "LastSeenTime": 99999999999999},
        "00:1a:2b:3c:4d:61": "of another type",
        'no "address"': {"Name": 7},
    }, f, fmt=plistlib.FMT_BINARY, sort_keys=False)
