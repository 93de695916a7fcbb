"""Known networks: the key names the network; the SSID itself is data."""
import datetime, os, plistlib, sys

folder = os.path.join(sys.argv[1], "private/var/preferences")
os.makedirs(folder)
at = lambda minutes: datetime.datetime(2023, 3, 8, 20, 26, 40) + datetime.timedelta(minutes=minutes)
known = {
    "wifi.network.ssid.Café ☕": {"SSID": "Café ☕".encode(), "AddedAt": at(0), "JoinedByUserAt": at(1), "JoinedBySystemAt": at(3), "SupportedSecurityTypes": "WPA2 Personal",
                                  "__OSSpecific__": {"BSSID": "6a:22:32:98:f4:df", "prevJoined": at(2)}},
    'wifi.network.ssid.The "Wing"': {"SSID": b'The "Wing"', "AddedAt": at(4), "JoinedByUserAt": at(5), "SupportedSecurityTypes": "Open",
                                     "BSSList": [{"BSSID": "0:1a:2b:3:4:5", "LastAssociatedAt": at(5)}, {"BSSID": "0:1a:2b:3:4:6", "LastAssociatedAt": at(6)}]},
    "wifi.network.ssid.no data": {"AddedAt": "of another type", "JoinedBySystemAt": at(7), "SupportedSecurityTypes": ["WPA2 Personal", "WPA3 Personal"], "__OSSpecific__": 7},
    "wifi.network.ssid.bytes": {"SSID": b"\xff\xfe", "AddedAt": datetime.datetime(9999, 12, 31), "__OSSpecific__": {"BSSID": "nonsense"}},
    "wifi.network.ssid.text": "not a dictionary",
    "wifi.network.ssid.empty": {},
}
with open(os.path.join(folder, "com.apple.wifi.known-networks.plist"), "wb") as f:
    plistlib.dump(known, f, fmt=plistlib.FMT_BINARY, sort_keys=False)
