#!/usr/bin/env python3
"""Makes the containers that the evidence tests open: make_evidence.py FOLDER tar|zip|...

Everything comes from Python's own tarfile and zipfile (and tools that the tests look for), so that what is expected does not come
from the code under test. Content of a file "x" is text that content() gives for its name.
"""
import io
import os
import shutil
import subprocess
import sys
import tarfile

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


{"tar": make_tar}[sys.argv[2]]()
