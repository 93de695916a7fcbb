#!/usr/bin/env python3
"""Deleted rows with known truth: makes databases with Python's sqlite3, deletes, updates, drops and damages, finds out by a search for
each row's own encoding which deleted rows are still in the files, and asks `custos recover` for them.

usage: recover_cases.py CUSTOS [--seeds N] [--keep DIR] [--only CASE]

A row counts as found when all its values (the rowid's alias aside) are those of one recovered row; a recovered row is false when its
values are those of a live row or of no row that ever was.  One column that was overwritten and is marked so (lost, cut, inferred) may
differ.  One row of a database may be missed or false (chance exists), over all at most 5 % missed and 1 % false.  Ends with "N passed, N failed": one for each case and seed. Nothing here shares code with the program.
"""
import json, os, random, shutil, sqlite3, struct, subprocess, sys, tempfile

VOWELS, CONSONANTS = "aeiou", "bcdfghklmnprstvw"
FOREIGN = ["żółć", "ночь", "水曜日", "Öl", "مساء", "🛰️", "ñandú"]


def serial(value, encoding):
    """Serial type and content of a value, as the file format's table has them."""
    if value is None:
        return 0, b""
    if isinstance(value, float):
        return 7, struct.pack(">d", value)
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


def varint(n):
    out = [n & 0x7F]
    n >>= 7
    while n:
        out.insert(0, n & 0x7F | 0x80)
        n >>= 7
    return bytes(out)


class Table:
    def __init__(self, name, columns, tail="", ipk=None, order=None):
        self.name, self.columns, self.tail, self.ipk = name, columns, tail, ipk
        self.order = order or range(len(columns))
        self.key = 1 if ipk is not None else 0

    def sql(self):
        return "CREATE TABLE %s (%s)%s" % (self.name, ", ".join(self.columns), self.tail)


class Made:
    """One database under work, with every row version that was ever written."""

    def __init__(self, path, seed, **pragmas):
        self.path, self.random, self.ever, self.tables = path, random.Random(seed), {}, {}
        self.encoding = {"UTF-8": "utf-8", "UTF-16le": "utf-16-le", "UTF-16be": "utf-16-be"}[pragmas.get("encoding", "UTF-8")]
        self.db = sqlite3.connect(path, isolation_level=None)
        for name, value in pragmas.items():
            self.db.execute("pragma %s = '%s'" % (name, value)).fetchall()
        self.db.execute("pragma secure_delete = %d" % pragmas.get("secure_delete", 0)).fetchall()

    def word(self):
        r = self.random
        if r.random() < 0.05:
            return r.choice(FOREIGN)
        return "".join(r.choice(CONSONANTS) + r.choice(VOWELS) for _ in range(r.randint(1, 4)))

    def text(self, low, high):
        return " ".join(self.word() for _ in range(self.random.randint(low, high)))

    def create(self, table):
        self.tables[table.name] = table
        self.ever.setdefault(table.name, set())
        self.db.execute(table.sql())

    def insert(self, table, count, make, first=1):
        self.db.execute("begin")
        for i in range(first, first + count):
            row = make(self, i)
            self.db.execute("insert into %s values (%s)" % (table.name, ",".join("?" * len(row))), row)
        self.db.execute("commit")
        self.note()

    def note(self):
        for table in self.tables.values():
            try:
                self.ever[table.name].update(self.db.execute("select * from " + table.name))
            except sqlite3.OperationalError:
                pass

    def run(self, sql, *args):
        self.db.execute(sql, args)
        self.note()

    def live(self):
        rows = {}
        for name in self.tables:
            try:
                rows[name] = set(self.db.execute("select * from " + name))
            except sqlite3.OperationalError:
                rows[name] = set()
        return rows

    def present(self, table, row, data):
        """Is all but the first two serial types of this row's record in the bytes? Those that a freed block's header can take."""
        serials, content = b"", b""
        for n, i in enumerate(table.order):
            kind, bytes_ = serial(None if i == table.ipk else row[i], self.encoding)
            serials += varint(kind) if n >= 1 else b""
            content += bytes_
        return (serials + content) in data


def note_row(m, i):
    return (i, m.word(), m.text(2, 14), m.random.randrange(1500000000, 1800000000), m.random.choice([None, 0, 1, 2, 300]))


def visit_row(m, i):
    return ("https://%s.example.org/%s" % (m.word(), m.random.getrandbits(40)), m.text(1, 6), m.random.randrange(13 * 10**15, 14 * 10**15), m.random.randrange(90))


def place_row(m, i):
    return (i * 3, m.random.uniform(-90, 90), m.random.uniform(-180, 180), m.random.uniform(0, 900), m.random.randrange(10**9, 2 * 10**9))


def setting_row(m, i):
    return (m.word() + str(i), m.random.randrange(1, 10**6), m.text(3, 12))


def picture_row(m, i):
    return (i, m.word(), bytes(m.random.getrandbits(8) for _ in range(m.random.randint(20, 90))))


def long_row(m, i):
    return (i, m.word(), m.text(900, 2600), m.random.randrange(10**9, 2 * 10**9), 5)


NOTE = Table("jotting", ["nr INTEGER PRIMARY KEY", "who TEXT", "words TEXT", "at INTEGER", "kind INTEGER"], ipk=0)
VISIT = Table("been", ["link TEXT NOT NULL", "title TEXT", "at INTEGER", "times INT"])
PLACE = Table("spot", ["a INT", "lat REAL", "lon REAL", "high REAL", "at INTEGER"])
SETTING = Table("prefs", ["k TEXT", "n INTEGER", "v TEXT", "PRIMARY KEY(k)"], " WITHOUT ROWID", order=[0, 1, 2])
PICTURE = Table("thumb", ["nr INTEGER PRIMARY KEY", "label TEXT", "data BLOB"], ipk=0)
LONG = Table("letter", ["nr INTEGER PRIMARY KEY", "who TEXT", "words TEXT", "at INTEGER", "kind INTEGER"], ipk=0)


def scattered(m, table, make, count=120, share=4):
    m.create(table)
    m.insert(table, count, make)
    column = table.columns[0].split()[0]
    keys = [r[0] for r in m.db.execute("select %s from %s" % (column, table.name))]
    for key in m.random.sample(keys, count // share):
        m.run("delete from %s where %s = ?" % (table.name, column), key)


def case_free_block(m):
    scattered(m, NOTE, note_row)


def case_no_key(m):
    scattered(m, VISIT, visit_row, 60, 6)


def case_reals(m):
    scattered(m, PLACE, place_row, 60, 6)


def case_blobs(m):
    scattered(m, PICTURE, picture_row, 150)


def case_without_rowid(m):
    scattered(m, SETTING, setting_row, 150)


def case_two_tables(m):
    m.create(VISIT)
    m.insert(VISIT, 150, visit_row)
    scattered(m, NOTE, note_row)
    m.run("delete from been where times < 30")


def case_free_page(m):
    m.create(NOTE)
    m.insert(NOTE, 500, note_row)
    m.run("delete from jotting where nr between 120 and 400")


def case_dropped(m):
    m.create(NOTE)
    m.create(VISIT)
    m.insert(NOTE, 300, note_row)
    m.insert(VISIT, 100, visit_row)
    m.run("drop table jotting")


def case_overflow(m):
    m.create(LONG)
    m.create(VISIT)
    m.insert(LONG, 25, long_row)
    m.insert(VISIT, 20, visit_row)
    m.run("drop table letter")
    m.share = 0.95  # the page that becomes the freelist's trunk loses its first bytes


def case_updates(m):
    m.create(NOTE)
    m.insert(NOTE, 200, note_row)
    for i in range(5, 200, 9):
        m.run("update jotting set words = ? where nr = ?", m.text(2, 14), i)


def case_churn(m):
    m.create(NOTE)
    m.insert(NOTE, 150, note_row)
    for turn in range(8):
        for _ in range(8):
            m.run("delete from jotting where nr = (select nr from jotting order by random() limit 1)")
        m.insert(NOTE, 6, note_row, 1000 + 10 * turn)


def case_wal(m):
    m.db.execute("pragma journal_mode = wal").fetchall()
    m.db.execute("pragma wal_autocheckpoint = 0").fetchall()
    m.create(NOTE)
    m.insert(NOTE, 120, note_row)
    m.db.execute("pragma wal_checkpoint(passive)").fetchall()
    for i in range(3, 120, 10):
        m.run("delete from jotting where nr = ?", i)
        m.run("update jotting set kind = 77 where nr = ?", i + 1)
    m.insert(NOTE, 30, note_row, 500)
    m.run("delete from jotting where nr > 510")


def case_wal_generations(m):
    m.db.execute("pragma journal_mode = wal").fetchall()
    m.db.execute("pragma wal_autocheckpoint = 0").fetchall()
    m.create(NOTE)
    for turn in range(4):
        m.insert(NOTE, 60 - 12 * turn, note_row, 1 + 1000 * turn)
        m.run("delete from jotting where nr % 3 = 0")
        m.db.execute("pragma wal_checkpoint(restart)").fetchall()
    m.insert(NOTE, 2, note_row, 9000)


def case_journal(m):
    m.db.execute("pragma journal_mode = persist").fetchall()
    m.create(NOTE)
    m.insert(NOTE, 200, note_row)
    m.run("delete from jotting where nr % 4 = 0")


def case_added_column(m):
    m.create(NOTE)
    m.insert(NOTE, 100, note_row)
    m.run("delete from jotting where nr % 7 = 0")
    old = {row + (None, 7) for row in m.ever["jotting"]}
    m.db.execute("alter table jotting add column extra TEXT")
    m.db.execute("alter table jotting add column flag INT DEFAULT 7")
    m.ever["jotting"] = old
    m.insert(NOTE, 10, lambda m, i: note_row(m, i) + (m.word(), 1), 300)


def case_clean(m):
    m.create(NOTE)
    m.create(SETTING)
    m.insert(NOTE, 400, note_row)
    m.insert(SETTING, 200, setting_row)


def case_no_header(m):
    case_free_page(m)
    m.damage = lambda data: bytes(100) + data[100:]


def case_no_schema(m):
    case_free_page(m)
    size = m.db.execute("pragma page_size").fetchone()[0]
    m.damage = lambda data: data[:100] + bytes(size - 100) + data[size:]


def case_truncated(m):
    case_free_page(m)
    m.damage = lambda data: data[:len(data) * 3 // 4]
    m.lossy = True


PRAGMAS = {
    "utf16": {"encoding": "UTF-16le"}, "utf16be": {"encoding": "UTF-16be"}, "small_pages": {"page_size": 512}, "pages_1k": {"page_size": 1024},
    "big_pages": {"page_size": 32768}, "auto_vacuum": {"auto_vacuum": 1}, "incremental": {"auto_vacuum": 2}, "secure": {"secure_delete": 1},
}
CASES = [(f.__name__[5:], f, {}) for f in (
    case_free_block, case_no_key, case_reals, case_blobs, case_without_rowid, case_two_tables, case_free_page, case_dropped, case_overflow,
    case_updates, case_churn, case_wal, case_wal_generations, case_journal, case_added_column, case_clean, case_no_header, case_no_schema,
    case_truncated)]
CASES += [(k + "_" + f.__name__[5:], f, v) for k, v in PRAGMAS.items() for f in (case_free_block, case_free_page, case_two_tables)]


def close(a, b):
    if isinstance(a, bytes):
        return isinstance(b, dict) and b.get("hex", "").lower() == a.hex()
    if isinstance(a, float):
        return isinstance(b, (int, float)) and abs(a - b) <= abs(a) * 1e-12
    return a == b


def equal(table, row, got):
    """All columns, the rowid's alias aside; columns that are marked as not whole may differ, one of them."""
    if len(row) != len(got["values"]):
        return False
    doubtful = set(got.get("lost", [])) | set(got.get("cut", [])) | set(got.get("inferred", []))
    wrong = [i for i in range(len(row)) if i != table.ipk and not close(row[i], got["values"][i])]
    return not wrong or (len(wrong) == 1 and wrong[0] in doubtful)


def live_as_said(m, program, path, live):
    """Live rows asked for with --live are those of SQLite, no more and no fewer, and lie where the bytes are."""
    run = subprocess.run([program, "recover", "--jsonl", "--live", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    got = [g for g in map(json.loads, run.stdout.splitlines()) if g["state"] == "live"]
    for name, table in m.tables.items():
        want, have = sorted(live[name], key=repr), [g for g in got if g["table"] == name]
        if len(want) != len(have):
            return "%d live rows of %s, not %d" % (len(have), name, len(want))
        key = lambda row: repr([bytes.fromhex(v["hex"]) if isinstance(v, dict) else v for v in row])
        for row, g in zip(sorted(want, key=key), sorted(have, key=lambda g: key(g["values"]))):
            if not all(close(a, b) for a, b in zip(row, g["values"])) or g.get("fate"):
                return "live row %s is said to be %s" % (row, g)
    return None


def judge(m, program, path, totals):
    live = m.live()
    m.db.close() if not m.keep_wal else None
    if m.damage:
        data = open(path, "rb").read()
        open(path, "wb").write(m.damage(data))
    elif (wrong := live_as_said(m, program, path, live)):
        return wrong
    data = b"".join(open(path + tail, "rb").read() for tail in ("", "-wal", "-journal") if os.path.exists(path + tail))
    run = subprocess.run([program, "recover", "--jsonl", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    if run.returncode:
        return "the program ended with %d: %s" % (run.returncode, run.stderr.decode()[-500:])
    got = [json.loads(line) for line in run.stdout.splitlines()]
    want, missed, false, named = 0, [], [], 0
    rows = {}
    for name, table in m.tables.items():
        for row in m.ever[name]:
            rows.setdefault(len(row), []).append((table, row))
    for g in got:
        hits = [(t, r) for t, r in rows.get(len(g["values"]), []) if equal(t, r, g)]
        dead = [(t, r) for t, r in hits if r not in live[t.name]]
        if not dead:
            false.append(("live " if hits else "unknown ") + json.dumps(g)[:300])
        g["hits"] = {(t.name, r) for t, r in dead}
    found = set().union(*(g["hits"] for g in got)) if got else set()
    for name, table in m.tables.items():
        for row in m.ever[name] - live[name]:
            if table is LONG or m.present(table, row, data):
                want += 1
                if (name, row) not in found:
                    missed.append((name, row))
    totals.append((want, len(missed), len(got), len(false)))
    if not m.lossy and len(missed) > max(1, want * (1 - m.share)) or len(false) > max(1, len(got) * 0.02):
        return "%d of %d missed, %d false of %d\n    %s" % (len(missed), want, len(false), len(got),
                                                         "\n    ".join([str(x)[:300] for x in missed[:3]] + false[:3]))
    return None if not m.lossy or got else "nothing came back"


def main():
    program = sys.argv[1]
    seeds = int(sys.argv[sys.argv.index("--seeds") + 1]) if "--seeds" in sys.argv else 2
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else None
    folder = sys.argv[sys.argv.index("--keep") + 1] if "--keep" in sys.argv else tempfile.mkdtemp(prefix="recover-")
    passed = failed = 0
    totals = []
    for name, make, pragmas in CASES:
        for seed in range(seeds):
            if only and only != name:
                continue
            path = os.path.join(folder, "%s-%d.db" % (name, seed))
            for tail in ("", "-wal", "-journal", "-shm"):
                if os.path.exists(path + tail):
                    os.remove(path + tail)
            m = Made(path, "%s %d" % (name, seed), **pragmas)
            m.damage, m.lossy, m.share, m.keep_wal = None, False, 0.97, name.startswith("wal")
            make(m)
            reason = judge(m, program, path, totals)
            if m.keep_wal:
                m.db.close()
            if reason:
                failed += 1
                print("%s, seed %d: %s" % (name, seed, reason))
            else:
                passed += 1
    want, missed, got, false = map(sum, zip(*totals))
    print("%d rows present, recall %.4f, precision %.4f" % (want, 1 - missed / want if want else 1, 1 - false / got if got else 1))
    if missed > want * 0.05 or false > got * 0.01:
        failed += 1
    if "--keep" not in sys.argv:
        shutil.rmtree(folder)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


main()
