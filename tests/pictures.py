"""Pictures of invented scenes, the same at any size, and lists of their hashes: for tests that compare pictures."""
import math, os, random, struct, zlib

from cases import WORK, run


def png(width, height, pixel):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes(pixel(x / width, y / height) for x in range(width)) for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def scene(seed, width=240, height=180, noise=0):
    """Waves and discs: the same scene at any size."""
    r, n = random.Random(seed), random.Random(seed + 1000)
    waves = [(r.uniform(1, 9), r.uniform(1, 9), r.uniform(0, 6), r.uniform(8, 24)) for _ in range(8)]
    discs = [(r.random(), r.random(), r.uniform(.05, .2), r.uniform(-60, 60)) for _ in range(9)]

    def pixel(x, y):
        v = 128 + sum(a * math.sin(fx * x * 3 + fy * y * 3 + p) for fx, fy, p, a in waves)
        v += sum(a for cx, cy, size, a in discs if (x - cx) ** 2 + (y - cy) ** 2 < size ** 2)
        return max(0, min(255, int(v + (n.uniform(-noise, noise) if noise else 0))))
    return png(width, height, pixel)


def list_made(folder, name, nature, text, *more):
    path = os.path.join(WORK, name + ".txt")
    with open(path, "w") as f:
        f.write(text)
    run("lists", "add", path, "--name", name, "--version", "1", "--nature", nature, "--lists", folder, "-q", *more, check=0)


def pdq(data):
    path = os.path.join(WORK, "one.png")
    with open(path, "wb") as f:
        f.write(data)
    return run("hash", path, check=0).stdout.split()[1]
