"""cookies_real.py COOKIES_DUMP: a real Cookies.binarycookies must read as the small reader below reads it."""
import json
import os
import struct
import subprocess
import sys

SKIP = 77


def micros(seconds):
    return round((seconds + 978307200) * 1000000)


def cookies(data):
    assert data[:4] == b"cook"
    (count,) = struct.unpack_from(">I", data, 4)
    sizes = struct.unpack_from(">%dI" % count, data, 8)
    at = 8 + 4 * count
    for size in sizes:
        page = data[at:at + size]
        at += size
        assert page[:4] == b"\0\0\1\0"
        (n,) = struct.unpack_from("<I", page, 4)
        for start in struct.unpack_from("<%dI" % n, page, 8):
            flags, _, *places = struct.unpack_from("<6I", page, start + 8)
            expires, created = struct.unpack_from("<2d", page, start + 40)
            texts = [page[start + p:page.index(b"\0", start + p)].decode() for p in places]
            yield texts + [flags, micros(expires), micros(created)]


def main():
    shared = os.environ.get("CUSTOS_SHARED") or os.path.join(os.environ.get("CUSTOS_SOURCE", "."), "..", "shared")
    path = os.path.join(shared, "data", "plaso", "browsers", "Cookies.binarycookies")
    if not os.path.exists(path):
        print("skipped: no shared real data")
        return SKIP
    with open(path, "rb") as f:
        want = list(cookies(f.read()))
    lines = subprocess.run([sys.argv[1], path], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    got = [json.loads(line) for line in lines if not line.startswith("!")]
    print("%d cookies, %d read, %s" % (len(want), len(got), "equal" if want == got and len(lines) == len(got) else "different"))
    for w, g in zip(want, got):
        if w != g:
            print("want", w, "\n got", g)
    return 0 if want and want == got and len(lines) == len(got) else 1


if __name__ == "__main__":
    sys.exit(main())
