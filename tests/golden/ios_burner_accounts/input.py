"""Burner's web cache: short answers of the service in the database, long ones each in a file beside it."""
import json, os, sqlite3, sys

USER, NUMBER = "21d2ca9c-0000-4000-8000-000000000001", "3419959a-0000-4000-8000-000000000002"
HOST = "https://phoenix.burnerapp.com"


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


answer(HOST + "/v2/register/phone", {"token": "x", "user": {"id": USER, "phoneNumber": "+447700900123", "totalNumberBurners": 5, "dateCreated": 1586047847213, "carrierName": "Überall Mobile"}})
answer(HOST + "/user/%s/token" % USER, {"id": USER, "phoneNumber": "+447700900124", "totalNumberBurners": 6, "dateCreated": 1586047847213})
answer(HOST + "/v3/user/%s/burners" % USER, [
    {"id": NUMBER, "phoneNumber": "+447700900999", "dateCreated": 1678307200250, "expirationDate": 1680899200250, "settings": {"name": "Zoë’s burner 🔥", "voipEnabled": False}},
    {"id": "b2", "phoneNumber": "", "dateCreated": 10**30, "settings": {"name": None}},
    {"id": "b3", "phoneNumber": None, "settings": {}}, {"phoneNumber": "+447700900321", "settings": {}}, {"id": "b4", "phoneNumber": "+447700900322", "settings": "text"}, "text", None])
answer(HOST + "/rules", {"id": "no account", "phoneNumber": "+447700900456"})
answer(HOST + "/user/%s/cut" % USER, b'{"id": "x", "phoneNumber"')
db.execute("INSERT INTO cfurl_cache_response (entry_ID, request_key) VALUES (99, NULL)")
db.commit()
db.close()
