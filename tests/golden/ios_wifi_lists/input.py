import datetime, os, plistlib, sys

folder = os.path.join(sys.argv[1], "private/var/preferences/SystemConfiguration")
os.makedirs(folder)
at = lambda minutes: datetime.datetime(2023, 3, 8, 20, 26, 40) + datetime.timedelta(minutes=minutes)


def write(name, value):
    with open(os.path.join(folder, name), "wb") as f:
        plistlib.dump(value, f, fmt=plistlib.FMT_BINARY, sort_keys=False)


write("com.apple.wifi.plist", {"Version": 20, "List of known networks": [
    {"SSID_STR": "Café ☕", "BSSID": "0:1a:2b:3:4:5", "lastJoined": at(1), "lastAutoJoined": at(3), "addedAt": at(0)},
    {"SSID_STR": "", "BSSID": "", "lastJoined": "of another type"}, "text", 7]})
write("com.apple.wifi-private-mac-networks.plist", {"List of scanned networks with private mac": [
    {"SSID_STR": "forgotten", "BSSID": "6a:22:32:98:f4:df", "lastJoined": at(5), "addedAt": at(4), "PresentInKnownNetworks": False,
     "PRIVATE_MAC_ADDRESS": {"PRIVATE_MAC_ADDRESS_VALUE": b"\x5e\xe9\xb1\x2c\x04\xfb"}},
    {"SSID_STR": "far away", "addedAt": datetime.datetime(9999, 12, 31)}]})
