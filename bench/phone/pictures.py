"""Small real media files, made without a library: JPEG with EXIF, PNG, MP4 (motion JPEG), Ogg Opus head."""

import struct
import zlib


def mosaic(rng, width, height, mood=None):
    """A picture of width x height cells, each (r, g, b): a sky, a wall, a bright thing."""
    sky = [rng.randrange(40, 220) for _ in range(3)]
    wall = [rng.randrange(20, 160) for _ in range(3)]
    thing = [rng.randrange(120, 256) for _ in range(3)]
    horizon = rng.randrange(height // 3, height * 2 // 3)
    x0, y0 = rng.randrange(width * 2 // 3), rng.randrange(height * 2 // 3)
    w, h = rng.randrange(3, width // 3), rng.randrange(3, height // 3)
    bars = mood == 'bars' or rng.random() < 0.2
    rows = []
    for y in range(height):
        row = []
        for x in range(width):
            if x0 <= x < x0 + w and y0 <= y < y0 + h:
                c = thing
            elif bars and x % 12 < 2:
                c = (30, 30, 34)
            elif y < horizon:
                shade = y * 60 // height
                c = [min(255, v + shade) for v in sky]
            else:
                c = [v + (x * 7 + y * 13) % 18 for v in wall]
            row.append(tuple(c))
        rows.append(row)
    return rows


def png(cells, scale=4):
    height, width = len(cells) * scale, len(cells[0]) * scale
    raw = bytearray()
    for row in cells:
        line = b'\0' + b''.join(bytes(c) * scale for c in row)
        raw += line * scale

    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>2I5B', width, height, 8, 2, 0, 0, 0)) +
            chunk(b'IDAT', zlib.compress(bytes(raw), 6)) + chunk(b'IEND', b''))


# One Huffman table for all DC coefficients: 12 categories as 4-bit codes; and one for AC with only "end of block".
_DC_BITS = [0, 0, 0, 12] + [0] * 12
_AC_BITS = [1] + [0] * 15


def jpeg(cells, exif=b''):
    """A baseline JPEG, 8 x 8 pixels a cell: every block has its DC coefficient only."""
    height, width = len(cells), len(cells[0])

    def segment(marker, data):
        return struct.pack('>BBH', 0xff, marker, len(data) + 2) + data
    out = [b'\xff\xd8']
    if exif:
        out.append(segment(0xe1, b'Exif\0\0' + exif))
    else:
        out.append(segment(0xe0, b'JFIF\0\1\1\0\0\1\0\1\0\0'))
    out.append(segment(0xdb, b'\0' + b'\x08' * 64))   # DC step 8: a difference of 1 is one grey level
    out.append(segment(0xc0, struct.pack('>BHHB', 8, height * 8, width * 8, 3) + b'\1\x11\0\2\x11\0\3\x11\0'))
    out.append(segment(0xc4, b'\0' + bytes(_DC_BITS) + bytes(range(12))))
    out.append(segment(0xc4, b'\x10' + bytes(_AC_BITS) + b'\0'))
    out.append(segment(0xda, b'\3\1\0\2\0\3\0\0\x3f\0'))
    acc, bits, last, scan = 0, 0, [0, 0, 0], bytearray()
    for row in cells:
        for r, g, b in row:
            y = (299 * r + 587 * g + 114 * b) // 1000
            for i, v in enumerate((y - 128, (564 * (b - y)) // 1000, (713 * (r - y)) // 1000)):
                d = v - last[i]
                last[i] = v
                size = abs(d).bit_length()
                acc = (acc << 4 | size) << size | (d if d >= 0 else d + (1 << size) - 1)
                acc <<= 1               # end of block
                bits += 5 + size
        rest = bits % 8
        scan += (acc >> rest).to_bytes(bits // 8, 'big')
        acc, bits = acc & ((1 << rest) - 1), rest
    if bits:
        scan.append(((acc + 1) << (8 - bits)) - 1)
    out.append(bytes(scan).replace(b'\xff', b'\xff\0'))
    out.append(b'\xff\xd9')
    return b''.join(out)


def exif(make, model, taken, latitude=None, longitude=None):
    """A big-endian TIFF block. `taken` is local time, "2024:03:04 21:15:07"."""
    def ascii_(tag, text):
        return tag, 2, len(text) + 1, text.encode() + b'\0'

    def degrees(v):
        v = abs(v)
        d, m = int(v), int(v % 1 * 60)
        s = round(((v - d) * 60 - m) * 6000)
        return struct.pack('>6I', d, 1, m, 1, s, 100)

    def ifd(entries, at, then=0):
        """The directory and the values that do not fit in it, laid at offset `at`."""
        body, extra, extra_at = [], b'', at + 2 + 12 * len(entries) + 4
        for tag, kind, count, value in entries:
            if len(value) > 4:
                body.append(struct.pack('>HHII', tag, kind, count, extra_at + len(extra)))
                extra += value + b'\0' * (len(value) % 2)
            else:
                body.append(struct.pack('>HHI', tag, kind, count) + value.ljust(4, b'\0'))
        return struct.pack('>H', len(entries)) + b''.join(body) + struct.pack('>I', then) + extra

    sub = [ascii_(0x9003, taken), ascii_(0x9004, taken)]
    place = []
    if latitude is not None:
        place = [(0, 1, 4, b'\2\3\0\0'), ascii_(1, 'N' if latitude >= 0 else 'S'), (2, 5, 3, degrees(latitude)),
                 ascii_(3, 'E' if longitude >= 0 else 'W'), (4, 5, 3, degrees(longitude))]
    first = [ascii_(0x010f, make), ascii_(0x0110, model), (0x0112, 3, 1, b'\0\1'), ascii_(0x0132, taken)]
    pointers = 2 if place else 1

    def main(sub_at, place_at):
        entries = first + [(0x8769, 4, 1, struct.pack('>I', sub_at))]
        if pointers == 2:
            entries.append((0x8825, 4, 1, struct.pack('>I', place_at)))
        return ifd(entries, 8)
    size = len(main(0, 0))
    sub_block = ifd(sub, 8 + size)
    place_at = 8 + size + len(sub_block)
    out = b'MM\0\x2a' + struct.pack('>I', 8) + main(8 + size, place_at) + sub_block
    return out + (ifd(place, place_at) if place else b'')


def mp4(frames, width, height, made_at, fps=2):
    """Motion JPEG in an MP4 with one track. `frames` are JPEG files; `made_at` seconds since 1970."""
    def box(kind, *parts):
        data = b''.join(parts)
        return struct.pack('>I', len(data) + 8) + kind + data

    def full(kind, flags, *parts):
        return box(kind, struct.pack('>I', flags), *parts)
    when = made_at + 2082844800   # since 1904
    ticks = 600 * len(frames) // fps
    matrix = struct.pack('>9I', 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    ftyp = box(b'ftyp', b'isom\0\0\2\0isommp41')
    entry = box(b'jpeg', struct.pack('>6xH16x2H2I4xH', 1, width, height, 0x480000, 0x480000, 1), b'\0' * 32,
                struct.pack('>HH', 24, 0xffff))

    def moov(data_at):
        table = box(b'stbl', full(b'stsd', 0, struct.pack('>I', 1), entry),
                    full(b'stts', 0, struct.pack('>3I', 1, len(frames), 600 // fps)),
                    full(b'stsc', 0, struct.pack('>4I', 1, 1, len(frames), 1)),
                    full(b'stsz', 0, struct.pack('>2I', 0, len(frames)), *[struct.pack('>I', len(f)) for f in frames]),
                    full(b'stco', 0, struct.pack('>2I', 1, data_at)))
        media = box(b'mdia', full(b'mdhd', 0, struct.pack('>4I2H', when, when, 600, ticks, 0x55c4, 0)),
                    full(b'hdlr', 0, b'\0\0\0\0vide' + b'\0' * 12 + b'video\0'),
                    box(b'minf', full(b'vmhd', 1, b'\0' * 8),
                        box(b'dinf', full(b'dref', 0, struct.pack('>I', 1), full(b'url ', 1))), table))
        track = box(b'trak', full(b'tkhd', 7, struct.pack('>5I8x4H', when, when, 1, 0, ticks, 0, 0, 0, 0), matrix,
                                  struct.pack('>2I', width << 16, height << 16)), media)
        return box(b'moov', full(b'mvhd', 0, struct.pack('>4IIH10x', when, when, 600, ticks, 0x10000, 0x100), matrix,
                                 b'\0' * 24, struct.pack('>I', 2)), track)
    head = ftyp + moov(0)
    return ftyp + moov(len(head) + 8) + box(b'mdat', *frames)


def opus(rng, seconds):
    """An Ogg page with an Opus head, and noise after it: enough for type by content."""
    head = b'OpusHead\1\1' + struct.pack('<HIhB', 312, 16000, 0, 0)
    return b'OggS\0\2' + b'\0' * 8 + b'CUST' + b'\0' * 8 + b'\1' + bytes([len(head)]) + head + rng.randbytes(seconds * 400)
