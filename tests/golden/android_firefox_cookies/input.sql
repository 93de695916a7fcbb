-- path: data/data/org.mozilla.firefox/files/mozilla/abcd.default/cookies.sqlite
CREATE TABLE moz_cookies (id INTEGER PRIMARY KEY, originAttributes TEXT NOT NULL DEFAULT '', name TEXT, value TEXT, host TEXT, path TEXT, expiry INTEGER, lastAccessed INTEGER, creationTime INTEGER, isSecure INTEGER, isHttpOnly INTEGER);
-- Created and used in microseconds; the expiry in seconds until Firefox 139, in milliseconds since.
INSERT INTO moz_cookies VALUES (1, '', 'sid', 'äöü', '.example.org', '/', 1709843200, 1678307260000000, 1678307200000000, 1, 0), (2, '', 'new', 'v', 'example.org', '/p', 1709843200000, 1678307260000000, 1678307200000000, 0, 1),
  (3, '', 'none', '', 'example.org', NULL, 0, NULL, 0, NULL, NULL), (4, '', 'far', NULL, NULL, '/', 9223372036854775807, -1, 9223372036854775807, 0, 0);
-- path: data/user/10/org.mozilla.firefox/files/mozilla/efgh.default/cookies.sqlite
CREATE TABLE moz_cookies (id INTEGER PRIMARY KEY, name TEXT, value TEXT, host TEXT, path TEXT, expiry INTEGER);
INSERT INTO moz_cookies VALUES (1, 'second', 'user', 'example.org', '/', 1709843200);
