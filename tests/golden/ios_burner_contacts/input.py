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


answer(HOST + "/user/%s/contacts?pageSize=200&page=1&named=true" % USER, [
    {"id": "c1", "userId": USER, "name": "Zoë Müller 😀", "phoneNumber": "+447700900123", "burnerIds": [NUMBER], "blocked": True, "muted": False, "notes": {}, "dateCreated": 1678307200250, "verified": False},
    {"id": "c2", "userId": USER, "name": "", "phoneNumber": "07700 900456", "burnerIds": [], "blocked": False, "text": "landlord", "dateCreated": -1},
    {"id": "c3", "burnerIds": None, "phoneNumber": None, "name": None, "blocked": None, "dateCreated": 10**30},
    {"id": "no contact"}, "text", None])
answer(HOST + "/user/%s/contacts?page=2" % USER, [{"id": "c4", "userId": USER, "name": "In a file", "phoneNumber": "+447700900789", "burnerIds": [], "blocked": False, "text": "très long", "dateCreated": 1678307260250},
        {"id": "c5", "userId": USER, "name": 7, "phoneNumber": "+447700900321", "burnerIds": [], "text": {}}], "0A1B-1")
answer(HOST + "/user/%s/contacts?page=3" % USER, b'[{"id": "cut off"')
answer("https://api.example.org/contacts?page=1", [{"id": "c9", "name": "of another service", "phoneNumber": "1", "burnerIds": []}])
db.execute("INSERT INTO cfurl_cache_response (entry_ID, request_key) VALUES (99, NULL)")
db.commit()
db.close()
