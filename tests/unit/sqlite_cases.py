#!/usr/bin/env python3
"""Makes databases with write-ahead logs and journals in every state, and what stock SQLite reads in them.

usage: sqlite_cases.py FOLDER            makes NAME.db[-wal|-journal] and NAME.expect
       sqlite_cases.py --dump DB OUT     writes OUT, what stock SQLite reads in DB (which is opened for writing: give a copy)
       sqlite_cases.py --zip ZIP FOLDER  does both for every database of an extraction (names: 0.db, 1.db, …)

Each line of an .expect: T TABLE, then one line a row: columns as i<int> r<IEEE hex> t<hex> b<hex> n, joined by '|'.
"""
import os, shutil, signal, sqlite3, struct, subprocess, sys, zipfile


def dump(path, out):
    db = sqlite3.connect(path)
    db.text_factory = bytes

    def cell(v):
        if v is None:
            return 'n'
        if isinstance(v, int):
            return 'i%d' % v
        if isinstance(v, float):
            return 'r' + struct.pack('>d', v).hex()
        return 't' + v.hex()
    with open(out, 'w') as f:
        tables = [(n.decode(), s) for n, s in db.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name")]
        db.create_collation('none', None)
        for name, _ in tables:
            f.write('T %s\n' % name)
            # Python gives text and blob alike as bytes: ask SQLite which it is.
            columns = [r[1].decode() for r in db.execute('PRAGMA table_info("%s")' % name)]
            typed = ', '.join('typeof("%s")' % c for c in columns)
            for row in db.execute('SELECT *, %s FROM "%s"' % (typed, name)):
                half = len(columns)
                f.write('|'.join(('b' + v.hex()) if t == b'blob' else cell(v) for v, t in zip(row[:half], row[half:])) + '\n')
    db.close()


def expect(folder, name):
    """What stock SQLite sees, asked on a copy so that the case stays as it is."""
    scratch = os.path.join(folder, 'scratch')
    os.makedirs(scratch, exist_ok=True)
    for tail in ('', '-wal', '-journal'):
        p = os.path.join(folder, name + '.db' + tail)
        if os.path.exists(p):
            shutil.copy(p, os.path.join(scratch, 'x.db' + tail))
    dump(os.path.join(scratch, 'x.db'), os.path.join(folder, name + '.expect'))
    shutil.rmtree(scratch)


def grab(source, folder, name, tails=('', '-wal', '-journal')):
    for tail in tails:
        if os.path.exists(source + tail):
            shutil.copy(source + tail, os.path.join(folder, name + '.db' + tail))


def filled(path, page_size, rows=200, table='message', extra=()):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute('PRAGMA page_size = %d' % page_size)
    db.execute('PRAGMA journal_mode = WAL')
    db.execute('PRAGMA wal_autocheckpoint = 0')
    for sql in extra:
        db.execute(sql)
    db.execute('CREATE TABLE %s(id INTEGER PRIMARY KEY, body TEXT, at REAL, data BLOB)' % table)
    add(db, table, rows)
    return db


def add(db, table, rows):
    db.execute('BEGIN')
    for i in range(rows):
        db.execute('INSERT INTO %s(body, at, data) VALUES(?, ?, ?)' % table,
                   ('text %d of %s é ' % (i, table) + 'x' * (i % 300), i / 3, bytes([i % 256]) * (i % 50)))
    db.execute('COMMIT')


def sums(data, s0, s1, order):
    for a, b in struct.iter_unpack(order + 'II', data):
        s0 = (s0 + a + s1) & 0xffffffff
        s1 = (s1 + b + s0) & 0xffffffff
    return s0, s1


def reendian(path):
    """Rewrites a log of this machine's byte order with checksums of the other order."""
    wal = bytearray(open(path, 'rb').read())
    magic, = struct.unpack('>I', wal[:4])
    struct.pack_into('>I', wal, 0, magic ^ 1)
    order = '>' if (magic ^ 1) & 1 else '<'
    size, = struct.unpack('>I', wal[8:12])
    s = sums(wal[:24], 0, 0, order)
    struct.pack_into('>II', wal, 24, *s)
    for at in range(32, len(wal) - size - 23, size + 24):
        s = sums(wal[at:at + 8], *s, order)
        s = sums(wal[at + 24:at + 24 + size], *s, order)
        struct.pack_into('>II', wal, at + 16, *s)
    open(path, 'wb').write(wal)


WRITER = '''
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode = DELETE")
db.execute("PRAGMA cache_size = 5")
db.execute("PRAGMA cache_spill = 5")
db.execute("BEGIN")
db.execute("UPDATE message SET body = body || ' changed and made longer'")
db.execute("DELETE FROM message WHERE id % 3 = 0")
db.execute("INSERT INTO message(body) SELECT hex(randomblob(300)) FROM message")
print("ready", flush=True)
time.sleep(60)
'''


def make(folder):
    os.makedirs(folder, exist_ok=True)
    work = os.path.join(folder, 'work')
    os.makedirs(work, exist_ok=True)
    here = lambda n: os.path.join(work, n)
    there = lambda n: os.path.join(folder, n)

    for size in (512, 1024, 4096, 8192, 65536):
        db = filled(here('p%d' % size), size)
        db.execute('UPDATE message SET body = upper(body) WHERE id % 7 = 0')
        grab(here('p%d' % size), folder, 'page%d' % size)
        db.close()
    grab(there('page4096.db'), folder, 'bigendian')
    reendian(there('bigendian.db-wal'))

    # The same pages written again by a second transaction whose last frame, the commit, is missing.
    db = filled(here('cut'), 1024)
    db.execute("UPDATE message SET body = 'second'")
    grab(here('cut'), folder, 'cut')
    db.close()
    os.truncate(there('cut.db-wal'), os.path.getsize(there('cut.db-wal')) - 1048)

    # A log that holds everything beside an empty file.
    shutil.copy(there('page4096.db-wal'), there('empty.db-wal'))
    open(there('empty.db'), 'wb').close()

    # Large transactions that spilled to the log and never committed; the second one wrote its own frames over, which SQLite
    # gives their checksums only at the commit.
    db = filled(here('tail'), 4096)
    db.execute('PRAGMA cache_size = 5')
    db.execute('BEGIN')
    db.execute('CREATE TABLE big(a)')
    db.execute('INSERT INTO big VALUES(zeroblob(200000))')
    grab(here('tail'), folder, 'uncommitted')
    db.execute('ROLLBACK')
    db.execute('BEGIN')
    db.execute('UPDATE message SET body = body || hex(randomblob(900))')
    grab(here('tail'), folder, 'rewritten')
    db.execute('ROLLBACK')
    db.close()

    # Checkpointed, log begun anew: old frames lie behind the new ones.
    db = filled(here('stale'), 4096, 900)
    db.execute('PRAGMA wal_checkpoint(RESTART)')
    db.execute("INSERT INTO message(body) VALUES('after the restart')")
    grab(here('stale'), folder, 'restarted')
    # Checkpointed and not begun anew: log and file say the same.
    db.execute('PRAGMA wal_checkpoint(PASSIVE)')
    grab(here('stale'), folder, 'checkpointed')
    db.execute('DELETE FROM message WHERE id > 100')
    db.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    db.execute('VACUUM')
    grab(here('stale'), folder, 'vacuumed')

    # The file alone: what a tool that forgets the log sees.
    db.execute("INSERT INTO message(body) VALUES('only in the log')")
    grab(here('stale'), folder, 'alone', ('',))
    db.close()

    # Logs of other databases.
    a = filled(here('a'), 4096, 300, 'message')
    a.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    grab(here('a'), folder, 'foreign_schema', ('',))
    grab(here('a'), folder, 'foreign_older', ('',))
    grab(here('a'), folder, 'foreign_size', ('',))
    grab(here('a'), folder, 'foreign_encoding', ('',))
    grab(here('a'), folder, 'bad_header', ('',))
    b = filled(here('b'), 4096, 300, 'other')
    add(b, 'other', 300)
    add(b, 'other', 300)
    shutil.copy(here('b-wal'), there('foreign_schema.db-wal'))
    b.close()
    for i in range(20):  # a connection counts up only past what it has read, so each is a new one
        again = sqlite3.connect(here('a'), isolation_level=None)
        add(again, 'message', 50)
        again.close()
    a.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    grab(here('a'), folder, 'foreign_older', ('',))
    b = filled(here('c'), 4096, 3, 'other')
    shutil.copy(here('c-wal'), there('foreign_older.db-wal'))
    b.close()
    b = filled(here('d'), 1024, 300, 'message')
    shutil.copy(here('d-wal'), there('foreign_size.db-wal'))
    b.close()
    b = filled(here('e'), 4096, 300, 'message', ("PRAGMA encoding = 'UTF-16le'",))
    shutil.copy(here('e-wal'), there('foreign_encoding.db-wal'))
    grab(here('e'), folder, 'utf16')
    b.close()
    a.close()
    wal = bytearray(open(there('page4096.db-wal'), 'rb').read())
    wal[17] ^= 1
    open(there('bad_header.db-wal'), 'wb').write(wal)

    # A bit that fell over in the middle: everything up to the commit before it stands.
    db = filled(here('flip'), 4096, 50)
    for i in range(10):
        add(db, 'message', 20)
    grab(here('flip'), folder, 'flipped')
    db.close()
    wal = bytearray(open(there('flipped.db-wal'), 'rb').read())
    wal[len(wal) * 2 // 3] ^= 0x10
    open(there('flipped.db-wal'), 'wb').write(wal)

    # A writer killed in the middle of a transaction.
    for size in (1024, 4096):
        path = here('hot%d' % size)
        db = sqlite3.connect(path, isolation_level=None)
        db.execute('PRAGMA page_size = %d' % size)
        db.execute('CREATE TABLE message(id INTEGER PRIMARY KEY, body TEXT, at REAL, data BLOB)')
        add(db, 'message', 500)
        db.close()
        child = subprocess.Popen([sys.executable, '-c', WRITER, path], stdout=subprocess.PIPE)
        child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.wait()
        grab(path, folder, 'hot%d' % size)
        grab(path, folder, 'torn%d' % size, ('',))  # without its journal: not compared, must not crash

    # A journal that is kept, its header zeroed, after each commit.
    db = sqlite3.connect(here('persist'), isolation_level=None)
    db.execute('PRAGMA journal_mode = PERSIST')
    db.execute('CREATE TABLE message(id INTEGER PRIMARY KEY, body TEXT, at REAL, data BLOB)')
    add(db, 'message', 100)
    db.execute('UPDATE message SET body = 1')
    grab(here('persist'), folder, 'persisted')
    db.close()

    # What apps' own schemas hold: an own collation, an own tokenizer, views, triggers.
    db = sqlite3.connect(here('own'), isolation_level=None)
    db.create_collation('LOCALIZED', lambda a, b: (a.lower() > b.lower()) - (a.lower() < b.lower()))
    db.create_function('app_key', 1, lambda x: x, deterministic=True)
    db.execute('CREATE TABLE contact(id INTEGER PRIMARY KEY, name TEXT COLLATE LOCALIZED)')
    db.execute('CREATE INDEX contact_name ON contact(name COLLATE LOCALIZED)')
    db.execute('CREATE INDEX contact_key ON contact(app_key(name))')
    db.executemany('INSERT INTO contact(name) VALUES(?)', [('Zoe',), ('adam',), ('Bea',)])
    db.execute("CREATE VIRTUAL TABLE ft USING fts4(body)")
    db.execute("INSERT INTO ft VALUES('hello')")
    db.execute("CREATE VIEW v AS SELECT * FROM contact")
    db.close()
    grab(here('own'), folder, 'own')

    shutil.rmtree(work)
    for f in sorted(os.listdir(folder)):
        if f.endswith('.db') and not f.startswith(('torn', 'own', 'empty')):
            name = f[:-3]
            if name.startswith('foreign') or name == 'bad_header':
                os.makedirs(there('scratch'), exist_ok=True)
                shutil.copy(there(f), there('scratch/x.db'))
                dump(there('scratch/x.db'), there(name + '.expect'))
                shutil.rmtree(there('scratch'))
            else:
                expect(folder, name)
    shutil.copy(there('page4096.expect'), there('empty.expect'))


def from_zip(path, folder):
    os.makedirs(folder, exist_ok=True)
    z = zipfile.ZipFile(path)
    names = set(z.namelist())
    count = 0
    for n in sorted(names):
        if n.endswith(('-wal', '-shm', '-journal')) or not z.read(n).startswith(b'SQLite format 3\0'):
            continue
        for tail in ('', '-wal', '-journal'):
            if n + tail in names:
                with open(os.path.join(folder, '%d.db%s' % (count, tail)), 'wb') as f:
                    f.write(z.read(n + tail))
        expect(folder, str(count))
        count += 1


if __name__ == '__main__':
    if sys.argv[1] == '--dump':
        dump(sys.argv[2], sys.argv[3])
    elif sys.argv[1] == '--zip':
        from_zip(sys.argv[2], sys.argv[3])
    else:
        make(sys.argv[1])
