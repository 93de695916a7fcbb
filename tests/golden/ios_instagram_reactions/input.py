"""Reactions are kept with the message."""
import datetime, os, sqlite3, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from keyed import Object, archive

OWN, SAM = "9000000001", "9000000002"
folder = os.path.join(sys.argv[1], "private/var/mobile/Containers/Data/Application/6F1C/Library/Application Support/DirectSQLiteDatabase")
os.makedirs(folder)
db = sqlite3.connect(os.path.join(folder, OWN + ".db"))


def reaction(**fields):
    return Object("IGDirectMessageReaction", fields)


def message(reactions):
    return archive(Object("IGDirectPublishedMessage", {"NSArray<IGDirectMessageReaction *>*reactions": reactions}))


AT = datetime.datetime(2023, 3, 8, 20, 26, 40, 250000)
db.execute("CREATE TABLE messages (message_id TEXT, thread_id TEXT, archive BLOB, class_name TEXT, row_id INTEGER PRIMARY KEY AUTOINCREMENT)")
db.executemany("INSERT INTO messages (message_id, thread_id, archive) VALUES (?, ?, ?)", [
    ("m1", "t1", message([reaction(USER_BASED_REACTION_EMOJI_UNICODE="❤️", USER_BASED_REACTION_USER_ID=OWN, USER_BASED_REACTION_SERVER_TIMESTAMP=AT, CODED_SUBTYPE="SUBTYPE_USER_BASED_REACTION"),
                          reaction(emojiUnicode="😮", userId=SAM, serverTimestamp=AT + datetime.timedelta(minutes=1))])),
    ("m2", "of no thread", message([reaction(userId="", emojiUnicode=None, serverTimestamp="99999-01-01T00:00:00Z"), "text", 7])),
    ("m3", "t1", message([])), ("m4", "t1", message("of another type")), ("m5", "t1", b"bplist00 and no more"), (None, None, None),
])
db.commit()
db.close()
