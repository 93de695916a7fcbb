"""Notes: the text is a gzipped protobuf, document 2 → note 3 → text 2; a locked note's is encrypted."""
import gzip, os, sqlite3, sys


def field(number, data):
    size = b""
    n = len(data)
    while n > 127:
        size += bytes([n & 127 | 128])
        n >>= 7
    return bytes([number << 3 | 2]) + size + bytes([n]) + data


def note(text):
    return gzip.compress(b"\x08\x00" + field(2, b"\x08\x00\x10\x00" + field(3, field(2, text.encode()))), mtime=0)


folder = os.path.join(sys.argv[1], "private/var/mobile/Containers/Shared/AppGroup/6F1C")
os.makedirs(folder)
db = sqlite3.connect(os.path.join(folder, "NoteStore.sqlite"))
db.executescript("""
CREATE TABLE ZICNOTEDATA (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZNOTE INTEGER, ZDATA BLOB);
CREATE TABLE ZICCLOUDSYNCINGOBJECT (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZMARKEDFORDELETION INTEGER, ZNOTEDATA INTEGER, ZFOLDER INTEGER, ZFOLDERTYPE INTEGER, ZCREATIONDATE1 TIMESTAMP,
  ZCREATIONDATE3 TIMESTAMP, ZMODIFICATIONDATE1 TIMESTAMP, ZTITLE1 VARCHAR, ZTITLE2 VARCHAR, ZSNIPPET VARCHAR);
""")
db.executemany("INSERT INTO ZICNOTEDATA VALUES (?, 9, 1, NULL, ?)", [
    (1, note("Einkauf für Zoë\n🥛 milk " + "x" * 200)), (2, bytes(range(200, 232))), (3, note("was cut off")[:-9]), (4, None)])
rows = [
    # Z_PK, deleted, data, folder, folder type, created (until iOS 14), created (from iOS 15), modified, title, folder's title, snippet
    (1, 0, None, None, 0, None, None, None, None, "Notizen ✏️", None),
    (2, 0, None, None, 1, None, None, None, None, "Recently Deleted", None),
    (3, 0, 1, 1, None, None, 700000000.5, 700003600, "Einkauf für Zoë", None, "🥛 milk"),
    (4, 0, 2, 2, None, 700000060, None, None, "Locked", None, "only its first words"),
    (5, 1, 3, 99, None, 700000120, 700000180, 1e18, "Damaged", None, "what is left"),
    (6, 0, 4, None, None, None, None, None, None, None, None),
    (7, None, None, None, None, None, None, None, None, None, None),
    (8, 0, 88, 1, None, -1, None, 700000240, "Its data joins nowhere", None, None),
]
db.executemany("INSERT INTO ZICCLOUDSYNCINGOBJECT VALUES (?1, 4, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)", rows)
db.commit()
db.close()
