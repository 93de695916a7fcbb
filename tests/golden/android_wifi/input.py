import os, sys
from xml.sax.saxutils import escape


def network(key, ssid, psk=None, bssid=None):
    def one(name, value):
        return '<null name="%s" />\n' % name if value is None else '<string name="%s">%s</string>\n' % (name, escape(value, {'"': "&quot;"}))
    return "<Network>\n<WifiConfiguration>\n%s%s%s%s<boolean name=\"HiddenSSID\" value=\"false\" />\n</WifiConfiguration>\n<NetworkStatus>\n<string name=\"SelectionStatus\">NETWORK_SELECTION_ENABLED</string>\n</NetworkStatus>\n</Network>\n" % (
        one("ConfigKey", key), one("SSID", ssid), one("BSSID", bssid), one("PreSharedKey", psk))


def place(path, *networks):
    full = os.path.join(sys.argv[1], path, "WifiConfigStore.xml")
    os.makedirs(os.path.dirname(full))
    with open(full, "w", encoding="utf-8") as f:
        f.write("<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<WifiConfigStoreData>\n<int name=\"Version\" value=\"3\" />\n<NetworkList>\n%s</NetworkList>\n</WifiConfigStoreData>\n" % "".join(networks))


place("data/misc/apexdata/com.android.wifi",
      network('"Café Nero"WPA_PSK', '"Café Nero"', '"pass"word""', "00:1A:7D:DA:71:13"),
      network('"Saeed"NONE', '"Saeed"', None, "any"),           # a name that looks like a way of securing (SAE)
      network('"NONE of it"SAE', '"NONE of it"', '"hush"'),
      network('"old"WEP', '"old"'),
      network('"work"WPA_EAP', '"work"'),
      network('ff41WPA_PSK', 'ff41', "00" * 32),                # a name that is no text, and a key that was derived already
      network(None, None))
place("data/misc_ce/10/apexdata/com.android.wifi", network('"mine"WPA_PSK-10', '"mine"', '"second"'), network('"other-name"SAE', '"another"'))
