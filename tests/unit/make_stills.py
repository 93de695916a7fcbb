#!/usr/bin/python3
"""Makes the small pictures of tests/unit/data/stills, and beside each what another decoder than ours sees in it, as PNG.

  tests/unit/make_stills.py FOLDER

Needs Debian's python3-pil, webp and libheif-examples. NAME.png (NAME with its ending) is what dwebp, heif-convert or Pillow decode; NAME-2.png of an animation its third frame.
"""
import os, random, struct, subprocess, sys
from PIL import Image, ImageDraw

OUT = sys.argv[1]
os.makedirs(OUT, exist_ok=True)


def path(name):
    return os.path.join(OUT, name)


def scene(seed, width, height):
    """A smooth ground of many shades with a few hard-edged things on it."""
    rng = random.Random(seed)
    small = Image.new("RGB", (9, 7))
    small.putdata([tuple(rng.randrange(256) for _ in range(3)) for _ in range(63)])
    im = small.resize((width, height), Image.BICUBIC)
    d = ImageDraw.Draw(im)
    for _ in range(5):
        x, y = rng.randrange(width), rng.randrange(height)
        d.ellipse((x, y, x + rng.randrange(8, width // 3), y + rng.randrange(8, height // 3)), fill=tuple(rng.randrange(256) for _ in range(3)))
    return im


def tool(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def heif(name, im, *options):
    im.save("/tmp/still.png")
    tool("heif-enc", *options, "-o", path(name), "/tmp/still.png")
    seen(name)


def seen(name):
    tool("heif-convert", path(name), "/tmp/seen.png")
    Image.open("/tmp/seen.png").convert("RGB").save(path(name + ".png"), optimize=True)


# --- a container of our own: boxes that heif-enc does not write ---

def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def full(kind, version, flags, *parts):
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def boxes(data):
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8:at + size]
        at += size


def taken_apart(name):
    """Type, configuration and bytes of the one picture of a file that heif-enc wrote."""
    data = open(name, "rb").read()
    meta = dict(boxes(dict(boxes(data))[b"meta"][4:]))
    properties = dict(boxes(dict(boxes(meta[b"iprp"]))[b"ipco"]))
    iloc = meta[b"iloc"]
    version, sizes = iloc[0], struct.unpack_from(">H", iloc, 4)[0]
    assert version == 0 and sizes == 0x4440, (version, sizes)
    base, _, offset, length = struct.unpack_from(">IHII", iloc, 8 + 2 + 2)
    offset += base
    kind = b"hvc1" if b"hvcC" in properties else b"av01"
    config = b"hvcC" if kind == b"hvc1" else b"av1C"
    return kind, box(config, properties[config]), data[offset:offset + length]


def assembled(brand, kind, tiles, config, tile_size, grid, shown, more):
    """A grid (columns, rows) of tiles with the properties `more` on it."""
    count = len(tiles)
    infe = [full(b"infe", 2, 0, struct.pack(">HH", 1, 0), b"grid", b"\0")]
    infe += [full(b"infe", 2, 1, struct.pack(">HH", 2 + i, 0), kind, b"\0") for i in range(count)]
    idat = struct.pack(">BBBBHH", 0, 0, grid[1] - 1, grid[0] - 1, *shown)
    properties = [config, full(b"ispe", 0, 0, struct.pack(">II", *tile_size)), full(b"ispe", 0, 0, struct.pack(">II", *shown))] + more
    ipma = struct.pack(">I", count + 1) + struct.pack(">HB", 1, 1 + len(more)) + bytes([3] + [0x80 | 4 + i for i in range(len(more))])
    for i in range(count):
        ipma += struct.pack(">HBBB", 2 + i, 2, 0x81, 2)

    def head(start):
        iloc = struct.pack(">BBH", 0x44, 0, count + 1) + struct.pack(">HHHHII", 1, 1, 0, 1, 0, len(idat))
        for i, t in enumerate(tiles):
            iloc += struct.pack(">HHHHII", 2 + i, 0, 0, 1, start, len(t))
            start += len(t)
        meta = full(b"meta", 0, 0, full(b"hdlr", 0, 0, struct.pack(">I4s12xx", 0, b"pict")), full(b"pitm", 0, 0, struct.pack(">H", 1)),
                    full(b"iloc", 1, 0, iloc), full(b"iinf", 0, 0, struct.pack(">H", count + 1), *infe),
                    full(b"iref", 0, 0, box(b"dimg", struct.pack(">HH", 1, count), b"".join(struct.pack(">H", 2 + i) for i in range(count)))),
                    box(b"iprp", box(b"ipco", *properties), full(b"ipma", 0, 0, ipma)), box(b"idat", idat))
        return box(b"ftyp", brand, struct.pack(">I", 0), b"mif1", brand) + meta
    start = len(head(0)) + 8
    return head(start) + box(b"mdat", *tiles)


def grid(name, seed, more, suffix):
    im = scene(seed, 192, 128)
    tiles, kind, config = [], None, None
    for y in range(0, 128, 64):
        for x in range(0, 192, 64):
            im.crop((x, y, x + 64, y + 64)).save("/tmp/tile.png")
            tool("heif-enc", "-q", "60", "-o", "/tmp/tile" + suffix, "/tmp/tile.png")
            kind, config, data = taken_apart("/tmp/tile" + suffix)
            tiles.append(data)
    with open(path(name), "wb") as f:
        f.write(assembled(b"heic" if suffix == ".heic" else b"avif", kind, tiles, config, (64, 64), (3, 2), (180, 120), more))
    seen(name)


heif("plain.heic", scene(1, 160, 120), "-q", "60")
heif("sharp.heic", scene(2, 101, 75), "-q", "80", "-p", "chroma=444", "--matrix_coefficients", "1", "--full_range_flag", "0")
heif("plain.avif", scene(3, 160, 120), "-q", "60")
heif("sharp.avif", scene(4, 101, 75), "-q", "80", "-p", "chroma=444", "--matrix_coefficients", "9")
grid("grid.heic", 5, [], ".heic")
for turn in (1, 2, 3):
    grid("turned-%d.heic" % turn, 5, [box(b"irot", bytes([turn]))], ".heic")
grid("mirrored-0.avif", 6, [box(b"imir", b"\0")], ".avif")
grid("mirrored-1.avif", 6, [box(b"imir", b"\1"), box(b"irot", b"\1")], ".avif")
grid("cropped.heic", 7, [box(b"clap", struct.pack(">IIIIiIiI", 120, 1, 80, 1, -10, 1, 6, 1))], ".heic")
for name, options in (("lossy.webp", ["-q", "70"]), ("lossless.webp", ["-lossless", "-q", "30"]), ("clear.webp", ["-q", "70", "-exact"])):
    im = scene(len(name), 160, 120)
    if name == "clear.webp":
        im.putalpha(Image.linear_gradient("L").resize(im.size))
    im.save("/tmp/still.png")
    tool("cwebp", *options, "/tmp/still.png", "-o", path(name))
    tool("dwebp", path(name), "-o", "/tmp/seen.png")
    # Opacity is taken away, colours stay.
    Image.open("/tmp/seen.png").convert("RGBA").convert("RGB").save(path(name + ".png"), optimize=True)

# Animations: parts laid over the ground, each frame disposed of in another way.
ground = scene(20, 160, 120)
frames = [ground.convert("P", palette=Image.ADAPTIVE, colors=64)]
for i in range(1, 5):
    frames.append(scene(20 + i, 160, 120).convert("P", palette=Image.ADAPTIVE, colors=64))
frames[0].save(path("moving.gif"), save_all=True, append_images=frames[1:], duration=[100, 250, 40, 40, 40], loop=0, disposal=1)
frames[0].save(path("woven.gif"), interlace=1)
still = Image.open(path("moving.gif"))
still.seek(0)
still.convert("RGB").save(path("moving.gif.png"), optimize=True)
still.seek(2)
still.convert("RGB").save(path("moving.gif-2.png"), optimize=True)
frames[0].convert("RGB").save(path("woven.gif.png"), optimize=True)
rgba = []
for i in range(4):
    im = scene(30 + i, 160, 120).convert("RGBA")
    if i:
        mask = Image.new("L", im.size, 0)
        ImageDraw.Draw(mask).ellipse((20 * i, 10, 20 * i + 80, 100), fill=255 if i < 3 else 128)
        im.putalpha(mask)
    rgba.append(im)
for i, im in enumerate(rgba):
    im.save("/tmp/frame%d.png" % i)
    tool("cwebp", "-q", "80", "/tmp/frame%d.png" % i, "-o", "/tmp/frame%d.webp" % i)
tool("webpmux", *sum((["-frame", "/tmp/frame%d.webp" % i, "+120+0+0+0+b"] for i in range(4)), []), "-loop", "0", "-o", path("over.webp"))
still = Image.open(path("over.webp"))
for n, name in ((0, "over.webp.png"), (2, "over.webp-2.png")):
    still.seek(n)
    still.convert("RGB").save(path(name), optimize=True)
