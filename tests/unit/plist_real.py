"""plist_real.py PLIST_DUMP: every property list of the shared real data must read as Python's plistlib reads it."""
import base64
import datetime
import glob
import io
import json
import math
import os
import plistlib
import subprocess
import sys
import tempfile
import zipfile

SKIP = 77


def plain(v):
    """The tree as its JSON must be."""
    if isinstance(v, bool) or v is None or isinstance(v, str):
        return v
    if isinstance(v, int):
        return v if -(2**63) <= v < 2**63 else str(v)
    if isinstance(v, float):
        return v if math.isfinite(v) else None
    if isinstance(v, bytes):
        return base64.b64encode(v).decode()
    if isinstance(v, datetime.datetime):
        return v.isoformat(timespec="microseconds" if v.microsecond else "seconds") + "Z"
    if isinstance(v, plistlib.UID):
        return {"CF$UID": v.data}
    if isinstance(v, list):
        return [plain(x) for x in v]
    return {k: plain(x) for k, x in v.items()}


def files(shared):
    archive = os.path.join(shared, "ios15", "extraction.zip")
    if os.path.exists(archive):
        with zipfile.ZipFile(archive) as z:
            for name in z.namelist():
                if not name.endswith("/"):
                    yield name, z.read(name)
    for path in sorted(glob.glob(os.path.join(shared, "plaso", "ios", "*.plist"))):
        with open(path, "rb") as f:
            yield path, f.read()


def main():
    shared = os.environ.get("CUSTOS_SHARED") or os.path.join(os.environ.get("CUSTOS_SOURCE", "."), "..", "shared")
    data = os.path.join(shared, "data")
    if not os.path.isdir(data):
        print("skipped: no shared real data")
        return SKIP
    wrong = checked = binary = 0
    with tempfile.TemporaryDirectory() as folder:
        one = os.path.join(folder, "one.plist")
        for name, content in files(data):
            try:
                want = plain(plistlib.load(io.BytesIO(content)))
            except Exception:
                continue  # no property list
            with open(one, "wb") as f:
                f.write(content)
            line = subprocess.run([sys.argv[1], one], stdout=subprocess.PIPE, check=True).stdout.decode()
            got = None if line.startswith("!") else json.loads(line)
            checked += 1
            binary += content.startswith(b"bplist")
            if got != want:
                wrong += 1
                print("differs: %s: %s" % (name, line[:200]))
    print("%d property lists compared (%d binary), %d differ" % (checked, binary, wrong))
    return 1 if wrong or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
