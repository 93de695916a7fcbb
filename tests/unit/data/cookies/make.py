#!/usr/bin/env python3
"""Makes the cookie file beside this one, in Safari's layout, and the lines that it must read as. Run it in its own folder."""
import struct


def cookie(url, name, path, value, flags, expires, created, version=0):
    texts = [t.encode() + b"\0" for t in (url, name, path, value)]
    at, offsets = 56, []
    for t in texts:
        offsets.append(at)
        at += len(t)
    return struct.pack("<IIII4IIIdd", at, version, flags, 0, *offsets, 0, 0, expires, created) + b"".join(texts)


def page(cookies):
    head = 4 + 4 + 4 * len(cookies) + 4
    offsets, at = [], head
    for c in cookies:
        offsets.append(at)
        at += len(c)
    return struct.pack(">I", 0x100) + struct.pack("<I%dI" % len(cookies), len(cookies), *offsets) + b"\0" * 4 + b"".join(cookies)


def main():
    pages = [
        page([cookie(".example.org", "session", "/", "abc123", 5, 700000000.5, 600000000.0),
              cookie("example.org", "plain", "/login", "", 0, 0.0, 600000001.0)]),
        page([]),
        page([cookie("news.example.org", "näme", "/", "v=1", 1, 1e300, -1.0, 1)]),
    ]
    body = b"cook" + struct.pack(">I%dI" % len(pages), len(pages), *map(len, pages)) + b"".join(pages)
    total = sum(sum(p[0::4]) for p in pages)
    with open("three.binarycookies", "wb") as f:
        f.write(body + struct.pack(">I", total) + bytes.fromhex("071720050000004b"))


if __name__ == "__main__":
    main()
