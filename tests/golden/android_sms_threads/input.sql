-- path: data/user_de/0/com.android.providers.telephony/databases/mmssms.db
CREATE TABLE threads (_id INTEGER PRIMARY KEY, date INTEGER, recipient_ids TEXT, snippet TEXT, archived INTEGER);
CREATE TABLE canonical_addresses (_id INTEGER PRIMARY KEY, address TEXT);
INSERT INTO canonical_addresses VALUES (1, '07700 900001'), (2, '+447700900002'), (3, 'Bänk'), (11, '+447700900011'), (12, x'ff');
INSERT INTO threads VALUES (1, 1700000000000, '1', 'é', 0), (2, 1700000000000, '1 2', NULL, 1), (3, 0, '11', NULL, NULL), (4, 0, '77', 'joins nowhere', 0), (5, NULL, NULL, NULL, NULL), (6, 0, '', NULL, 4711), (7, 0, '3 12', NULL, 0), (8, 0, '%', NULL, 0);
-- path: data/user_de/10/com.android.providers.telephony/databases/mmssms.db
CREATE TABLE threads (_id INTEGER PRIMARY KEY, recipient_ids TEXT);
INSERT INTO threads VALUES (1, '1');
