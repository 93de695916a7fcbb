"""Cookies.binarycookies, laid out as docs/formats/binarycookies.md says."""
import os, struct, sys


def cookie(domain, name, path, value, flags, expires, created):
    texts = [t.encode() + b"\0" for t in (domain, name, path, value)]
    at, offsets = 56, []
    for t in texts:
        offsets.append(at)
        at += len(t)
    return struct.pack("<IIIIIIIIIIdd", at, 0, flags, 0, *offsets, 0, 0, expires, created) + b"".join(texts)


def page(cookies):
    head, at, offsets = 12 + 4 * len(cookies), 12 + 4 * len(cookies), []
    for c in cookies:
        offsets.append(at)
        at += len(c)
    return b"\0\0\1\0" + struct.pack("<I", len(cookies)) + b"".join(struct.pack("<I", o) for o in offsets) + bytes(4) + b"".join(cookies)


def binarycookies(pages):
    return b"cook" + struct.pack(">I", len(pages)) + b"".join(struct.pack(">I", len(p)) for p in pages) + b"".join(pages) + \
        struct.pack(">I", sum(p[i] for p in pages for i in range(0, len(p), 4)) & 0xffffffff) + b"\x07\x17\x20\x05"


pages = [
    page([cookie(".example.org", "session", "/", "a=b;c", 5, 731536000, 700000000.5), cookie(".example.org", "größe", "/ü", "", 0, 0, 700000060)]),
    page([cookie("www.example.org", "far", "/x", "v", 1, 1e300, float("nan")), cookie("", "", "", "", 4 | 0x100, -1, 700000120)]),
]
folder = os.path.join(sys.argv[1], "private/var/mobile/Containers/Data/Application/6F1C/Library/Cookies")
os.makedirs(folder)
with open(os.path.join(folder, "Cookies.binarycookies"), "wb") as f:
    f.write(binarycookies(pages))
