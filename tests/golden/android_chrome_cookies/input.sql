-- path: data/data/com.android.chrome/app_chrome/Default/Cookies
CREATE TABLE cookies (creation_utc INTEGER NOT NULL, host_key TEXT NOT NULL, top_frame_site_key TEXT, name TEXT NOT NULL, value TEXT, encrypted_value BLOB, path TEXT, expires_utc INTEGER, is_secure INTEGER, is_httponly INTEGER, last_access_utc INTEGER);
-- Microseconds since 1601: 13300000000 s are 2022-06-18 04:26:40 UTC. An expiry of 0 is a cookie of the session; 9e18 is beyond the year 9999.
INSERT INTO cookies VALUES (13300000000000000, '.example.org', '', 'sid', 'abc', x'', '/', 13300000120000000, 1, 0, 13300000060000000), (13300000000000001, 'café.example.org', '', 'grüße', '', x'763130ff', '/a', 0, 0, 1, 0),
  (13300000000000002, 'x.example.org', '', 'n', NULL, NULL, NULL, 9000000000000000000, NULL, NULL, -1);
-- path: data/user/10/com.sec.android.app.sbrowser/app_sbrowser/Default/Cookies
CREATE TABLE cookies (creation_utc INTEGER NOT NULL UNIQUE PRIMARY KEY, host_key TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, path TEXT NOT NULL, expires_utc INTEGER NOT NULL, secure INTEGER NOT NULL, httponly INTEGER NOT NULL, last_access_utc INTEGER NOT NULL);
INSERT INTO cookies VALUES (13300000000000000, '.example.org', 'old', 'v', '/', 0, 1, 1, 13300000000000000);
-- path: data/data/com.example.app/app_webview/Default/Cookies
CREATE TABLE cookies (creation_utc INTEGER NOT NULL, host_key TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, path TEXT NOT NULL, expires_utc INTEGER NOT NULL, is_secure INTEGER NOT NULL, is_httponly INTEGER NOT NULL, last_access_utc INTEGER NOT NULL);
INSERT INTO cookies VALUES (0, '.example.org', 'w', 'v', '/', 0, 0, 0, 13300000000000000);
