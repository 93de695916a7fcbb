"""Direct messages: each an archived IGDirectPublishedMessage; the database is named after the account."""
import datetime, os, sqlite3, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from keyed import Object, archive

OWN, SAM = "9000000001", "9000000002"
AT = datetime.datetime(2023, 3, 8, 20, 26, 40, 250000)


def message(sender, at, content, **more):
    meta = Object("IGDirectPublishedMessageMetadata", {"NSString*senderPk": sender, "NSString*threadId": "340282366841710300949128", "NSDate*serverTimestamp": at, "NSString*serverId": "29236"})
    return archive(Object("IGDirectPublishedMessage", {"IGDirectPublishedMessageMetadata*metadata": meta,
                                                        "IGDirectPublishedMessageContent*content": content and Object("IGDirectPublishedMessageContent", content), **more}))


def activity(kind, **fields):
    return {"codedSubtype": "SUBTYPE_THREAD_ACTIVITY", "IGDirectThreadActivityAnnouncement*threadActivity": Object("IGDirectThreadActivityAnnouncement", {"codedSubtype": kind, **fields})}


def media(name, fields):
    photo = Object("IGDirectPublishedMessagePermanentMedia", {name: Object(name.split("*")[0], fields), "codedSubtype": "SUBTYPE"})
    return {"codedSubtype": "SUBTYPE_MEDIA", "IGDirectPublishedMessageMedia*media": Object("IGDirectPublishedMessageMedia", {"IGDirectPublishedMessagePermanentMedia*permanentMedia": photo})}


folder = os.path.join(sys.argv[1], "private/var/mobile/Containers/Data/Application/6F1C/Library/Application Support/DirectSQLiteDatabase")
os.makedirs(folder)
db = sqlite3.connect(os.path.join(folder, OWN + ".db"))
db.execute("CREATE TABLE threads (thread_id TEXT UNIQUE NOT NULL, thread_id_v2 TEXT, viewer_id TEXT NOT NULL, metadata BLOB, row_id INTEGER PRIMARY KEY AUTOINCREMENT)")
db.execute("CREATE TABLE messages (message_id TEXT, thread_id TEXT, archive BLOB, class_name TEXT, row_id INTEGER PRIMARY KEY AUTOINCREMENT)")
db.execute("INSERT INTO threads VALUES ('340282366841710300949128', NULL, ?, NULL, 1)", (OWN,))
minute = datetime.timedelta(minutes=1)
rows = [
    ("m1", message(SAM, AT, {"codedSubtype": "SUBTYPE_TEXT", "NSString*string": "Où es-tu ? 😀"})),
    ("m2", message(OWN, AT + minute, {"codedSubtype": "SUBTYPE_TEXT", "NSAttributedString*string": Object("NSAttributedString", {"NSString": "on my way"})})),
    ("m3", message(SAM, AT + 2 * minute, media("IGPhoto*photo", {"kIGPhotoMediaID": "251704772664178"}))),
    ("m4", message(SAM, AT + 3 * minute, media("IGVideo*video", {"videoID": "1"}))),
    ("m5", message(SAM, AT + 4 * minute, activity("SUBTYPE_VOIP", **{"NSString*voipTitle": "Video chat ended", "BOOLdidJoin": True}))),
    ("m6", message(OWN, AT + 5 * minute, activity("SUBTYPE_ACTION", **{"NSString*actionLogTitle": "Liked a message"}))),
    ("m7", message(None, None, {"codedSubtype": "SUBTYPE_NEVER_SEEN"})),
    ("m8", message("", datetime.datetime(9999, 12, 31), None)),
    ("m9", archive(["of", "another", "shape"])),
    ("m10", b"bplist00 and no more"),
    (None, None),
]
db.executemany("INSERT INTO messages (message_id, thread_id, archive, class_name) VALUES (?, ?, ?, 'IGDirectPublishedMessage')",
               [(i, "340282366841710300949128" if n < 8 else "of no thread" if i else None, a) for n, (i, a) in enumerate(rows)])
db.commit()
db.close()
