"""nskeyed_real.py PLIST_DUMP: the archives of a real Instagram database must resolve as the small resolver below does it."""
import base64
import datetime
import json
import os
import plistlib
import sqlite3
import subprocess
import sys
import tempfile

SKIP = 77
unknown = set()


def resolve(v, objects, above):
    if isinstance(v, plistlib.UID):
        if v.data == 0 or v.data in above:
            return None
        return resolve(objects[v.data], objects, above | {v.data})
    if isinstance(v, bytes):
        return base64.b64encode(v).decode()
    if isinstance(v, list):
        return [resolve(x, objects, above) for x in v]
    if not isinstance(v, dict):
        return v
    fields = {k: resolve(x, objects, above) for k, x in v.items() if k != "$class"}
    if "$class" not in v:
        return fields
    names = objects[v["$class"].data]["$classes"]
    if {"NSArray", "NSSet"} & set(names):
        return fields["NS.objects"]
    if "NSDictionary" in names:
        return dict(zip([k if isinstance(k, str) else json.dumps(k) for k in fields["NS.keys"]], fields["NS.objects"]))
    if "NSDate" in names:
        d = datetime.datetime(2001, 1, 1) + datetime.timedelta(seconds=fields["NS.time"])
        return d.isoformat(timespec="microseconds" if d.microsecond else "seconds") + "Z"
    if "NSURL" in names and not fields["NS.base"]:
        return fields["NS.relative"]
    if "NSString" in names:
        return fields["NS.string"]
    if "NSData" in names:
        return fields["NS.data"]
    if "NSNull" in names:
        return None
    unknown.add(names[0])
    return {**fields, "$class": names[0]}


def main():
    shared = os.environ.get("CUSTOS_SHARED") or os.path.join(os.environ.get("CUSTOS_SOURCE", "."), "..", "shared")
    path = os.path.join(shared, "data", "plaso", "ios", "9368974384.db")
    if not os.path.exists(path):
        print("skipped: no shared real data")
        return SKIP
    db = sqlite3.connect("file:%s?mode=ro&immutable=1" % path, uri=True)
    blobs = [b for b, in db.execute("SELECT archive FROM messages UNION ALL SELECT metadata FROM threads") if b]
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for i, blob in enumerate(blobs):
            names.append(os.path.join(folder, str(i)))
            with open(names[-1], "wb") as f:
                f.write(blob)
        lines = subprocess.run([sys.argv[1], "-k"] + names, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    for blob, line in zip(blobs, lines):
        tree = plistlib.loads(blob)
        want = resolve(tree["$top"]["root"], tree["$objects"], frozenset())
        got = None if line.startswith("!") else json.loads(line)
        if got != want:
            wrong += 1
            print("differs: want %s\n got %s" % (json.dumps(want)[:500], line[:500]))
    print("%d archives compared, %d classes of their own, %d differ" % (len(blobs), len(unknown), wrong))
    return 1 if wrong or len(lines) != len(blobs) or not blobs else 0


if __name__ == "__main__":
    sys.exit(main())
