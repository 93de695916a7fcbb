-- path: data/data/com.sec.android.provider.logsprovider/databases/logs.db
CREATE TABLE logs (_id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT, address TEXT, date INTEGER, duration INTEGER, type INTEGER, new INTEGER, name TEXT, messageid TEXT, logtype INTEGER NOT NULL, contactid INTEGER NOT NULL DEFAULT 0, m_subject TEXT, m_content TEXT);
INSERT INTO logs(_id, number, date, duration, type, name, messageid, logtype, m_subject, m_content) VALUES (1, '07700 900001', 1678307200000, 0, 1, 'Zoë', '41', 300, NULL, 'naïve 😀'), (2, '+447700900001', 1678307260000, 0, 2, NULL, '42', 300, '', 'answer'),
  (3, '07700 900002', 1678307320000, 0, 1, NULL, '7', 200, 'a picture', ''), (4, NULL, -1, NULL, NULL, NULL, NULL, 300, NULL, NULL), (5, '07700 900001', 1678307380000, 5, 1, NULL, NULL, 100, NULL, NULL);
-- path: data/user/10/com.sec.android.provider.logsprovider/databases/logs.db
CREATE TABLE logs (_id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT, address TEXT, date INTEGER, duration INTEGER, type INTEGER, new INTEGER, name TEXT, messageid TEXT, logtype INTEGER NOT NULL, contactid INTEGER NOT NULL DEFAULT 0, m_subject TEXT, m_content TEXT);
INSERT INTO logs(_id, number, date, type, logtype, m_content) VALUES (1, '+447700900009', 9223372036854775807, 1, 300, 'second user');
