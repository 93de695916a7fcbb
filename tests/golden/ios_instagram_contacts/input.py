"""Conversations and the people in them."""
import datetime, os, sqlite3, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from keyed import Object, archive

OWN, SAM = "9000000001", "9000000002"
folder = os.path.join(sys.argv[1], "private/var/mobile/Containers/Data/Application/6F1C/Library/Application Support/DirectSQLiteDatabase")
os.makedirs(folder)
db = sqlite3.connect(os.path.join(folder, OWN + ".db"))


def user(**fields):
    return Object("IGUser", fields)


def thread(group, users, **more):
    return archive(Object("IGDirectThreadMetadata", {"BOOLisGroup": group, "BOOLisArchived": False, "BOOLisMuted": False, "NSArray<IGUser *>*users": users, **more}))


db.execute("CREATE TABLE threads (thread_id TEXT, thread_id_v2 TEXT, viewer_id TEXT, metadata BLOB, row_id INTEGER PRIMARY KEY AUTOINCREMENT)")
db.executemany("INSERT INTO threads (thread_id, viewer_id, metadata) VALUES (?, ?, ?)", [
    ("t1", OWN, thread(False, [user(pk=SAM, userName="Sam.B", fullName="Zoë 😀", public_phone_number="+447700900123", public_email="Zoe@example.org")])),
    ("t2", OWN, thread(True, [user(**{"NSDictionary<NSString *, id>*userDict": {"pk": "9000000003", "username": "nell", "full_name": ""}}), user(pk=None, userName="", fullName=""), "text", 7], BOOLisMuted=True, BOOLisArchived=True)),
    ("t3", None, thread(77, "of another type", BOOLisArchived="text", BOOLisMuted=2**62)),
    ("t4", "", archive(["of", "another", "shape"])),
    ("t5", OWN, b"bplist00 and no more"),
    (None, None, None),
])
db.commit()
db.close()
