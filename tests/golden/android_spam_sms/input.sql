-- path: data/user_de/0/com.android.providers.telephony/databases/mmssms.db
CREATE TABLE sms(_id INTEGER PRIMARY KEY, thread_id INTEGER, address TEXT, date INTEGER, date_sent INTEGER, read INTEGER, type INTEGER, body TEXT);
CREATE TABLE spam_sms(_id INTEGER PRIMARY KEY, thread_id INTEGER, address TEXT, date INTEGER, date_sent INTEGER, read INTEGER, type INTEGER, body TEXT);
INSERT INTO sms VALUES(1, 4, '07700 900001', 1678307200000, 1678307198000, 1, 1, 'no spam');
INSERT INTO spam_sms VALUES(1, 4, '07700 900002', 1678307200000, 1678307198000, 1, 1, 'Gewinn für Sie'), (2, NULL, NULL, 9223372036854775807, -1, NULL, 1, NULL), (3, 99, '+447700900003', 1678307260000, 0, 0, 2, 'stop'), (4, NULL, 'PRIZE', 1678307320000, 0, 0, 77, 'x');
-- path: data/user_de/10/com.android.providers.telephony/databases/mmssms.db
CREATE TABLE spam_sms(_id INTEGER PRIMARY KEY, thread_id INTEGER, address TEXT, date INTEGER, type INTEGER, body TEXT);
INSERT INTO spam_sms VALUES(1, 1, '07700 900009', 1678307200000, 1, 'second user');
