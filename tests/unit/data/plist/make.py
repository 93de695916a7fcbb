#!/usr/bin/env python3
"""Makes the property lists beside this file, and for each the JSON that it must read as, with Python's plistlib.

NAME.bin.plist and NAME.xml.plist hold the same tree, NAME.json is what it must become. Run it in its own folder."""
import base64
import datetime
import math
import plistlib


def text(s):
    out = '"'
    for c in s:
        if c in '"\\':
            out += "\\" + c
        elif c in "\n\t\r":
            out += {"\n": "\\n", "\t": "\\t", "\r": "\\r"}[c]
        elif ord(c) < 0x20 or ord(c) == 0x7F:
            out += "\\u%04x" % ord(c)
        else:
            out += c
    return out + '"'


def to_json(v):
    if v is None:
        return "null"
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, int):
        return str(v) if -(2**63) <= v < 2**63 else text(str(v))
    if isinstance(v, float):
        return "%.17g" % v if math.isfinite(v) else "null"
    if isinstance(v, str):
        return text(v)
    if isinstance(v, bytes):
        return text(base64.b64encode(v).decode())
    if isinstance(v, datetime.datetime):
        return text(v.isoformat(timespec="microseconds" if v.microsecond else "seconds") + "Z")
    if isinstance(v, plistlib.UID):
        return '{"CF$UID":%d}' % v.data
    if isinstance(v, (list, tuple)):
        return "[" + ",".join(map(to_json, v)) + "]"
    return "{" + ",".join(text(k) + ":" + to_json(x) for k, x in v.items()) + "}"


def write(name, tree, forms=("bin", "xml")):
    for form in forms:
        fmt = plistlib.FMT_BINARY if form == "bin" else plistlib.FMT_XML
        with open("%s.%s.plist" % (name, form), "wb") as f:
            plistlib.dump(tree, f, fmt=fmt, sort_keys=False)
    with open(name + ".json", "w", encoding="utf-8") as f:
        f.write(to_json(tree))


def main():
    numbers = [0, 1, -1, 127, 128, 255, 256, 65535, 65536, 2**31, 2**32 - 1, 2**32, 2**63 - 1, -(2**63), 2**63, 2**64 - 1]
    write("numbers", {"ints": numbers, "reals": [0.0, 0.5, -1.25, 1e300, 3.141592653589793, 0.1], "yes": True, "no": False})
    write("texts", {
        "plain": "An exhibit", "empty": "", "accents": "Zoë Ångström", "emoji": "\U0001F600 ok", "long": "x" * 300,
        "marks": "<&>\"'\\\n\tend", "kanji": "日本語" * 90, "clé": "unicode key",
    })
    write("data", {"none": b"", "one": b"\0", "all": bytes(range(256)), "big": b"\xff\xfe" * 2000})
    write("dates", [datetime.datetime(2001, 1, 1), datetime.datetime(2026, 11, 24, 20, 23, 46),
                    datetime.datetime(1970, 1, 1), datetime.datetime(1903, 5, 6, 7, 8, 9)])
    write("fractions", [datetime.datetime(2021, 2, 3, 4, 5, 6, 500000)], ("bin",))
    write("nested", {"a": [[], {}, [[["deep"]]], {"b": {"c": {"d": [1, "2", 3.5]}}}], "z": [{"k": i} for i in range(20)]})
    write("wide", [str(i) for i in range(300)], ("bin",))  # references of two bytes
    write("uids", {"a": plistlib.UID(0), "b": [plistlib.UID(255), plistlib.UID(256), plistlib.UID(2**32), plistlib.UID(2**63 - 1)]}, ("bin",))
    write("root", "only a text")


if __name__ == "__main__":
    main()
