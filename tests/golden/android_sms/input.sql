-- path: data/user_de/0/com.android.providers.telephony/databases/mmssms.db
CREATE TABLE sms(_id INTEGER PRIMARY KEY, thread_id INTEGER, address TEXT, date INTEGER, date_sent INTEGER, read INTEGER, type INTEGER, body TEXT);
INSERT INTO sms VALUES(1, 4, '07700 900001', 1678307200000, 1678307198000, 1, 1, 'naïve 😀'), (2, 4, '+447700900001', 1678307260000, 0, 1, 2, 'answer'),
  (3, NULL, 'Bank', 1678307320000, 0, 0, 1, NULL), (4, 5, NULL, 0, 0, 0, 3, 'a draft'), (5, 5, '+447700900002', 1678307380000, 0, 0, 5, 'not sent');
-- path: data/user_de/10/com.android.providers.telephony/databases/mmssms.db
CREATE TABLE sms(_id INTEGER PRIMARY KEY, thread_id INTEGER, address TEXT, date INTEGER, date_sent INTEGER, read INTEGER, type INTEGER, body TEXT);
INSERT INTO sms VALUES(1, 1, '+447700900009', 1678307440000, 0, 0, 1, 'second user');
-- path: data/user_de/11/com.android.providers.telephony/databases/mmssms.db
CREATE TABLE sms(_id INTEGER PRIMARY KEY, thread_id INTEGER, address TEXT, date INTEGER, date_sent INTEGER, read INTEGER, type INTEGER, body TEXT);
INSERT INTO sms VALUES(1, 1, '+447700900011', 1678307200000, 0, 0, 0, 'of all boxes'), (2, 1, '+447700900011', 1678307200000, 0, 0, 4711, 'another maker''s number'), (3, 1, '+447700900011', 1678307200000, 0, 0, NULL, 'no type'), (4, 1, '+447700900011', 1678307200000, 0, 0, 7, 'seven'),
  (5, 1, '+447700900011', 1678307200000, 0, 0, 4, 'outbox'), (6, 1, '+447700900011', 1678307200000, 0, 0, 6, 'queued'), (7, 1, x'ff', 9223372036854775807, 'never', 0, 1, x'416d62fc');
-- path: data/user_de/12/com.android.providers.telephony/databases/mmssms.db
CREATE TABLE sms(_id INTEGER PRIMARY KEY, thread_id INTEGER, address TEXT, date INTEGER, date_sent INTEGER, read INTEGER, type INTEGER, body TEXT, lgeMsgType INTEGER, lgeSiid INTEGER);
INSERT INTO sms VALUES(1, 1, '+447700900012', 1678307200000, 1678307198000, 0, 7, 'blocked', NULL, NULL), (2, 1, '+447700900012', 1678307200000, 0, 0, 8, 'scheduled', NULL, NULL), (3, 1, '50', 1678307200000, 0, 1, 19, 'broadcast', NULL, NULL), (4, 1, '+447700900012', 1678307200000, 0, 0, 9, 'nine', NULL, NULL);
