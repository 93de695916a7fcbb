"""The store's receipt that lies beside each installed app."""
import datetime, os, plistlib, sys


def receipt(container, value, fmt=plistlib.FMT_BINARY):
    folder = os.path.join(sys.argv[1], "private/var/containers/Bundle/Application", container)
    os.makedirs(folder)
    with open(os.path.join(folder, "iTunesMetadata.plist"), "wb") as f:
        f.write(value if isinstance(value, bytes) else plistlib.dumps(value, fmt=fmt))


receipt("A1", {"softwareVersionBundleId": "com.example.chat", "itemName": "Chät", "bundleShortVersionString": "24.3.78", "bundleVersion": "240378", "sourceApp": "com.apple.AppStore",
               "com.apple.iTunesStore.downloadInfo": {"purchaseDate": "2023-03-08T20:26:40Z", "accountInfo": {"AppleID": "Zoe@example.org", "DSPersonID": 1}}})
receipt("A2", {"bundleIdentifier": "com.example.old", "title": "Old", "bundleVersion": "1.0", "purchaseDate": datetime.datetime(2023, 3, 8, 20, 27, 40)}, plistlib.FMT_XML)
receipt("A3", {"softwareVersionBundleId": "com.example.odd", "itemName": 7, "com.apple.iTunesStore.downloadInfo": "of another type", "purchaseDate": "99999-01-01T00:00:00Z"})
receipt("A4", {})
receipt("A5", b"bplist00 and no more")
