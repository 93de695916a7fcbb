-- path: data/data/com.sec.android.provider.logsprovider/databases/logs.db
CREATE TABLE logs (_id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT, address TEXT, date INTEGER, duration INTEGER, type INTEGER, new INTEGER, name TEXT, messageid TEXT, logtype INTEGER NOT NULL, contactid INTEGER NOT NULL DEFAULT 0, m_subject TEXT, m_content TEXT);
-- logtype 100 is a call, 500 a video call, 300 an SMS, 400 an e-mail.
INSERT INTO logs(_id, number, date, duration, type, name, logtype, m_content) VALUES (1, '07700 900001', 1678307200000, 61, 1, 'Zoë', 100, NULL), (2, '+447700900001', 1678307260000, 0, 2, NULL, 500, NULL), (3, '', 1678307320000, 0, 3, NULL, 100, NULL),
  (4, NULL, 9223372036854775807, NULL, NULL, NULL, 100, NULL), (5, '07700 900002', 1678307380000, 0, 5, NULL, 1000, NULL), (6, '07700 900003', 1678307400000, 0, 1, NULL, 300, 'a message'), (7, 'a@example.org', 1678307400000, 0, 1, NULL, 400, NULL);
-- path: data/user/10/com.sec.android.provider.logsprovider/databases/logs.db
CREATE TABLE logs (_id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT, date INTEGER, duration INTEGER, type INTEGER, name TEXT);
INSERT INTO logs VALUES (1, '07700 900009', 1678307440000, 5, 2, NULL);
