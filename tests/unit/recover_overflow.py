#!/usr/bin/env python3
"""Deleted rows with long values: makes databases with Python's sqlite3 whose rows have overflow pages, deletes, drops, updates and reuses, and
asks `custos recover` for what is gone.

usage: recover_overflow.py CUSTOS [--only CASE] [--every N] [--keep DIR]

What must come back is found out from the bytes: a row's cell stands when the part of its record that lies in the b-tree page does; its value stands
whole when each piece that an overflow page held is still somewhere in a page image.  Then the row must come back whole, else with its first columns
and the long one marked as cut.  Nothing may come back that never was: every value that no mark says is lost or cut must be that of one row that is no
more, and what is cut must be its beginning.  Of rows whose end is gone one in
ten may be missed, of the others none.  Ends with "N passed, N failed".  Nothing here shares code with the program.
"""
import itertools, json, os, random, shutil, sqlite3, struct, subprocess, sys, tempfile



def varint(n):
    out = [n & 0x7F]
    n >>= 7
    while n:
        out.insert(0, n & 0x7F | 0x80)
        n >>= 7
    return bytes(out)


def serial(value, encoding):
    if value is None:
        return 0, b""
    if isinstance(value, int):
        if value in (0, 1):
            return 8 + value, b""
        for kind, size in ((1, 1), (2, 2), (3, 3), (4, 4), (5, 6), (6, 8)):
            if -(1 << (8 * size - 1)) <= value < 1 << (8 * size - 1):
                return kind, value.to_bytes(size, "big", signed=True)
    if isinstance(value, bytes):
        return 12 + 2 * len(value), value
    data = value.encode(encoding)
    return 13 + 2 * len(data), data


def record(row, encoding, alias=0):
    parts = [serial(None if i == alias else v, encoding) for i, v in enumerate(row)]
    types = b"".join(varint(k) for k, _ in parts)
    assert len(types) < 126
    return bytes([len(types) + 1]) + types + b"".join(c for _, c in parts)


def local_size(usable, payload):
    least, most = (usable - 12) * 32 // 255 - 23, usable - 35
    if payload <= most:
        return payload
    k = least + (payload - least) % (usable - 4)
    return k if k <= most else least


class Made:
    def __init__(self, path, seed, wal=False, **pragmas):
        self.path, self.random, self.wal, self.ever = path, random.Random(seed), wal, {}
        self.size = pragmas.get("page_size", 4096)
        self.encoding = "utf-16-le" if "encoding" in pragmas else "utf-8"
        self.db = sqlite3.connect(path, isolation_level=None)
        for name, value in pragmas.items():
            self.db.execute("pragma %s = '%s'" % (name, value)).fetchall()
        self.db.execute("pragma secure_delete = 0").fetchall()
        if wal:
            self.db.execute("pragma journal_mode = wal").fetchall()
            self.db.execute("pragma wal_autocheckpoint = 0").fetchall()
        self.words = ["".join(self.random.choice("bcdfghklmnprstvw") + self.random.choice("aeiou") for _ in range(self.random.randint(1, 4))) for _ in range(400)]
        self.words += ["żółć", "ночь", "Öl", "it's,", "12:45", "(yes)"]

    def text(self, size):
        words = " ".join(self.random.choices(self.words, k=size // 4 + 1))
        return words[:size]

    def value(self, kind, size):
        if kind == "text":
            return self.text(size)
        if kind == "blob":
            return self.random.randbytes(size)
        # A picture of plain areas: runs of one byte, mostly zeros, and some noise.
        out = bytearray()
        while len(out) < size:
            out += bytes([self.random.choice([0, 0, 0, 255, 1])]) * self.random.randint(1, 900) + self.random.randbytes(self.random.randint(0, 60))
        return bytes(out[:size])

    def letters(self, kind):
        self.db.execute("create table letter(id integer primary key, who text, body %s, at integer)" % ("text" if kind == "text" else "blob"))
        self.db.execute("create table small(id integer primary key, word text, number integer)")
        self.ever.setdefault("letter", set())
        self.ever.setdefault("small", set())
        with_small = [(i, self.text(12), self.random.randrange(1000)) for i in range(1, 30)]
        self.db.executemany("insert into small values(?,?,?)", with_small)
        self.kind = kind

    def write(self, count, low, high=None, first=1):
        for i in range(first, first + count):
            size = self.random.randint(low, high or low)
            self.db.execute("insert into letter values(?,?,?,?)", (i, self.text(9), self.value(self.kind, size), 1600000000 + self.random.randrange(10**8)))
        self.note()

    def note(self):
        for name in self.ever:
            try:
                self.ever[name].update(self.db.execute("select * from " + name))
            except sqlite3.OperationalError:
                pass

    def run(self, sql, *args):
        self.db.execute(sql, args)
        self.note()

    def delete(self, *ids):
        for i in ids:
            self.run("delete from letter where id = ?", i)

    def checkpoint(self):
        if self.wal:
            self.db.execute("pragma wal_checkpoint(passive)").fetchall()

    def live(self):
        rows = {}
        for name in self.ever:
            try:
                rows[name] = set(self.db.execute("select * from " + name))
            except sqlite3.OperationalError:
                rows[name] = set()
        return rows


SIZES = {"5k": 5000, "20k": 20000, "300k": 300000, "3m": 3000000}


def two_of_five(m, kind, size):
    """The case as it was reported."""
    m.letters(kind)
    m.write(5, size)
    m.checkpoint()
    m.delete(2, 4)


def checkpointed(m, kind, size):
    two_of_five(m, kind, size)
    m.checkpoint()


def several(m, kind, size):
    """Of different lengths, deleted one after another and in another order."""
    m.letters(kind)
    m.write(12, size // 3, size)
    m.checkpoint()
    m.delete(11, 3, 7, 4, 1)


def at_once(m, kind, size):
    m.letters(kind)
    m.write(9, size // 2, size)
    m.run("delete from letter where id in (2, 3, 5, 8)")


def half_reused(m, kind, size):
    """A later row takes about half of the pages that two had."""
    m.letters(kind)
    m.write(7, size)
    m.checkpoint()
    m.delete(3, 5)
    m.write(1, size, first=20)


def reused_alike(m, kind, size):
    """Rows of just the same length take the pages of others, and go in their turn."""
    m.letters(kind)
    m.write(6, size)
    m.delete(2, 4)
    m.checkpoint()
    m.write(1, size, first=30)
    m.delete(30, 5)
    m.write(1, size // 3, first=40)


def dropped(m, kind, size):
    m.letters(kind)
    m.write(6, size // 2, size)
    m.checkpoint()
    m.run("drop table letter")


def changed(m, kind, size):
    """Rewritten: some with as many bytes, so that SQLite writes over the pages in place, some not."""
    m.letters(kind)
    m.write(6, size)
    m.checkpoint()
    m.run("update letter set at = at + 1 where id = 2")
    m.run("update letter set body = ? where id = 3", m.value(kind, size))
    m.run("update letter set body = ? where id = 4", m.value(kind, size // 2))


def lived(m, kind, size):
    m.letters(kind)
    m.write(8, size // 4, size)
    for turn in range(6):
        ids = [r[0] for r in m.db.execute("select id from letter")]
        m.delete(*m.random.sample(ids, min(2, len(ids))))
        m.write(m.random.randint(0, 2), size // 8, size, first=100 + 10 * turn)
        if turn == 3:
            m.checkpoint()


CASES = []
for make in (two_of_five, checkpointed, several, at_once, half_reused, reused_alike, dropped, changed, lived):
    for size, kind, pages, vacuum, wal in itertools.product(SIZES, ("text", "blob", "plain"), (1024, 4096, 8192), (0, 1), (False, True)):
        if make is checkpointed and not wal or size == "3m" and (pages == 1024 or kind == "plain" or make not in (two_of_five, dropped)):
            continue
        CASES.append((make, size, kind, wal, {"page_size": pages, "auto_vacuum": vacuum}))
for make in (two_of_five, dropped, lived):
    CASES.append((make, "20k", "text", False, {"encoding": "UTF-16le"}))
    CASES.append((make, "20k", "text", False, {"page_size": 512}))
    CASES.append((make, "300k", "text", True, {"page_size": 65536}))
    CASES.append((make, "20k", "blob", False, {"auto_vacuum": 2}))


def images(path, size):
    """The pages of the file and of the log's frames."""
    data = open(path, "rb").read()
    for at in range(0, len(data), size):
        yield data[at:at + size]
    if os.path.exists(path + "-wal"):
        log = open(path + "-wal", "rb").read()
        for at in range(32, len(log) - 24 - size + 1, size + 24):
            yield log[at + 24:at + 24 + size]


def plain(value):
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


def fits(row, got):
    values = [plain(v) for v in got["values"]]
    if len(values) != len(row):
        return False
    for i, (want, have) in enumerate(zip(row, values)):
        if i in got.get("lost", []):
            continue
        if i in got.get("cut", []):
            if not have or type(have) is not type(want) or not want.startswith(have):
                return False
        elif want != have:
            return False
    stand = [i for i, v in enumerate(values) if i not in got.get("lost", []) and v is not None]
    return len(stand) > 1


def judge(m, program):
    live = m.live()
    if not m.wal:
        m.db.close()
    run = subprocess.run([program, "recover", "--jsonl", m.path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    if run.returncode:
        return "ended with %d: %s" % (run.returncode, run.stderr.decode()[-300:]), (0, 0, 0, 0)
    got = [json.loads(line) for line in run.stdout.splitlines()]
    wrong, whole, partly = [], set(), set()
    for g in got:
        hits = [(name, row) for name, rows in m.ever.items() for row in rows - live[name] if fits(row, g)]
        if not hits:
            known = [row[0] for rows in live.values() for row in rows if fits(row, g)]
            wrong.append("%s: %s" % ("live row %s" % known[0] if known else "no such row", json.dumps({k: str(v)[:150] for k, v in g.items()})))
        for h in hits if len(hits) == 1 else []:
            (partly if set(g.get("lost", [])) - {0} or g.get("cut") else whole).add(h)
    pages = list(images(m.path, m.size))
    heads = b"".join(pages)
    bodies = {p[4:] for p in pages}
    # Of a row that was changed behind this part nothing shows that it was another.
    alike = set()
    for rows in live.values():
        for row in rows:
            payload = record(row, m.encoding)
            alike.add(payload[3:local_size(m.size, len(payload))])
    missed, cut = [], 0
    count = [0, 0]
    for name, rows in m.ever.items():
        for row in rows - live[name]:
            payload = record(row, m.encoding)
            local = local_size(m.size, len(payload))
            if payload[3:local] not in heads:
                continue
            pieces = [payload[i:i + m.size - 4] for i in range(local, len(payload), m.size - 4)]
            stands = all(p in bodies for p in pieces[:-1]) and (not pieces or any(b.startswith(pieces[-1]) for b in bodies))
            if not stands and payload[3:local] in alike:
                continue
            count[stands] += 1
            cut += not stands and (name, row) not in whole | partly
            if (name, row) not in whole and stands:
                missed.append("row %s of %s (%s), %s, pieces %s" % (row[0], name, "whole" if stands else "cut", "came back cut" if (name, row) in partly else "did not come back",
                              ["%d" % i for i, p in enumerate(pieces) if p not in bodies][:10]))
    if wrong or missed:
        return "\n    ".join(wrong[:3] + missed[:3]), (count[0], count[1], cut + len(missed), len(wrong))
    return None, (count[0], count[1], cut, 0)


def main():
    program = sys.argv[1]
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
    folder = sys.argv[sys.argv.index("--keep") + 1] if "--keep" in sys.argv else tempfile.mkdtemp(prefix="overflow-")
    every = int(sys.argv[sys.argv.index("--every") + 1]) if "--every" in sys.argv else 1
    passed = failed = 0
    totals = [0, 0, 0, 0]
    for n, (make, size, kind, wal, pragmas) in enumerate(CASES):
        name = "-".join([make.__name__, size, kind, "wal" if wal else "plain"] + ["%s=%s" % p for p in sorted(pragmas.items())])
        if only not in name or n % every:
            continue
        path = os.path.join(folder, name + ".db")
        for tail in ("", "-wal", "-shm", "-journal"):
            if os.path.exists(path + tail):
                os.remove(path + tail)
        m = Made(path, name, wal, **pragmas)
        make(m, kind, SIZES[size])
        reason, counts = judge(m, program)
        if "--keep" in sys.argv and wal:
            shutil.copy(path + "-wal", path + "-kept")
        m.db.close()
        if "--keep" in sys.argv and wal:
            os.rename(path + "-kept", path + "-wal")
        elif "--keep" not in sys.argv:
            os.remove(path)
        totals = [a + b for a, b in zip(totals, counts)]
        passed, failed = passed + (not reason), failed + bool(reason)
        if reason:
            print("%s: %s" % (name, reason))
    print("%d rows whose end is gone, %d that stand whole: %d missed, %d false" % tuple(totals))
    if totals[2] > max(1, totals[0] / 10):
        failed += 1
    if "--keep" not in sys.argv:
        shutil.rmtree(folder)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


main()
