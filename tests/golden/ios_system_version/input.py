import os, plistlib, sys

folder = os.path.join(sys.argv[1], "System/Library/CoreServices")
os.makedirs(folder)
with open(os.path.join(folder, "SystemVersion.plist"), "wb") as f:
    plistlib.dump({"ProductName": "iPhone OS", "ProductVersion": "16.3", "ProductBuildVersion": "20D47", "ProductCopyright": "1983–2023 Ünïcode", "BuildID": 2**62, "Empty": ""}, f, sort_keys=False)
