-- path: data/data/com.snapchat.android/databases/main.db
CREATE TABLE Friend (_id INTEGER PRIMARY KEY, username TEXT, userId TEXT, displayName TEXT, phone TEXT, addedTimestamp INTEGER, isBlocked INTEGER);
INSERT INTO Friend VALUES (1, 'Zoe_1', 'u-1', 'Zoë 😀', '07700 900001', 1700000000000, 0), (2, 'sam', 'u-2', '', '', 0, 1), (3, NULL, NULL, NULL, NULL, NULL, NULL), (4, 'late', 'u-4', NULL, NULL, 9223372036854775807, 4711), (5, x'41ff', x'00', x'42', x'43', 'never', 0);
-- path: data/user/10/com.snapchat.android/databases/main.db
CREATE TABLE Friend (username TEXT, userId TEXT, displayName TEXT);
INSERT INTO Friend VALUES ('second', 'u-9', 'Of the second user');
