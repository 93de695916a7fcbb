#!/usr/bin/env python3
"""Is what `custos recover` gives true? Makes databases as apps make them (many tables, small ones too, indexes, texts, blobs, numbers), lives in
them at random (inserts, updates, deletes, dropped tables, rollbacks; journal or WAL), remembers every version of every row that ever was, and
judges each recovered row against that.

usage: recover_random.py CUSTOS [--count N] [--seed S] [--keep DIR] [--false N] [--least PRECISION] [--recall RECALL]

A recovered row is true when its table (or the one named `also`) had that row: rowid where given, and every column that is not marked; columns
marked lost are not compared, cut ones by their beginning, inferred ones apart (`inferred wrong`). It is false when it is live, or never was.
Recall is over rows that were and are not live, and whose record, the first two serial types aside, still stands in the files in one piece.
Deterministic by seed. Nothing here shares code with the program.
"""
import argparse, collections, json, os, random, shutil, sqlite3, struct, subprocess, sys, tempfile

CONSONANTS, VOWELS = "bcdfghklmnprstvw", "aeiou"
EMOJI = ["😀", "👍🏽", "❤️", "żółć", "ночь", "水曜日", "مساء", "naïve", "😂😂", "ñandú"]


def word(r):
    return r.choice(EMOJI) if r.random() < 0.03 else "".join(r.choice(CONSONANTS) + r.choice(VOWELS) for _ in range(r.randint(1, 4)))


def words(r, low, high):
    text = " ".join(word(r) for _ in range(r.randint(low, high)))
    return text[:1].upper() + text[1:] + r.choice(["", "", ".", "?", "!", " 😀"])


def mostly(make, share=0.7):
    return lambda d, r: make(d, r) if r.random() < share else None


def bytes_of(r, low, high):
    return bytes(r.getrandbits(8) for _ in range(r.randint(low, high)))


# What stands in columns: declared type, and how a value is made. `d` is the table, which counts what it has.
KINDS = {
    "chat": ("INTEGER", lambda d, r: r.randint(1, 12)),
    "ref": ("INTEGER NOT NULL", lambda d, r: r.randint(1, 30 + d.made)),
    "ref2": ("INTEGER", lambda d, r: r.randint(1, 200 + 2 * d.made)),
    "ms": ("INTEGER", lambda d, r: 1600000000000 + d.made * 60000 + r.randint(0, 10**7)),
    "ms0": ("INTEGER", lambda d, r: r.choice([0, 0, 1600000000000 + d.made * 60000])),
    "seconds": ("INTEGER", lambda d, r: 1600000000 + d.made * 60 + r.randint(0, 1000)),
    "cocoa": ("REAL", lambda d, r: 600000000 + d.made * 61 + r.random()),
    "nanos": ("INTEGER", lambda d, r: (600000000 + d.made * 61) * 10**9),
    "flag": ("INTEGER DEFAULT 0", lambda d, r: int(r.random() < 0.2)),
    "flag2": ("BOOLEAN", lambda d, r: int(r.random() < 0.8)),
    "type": ("INTEGER", lambda d, r: r.choice([0, 0, 0, 1, 2, 7, 13])),
    "size": ("INTEGER", mostly(lambda d, r: r.randint(0, 3000000))),
    "status": ("INTEGER", lambda d, r: r.choice([-1, 0, 4, 5, 13])),
    "word": ("TEXT", lambda d, r: word(r)),
    "name": ("TEXT", lambda d, r: word(r).title() + " " + word(r).title()),
    "title": ("VARCHAR(80)", mostly(lambda d, r: words(r, 1, 5))),
    "body": ("TEXT", mostly(lambda d, r: words(r, 1, 25), 0.85)),
    "long": ("TEXT", lambda d, r: words(r, 20, 120)),
    "jid": ("TEXT NOT NULL", lambda d, r: "4477009%05d@s.example.org" % r.randint(0, 99999)),
    "phone": ("TEXT", lambda d, r: "+4477009%05d" % r.randint(0, 99999)),
    "digits": ("TEXT", mostly(lambda d, r: str(r.randint(1, 10**r.randint(1, 12))))),
    "uuid": ("TEXT", lambda d, r: "%032X" % r.getrandbits(128)),
    "hash": ("BLOB", lambda d, r: bytes_of(r, 20, 20)),
    "thumb": ("BLOB", mostly(lambda d, r: bytes_of(r, 30, 700), 0.4)),
    "proto": ("BLOB", mostly(lambda d, r: b"".join(bytes([8 + 8 * i, r.randint(0, 127)]) for i in range(r.randint(1, 9))))),
    "url": ("LONGVARCHAR", lambda d, r: "https://%s.example.org/%s?id=%d" % (word(r), word(r), r.randint(1, 9999))),
    "lat": ("REAL", lambda d, r: r.choice([None, 51 + r.random(), 52.25, 51.5])),
    "json": ("TEXT", mostly(lambda d, r: json.dumps({"a": r.randint(0, 99), "b": word(r)}), 0.5)),
    "any": ("", lambda d, r: r.choice([None, r.randint(0, 1000), word(r), r.random(), bytes_of(r, 2, 12)])),
    "numeric": ("NUMERIC(10,5)", lambda d, r: r.choice([0, r.randint(-500, 500), r.random() * 100])),
    "date": ("DATETIME", lambda d, r: "2024-%02d-%02d 10:00:00" % (r.randint(1, 12), r.randint(1, 28))),
    "none": ("TEXT", lambda d, r: None),
}


class Table:
    """One table, as its schema stands now."""

    def __init__(self, r, name, shape):
        self.name, self.made, self.ipk, self.key, self.without = name, 0, None, None, False
        self.kinds, columns, tail = list(shape), [], []
        for i, kind in enumerate(shape):
            column = "_id" if kind in ("id", "auto") else "%s_%s%d" % (kind, "".join(r.choice(CONSONANTS) for _ in range(2)), i)
            declared = {"id": "INTEGER PRIMARY KEY", "auto": "INTEGER PRIMARY KEY AUTOINCREMENT", "key": "TEXT", "key2": "INTEGER"}.get(kind)
            columns.append((column, declared if declared else KINDS[kind][0]))
            if kind in ("id", "auto"):
                self.ipk = i
            if kind in ("key", "key2") and self.key is None:
                self.key = i
        self.columns = [c for c, _ in columns]
        if self.key is not None:
            self.without = r.random() < 0.35
            tail.append("PRIMARY KEY (%s)" % ",".join(c for c, k in zip(self.columns, shape) if k in ("key", "key2")))
        self.order = list(range(len(shape)))
        if self.without:
            keys = [i for i, k in enumerate(shape) if k in ("key", "key2")]
            self.order = keys + [i for i in self.order if i not in keys]
        others = [i for i in range(len(shape)) if i != self.ipk and shape[i] not in ("key", "key2", "thumb", "long", "none")]
        self.sql = ["CREATE TABLE %s (%s)%s" % (name, ", ".join(["%s %s" % c for c in columns] + tail), " WITHOUT ROWID" if self.without else "")]
        for i in range(r.choice([0, 0, 1, 1, 2, 3]) if len(others) > 1 or (others and r.random() < 0.3) else 0):
            chosen = [self.columns[j] for j in r.sample(others, min(len(others), r.choice([1, 1, 2, 3])))]
            self.sql.append("CREATE INDEX %s_i%d ON %s (%s)" % (name, i, name, ",".join(chosen)))
        unique = [c for c, k in zip(self.columns, shape) if k in ("jid", "uuid")]
        if unique and r.random() < 0.4:
            self.sql.append("CREATE UNIQUE INDEX %s_u ON %s (%s)" % (name, name, unique[0]))

    def row(self, r):
        self.made += 1
        make = {"id": lambda d, r: None, "auto": lambda d, r: None, "key": lambda d, r: word(r) + "_" + str(d.made), "key2": lambda d, r: r.randint(1, 400)}
        return [make[k](self, r) if k in make else KINDS[k][1](self, r) for k in self.kinds]


SHAPES = [
    ("word",), ("id", "word"), ("key", "title"), ("key", "any"), ("key", "size", "json"), ("key2", "key2", "flag"), ("ref", "ref2"), ("id", "ref", "ref2"),
    ("id", "chat", "flag", "uuid", "status", "ms", "body", "type"), ("auto", "chat", "uuid", "ms", "ms0", "type", "body", "jid", "flag", "size", "thumb"),
    ("auto", "jid", "flag", "type"), ("id", "jid", "name", "phone", "ms"), ("auto", "ref", "seconds", "long"), ("ref", "name", "phone", "flag2", "thumb"),
    ("id", "url", "title", "ref", "flag", "nanos"), ("auto", "cocoa", "lat", "lat", "numeric", "word"), ("id", "hash", "size", "date", "name"),
    ("chat", "body", "ms"), ("word", "ref", "none", "none"), ("digits", "name", "proto", "cocoa"), ("ref", "body"), ("flag", "chat", "type", "ref2"),
    ("id", "ref", "proto"), ("id", "thumb"), ("body", "flag2", "ms"), ("id", "flag", "type", "status", "flag", "ref", "size", "ref2", "title", "none", "none", "body"),
]


def serial(value, encoding):
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
    data = value if isinstance(value, bytes) else value.encode(encoding)
    return 12 + 2 * len(data) + (not isinstance(value, bytes)), data


def varint(n):
    out = [n & 0x7F]
    while n > 0x7F:
        n >>= 7
        out.insert(0, n & 0x7F | 0x80)
    return bytes(out)


class Life:
    """A database, what was done to it, and every row version there ever was: (table, number of columns) → values → rowids."""

    def __init__(self, path, seed):
        self.r, self.path, self.ever, self.tables, self.known = random.Random(seed), path, collections.defaultdict(dict), [], {}
        r = self.r
        self.page_size = r.choice([4096, 4096, 4096, 4096, 1024, 8192, 512])
        self.encoding = r.choice(["utf-8"] * 9 + ["utf-16-le"])
        self.mode = r.choice(["wal", "wal", "wal", "delete", "delete", "persist", "truncate"])
        self.auto_vacuum = r.choice([0, 0, 0, 1, 2])
        self.db = sqlite3.connect(path, isolation_level=None)
        for pragma in ("page_size = %d" % self.page_size, "encoding = '%s'" % {"utf-8": "UTF-8", "utf-16-le": "UTF-16le"}[self.encoding],
                       "auto_vacuum = %d" % self.auto_vacuum, "secure_delete = 0", "journal_mode = " + self.mode, "wal_autocheckpoint = 0",
                       "synchronous = off", "cache_size = %d" % r.choice([2000, 2000, 10])):
            self.db.execute("pragma " + pragma).fetchall()

    def note(self, table, rows):
        ever = self.ever[table.name, len(table.columns)]
        for rowid, *values in rows:
            ever.setdefault(tuple(values), set()).add(rowid)

    def rows(self, table, where="", args=()):
        key = "NULL" if table.without else "rowid"
        return self.db.execute("select %s, * from %s %s" % (key, table.name, where), args).fetchall()

    def create(self, shape):
        table = Table(self.r, "t%d_%s" % (len(self.known), "".join(self.r.choice(CONSONANTS) for _ in range(3))), shape)
        for sql in table.sql:
            self.db.execute(sql)
        self.tables.append(table)
        self.known[table.name] = table
        return table

    def insert(self, table, count):
        for _ in range(count):
            values = table.row(self.r)
            before = self.db.execute("insert or %s into %s values (%s)" % (self.r.choice(["ignore", "replace"]), table.name, ",".join("?" * len(values))), values)
            if before.rowcount < 1:
                continue
            if table.without:
                self.note(table, self.rows(table, "where %s = ? " % table.columns[table.key], (values[table.key],)))
            else:
                self.note(table, self.rows(table, "where rowid = ?", (before.lastrowid,)))

    def keys(self, table):
        column = table.columns[table.key] if table.without else "rowid"
        return column, [k for k, in self.db.execute("select %s from %s" % (column, table.name))]

    def update(self, table):
        r, (column, keys) = self.r, self.keys(table)
        free = [i for i, k in enumerate(table.kinds) if k not in ("id", "auto", "key", "key2")]
        if not keys or not free:
            return
        changed = r.sample(free, min(len(free), r.choice([1, 1, 2])))
        for key in r.sample(keys, min(len(keys), r.choice([1, 1, 3, 20]))):
            new = table.row(r)
            self.db.execute("update or ignore %s set %s where %s = ?" % (table.name, ", ".join(table.columns[i] + " = ?" for i in changed), column),
                            [new[i] for i in changed] + [key])
            self.note(table, self.rows(table, "where %s = ?" % column, (key,)))

    def delete(self, table):
        r, (column, keys) = self.r, self.keys(table)
        if not keys:
            return
        keys.sort()
        how = r.random()
        if how < 0.6:
            gone = r.sample(keys, min(len(keys), r.choice([1, 1, 2, 5, 12])))
        elif how < 0.95:
            at = r.randrange(len(keys))
            gone = keys[at:at + max(1, len(keys) // r.choice([3, 5, 10]))]
        else:
            gone = keys
        for key in gone:
            self.db.execute("delete from %s where %s = ?" % (table.name, column), (key,))

    def alter(self, table):
        if self.r.random() < 0.5:
            table.columns, table.kinds, extra = table.columns + ["added%d" % len(table.columns)], table.kinds + ["flag"], 5
            self.db.execute("alter table %s add column %s INTEGER DEFAULT 5" % (table.name, table.columns[-1]))
        else:
            table.columns, table.kinds, extra = table.columns + ["added%d" % len(table.columns)], table.kinds + ["title"], None
            self.db.execute("alter table %s add column %s TEXT" % (table.name, table.columns[-1]))
        table.order = table.order + [len(table.order)]
        for values, rowids in self.ever[table.name, len(table.columns) - 1].items():
            self.ever[table.name, len(table.columns)].setdefault(values + (extra,), set()).update(rowids)

    def live_through(self):
        r = self.r
        shapes = r.sample(SHAPES[1:], r.randint(5, 14))
        for shape in [("word",)] + shapes + ([r.choice(shapes)] if r.random() < 0.3 else []): # two of one shape are rare
            table = self.create(shape)
            self.db.execute("begin")
            self.insert(table, 1 if len(shape) == 1 else r.choice([0, 1, 5, 20, 60, 150, 300]))
            self.db.execute("commit")
        for _ in range(r.randint(10, 120)):
            self.db.execute("begin")
            for _ in range(r.choice([1, 1, 2, 4])):
                table, what = r.choice(self.tables), r.random()
                if what < 0.4:
                    self.insert(table, r.choice([1, 1, 2, 6, 25]))
                elif what < 0.65:
                    self.update(table)
                elif what < 0.97 or len(self.tables) < 4:
                    self.delete(table)
                elif what < 0.98:
                    self.db.execute("drop table " + table.name)
                    self.tables.remove(table)
                elif what < 0.99:
                    self.insert(self.create(r.choice(SHAPES)), r.choice([1, 10, 80]))
                elif not table.without:
                    self.alter(table)
            self.db.execute("commit")
            if self.mode == "wal" and r.random() < 0.05:
                self.db.execute("pragma wal_checkpoint(%s)" % r.choice(["passive", "full", "restart", "truncate"])).fetchall()
            if self.auto_vacuum == 2 and r.random() < 0.03:
                self.db.execute("pragma incremental_vacuum(%d)" % r.randint(1, 10)).fetchall()
        self.live = {t.name: {(rowid, tuple(values)) for rowid, *values in self.rows(t)} for t in self.tables}

    def copy(self, to):
        for tail in ("", "-wal", "-journal"):
            if os.path.exists(self.path + tail):
                shutil.copyfile(self.path + tail, to + tail)
        self.db.close()


def plain(value):
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


def same(a, b):
    return a == b and isinstance(a, bytes) == isinstance(b, bytes) and isinstance(a, str) == isinstance(b, str)


def begins(a, b):
    return type(a) is type(b) and isinstance(a, (str, bytes)) and a.startswith(b)


def weight(value):
    """How many bytes of content speak for a row."""
    return len(serial(value, "utf-8")[1])


def matches(life, name, row, inferred_too):
    """The versions that a recovered row agrees with: (rowid, values)."""
    values = [plain(v) for v in row["values"]]
    ever = life.ever.get((name, len(values)), {})
    lost, cut = set(row.get("lost", [])), set(row.get("cut", []))
    if inferred_too:
        lost |= set(row.get("inferred", []))
        if sum(weight(v) for i, v in enumerate(values) if i not in lost) < 3:
            return
    some = [tuple(values)] if not lost and not cut and tuple(values) in ever else [] if not lost and not cut else ever
    rowid = row.get("rowid")
    for was in some:
        if all(i in lost or (begins(a, b) if i in cut else same(a, b)) for i, (a, b) in enumerate(zip(was, values))):
            for id_ in ever[was]:
                if rowid is None or id_ is None or rowid == id_:
                    yield id_, was


def judge(life, got):
    """true, inferred (a marked column is wrong), live, table (another table's row), false; and what it agrees with."""
    names = (got["table"], got.get("also")) if got["table"] else sorted(life.known)
    for name in names:
        hits = list(matches(life, name, got, False))
        if any(h not in life.live.get(name, ()) for h in hits):
            return "true", [(name, v) for _, v in hits]
        if hits:
            return "live", []
    for name in names:
        hits = [h for h in matches(life, name, got, True) if h not in life.live.get(name, ())]
        if hits:
            return "inferred", [(name, v) for _, v in hits]
    return ("table" if any(n == len(got["values"]) and any(True for _ in matches(life, t, got, False)) for t, n in life.ever) else "false"), []


def how(got):
    reason = got["reason"]
    kind = "whole" if reason.startswith("cell whole") else "divided" if "division" in reason else "concluded" if "concluded" in reason else "header"
    return kind + ("-cut" if "end overwritten" in reason else "-chain" if "chain broken" in reason else "")


def missing(life, path, found, tally):
    """Rows of the past that still stand and did not come back."""
    data = b"".join(open(path + tail, "rb").read() for tail in ("", "-wal", "-journal") if os.path.exists(path + tail))
    out = []
    for (name, count), ever in life.ever.items():
        table = life.known[name]
        live_values = {tuple(v for i, v in enumerate(values[:count]) if i != table.ipk) for _, values in life.live.get(name, ())}
        for values, rowids in ever.items():
            order = table.order[:count]
            if tuple(v for i, v in enumerate(values) if i != table.ipk) in live_values or len(values) < 2:
                continue
            parts = [serial(None if i == table.ipk else values[i], life.encoding) for i in order]
            tail = b"".join(varint(k) for k, _ in parts[2 if table.without else 1:])
            content = b"".join(b for _, b in parts)
            if len(content) < 5 or tail + content not in data:
                continue
            for rowid in rowids:
                tally["present"] += 1
                if (name, values) in found:  # as it was before columns were added, too
                    tally["found"] += 1
                else:
                    out.append((name, rowid, values, data.find(tail + content)))
                break
    return out


def run_one(program, folder, seed, options, totals):
    path, copy = os.path.join(folder, "work%d.db" % seed), os.path.join(folder, "random%d.db" % seed)
    for p in (path, copy):
        for tail in ("", "-wal", "-journal", "-shm"):
            if os.path.exists(p + tail):
                os.remove(p + tail)
    life = Life(path, seed)
    life.live_through()
    life.copy(copy)
    run = subprocess.run([program, "recover", "--jsonl", copy], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    if run.returncode not in (0, 1):
        sys.exit("seed %d: the program ended with %d: %s" % (seed, run.returncode, run.stderr.decode("utf-8", "replace")[-800:]))
    found = set()
    for line in run.stdout.splitlines():
        got = json.loads(line)
        verdict, hits = judge(life, got)
        found.update((name, values[:n]) for name, values in hits for n in range(2, len(values) + 1))
        for key in (("state", got["state"]), ("kind", how(got)), ("confidence", "%.1f" % (int(got["confidence"] * 10 + 1e-9) / 10)), ("all", "all")):
            totals[key][verdict] += 1
        if verdict not in (("true",) if options.inferred else ("true", "inferred")) and options.false != 0:
            options.false -= 1
            print("%-6s seed %d %s p%d @%d %s %.2f %s rowid=%s %s%s" % (
                verdict, seed, got["table"], got["page"], got["offset"], got["state"], got["confidence"], how(got), got.get("rowid"),
                json.dumps(got["values"], ensure_ascii=False)[:160], " ".join(" %s=%s" % (k, got[k]) for k in ("also", "lost", "cut", "inferred", "frame", "reason") if k in got)))
    gone = missing(life, copy, found, totals["recall", "recall"])
    for name, rowid, values, at in gone:
        totals["missed", life.mode][""] += 1
        if options.false > 0 or options.missed:
            print("missed seed %d %s rowid=%s @%d %s" % (seed, name, rowid, at, str(values)[:160]))
    if not options.keep:
        for p in (path, copy):
            for tail in ("", "-wal", "-journal", "-shm"):
                if os.path.exists(p + tail):
                    os.remove(p + tail)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    parser.add_argument("--false", type=int, default=20)
    parser.add_argument("--inferred", action="store_true")
    parser.add_argument("--missed", action="store_true")
    parser.add_argument("--least", type=float, default=0.99)
    parser.add_argument("--recall", type=float, default=0.9)
    options = parser.parse_args()
    folder = options.keep or tempfile.mkdtemp(prefix="recover-")
    totals = collections.defaultdict(collections.Counter)
    for seed in range(options.seed, options.seed + options.count):
        run_one(options.program, folder, seed, options, totals)
    if not options.keep:
        shutil.rmtree(folder)
    print("%-24s %7s %8s %6s %6s %6s  %s" % ("", "true", "inferred", "live", "table", "false", "precision"))
    for key in sorted(k for k in totals if k[0] not in ("recall", "missed")):
        t = totals[key]
        good, all_ = t["true"] + t["inferred"], sum(t.values())
        print("%-24s %7d %8d %6d %6d %6d  %.4f" % (" ".join(key), t["true"], t["inferred"], t["live"], t["table"], t["false"], good / all_ if all_ else 1))
    t = totals["all", "all"]
    precision = (t["true"] + t["inferred"]) / max(1, sum(t.values()))
    recall = totals["recall", "recall"]["found"] / max(1, totals["recall", "recall"]["present"])
    print("precision %.4f, recall %.4f of %d" % (precision, recall, totals["recall", "recall"]["present"]))
    good = precision >= options.least and recall >= options.recall
    print("1 passed, 0 failed" if good else "0 passed, 1 failed")
    sys.exit(0 if good else 1)


main()
