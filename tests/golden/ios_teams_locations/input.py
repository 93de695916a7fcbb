"""A shared place is a card among a message's properties, whose link to a map names it."""
import json, os, sqlite3, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from keyed import archive


def cards(pos):
    return {"cards": json.dumps([{"content": {"type": "AdaptiveCard", "body": [{"selectAction": {"url": "https://maps.example.org/maps?rtp=adr." + pos, "title": "Directions"}, "type": "Image"},
                                                                              {"text": "1 Fōntaine Pl", "type": "TextBlock"}]}}], ensure_ascii=False), "skipfanouttobots": False}


folder = os.path.join(sys.argv[1], "private/var/mobile/Containers/Shared/AppGroup/6F1C/SkypeSpacesDogfood/7A2B")
os.makedirs(folder)
db = sqlite3.connect(os.path.join(folder, "SkypeSpacesDogfood-0001.sqlite"))
db.execute("CREATE TABLE ZMESSAGEPROPERTIES (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZTSID INTEGER, ZTHREADID VARCHAR, ZPROPERTIES BLOB)")
db.execute("CREATE TABLE ZSMESSAGE (Z_PK INTEGER PRIMARY KEY, ZTSID INTEGER, ZTHREADID VARCHAR, ZARRIVALTIME TIMESTAMP, ZTS_ISSENTBYME INTEGER, ZFROM VARCHAR)")
db.execute("INSERT INTO ZSMESSAGE VALUES (1, 1678307200250, '19:a@thread.v2', 700000000.25, 1, '8:live:.cid.00000000000000a1'), (2, 1678307320000, '19:b@thread.v2', 1e18, 0, NULL)")
db.executemany("INSERT INTO ZMESSAGEPROPERTIES VALUES (?, 24, 1, ?, ?, ?)", [
    (1, 1678307200250, "19:a@thread.v2", archive(cards("~pos.51.5_-0.125_1%20F%C5%8Dntaine%20Pl"))),
    (2, 1678307260000, "19:a@thread.v2", archive(cards("~pos.-33.865_151.21"))),            # its message is gone: the id is its time
    (3, 1678307320000, "19:b@thread.v2", archive(cards("~pos.912.5_200_far"))),
    (4, None, None, archive(cards("~pos.51.5"))),
    (5, None, None, archive(cards("~pos.north_west"))),
    (6, 1678307200250, "19:a@thread.v2", archive({"cards": "[{}]"})),
    (7, None, None, archive({"cards": 7})),
    (8, None, None, b"bplist00 and no more"),
    (9, None, None, None),
])
db.commit()
db.close()
