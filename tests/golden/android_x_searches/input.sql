-- path: data/data/com.twitter.android/databases/601-search.db
CREATE TABLE search_queries (_id INTEGER PRIMARY KEY, type INTEGER, name TEXT, query TEXT, time INTEGER);
INSERT INTO search_queries VALUES (1, 0, 'niño perdido', 'niño perdido 😀', 1700000000000), (2, 0, 'only a name', NULL, 1700000060000), (3, 0, 'empty query', '', 0), (4, NULL, NULL, NULL, NULL), (5, 6, 'x', 'far', 9223372036854775807);
-- path: data/user/10/com.twitter.android/databases/610-search.db
CREATE TABLE search_queries (_id INTEGER PRIMARY KEY, name TEXT, query TEXT, time INTEGER);
INSERT INTO search_queries VALUES (1, 'a', 'second user', -1);
