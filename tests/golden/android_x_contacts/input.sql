-- path: data/data/com.twitter.android/databases/601-44.db
CREATE TABLE users (_id INTEGER PRIMARY KEY, user_id INTEGER UNIQUE, username TEXT, name TEXT, description TEXT, friendship_time INTEGER, profile_created INTEGER);
INSERT INTO users VALUES (1, 602, 'Ana_B', 'Ana Ñ 😀', 'señal', 1700000000000, 1300000000000), (2, 603, 'sam', '', '', 0, 0), (3, NULL, NULL, NULL, NULL, NULL, NULL), (4, 604, x'ff41', x'42', NULL, 9223372036854775807, -1);
-- path: data/user/10/com.twitter.android/databases/610-44.db
CREATE TABLE users (_id INTEGER PRIMARY KEY, user_id INTEGER UNIQUE, username TEXT, name TEXT);
INSERT INTO users VALUES (1, 611, 'ten', 'Ten');
