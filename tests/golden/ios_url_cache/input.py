"""An app's web cache: what lies in the database, and what lies beside it in a file of its own."""
import os, sqlite3, sys

SCHEMA = """
CREATE TABLE cfurl_cache_response (entry_ID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, version INTEGER, hash_value INTEGER, storage_policy INTEGER, request_key TEXT UNIQUE,
  time_stamp NOT NULL DEFAULT CURRENT_TIMESTAMP, partition TEXT);
CREATE TABLE cfurl_cache_receiver_data (entry_ID INTEGER PRIMARY KEY, isDataOnFS INTEGER, receiver_data BLOB);
"""


def cache(app, responses, data, files=()):
    folder = os.path.join(sys.argv[1], "private/var/mobile/Containers/Data/Application/6F1C/Library/Caches", app)
    os.makedirs(os.path.join(folder, "fsCachedData"))
    for name in files:
        with open(os.path.join(folder, "fsCachedData", name), "wb") as f:
            f.write(b"\x89PNG and more")
    db = sqlite3.connect(os.path.join(folder, "Cache.db"))
    db.executescript(SCHEMA)
    db.executemany("INSERT INTO cfurl_cache_response VALUES (?, 0, ?, 0, ?, ?, NULL)", responses)
    db.executemany("INSERT INTO cfurl_cache_receiver_data VALUES (?, ?, ?)", data)
    db.commit()
    db.close()


cache("com.hammerandchisel.discord", [
    (1, 11, "https://cdn.example.org/été.png", "2023-03-08 20:26:40"),
    (2, 12, "https://api.example.org/messages", "2023-03-08 20:27:40"),
    (3, 13, "https://api.example.org/nothing", "2023-03-08 20:28:40"),
    (4, 14, None, "not a time"),
], [(1, 1, "0A1B2C3D-0001-4000-8000-000000000001"), (2, 0, "[\"ünï\"]"), (4, None, None), (77, 0, b"of no response")], ["0A1B2C3D-0001-4000-8000-000000000001"])
cache("com.adhoclabs.burner", [(1, 21, "https://api.example.org/burners", "12023-03-08 20:27:40")], [(1, 1, b"0A1B2C3D-0001-4000-8000-000000000009")])
