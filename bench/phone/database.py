"""SQLite databases whose bytes depend on nothing but what is put in: fixed pragmas, fixed WAL salts.

A database may be left as a seized phone leaves it: rows deleted with their bytes still in the page, and the newest
transactions only in the -wal.
"""

import os
import sqlite3
import struct


class Database:
    def __init__(self, tree, path, schema, mtime, page_size=4096, user_version=0):
        self.tree, self.path, self.mtime = tree, path, mtime
        self.staged = tree.stage()
        self.in_wal = False
        self.db = sqlite3.connect(self.staged, isolation_level=None, cached_statements=512)
        # Debian builds SQLite with secure_delete on; phones do not, and without this nothing would be left to find.
        for pragma in ('page_size=%d' % page_size, 'auto_vacuum=NONE', 'secure_delete=OFF', 'journal_mode=OFF',
                       'synchronous=OFF', 'temp_store=MEMORY', 'cache_size=-65536', 'foreign_keys=OFF',
                       'user_version=%d' % user_version):
            self.db.execute('PRAGMA ' + pragma).fetchall()
        self.db.executescript(schema)
        self.db.execute('BEGIN')
        tree.databases.append(self.db)
        self.execute, self.executemany = self.db.execute, self.db.executemany

    def insert(self, table, **columns):
        """Inserts one row and returns its rowid."""
        names = list(columns)
        sql = 'INSERT INTO %s(%s) VALUES(%s)' % (table, ','.join(names), ','.join('?' * len(names)))
        return self.db.execute(sql, list(columns.values())).lastrowid

    def commit(self):
        self.db.execute('COMMIT')
        self.db.execute('BEGIN')

    def to_wal(self):
        """From here on every change stays in the -wal."""
        self.db.execute('COMMIT')
        mode = self.db.execute('PRAGMA journal_mode=WAL').fetchone()[0]
        assert mode == 'wal'
        self.db.execute('PRAGMA wal_autocheckpoint=0').fetchall()
        self.db.execute('BEGIN')
        self.in_wal = True

    def finish(self):
        """Commits and enters the files into the tree. The connection stays open until the tree is packed."""
        self.db.execute('COMMIT')
        self.tree.add_staged(self.path, self.staged, self.mtime)
        if self.in_wal:
            wal = b''
            if os.path.exists(self.staged + '-wal'):  # not when nothing was written since
                with open(self.staged + '-wal', 'rb') as f:
                    wal = f.read()
            if wal:
                self.tree.add(self.path + '-wal', resalt(wal), self.mtime)
        else:
            # Nothing more to come: closing now keeps the number of open files small.
            self.tree.databases.remove(self.db)
            self.db.close()

    def raw(self):
        """The bytes of the database file (without its WAL) as they are now on disk."""
        self.commit()
        with open(self.staged, 'rb') as f:
            return f.read()


def _checksum(data, s0, s1):
    words = struct.unpack('<%dI' % (len(data) // 4), data)
    for i in range(0, len(words), 2):
        s0 = (s0 + words[i] + s1) & 0xffffffff
        s1 = (s1 + words[i + 1] + s0) & 0xffffffff
    return s0, s1


def resalt(wal):
    """The same WAL with fixed salts: SQLite takes them from the system's randomness."""
    magic, version, page_size, sequence = struct.unpack('>4I', wal[:16])
    assert magic == 0x377f0682, 'a WAL with big-endian checksums'
    salt = struct.pack('>2I', 0x43555354, 0x4f444553)
    head = struct.pack('>4I', magic, version, page_size, sequence) + salt
    s0, s1 = _checksum(head, 0, 0)
    out = [head, struct.pack('>2I', s0, s1)]
    old_salt = wal[16:24]
    for at in range(32, len(wal) - page_size - 23, page_size + 24):
        frame = wal[at:at + page_size + 24]
        if frame[8:16] != old_salt:
            break
        s0, s1 = _checksum(frame[:8], s0, s1)
        s0, s1 = _checksum(frame[24:], s0, s1)
        out += [frame[:8], salt, struct.pack('>2I', s0, s1), frame[24:]]
    return b''.join(out)


def still_there(raw, wanted):
    """Which of (key, text) are still in these bytes. Sorted as they were written, one pass finds nearly all."""
    found, at = set(), 0
    for key, text in wanted:
        needle = text.encode()
        hit = raw.find(needle, at)
        if hit < 0:
            hit = raw.find(needle, 0, at)
        else:
            at = hit
        if hit >= 0:
            found.add(key)
    return found
