"""Burner's web cache: short answers of the service in the database, long ones each in a file beside it."""
import json, os, sqlite3, sys

USER, NUMBER = "21d2ca9c-0000-4000-8000-000000000001", "3419959a-0000-4000-8000-000000000002"
HOST = "https://phoenix.burnerapp.com"


def message(i, direction, text="", **more):
    return {"id": "m%d" % i, "userId": USER, "burnerId": NUMBER, "contactPhoneNumber": "+447700900123", "dateCreated": 1678307200250 + i * 60000, "direction": direction, "message": text,
            "messageType": 2, "state": 1, "read": True, "assetUrl": None, "voiceUrl": None, **more}


folder = os.path.join(sys.argv[1], "private/var/mobile/Containers/Data/Application/6F1C/Library/Caches/com.adhoclabs.burner")
os.makedirs(os.path.join(folder, "fsCachedData"))
db = sqlite3.connect(os.path.join(folder, "Cache.db"))
db.executescript("""
CREATE TABLE cfurl_cache_response (entry_ID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, version INTEGER, hash_value INTEGER, storage_policy INTEGER, request_key TEXT UNIQUE,
  time_stamp NOT NULL DEFAULT CURRENT_TIMESTAMP, partition TEXT);
CREATE TABLE cfurl_cache_receiver_data (entry_ID INTEGER PRIMARY KEY, isDataOnFS INTEGER, receiver_data BLOB);
""")
entry = 0


def answer(url, value, name=None):
    global entry
    entry += 1
    data = value if value is None or isinstance(value, (bytes, str)) else json.dumps(value, ensure_ascii=False).encode()
    db.execute("INSERT INTO cfurl_cache_response (entry_ID, request_key) VALUES (?, ?)", (entry, url))
    if name:
        with open(os.path.join(folder, "fsCachedData", name), "wb") as f:
            f.write(data)
    db.execute("INSERT INTO cfurl_cache_receiver_data VALUES (?, ?, ?)", (entry, 1 if name else 0, name or data))


answer(HOST + "/v3/user/%s/burners" % USER, [{"id": NUMBER, "phoneNumber": "+447700900999", "dateCreated": 1678307000000, "settings": {"name": "Zoë’s burner 🔥"}}])
answer(HOST + "/user/%s/messages" % USER, message(0, 2, "Où es-tu ? 😀"))
answer(HOST + "/user/%s/messages?contactPhoneNumber=%%2B447700900123&pageSize=50" % USER, [
    message(1, 1, "here", read=True), message(2, 1, assetUrl="https://s3.example.org/burner-mms/1.jpg"), message(3, 2, assetUrl="https://s3.example.org/burner-mms/2.mp4", read=False),
    message(4, 1, messageType=1, state=4), message(5, 2, messageType=1, state=3, duration=2), message(6, 1, messageType=1, state=5, voiceUrl="https://s3.example.org/burner-voicemail/3.wav"),
    message(7, 2, "of a number that joins nowhere", burnerId="nobody", contactPhoneNumber=None, dateCreated=10**30),
    {"id": "m8", "direction": 9, "contactPhoneNumber": "", "message": None}, "text", None, 7], "0A1B-1")
answer(HOST + "/v4/user/%s/burners/%s/conversations/x/messages?pageSize=20" % (USER, NUMBER), [
    {"id": "m9", "burnerId": NUMBER, "conversation": {"conversationId": "+447700900456"}, "dateCreated": 1678307740250, "direction": "Outbound", "messageType": "Text", "state": "Sent", "text": "new format"}])
answer("https://s3.example.org/burner-mms/1.jpg", b"\xff\xd8\xff\xe0", "0A1B-2")
answer(HOST + "/user/%s/messageThreads?page=1" % USER, [message(6, 1, messageType=1, state=5)])
answer(HOST + "/user/%s/messages/unread" % USER, {"unread": 0})
answer(HOST + "/user/%s/messages?cut" % USER, b'[{"id": "m1')
answer(HOST + "/user/%s/messages?odd" % USER, "[1, 2]")
answer(HOST + "/user/%s/messages?none" % USER, None)
# A file whose row is gone, and one that is no message.
with open(os.path.join(folder, "fsCachedData", "0A1B-3"), "w", encoding="utf-8") as f:
    json.dump([message(10, 1, "its row is gone")], f)
with open(os.path.join(folder, "fsCachedData", "0A1B-4"), "w", encoding="utf-8") as f:
    json.dump({"direction": 1, "id": "no message"}, f)
db.execute("INSERT INTO cfurl_cache_response (entry_ID, request_key) VALUES (99, NULL)")
db.commit()
db.close()
