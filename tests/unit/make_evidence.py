#!/usr/bin/env python3
"""Makes the containers that the evidence tests open: make_evidence.py FOLDER tar|zip|real

Everything comes from Python's own tarfile and zipfile (and tools that the tests look for), so that what is expected does not come
from the code under test.
"""
import hashlib
import hmac
import io
import os
import random
import shutil
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib

folder = sys.argv[1]


def at(name):
    return os.path.join(folder, name)


def tar_member(t, name, data=b"", kind=tarfile.REGTYPE, link="", mtime=1700000000, pax=None):
    i = tarfile.TarInfo(name)
    i.type, i.linkname, i.size, i.mtime = kind, link, len(data), mtime
    i.pax_headers = pax or {}
    t.addfile(i, io.BytesIO(data))


def tar_fill(t):
    long = "deep/" * 60 + "long name.txt"
    tar_member(t, "./", kind=tarfile.DIRTYPE)
    tar_member(t, "./data/", kind=tarfile.DIRTYPE)
    tar_member(t, "data/a.txt", b"alpha")
    tar_member(t, long, b"long")
    tar_member(t, "data/hard", kind=tarfile.LNKTYPE, link="data/a.txt")
    tar_member(t, "data/hard2", kind=tarfile.LNKTYPE, link="./data/hard")
    tar_member(t, "data/lost", kind=tarfile.LNKTYPE, link="data/nowhere")
    tar_member(t, "data/self", kind=tarfile.LNKTYPE, link="data/self")
    tar_member(t, "data/soft", kind=tarfile.SYMTYPE, link="../../etc/passwd")
    tar_member(t, "data/pipe", kind=tarfile.FIFOTYPE)
    tar_member(t, "/abs/olute", b"abs")
    tar_member(t, "up/../../x", b"up")
    tar_member(t, "twice", b"first")
    tar_member(t, "twice", b"second")
    tar_member(t, "caf\u00e9 \u2615", b"name")
    tar_member(t, "big", b"0123456789abcdef" * 40000)


def make_tar():
    for name, fmt in (("gnu.tar", tarfile.GNU_FORMAT), ("pax.tar", tarfile.PAX_FORMAT)):
        with tarfile.open(at(name), "w", format=fmt) as t:
            tar_fill(t)
            tar_member(t, "fraction", b"f", mtime=1700000000.25 if fmt == tarfile.PAX_FORMAT else 1700000000,
                       pax={"atime": "1700000001.5", "LIBARCHIVE.creationtime": "1600000000.000001"}
                       if fmt == tarfile.PAX_FORMAT else None)
    with tarfile.open(at("ustar.tar"), "w", format=tarfile.USTAR_FORMAT) as t:
        tar_member(t, "p" * 120 + "/" + "n" * 90, b"prefix")
        tar_member(t, "latin\xff", b"odd", )
    with tarfile.open(at("bad-pax.tar"), "w", format=tarfile.USTAR_FORMAT) as t:
        for i, bad in enumerate((b"0 path=x\n", b"2 path=x\n", b"99999999999999999999 path=x\n", b"9 path=xx", b"9 pathxx\n", b"\n", b" \n")):
            tar_member(t, "header", bad, kind=b"x")
            tar_member(t, "kept-%d" % i, b"kept")
        tar_member(t, "header", b"9 path=y\n11 size=-1\n", kind=b"x")
        tar_member(t, "replaced", b"kept")
    with tarfile.open(at("empty.tar"), "w"):
        pass
    for kind in ("gz", "bz2", "xz"):
        with tarfile.open(at("c.tar." + kind), "w:" + kind, format=tarfile.GNU_FORMAT) as t:
            tar_fill(t)
    if shutil.which("zstd"):
        subprocess.run(["zstd", "-q", "-f", at("gnu.tar"), "-o", at("c.tar.zst")], check=True)
    if shutil.which("tar"):
        with open(at("holes"), "wb") as f:
            for i in range(40):
                f.seek(i * 100000)
                f.write(b"piece %d" % i)
            f.truncate(5000000)
        for name, args in (("old", ["--format=gnu"]), ("0.0", ["--format=posix", "--sparse-version=0.0"]),
                           ("0.1", ["--format=posix", "--sparse-version=0.1"]),
                           ("1.0", ["--format=posix", "--sparse-version=1.0"])):
            subprocess.run(["tar", "-C", folder, "-S", *args, "-cf", at("sparse-%s.tar" % name), "holes", "gnu.tar"], check=True)



class Zip:
    """A zip put together field by field, so that every field can be wrong. Its sane ones are read back with zipfile."""

    def __init__(self, prefix=b""):
        self.data, self.central, self.count, self.base = bytearray(prefix), bytearray(), 0, 0

    def add(self, name, content=b"", method=8, flags=0, host=3, mode=0o100644, extra=b"", local_extra=b"", time=0x6000, date=0x5a21,
            crc=None, stored=None, size=None, raw=None, offset=None, local=True, descriptor=None):
        name = name if isinstance(name, bytes) else name.encode()
        if raw is None:
            z = zlib.compressobj(6, zlib.DEFLATED, -15)
            raw = z.compress(content) + z.flush() if method == 8 else content
        crc = zlib.crc32(content) if crc is None else crc
        stored = len(raw) if stored is None else stored
        size = len(content) if size is None else size
        here = len(self.data) - self.base if offset is None else offset
        if local:
            sizes = (0, 0, 0) if descriptor is not None else (crc, stored & 0xffffffff, size & 0xffffffff)
            self.data += b"PK\3\4" + struct.pack("<HHHHHLLLHH", 20, flags, method, time, date, *sizes, len(name), len(local_extra))
            self.data += name + local_extra + raw + (descriptor or b"")
        self.central += b"PK\1\2" + struct.pack("<HHHHHHLLLHHHHHLL", host << 8 | 20, 20, flags, method, time, date, crc,
                                               min(stored, 0xffffffff), min(size, 0xffffffff), len(name), len(extra), 0, 0, 0,
                                               mode << 16, min(here, 0xffffffff))
        self.central += name + extra
        self.count += 1
        return here

    def end(self, comment=b"", count=None, zip64=False, offset=None):
        at, count = len(self.data) - self.base if offset is None else offset, self.count if count is None else count
        size = len(self.central)
        tail = b""
        if zip64:
            there = len(self.data) - self.base + size
            tail = b"PK\6\6" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count, count, size, at)
            tail += b"PK\6\7" + struct.pack("<LQL", 0, there, 1)
            count, size, at = 0xffff, 0xffffffff, 0xffffffff
        tail += b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, count, count, size, at, len(comment)) + comment
        return bytes(self.data + self.central) + tail

    def save(self, name, **end):
        with open(at(name), "wb") as f:
            f.write(self.end(**end))


def field(number, data):
    return struct.pack("<HH", number, len(data)) + data


def zip_crypto(password, data, check, salt=b"0123456789a"):
    keys = [0x12345678, 0x23456789, 0x34567890]
    table = [0] * 256
    for i in range(256):
        c = i
        for _ in range(8):
            c = c >> 1 ^ (0xedb88320 if c & 1 else 0)
        table[i] = c

    def update(b):
        keys[0] = table[(keys[0] ^ b) & 255] ^ keys[0] >> 8
        keys[1] = ((keys[1] + (keys[0] & 255)) * 134775813 + 1) & 0xffffffff
        keys[2] = table[(keys[2] ^ keys[1] >> 24) & 255] ^ keys[2] >> 8

    for b in password:
        update(b)
    out = bytearray()
    for b in salt + bytes([check]) + data:
        t = keys[2] | 2
        out.append(b ^ ((t * (t ^ 1)) >> 8 & 255))
        update(b)
    return bytes(out)


def winzip_aes(password, data, strength, salt):
    """WinZip's AES; the block cipher itself is the openssl program's."""
    key_size = 8 + 8 * strength
    derived = hashlib.pbkdf2_hmac("sha1", password, salt, 1000, 2 * key_size + 2)
    counters = b"".join(struct.pack("<QQ", i, 0) for i in range(1, len(data) // 16 + 2))
    stream = subprocess.run(["openssl", "enc", "-aes-%d-ecb" % (key_size * 8), "-K", derived[:key_size].hex(), "-nopad"],
                            input=counters, stdout=subprocess.PIPE, check=True).stdout
    stream = stream[:len(data)]
    cipher = (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")
    code = hmac.new(derived[key_size:2 * key_size], cipher, "sha1").digest()[:10]
    return salt + derived[2 * key_size:] + cipher + code


def deflate(data):
    z = zlib.compressobj(6, zlib.DEFLATED, -15)
    return z.compress(data) + z.flush()


def check_zip(name):
    with zipfile.ZipFile(at(name)) as z:
        assert z.testzip() is None, name


def make_usual():
    z = Zip()
    z.add("data/", mode=0o040755, method=0)
    z.add("data/a.txt", b"alpha")
    z.add("data/stored", b"as it is", method=0)
    z.add("data/empty", b"", method=0)
    z.add("data/link", b"../../etc/passwd", method=0, mode=0o120777)
    z.add("data/pipe", b"", method=0, mode=0o010644)
    z.add("/abs/olute", b"abs")
    z.add("up/../../x", b"up")
    z.add("a\\b", b"backslash")
    z.add("C\\d", b"dos", host=0, mode=0)
    z.add("twice", b"first")
    z.add("twice", b"second")
    z.add("caf\u00e9", b"flag", flags=0x800)
    z.add("th\u00e9", b"no flag")
    z.add("na\u00efve".encode("cp437"), b"437")
    z.add(b"line\nfeed\x1b[2J\0", b"control")
    z.add(b"old-name", b"info", extra=field(0x7075, struct.pack("<BL", 1, zlib.crc32(b"old-name")) + "\u65e5\u672c".encode()))
    z.add(b"stale", b"stale", extra=field(0x7075, struct.pack("<BL", 1, 12345) + b"wrong"))
    z.add("ut", b"ut", extra=field(0x5455, struct.pack("<Bl", 3, -86400)))
    z.add("ntfs", b"ntfs", extra=field(0x000a, struct.pack("<LHHQQQ", 0, 1, 24, *[(11644473600 + t) * 10000000 + 5000000
                                                                               for t in (1700000000, 1700000001, 1600000000)])))
    z.add("never", b"never", date=0x21, time=0)
    z.add("noise", random.Random(1).randbytes(3000000))
    z.add("big", b"0123456789abcdef" * 1250000)  # 20 MB: more than is read at once
    z.add("big-stored", bytes(range(256)) * 70000, method=0)
    z.save("usual.zip")
    check_zip("usual.zip")
    z = Zip()  # zipfile itself gives up on these
    z.add(b"bad\xff\xfe", b"bytes", flags=0x800)
    z.add("short-extra", b"rubbish", extra=b"\1\0\xff\xff\0")
    z.save("odd.zip")


def make_shapes():
    z = Zip()
    z.add("a", b"alpha")
    z.add("b", b"beta", stored=0xffffffff, size=0xffffffff, extra=field(1, struct.pack("<QQ", 4, len(deflate(b"beta")))), local=False,
          offset=z.add("b-plain", b"beta"))
    z.save("zip64.zip", zip64=True)
    small = Zip()
    small.add("a", b"alpha")
    small.add("b", b"beta", method=0)
    small.save("small.zip")
    small.save("comment.zip", comment=b"PK\5\6" * 16383 + b"...")
    small.save("wrong-count.zip", count=7)
    small.save("count-of-one.zip", count=1)
    for name in ("small.zip", "zip64.zip"):
        with open(at(name), "rb") as f, open(at("prefix-" + name), "wb") as out:
            out.write(b"#!/bin/sh\nexit\n" + f.read())
    moved = Zip(prefix=b"GIF89a" * 100)
    moved.add("a", b"alpha")
    moved.save("prefix-counted.zip")
    Zip().save("empty.zip")
    z = Zip()
    z.add("lzma", b"x", method=14, raw=b"whatever")
    z.add("strong", b"x", flags=0x41, raw=b"whatever")
    z.add("a", b"alpha")
    z.save("methods.zip")


def make_liars():
    z = Zip()
    z.add("bad-crc", b"alpha", crc=1)
    z.add("more", b"x" * 1000, size=10)
    z.add("less", b"alpha", size=9)
    z.add("less-stored", b"alpha", size=9, method=0)
    z.add("more-stored", b"alphabet", size=5, method=0)
    z.add("cut", b"", raw=deflate(os.urandom(500))[:300], size=500)
    z.add("garbage", b"", raw=b"\0\4\0\xfb\xffgood\7" + bytes(50), size=500)  # a block of no known type
    z.add("big-more", b"x" * 30000000, size=20000000)
    z.add("nowhere", b"alpha", local=False, offset=3)
    z.add("beyond", b"alpha", local=False, offset=0xfffffff0)
    z.add("good", b"good")
    z.save("liars.zip")


def make_bombs():
    z = Zip()
    here = z.add("0", b"\0" * 1000000)
    for i in range(1, 1000):
        z.add("%d" % i, b"\0" * 1000000, local=False, offset=here)
    z.save("same.zip")
    # Each file's data quotes the next one's header (a stored block) and shares all that follows.
    z = Zip()
    bodies, body = [], deflate(b"\0" * 1000000)
    names = ["q%02d" % i for i in range(20)]
    content = b"\0" * 1000000
    for n in reversed(names):
        header = b"PK\3\4" + struct.pack("<HHHHHLLLHH", 20, 0, 8, 0x6000, 0x5a21, zlib.crc32(content), len(body), len(content), len(n), 0)
        header += n.encode()
        bodies.append((n, content, len(body), len(header)))
        body = b"\0" + struct.pack("<HH", len(header), len(header) ^ 0xffff) + header + body
        content = header + content
    quoted = body[5:]  # begins with the header of names[0]
    z.data += quoted
    at_offset = 0
    for n, content, stored, header in reversed(bodies):
        z.add(n, content, local=False, offset=at_offset, stored=stored)
        at_offset += header + 5
    z.save("quoted.zip")
    # One whose data swallows an honest neighbour, and one that points into another's data.
    z = Zip()
    z.add("swallow", b"s" * 10, method=0, stored=500)
    z.add("honest", b"h" * 200, method=0)
    z.add("later", b"l" * 2000, method=0)
    z.add("inside", b"i", method=0, local=False, offset=len(z.data) - 1000)
    z.save("overlap.zip")


def make_cut():
    z = Zip()
    z.add("data/a.txt", b"alpha" * 100)
    z.add("data/inner.zip", open(at("small.zip"), "rb").read(), method=0)
    content = b"streamed " * 500
    raw = deflate(content)
    for name, shape in (("d32", b"PK\7\10" + struct.pack("<LLL", zlib.crc32(content), len(raw), len(content))),
                        ("d64", b"PK\7\10" + struct.pack("<LQQ", zlib.crc32(content), len(raw), len(content))),
                        ("bare", struct.pack("<LLL", zlib.crc32(content), len(raw), len(content)))):
        z.add(name, content, flags=8, descriptor=shape)
    z.add("stream-stored", content, method=0, flags=8,
          descriptor=b"PK\7\10" + struct.pack("<LLL", zlib.crc32(content), len(content), len(content)))
    z.add("last", b"last one " * 10000)
    with open(at("no-directory.zip"), "wb") as f:
        f.write(z.data)
    with open(at("cut.zip"), "wb") as f:
        f.write(z.data[:-50])
    whole = z.end()
    with open(at("half-directory.zip"), "wb") as f:  # damage within the third entry of the directory
        p = len(z.data) + whole[len(z.data):].index(b"d32") - 46
        f.write(whole[:p] + b"XXXX" + whole[p + 4:])
    z = Zip()
    z.add("only", b"unfinished " * 5000, flags=8, descriptor=b"")
    with open(at("unsized-cut.zip"), "wb") as f:
        f.write(z.data[:-20])


def make_locked():
    z = Zip()
    secret = b"the secret text " * 50
    raw = deflate(secret)
    crc = zlib.crc32(secret)
    z.add("old", secret, flags=1, raw=zip_crypto(b"Wing-B 2-14", raw, crc >> 24))
    z.add("old-stream", secret, flags=9, raw=zip_crypto(b"Wing-B 2-14", raw, 0x60), method=8)
    z.add("old-stored", secret, flags=1, method=0, raw=zip_crypto(b"Wing-B 2-14", secret, crc >> 24))
    z.save("crypto.zip")
    with zipfile.ZipFile(at("crypto.zip")) as check:
        assert check.read("old", pwd=b"Wing-B 2-14") == secret
    if not shutil.which("openssl"):
        return
    big = b"0123456789abcdef" * 1250000
    for name in ("aes.zip", "mixed.zip"):
        z = Zip()
        if name == "mixed.zip":
            z.add("open", b"open")
        for strength, salt in ((1, 8), (2, 12), (3, 16)):
            for version in (1, 2):
                extra = field(0x9901, struct.pack("<H2sBH", version, b"AE", strength, 8))
                z.add("aes%d-%d" % (strength, version), secret, flags=1, method=99, extra=extra, local_extra=extra, crc=crc if version == 1 else 0,
                      raw=winzip_aes(b"Wing-B 2-14", raw, strength, bytes(range(salt))))
        extra = field(0x9901, struct.pack("<H2sBH", 2, b"AE", 3, 0))
        z.add("stored", secret, flags=1, method=99, extra=extra, crc=0, raw=winzip_aes(b"Wing-B 2-14", secret, 3, bytes(16)))
        damaged = bytearray(winzip_aes(b"Wing-B 2-14", secret, 3, bytes(16)))
        damaged[40] ^= 1
        z.add("damaged", secret, flags=1, method=99, extra=extra, crc=0, raw=bytes(damaged))
        z.add("short", secret, flags=1, method=99, extra=extra, crc=0, raw=b"short")
        z.save(name)
    z = Zip()
    extra = field(0x9901, struct.pack("<H2sBH", 2, b"AE", 3, 8))
    z.add("big", big, flags=1, method=99, extra=extra, crc=0, raw=winzip_aes(b"Wing-B 2-14", deflate(big), 3, bytes(16)))
    z.add("big-stored", big[:17000000], flags=1, method=99, extra=field(0x9901, struct.pack("<H2sBH", 2, b"AE", 1, 0)), crc=0,
          raw=winzip_aes(b"Wing-B 2-14", big[:17000000], 1, bytes(8)))
    z.save("locked.zip")
    # What other programs make, where they are installed.
    with open(at("secret.txt"), "wb") as f:
        f.write(secret)
    if shutil.which("7z"):
        subprocess.run(["7z", "a", "-tzip", "-mem=AES256", "-pWing-B 2-14", at("7z.zip"), at("secret.txt")], check=True,
                       stdout=subprocess.DEVNULL)
    if shutil.which("bsdtar"):
        subprocess.run(["bsdtar", "-C", folder, "--format=zip", "--options=zip:encryption=aes128", "--passphrase=Wing-B 2-14",
                        "-cf", at("bsdtar.zip"), "secret.txt"], check=True)
    if shutil.which("zip"):
        subprocess.run(["zip", "-q", "-P", "Wing-B 2-14", "-j", at("infozip.zip"), at("secret.txt")], check=True)


def make_zip():
    make_usual()
    make_shapes()
    make_liars()
    make_bombs()
    make_cut()
    make_locked()
    os.mkdir(at("nest"))
    shutil.copy(at("small.zip"), at("nest/phone.zip"))
    os.mkdir(at("nest/deeper"))
    shutil.copy(at("small.zip"), at("nest/deeper/phone.zip"))
    with open(at("nest/broken.zip"), "wb") as f:
        f.write(b"PK\3\4 and no more than that")
    with tarfile.open(at("zip-at-end.tar"), "w", format=tarfile.GNU_FORMAT) as t:
        t.add(at("small.zip"), "inner.zip")
    with open(at("zip-at-end.tar"), "rb+") as f:
        f.truncate(512 + os.path.getsize(at("small.zip")))


def make_real():
    with zipfile.ZipFile(os.environ["EXTRACTION"]) as z, open(at("real.txt"), "w") as out:
        for i in z.infolist():
            if not i.is_dir():
                out.write("%s %s\n" % (hashlib.sha256(z.read(i)).hexdigest(), i.filename))


{"real": make_real, "tar": make_tar, "zip": make_zip}[sys.argv[2]]()
