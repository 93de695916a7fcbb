#!/usr/bin/env python3
"""A PNG with EXIF of its own making, and one whose name alone speaks."""
import os, struct, sys, zlib

top = sys.argv[1]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rational(*pairs):
    return b"".join(struct.pack("<II", n, d) for n, d in pairs)


def exif():
    """Little-endian TIFF: IFD0 with make and model, an EXIF IFD with time and zone, a GPS IFD."""
    blobs, base = b"", 8 + 2 + 4 * 12 + 4 + 2 + 3 * 12 + 4 + 2 + 4 * 12 + 4

    def away(data):
        nonlocal blobs
        at = base + len(blobs)
        blobs += data + b"\0" * (len(data) % 2)
        return at

    def text(tag, value):
        data = value.encode() + b"\0"
        return struct.pack("<HHI", tag, 2, len(data)) + (data.ljust(4, b"\0") if len(data) <= 4 else struct.pack("<I", away(data)))

    exif_at = 8 + 2 + 4 * 12 + 4
    gps_at = exif_at + 2 + 3 * 12 + 4
    ifd0 = [text(0x010F, "Fernhill"), text(0x0110, "FH-1"), struct.pack("<HHII", 0x8769, 4, 1, exif_at), struct.pack("<HHII", 0x8825, 4, 1, gps_at)]
    own = [text(0x9003, "2026:03:01 14:30:00"), text(0x9011, "+01:00"), text(0xA431, "SN-0042")]
    gps = [text(1, "N"), struct.pack("<HHII", 2, 5, 3, away(rational((51, 1), (30, 1), (0, 1)))),
           text(3, "W"), struct.pack("<HHII", 4, 5, 3, away(rational((0, 1), (15, 1), (0, 1))))]
    out = b"II*\0" + struct.pack("<I", 8)
    for ifd in (ifd0, own, gps):
        out += struct.pack("<H", len(ifd)) + b"".join(ifd) + struct.pack("<I", 0)
    assert len(out) == base
    return out + blobs


def png(path, width, height, *extra):
    rows = b"".join(b"\0" + bytes((x * y) % 251 for x in range(width)) for y in range(height))
    body = b"".join(chunk(k, d) for k, d in extra)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + body + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    full = os.path.join(top, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as f:
        f.write(data)


png("sdcard/DCIM/Camera/one.png", 96, 64, (b"eXIf", exif()))
png("sdcard/WhatsApp/Media/WhatsApp Images/IMG-20260301-WA0007.jpg", 80, 80)
os.makedirs(os.path.join(top, "sdcard/notes"), exist_ok=True)
with open(os.path.join(top, "sdcard/notes/photo.jpg"), "w") as f:
    f.write("no picture, whatever its name says\n")
