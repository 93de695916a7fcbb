"""make_media.py FOLDER: pictures and videos with every kind of metadata, written byte by byte, and FOLDER/truth.json: what each of them says.

All persons, places and devices are invented. Also makes the fuzz target's seeds: cp of a few of these (see tests/fuzz/corpus/media_meta).
"""
import json
import os
import struct
import sys
import zlib

TRUTH = {}


# --- EXIF -------------------------------------------------------------------------------------------------------------

def rational(*pairs):
    return [n for pair in pairs for n in pair]


class Exif:
    """Directories of (tag, type, values); offsets as they come."""
    SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}

    def __init__(self, order, start=0):
        self.order, self.out = order, bytearray(start)

    def pack(self, kind, values):
        if kind in (2, 7) or isinstance(values, (bytes, bytearray)):
            return bytes(values)
        letter = {1: "B", 3: "H", 4: "I", 5: "I", 9: "i", 10: "i"}[kind]
        return b"".join(struct.pack(self.order + letter, v) for v in values)

    def directory(self, entries, following=0):
        """Appends a directory, its long values behind it; returns its offset. `following` is the next directory's offset (0, none)."""
        if len(self.out) % 2:
            self.out.append(0)
        at = len(self.out)
        behind = at + 2 + 12 * len(entries) + 4
        head, tail = bytearray(struct.pack(self.order + "H", len(entries))), bytearray()
        for tag, kind, values in sorted(entries):
            raw = self.pack(kind, values)
            count = len(raw) // self.SIZES[kind]
            head += struct.pack(self.order + "HHI", tag, kind, count)
            if len(raw) <= 4:
                head += raw.ljust(4, b"\0")
            else:
                head += struct.pack(self.order + "I", behind + len(tail))
                tail += raw + b"\0" * (len(raw) % 2)
        self.out += head + struct.pack(self.order + "I", following) + tail
        return at


def apple_note():
    e = Exif(">", 0)
    e.out += b"Apple iOS\0\0\x01MM"
    e.directory([(0x0011, 2, b"7A1B2C3D-0000-4000-8000-00000000ABCD\0"), (0x0014, 9, [1]), (0x002b, 2, b"0F0F0F0F-1111-4222-8333-444444444444\0")])
    return bytes(e.out)


def exif_block(order, make=b"Beispiel", model=b"Phone 9 \xc3\xbc", zone=True, apple=False, gps=True, extra=()):
    e = Exif(order, 8)
    thumbnail = None
    photo = [(0x9003, 2, b"2024:01:31 12:33:44\0"), (0x9004, 2, b"2024:01:31 12:33:45\0"), (0x9291, 2, b"567\0"), (0x829a, 5, [1, 250]), (0x829d, 5, [18, 10]),
             (0x8827, 3, [400]), (0xa002, 4, [16]), (0xa003, 4, [8]), (0xa420, 2, b"f00dfeed0123456789abcdef00000001\0"), (0xa431, 2, b"SN-0000-4711\0"),
             (0xa433, 2, b"Beispiel\0"), (0xa434, 2, b"Back camera 4.2mm f/1.8\0"), (0x9286, 7, b"ASCII\0\0\0a remark")]
    if zone:
        photo += [(0x9010, 2, b"+02:00\0"), (0x9011, 2, b"+01:00\0"), (0x9012, 2, b"+01:00\0")]
    if apple:
        photo.append((0x927c, 7, apple_note()))
    photo_at = e.directory(photo)
    image = [(0x010f, 2, make + b"\0"), (0x0110, 2, model + b"\0"), (0x0112, 3, [6]), (0x0131, 2, b"Firmware 1.2.3\0"),
             (0x0132, 2, b"2024:02:01 00:00:01\0"), (0x8769, 4, [photo_at])] + list(extra)
    if gps:
        image.append((0x8825, 4, [e.directory([
            (1, 2, b"S\0"), (2, 5, rational((12, 1), (30, 1), (3600, 100))), (3, 2, b"W\0"), (4, 5, rational((77, 1), (2, 1), (0, 1))), (5, 1, [1]), (6, 5, [105, 10]),
            (7, 5, rational((11, 1), (33, 1), (4425, 100))), (16, 2, b"T\0"), (17, 5, [2715, 10]), (18, 2, b"WGS-84\0"), (27, 7, b"ASCII\0\0\0GPS"), (29, 2, b"2024:01:31\0"), (31, 5, [47, 10])])]))
    thumbnail = e.directory([(0x0103, 3, [6]), (0x0201, 4, [0]), (0x0202, 4, [321])])
    first = e.directory(image, thumbnail)
    e.out[:8] = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", first)
    return bytes(e.out)


EXIF_TRUTH = {"make": "Beispiel", "model": "Phone 9 ü", "orientation": 6, "software": "Firmware 1.2.3", "serial": "SN-0000-4711",
              "unique_id": "f00dfeed0123456789abcdef00000001", "taken_local": "2024-01-31T12:33:44.567", "zone": "+01:00", "taken_at": "2024-01-31T11:33:44.567000Z",
              "taken_from": "exif:DateTimeOriginal", "modified_at": "2024-01-31T22:00:01Z", "gps_at": "2024-01-31T11:33:44.250000Z", "latitude": -12.51, "longitude": -77.0333333,
              "altitude": -10.5, "direction": 271.5, "accuracy": 4.7}
EXIF_DETAIL = {"exif:ExposureTime": 0.004, "exif:FNumber": 1.8, "exif:ISO": 400, "exif:LensMake": "Beispiel", "exif:LensModel": "Back camera 4.2mm f/1.8",
               "exif:UserComment": "a remark", "exif:DateTime": "2024-02-01T00:00:01+02:00", "gps:ProcessingMethod": "GPS", "thumbnail": True, "exif": True}

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
 xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmp:CreatorTool="Editor &amp; Co &#252;" GCamera:MotionPhoto='1' xmp:CreateDate="2023-12-24T18:00:00+01:00" xmp:ModifyDate="2023-12-25T08:00:00Z">
 <tiff:Make>Xmpmaker</tiff:Make><exif:GPSLatitude>51,30.444N</exif:GPSLatitude><exif:GPSLongitude>0,7,39W</exif:GPSLongitude>
 <xmpMM:DocumentID>xmp.did:1234</xmpMM:DocumentID>
 <dc:subject><rdf:Bag><rdf:li>one</rdf:li><rdf:li>two</rdf:li></rdf:Bag></dc:subject>
 <xmpMM:History><rdf:Seq><rdf:li rdf:parseType="Resource"><stEvt:action>saved</stEvt:action><stEvt:softwareAgent>Editor 7</stEvt:softwareAgent></rdf:li></rdf:Seq></xmpMM:History>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()
XMP_TRUTH = {"make": "Xmpmaker", "software": "Editor & Co ü", "taken_at": "2023-12-24T17:00:00Z", "taken_local": "2023-12-24T18:00:00", "zone": "+01:00", "taken_from": "xmp:CreateDate",
             "modified_at": "2023-12-25T08:00:00Z", "latitude": 51.5074, "longitude": -0.1275}
XMP_DETAIL = {"GCamera:MotionPhoto": "1", "xmpMM:DocumentID": "xmp.did:1234", "dc:subject": ["one", "two"], "stEvt:action": "saved", "stEvt:softwareAgent": "Editor 7", "xmp": True}


# --- pictures ---------------------------------------------------------------------------------------------------------

def fnv(values):
    """FNV-1a, 32 bits, over values of 16 bits, the higher byte first."""
    h = 2166136261
    for byte in struct.pack(">%dH" % len(values), *values):
        h = (h ^ byte) * 16777619 & 0xffffffff
    return h


def segment(marker, body):
    return bytes([0xff, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*segments, sof=0xc0, tail=b"", tables=None):
    # a table of no quality: every value 9
    tables = tables or segment(0xdb, b"\0" + bytes([9] * 64) + b"\x01" + bytes([9] * 64))
    frame = segment(sof, struct.pack(">BHHB", 8, 8, 16, 3) + bytes([1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]))
    return b"\xff\xd8" + b"".join(segments) + tables + frame + segment(0xda, bytes([3, 1, 0, 2, 0, 3, 0, 0, 63, 0])) + b"\x12\xff\x00\x34\xff\xd0\x56\xff\xd9" + tail


def samsung_trailer():
    def field(kind, name, value):
        return struct.pack("<HHI", 0, kind, len(name)) + name + value
    fields = [(0x0a01, field(0x0a01, b"Image_UTC_Data", b"1706700824567")), (0x0a30, field(0x0a30, b"MotionPhoto_Data", b"\0\0\0\x18ftypmp42" + bytes(40))),
              (0x0aa1, field(0x0aa1, b"MCC_Data", b"234"))]
    out, entries = b"", []
    for kind, f in fields:
        entries.append((kind, len(out), len(f)))
        out += f
    directory = b"SEFH" + struct.pack("<II", 106, len(fields))
    for kind, at, size in entries:
        directory += struct.pack("<HHII", 0, kind, len(out) - at, size)
    return out + directory + struct.pack("<I", len(directory)) + b"SEFT"


def iptc():
    def record(n, value):
        return struct.pack(">BBBH", 0x1c, 2, n, len(value)) + value
    records = record(0, b"\0\2") + record(80, b"A. Nobody") + record(120, "Größe".encode()) + record(40, b"FBMD0100") + record(103, b"abcDEF")
    return b"Photoshop 3.0\0" + b"8BIM" + struct.pack(">HBBI", 0x0404, 0, 0, len(records)) + records + b"\0" * (len(records) % 2)


def png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks):
    rows = b"".join(b"\0" + bytes(16 * 3) for _ in range(8))
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 8, 8, 2, 0, 0, 0)) + b"".join(chunks)
            + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b""))


def riff(kind, body):
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def webp(*chunks):
    vp8x = riff(b"VP8X", bytes([0x0c, 0, 0, 0]) + (15).to_bytes(3, "little") + (7).to_bytes(3, "little"))
    vp8l = riff(b"VP8L", b"\x2f" + struct.pack("<I", 15 | 7 << 14) + b"\0")
    return riff(b"RIFF", b"WEBP" + vp8x + vp8l + b"".join(chunks))


def gif():
    xmp = b"\x21\xff\x0bXMP DataXMP" + XMP + b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    frame = b"\x21\xf9\x04\x00" + struct.pack("<H", 50) + b"\0\0" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 16, 8, 0) + b"\x02\x02\x44\x01\x00"
    return (b"GIF89a" + struct.pack("<HHBBB", 16, 8, 0x80, 0, 0) + bytes(6) + b"\x21\xfe\x05hello\x00" + xmp + frame + frame + b"\x3b")


# --- boxes ------------------------------------------------------------------------------------------------------------

def box(kind, *parts, wide=False):
    body = b"".join(parts)
    if wide:
        return struct.pack(">I4sQ", 1, kind, len(body) + 16) + body
    return struct.pack(">I4s", len(body) + 8, kind) + body


def full(kind, *parts, version=0, flags=0):
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def heif(brand, exif, xmp):
    """Item 4 is another picture, and item 5 its EXIF (in one of the two brands): not this picture's."""
    coding = b"hvc1" if brand == b"heic" else b"av01"
    items = [(1, coding, b""), (5, b"Exif", b""), (2, b"Exif", b""), (3, b"mime", b"application/rdf+xml\0"), (4, coding, b"")]
    def infe(n, kind, rest):
        return full(b"infe", struct.pack(">HH4s", n, 0, kind), b"\0", rest, version=2)
    ipco = box(b"ipco", full(b"ispe", struct.pack(">II", 999, 999)), full(b"ispe", struct.pack(">II", 16, 8)), box(b"irot", b"\3"))
    ipma = full(b"ipma", struct.pack(">I", 1), struct.pack(">HB", 1, 2), b"\x02\x83")
    contents = {1: b"picture", 2: struct.pack(">I", 6) + b"Exif\0\0" + exif, 3: xmp, 4: b"other", 5: struct.pack(">I", 0) + exif_block("<", make=b"Wrong", model=b"Wrong")}
    if brand != b"heic":
        items, contents = [i for i in items if i[0] != 5], {n: c for n, c in contents.items() if n != 5}
    iref = full(b"iref", *[box(b"cdsc", struct.pack(">HHH", a, 1, b)) for a, b in ((2, 1), (3, 1), (5, 4))])
    def meta(start):
        places = []
        for n, content in contents.items():
            places.append((n, start, len(content)))
            start += len(content)
        iloc = full(b"iloc", struct.pack(">BBH", 0x44, 0x00, len(places)),
                    b"".join(struct.pack(">HHHHII", n, 0, 0, 1, at, size) for n, at, size in places), version=1)
        return full(b"meta", full(b"hdlr", bytes(4) + b"pict" + bytes(13)), full(b"pitm", struct.pack(">H", 1)),
                    full(b"iinf", struct.pack(">H", len(items)), *[infe(*i) for i in items]), box(b"iprp", ipco, ipma), iref, iloc)
    ftyp = box(b"ftyp", brand, bytes(4), b"mif1", brand)
    start = len(ftyp) + len(meta(0)) + 8
    return ftyp + meta(start) + box(b"mdat", *contents.values())


def seconds_1904(unix):
    return unix + 2082844800


def mvhd(created, modified, scale, duration, version=0):
    form = ">IIII" if version == 0 else ">QQIQ"
    return full(b"mvhd", struct.pack(form, created, modified, scale, duration), bytes(80), version=version)


def track(handler, name, codec, width=0, height=0, matrix=(1, 0, 0, 1), coded=None, compressor=b"", extra=b""):
    a, b, c, d = [int(v * 65536) & 0xffffffff for v in matrix]
    tkhd = full(b"tkhd", bytes(20), bytes(16), struct.pack(">9I", a, b, 0, c, d, 0, 0, 0, 0x40000000), struct.pack(">II", width << 16, height << 16), flags=7)
    hdlr = full(b"hdlr", bytes(4), handler, bytes(12), name + b"\0")
    if handler == b"vide":
        w, h = coded or (width, height)
        entry = box(codec, bytes(6), struct.pack(">H", 1), bytes(16), struct.pack(">HH", w, h), struct.pack(">IIIH", 0x480000, 0x480000, 0, 1),
                    bytes([len(compressor)]) + compressor.ljust(31, b"\0"), struct.pack(">Hh", 24, -1))
    else:
        entry = box(codec, bytes(6), struct.pack(">H", 1), bytes(20))
    mdia = box(b"mdia", full(b"mdhd", struct.pack(">IIII", 0, 0, 1000, 5000), bytes(4)), hdlr,
               box(b"minf", box(b"stbl", full(b"stsd", struct.pack(">I", 1), entry))))
    return box(b"trak", tkhd, mdia, extra)


def keys_meta(pairs, iso=False):
    keys = full(b"keys", struct.pack(">I", len(pairs)), *[box(b"mdta", k.encode()) for k, _, _ in pairs])
    entries = [box(struct.pack(">I", i + 1), box(b"data", struct.pack(">II", kind, 0), value)) for i, (_, kind, value) in enumerate(pairs)]
    inner = full(b"hdlr", bytes(4), b"mdta", bytes(12)) + keys + box(b"ilst", *entries)
    return full(b"meta", inner) if iso else box(b"meta", inner)


def user(kind, text):
    raw = text.encode()
    return box(kind, struct.pack(">HH", len(raw), 0x15c7), raw)


MOMENT = 1706700824  # 2024-01-31T11:33:44Z


def android_mp4():
    udta = box(b"udta", user(b"\xa9xyz", "+51.5074-000.1278/"))
    meta = keys_meta([("com.android.version", 1, b"14"), ("com.android.manufacturer", 1, b"Beispiel"), ("com.android.model", 1, b"Phone 9"),
                      ("com.android.capture.fps", 23, struct.pack(">f", 30))], iso=True)
    moov = box(b"moov", mvhd(seconds_1904(MOMENT), seconds_1904(MOMENT), 1000, 5250), udta, meta,
               track(b"vide", b"VideoHandle", b"avc1", 1920, 1080, (0, 1, -1, 0)), track(b"soun", b"SoundHandle", b"mp4a"))
    return box(b"ftyp", b"mp42", bytes(4), b"isom", b"mp42") + box(b"mdat", b"\0" * 64, wide=True) + moov


def iphone_mov():
    meta = keys_meta([("com.apple.quicktime.make", 1, b"Apple"), ("com.apple.quicktime.model", 1, b"iPhone 99"), ("com.apple.quicktime.software", 1, b"99.1"),
                      ("com.apple.quicktime.creationdate", 1, b"2024-01-31T12:33:44+0100"), ("com.apple.quicktime.location.ISO6709", 1, b"-12.5100-077.0333+105.500/"),
                      ("com.apple.quicktime.location.accuracy.horizontal", 1, b"4.7"),
                      ("com.apple.quicktime.content.identifier", 1, b"7A1B2C3D-0000-4000-8000-00000000ABCD"), ("com.apple.quicktime.live-photo.auto", 65, b"\1")])
    moov = box(b"moov", mvhd(seconds_1904(MOMENT), seconds_1904(MOMENT + 9), 600, 1800, version=1),
               track(b"vide", b"Core Media Video", b"hvc1", 1920, 1440, (-1, 0, 0, -1), coded=(1920, 1440), compressor=b"HEVC"), meta)
    return box(b"ftyp", b"qt  ", bytes(4), b"qt  ") + box(b"wide") + box(b"mdat", bytes(32)) + moov


def loci_3gp():
    def fixed(v):
        return struct.pack(">i", int(v * 65536))
    loci = full(b"loci", struct.pack(">H", 0x15c7), b"Somewhere\0", b"\0", fixed(-77.5), fixed(-12.25), fixed(100), b"earth\0", b"\0")
    auth = full(b"auth", struct.pack(">H", 0x15c7), b"Nobody\0")
    moov = box(b"moov", mvhd(MOMENT, MOMENT, 1000, 2000), track(b"vide", b"", b"s263", 176, 144), box(b"udta", loci, auth))
    return box(b"ftyp", b"3gp5", bytes(4), b"3gp5") + moov + box(b"mdat", bytes(8))


def itunes_mp4():
    def item(kind, text):
        return box(kind, box(b"data", struct.pack(">II", 1, 0), text.encode()))
    meta = full(b"meta", full(b"hdlr", bytes(4), b"mdir", b"appl", bytes(9)),
                box(b"ilst", item(b"\xa9too", "Lavf58.76.100"), item(b"\xa9nam", "Título"), item(b"\xa9day", "2024-01-31T12:33:44Z")))
    xmp = box(b"uuid", bytes.fromhex("be7acfcb97a942e89c719994 91e3afac".replace(" ", "")), XMP)
    moov = box(b"moov", mvhd(0, 0, 1000, 1500), track(b"vide", b"VideoHandler", b"avc1", 640, 360, compressor=b"AVC Coding"), box(b"udta", meta))
    return box(b"ftyp", b"isom", struct.pack(">I", 512), b"isom", b"avc1") + moov + box(b"mdat", b"\0\0\2\xae\6\5x264 - core 164 r3095 - H.264") + xmp


# --- Matroska ---------------------------------------------------------------------------------------------------------

def element(ident, *parts, unknown=False):
    body = b"".join(p if isinstance(p, bytes) else p for p in parts)
    raw = bytes.fromhex(ident)
    if unknown:
        return raw + b"\x01" + b"\xff" * 7 + body
    return raw + struct.pack(">Q", len(body) | 1 << 56) + body


def webm(unknown=False):
    date = (MOMENT - 978307200) * 10**9 + 500_000_000
    info = element("1549a966", element("2ad7b1", (1000000).to_bytes(3, "big")), element("4489", struct.pack(">d", 4500.0)), element("4461", struct.pack(">q", date)),
                   element("4d80", b"Lavf58.76.100"), element("5741", b"Recorder 3"))
    tracks = element("1654ae6b", element("ae", element("d7", b"\1"), element("83", b"\1"), element("86", b"V_VP9"), element("536e", b"Front"),
                                         element("e0", element("b0", b"\x02\x80"), element("ba", b"\x01\x68"))))
    tags = element("1254c367", element("7373", element("67c8", element("45a3", b"ENCODER"), element("4487", b"Lavc58.134.100 libvpx-vp9")),
                                       element("67c8", element("45a3", b"LOCATION"), element("4487", b"+51.5074-000.1278/"))))
    return element("1a45dfa3", element("4282", b"webm")) + element("18538067", info, tracks, tags, element("1f43b675", bytes(16)), unknown=unknown)


def write(folder, name, content, truth, detail):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(content)
    TRUTH[name] = dict(truth, detail=detail)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    size = {"width": 16, "height": 8}
    for name, order in (("exif_le.jpg", "<"), ("exif_be.jpg", ">")):
        write(folder, name, jpeg(segment(0xe1, b"Exif\0\0" + exif_block(order))), dict(EXIF_TRUTH, **size, kind="jpeg", notes=0), EXIF_DETAIL)
    write(folder, "latin1.jpg", jpeg(segment(0xe1, b"Exif\0\0" + exif_block("<", make=b"M\xfcller", model=b" A\x07B \x1b[31m", zone=False, gps=False))),
          dict(size, make="Müller", model="AB [31m", taken_at=None, zone=None, latitude=None, taken_local="2024-01-31T12:33:44.567"), {})
    write(folder, "apple.jpg", jpeg(segment(0xe1, b"Exif\0\0" + exif_block(">", make=b"Apple", apple=True))),
          {"make": "Apple", "unique_id": "f00dfeed0123456789abcdef00000001"},
          {"apple:ContentIdentifier": "7A1B2C3D-0000-4000-8000-00000000ABCD", "apple:PhotoIdentifier": "0F0F0F0F-1111-4222-8333-444444444444", "apple:ImageCaptureType": 1})
    write(folder, "samsung.jpg", jpeg(segment(0xe1, b"Exif\0\0" + exif_block("<", make=b"samsung", zone=False)), tail=samsung_trailer()),
          {"taken_at": "2024-01-31T11:33:44.567000Z", "taken_from": "samsung:Image_UTC_Data", "taken_local": "2024-01-31T12:33:44.567", "zone": None},
          {"samsung:Image_UTC_Data": "1706700824567", "samsung:MotionPhoto_Data": True, "samsung:MCC_Data": "234", "jpeg:after_end": len(samsung_trailer())})
    write(folder, "xmp.jpg", jpeg(segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0" + XMP), sof=0xc2), dict(XMP_TRUTH, **size, encoder="qt:%08x, 4:2:0, progressive" % fnv([9] * 128)), XMP_DETAIL)
    head, part = b"http://ns.adobe.com/xmp/extension/\0" + b"0123456789ABCDEF0123456789ABCDEF" + struct.pack(">I", len(XMP)), 700
    pieces = [segment(0xe1, head + struct.pack(">I", i) + XMP[i:i + part]) for i in range(0, len(XMP), part)]
    write(folder, "extended.jpg", jpeg(*pieces[1:], pieces[0]), dict(XMP_TRUTH, **size), XMP_DETAIL)
    write(folder, "iptc.jpg", jpeg(segment(0xe0, b"JFIF\0\1\1\0\0\1\0\1\0\0"), segment(0xed, iptc()), segment(0xfe, b"a comment")), dict(size, notes=0),
          {"iptc:By-line": "A. Nobody", "iptc:Caption": "Größe", "iptc:SpecialInstructions": "FBMD0100", "iptc:FBMD": True, "iptc:OriginalTransmissionReference": "abcDEF",
           "jpeg:comment": "a comment", "jpeg:JFIF": "1.01"})
    write(folder, "all.png", png(png_chunk(b"eXIf", exif_block(">")), png_chunk(b"tIME", struct.pack(">HBBBBB", 2024, 2, 3, 4, 5, 6)),
                                 png_chunk(b"tEXt", b"Software\0Screens\xe9 1"), png_chunk(b"tEXt", b"parameters\0a seed"), png_chunk(b"iTXt", "Author\0\0\0de\0Autor\0Jörg".encode())),
          dict(EXIF_TRUTH, **size, kind="png", notes=0), {"png:Software": "Screensé 1", "png:parameters": "a seed", "png:Author": "Jörg", "png:tIME": "2024-02-03T04:05:06Z"})
    write(folder, "xmp.png", png(png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP), png_chunk(b"iDOT", bytes(28))), dict(XMP_TRUTH, **size), dict(XMP_DETAIL, **{"png:iDOT": True}))
    write(folder, "all.webp", webp(riff(b"EXIF", exif_block("<"))), dict(EXIF_TRUTH, **size, kind="webp", encoder="WebP lossless", notes=0), EXIF_DETAIL)
    write(folder, "xmp.webp", webp(riff(b"XMP ", XMP)), dict(XMP_TRUTH, **size), XMP_DETAIL)
    write(folder, "all.gif", gif(), dict(XMP_TRUTH, **size, kind="gif", duration=1.0, notes=0), {"gif:comment": "hello", "gif:frames": 2})
    write(folder, "all.tif", exif_block("<", extra=[(0x0100, 4, [16]), (0x0101, 4, [8])]), dict(EXIF_TRUTH, **size, kind="tiff"), {})
    write(folder, "all.heic", heif(b"heic", exif_block(">"), XMP), dict(EXIF_TRUTH, **size, kind="heif", notes=0), EXIF_DETAIL)
    write(folder, "xmp.avif", heif(b"avif", exif_block("<", gps=False), XMP), dict(size, kind="avif", make="Beispiel", latitude=51.5074, notes=0), XMP_DETAIL)
    write(folder, "android.mp4", android_mp4(),
          {"kind": "mp4", "make": "Beispiel", "model": "Phone 9", "width": 1920, "height": 1080, "orientation": 6, "duration": 5.25, "taken_at": "2024-01-31T11:33:44Z", "taken_local": None,
           "taken_from": "mvhd", "latitude": 51.5074, "longitude": -0.1278, "notes": 0},
          {"com.android.version": "14", "com.android.capture.fps": "30", "mp4:brand": "mp42", "mp4:handler": ["VideoHandle", "SoundHandle"], "mp4:codec": ["avc1", "mp4a"], "mp4:tracks": 2})
    write(folder, "iphone.mov", iphone_mov(),
          {"kind": "mp4", "make": "Apple", "model": "iPhone 99", "software": "99.1", "width": 1920, "height": 1440, "orientation": 3, "duration": 3, "taken_at": "2024-01-31T11:33:44Z",
           "taken_local": "2024-01-31T12:33:44", "zone": "+01:00", "taken_from": "quicktime:creationdate", "modified_at": "2024-01-31T11:33:53Z", "latitude": -12.51, "longitude": -77.0333,
           "altitude": 105.5, "accuracy": 4.7, "unique_id": "7A1B2C3D-0000-4000-8000-00000000ABCD", "encoder": "HEVC", "notes": 0}, {"com.apple.quicktime.live-photo.auto": "1"})
    write(folder, "loci.3gp", loci_3gp(),
          {"kind": "mp4", "width": 176, "height": 144, "duration": 2, "latitude": -12.25, "longitude": -77.5, "altitude": 100, "taken_at": "2024-01-31T11:33:44Z", "notes": 1},
          {"udta:auth": "Nobody", "udta:loci": "Somewhere"})
    write(folder, "itunes.mp4", itunes_mp4(),
          dict({k: v for k, v in XMP_TRUTH.items() if not k.startswith(("taken", "zone"))}, duration=1.5, encoder="AVC Coding, Lavf58.76.100, x264 - core 164 r3095", taken_at="2024-01-31T12:33:44Z",
               taken_from="ilst:©day", zone="Z", notes=0), {"ilst:©nam": "Título"})
    webm_truth = {"kind": "matroska", "width": 640, "height": 360, "duration": 4.5, "taken_at": "2024-01-31T11:33:44.500000Z", "taken_from": "matroska:DateUTC", "software": "Recorder 3",
                  "encoder": "Lavc58.134.100 libvpx-vp9", "latitude": 51.5074, "longitude": -0.1278, "notes": 0}
    write(folder, "all.webm", webm(), webm_truth, {"matroska:MuxingApp": "Lavf58.76.100", "matroska:codec": "V_VP9", "matroska:track": "Front", "matroska:DocType": "webm"})
    write(folder, "live.webm", webm(unknown=True), webm_truth, {})
    with open(os.path.join(folder, "truth.json"), "w", encoding="utf-8") as f:
        json.dump(TRUTH, f, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main(sys.argv[1])
