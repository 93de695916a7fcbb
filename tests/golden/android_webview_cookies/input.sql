-- path: data/data/com.example.app/databases/webview.db
CREATE TABLE cookies (_id INTEGER PRIMARY KEY, name TEXT, value TEXT, domain TEXT, path TEXT, expires INTEGER, secure INTEGER);
INSERT INTO cookies VALUES (1, 'sid', 'wért', '.example.org', '/', 1678307200000, 1), (2, 'none', '', 'example.org', NULL, NULL, NULL), (3, NULL, NULL, NULL, '/', 9223372036854775807, 0);
-- path: data/user/10/com.android.browser/databases/webviewCookiesChromium.db
CREATE TABLE cookies (creation_utc INTEGER NOT NULL UNIQUE PRIMARY KEY, host_key TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, path TEXT NOT NULL, expires_utc INTEGER NOT NULL, secure INTEGER NOT NULL, httponly INTEGER NOT NULL, last_access_utc INTEGER NOT NULL);
-- 13300000000 s since 1601 are 2022-06-18 04:26:40 UTC.
INSERT INTO cookies VALUES (13300000000000000, '.example.org', 'c', 'v', '/', 0, 0, 1, 13300000060000000);
