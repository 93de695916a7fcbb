-- path: data/data/com.android.providers.contacts/databases/calllog.db
CREATE TABLE calls(_id INTEGER PRIMARY KEY, number TEXT, date INTEGER, duration INTEGER, type INTEGER, features INTEGER, phone_account_address TEXT);
INSERT INTO calls VALUES(1, '07700 900001', 1678307200000, 61, 1, 0, '+447700900999'), (2, '+447700900001', 1678307260000, 0, 2, 1, NULL),
  (3, '', 1678307320000, 0, 3, 0, ''), (4, '+447700900002', -1, 0, 5, NULL, NULL), (5, '+447700900002', 1678307380000, 0, 6, 0, NULL), (6, '+447700900003', 1678307440000, 9, 99, 0, NULL);
-- path: data/data/com.android.providers.contacts/databases/contacts2.db
CREATE TABLE calls(_id INTEGER PRIMARY KEY, number TEXT, date INTEGER, duration INTEGER, type INTEGER);
INSERT INTO calls VALUES(1, '+447700900004', 1378307200000, 5, 2);
