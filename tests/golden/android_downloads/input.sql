-- path: data/data/com.android.providers.downloads/databases/downloads.db
CREATE TABLE downloads (_id INTEGER PRIMARY KEY AUTOINCREMENT, uri TEXT, hint TEXT, _data TEXT, mimetype TEXT, lastmod BIGINT, notificationpackage TEXT, total_bytes INTEGER, current_bytes INTEGER, title TEXT NOT NULL DEFAULT '', referer TEXT, deleted BOOLEAN NOT NULL DEFAULT 0);
-- total_bytes is -1 where the server did not say; lastmod counts milliseconds.
INSERT INTO downloads VALUES (1, 'https://example.org/é.apk', NULL, '/storage/emulated/0/Download/é.apk', 'application/vnd.android.package-archive', 1678307200000, 'com.android.chrome', 4096, 4096, 'é.apk', 'https://example.org/', 0),
  (2, 'https://example.org/b', 'file:///storage/emulated/0/b', NULL, NULL, 0, NULL, -1, 0, '', '', 1), (3, NULL, NULL, NULL, NULL, 9223372036854775807, NULL, NULL, NULL, '', NULL, 0);
-- path: data/user/10/com.android.providers.downloads/databases/downloads.db
CREATE TABLE downloads (_id INTEGER PRIMARY KEY AUTOINCREMENT, uri TEXT, _data TEXT, lastmod BIGINT, total_bytes INTEGER);
INSERT INTO downloads VALUES (1, 'https://example.org/second', '/storage/emulated/10/Download/second', 1678307260000, 0);
