"""A call is a property of the message that tells of it: an archived dictionary with the key call-log."""
import json, os, sqlite3, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from keyed import archive

A, B = "8:live:.cid.00000000000000a1", "8:live:.cid.00000000000000b2"


def log(**changes):
    return {"callType": "twoParty", "callId": "6d8f", "startTime": "2023-03-08T20:26:40.2500000Z", "connectTime": "2023-03-08T20:26:45.2500000Z", "endTime": "2023-03-08T20:27:45.7500000Z",
            "callDirection": "outgoing", "callState": "accepted", "originator": A, "target": B, "originatorParticipant": {"id": A, "displayName": "Zoë"}, **changes}


folder = os.path.join(sys.argv[1], "private/var/mobile/Containers/Shared/AppGroup/6F1C/SkypeSpacesDogfood/7A2B")
os.makedirs(folder)
db = sqlite3.connect(os.path.join(folder, "SkypeSpacesDogfood-0001.sqlite"))
db.execute("CREATE TABLE ZMESSAGEPROPERTIES (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZTSID INTEGER, ZTHREADID VARCHAR, ZPROPERTIES BLOB)")
db.execute("CREATE TABLE ZSMESSAGE (Z_PK INTEGER PRIMARY KEY, ZTS_ISSENTBYME INTEGER, ZFROM VARCHAR)")
db.execute("INSERT INTO ZSMESSAGE VALUES (1, 1, ?), (2, 0, ?)", (A, B))
db.executemany("INSERT INTO ZMESSAGEPROPERTIES VALUES (?, 24, 1, ?, ?, ?)", [
    (1, 1678307265750, "19:café@thread.v2", archive({"call-log": log(), "skipfanouttobots": False})),
    (2, 1678307265751, "19:café@thread.v2", archive({"call-log": log(callDirection="incoming", callState="missed", originator=B, target=A, startTime="2023-03-08T20:28:40Z", connectTime=None)})),
    (3, 1678307265752, None, archive({"call-log": json.dumps(log(callDirection="incoming", callState="declined", originator=B, target=A, startTime="2023-03-08T20:29:40Z"))})),
    (4, None, None, archive({"call-log": {"startTime": "99999-01-01T00:00:00Z", "callDirection": "sideways", "originator": B}})),
    (5, None, None, archive({"call-log": "{ no JSON"})),
    (6, None, None, archive({"call-log": 7})),
    (7, None, None, archive({"follow": True})),
    (8, None, None, archive("text")),
    (9, None, None, b"bplist00 and no more"),
    (10, None, None, "of another type"),
    (11, None, None, None),
    (12, 1678307265753, "19:café@thread.v2", archive({"call-log": log(startTime="2023-03-08T20:30:40Z")})),
])
db.commit()
db.close()
