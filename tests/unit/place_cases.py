#!/usr/bin/env python3
"""Makes databases and says where each live row's cell lies, by a reading of the file format of its own.

usage: place_cases.py FOLDER

Makes NAME.db[-wal|-journal] and NAME.places: a line "T ROOT" for each table, then "ROWID FILE PAGE FRAME OFFSET" for each of its rows
(FILE: 0 database, 1 write-ahead log, 2 journal). That the rowids are all and the right ones is asserted against SQLite itself.
"""
import os, random, shutil, sqlite3, struct, sys


def varint(b, i):
    v = 0
    for n in range(8):
        v = v << 7 | b[i + n] & 127
        if b[i + n] < 128:
            return v, i + n + 1
    return v << 8 | b[i + 8], i + 9


class Pages:
    """Which bytes stand for page n: (file, frame, offset, bytes)."""

    def __init__(self, path):
        self.db = open(path, 'rb').read()
        self.size = struct.unpack('>H', self.db[16:18])[0]
        self.size = 65536 if self.size == 1 else self.size
        self.reserved = self.db[20]
        self.frames, self.originals = {}, {}
        if os.path.exists(path + '-wal'):
            self.wal = open(path + '-wal', 'rb').read()
            salt, pending = self.wal[16:24], {}
            for frame in range(1, (len(self.wal) - 32) // (24 + self.size) + 1):
                at = 32 + (frame - 1) * (24 + self.size)
                page, commit = struct.unpack('>II', self.wal[at:at + 8])
                if self.wal[at + 8:at + 16] != salt:
                    break
                pending[page] = frame
                if commit:
                    self.frames.update(pending)
                    pending = {}
        if os.path.exists(path + '-journal'):
            self.journal = open(path + '-journal', 'rb').read()
            sector = struct.unpack('>I', self.journal[20:24])[0]
            assert self.journal[8:12] == b'\xff\xff\xff\xff'  # synchronous = off: one header, records to the end
            for i in range((len(self.journal) - sector) // (self.size + 8)):
                at = sector + i * (self.size + 8)
                self.originals.setdefault(struct.unpack('>I', self.journal[at:at + 4])[0], at + 4)

    def page(self, n):
        if n in self.frames:
            at = 32 + (self.frames[n] - 1) * (24 + self.size) + 24
            return 1, self.frames[n], at, self.wal[at:at + self.size]
        if n in self.originals:
            at = self.originals[n]
            return 2, 0, at, self.journal[at:at + self.size]
        at = (n - 1) * self.size
        return 0, 0, at, self.db[at:at + self.size]

    def rows(self, n):
        file, frame, base, b = self.page(n)
        start = 100 if n == 1 else 0
        cells = struct.unpack('>H', b[start + 3:start + 5])[0]
        first = start + (12 if b[start] == 5 else 8)
        for at in struct.unpack('>%dH' % cells, b[first:first + 2 * cells]):
            if b[start] == 5:
                yield from self.rows(struct.unpack('>I', b[at:at + 4])[0])
            else:
                assert b[start] == 13
                rowid = varint(b, varint(b, at)[1])[0]
                yield rowid - (1 << 64) if rowid >> 63 else rowid, file, n, frame, base + at
        if b[start] == 5:
            yield from self.rows(struct.unpack('>I', b[start + 8:start + 12])[0])


def places(folder, name, tables):
    """`tables`: name → (root, rowids) as SQLite sees it."""
    pages = Pages(os.path.join(folder, name + '.db'))
    with open(os.path.join(folder, name + '.places'), 'w') as out:
        for root, rowids in tables.values():
            rows = list(pages.rows(root))
            assert [r[0] for r in rows] == rowids, name
            out.write('T %d\n' % root)
            out.writelines('%d %d %d %d %d\n' % r for r in rows)


def tables(db):
    return {n: (root, [r[0] for r in db.execute('SELECT rowid FROM "%s" ORDER BY rowid' % n)]) for n, root in db.execute(
        "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND sql NOT LIKE '%WITHOUT ROWID%'")}


def case(folder, name, page_size, rows, log=False, hot=False, encoding='UTF-8'):
    rng = random.Random(name)
    path = os.path.join(folder, 'work-' + name + '.db')
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ('page_size = %d' % page_size, 'encoding = "%s"' % encoding, 'journal_mode = %s' % ('wal' if log else 'delete'),
                   'wal_autocheckpoint = 0', 'synchronous = off'):
        db.execute('PRAGMA ' + pragma).fetchall()
    db.execute('CREATE TABLE even (id INTEGER PRIMARY KEY, body TEXT)')
    db.execute('CREATE TABLE odd (body TEXT, more BLOB)')
    db.execute('CREATE TABLE still (body TEXT)')
    db.execute('CREATE TABLE none (a)')
    db.execute('CREATE TABLE keyed (k TEXT PRIMARY KEY, v) WITHOUT ROWID')
    db.execute('CREATE INDEX even_body ON even (body)')
    ids = sorted(rng.sample(range(-rows * 3, rows * 9), rows)) + [2**40, 2**62, 2**63 - 1]
    db.execute('BEGIN')
    db.executemany('INSERT INTO even VALUES (?, ?)', ((i, 'row %d ' % i + 'x' * rng.choice([0, 9, 40, 2 * page_size])) for i in [-2**63] + ids))
    db.executemany('INSERT INTO odd VALUES (?, ?)', (('odd %d' % i, bytes(i % 50)) for i in range(rows)))
    db.executemany('INSERT INTO still VALUES (?)', (('still %d' % i,) for i in range(rows)))
    db.execute('COMMIT')
    if log:
        db.execute('PRAGMA wal_checkpoint(PASSIVE)').fetchall()
    if hot:
        before = tables(db)
        db.execute('PRAGMA cache_size = 5')
        db.execute('PRAGMA cache_spill = 5')
        db.execute('BEGIN')
    db.execute('DELETE FROM even WHERE id % 7 = 0')
    db.execute('UPDATE odd SET body = body || body WHERE rowid % 11 = 3')
    db.execute('DELETE FROM odd WHERE rowid % 2 = 0 AND rowid < ?', (rows // 2,))
    if not hot and not log:
        db.execute('DELETE FROM odd WHERE rowid > %d' % (rows // 3))
    for tail in ('', '-wal', '-journal'):
        if os.path.exists(path + tail):
            shutil.copy(path + tail, os.path.join(folder, name + '.db' + tail))
    places(folder, name, before if hot else tables(db))
    db.close()


if __name__ == '__main__':
    case(sys.argv[1], 'small', 512, 4000)
    case(sys.argv[1], 'usual', 4096, 4000, encoding='UTF-16le')
    case(sys.argv[1], 'large', 65536, 3000)
    case(sys.argv[1], 'log', 1024, 3000, log=True)
    case(sys.argv[1], 'hot', 1024, 3000, hot=True)
