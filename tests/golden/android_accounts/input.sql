-- path: data/system_ce/0/accounts_ce.db
CREATE TABLE accounts (_id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, type TEXT NOT NULL, password TEXT, UNIQUE(name,type));
INSERT INTO accounts VALUES (1, 'Zoë.Example@example.org', 'com.google', 'secret'), (2, 'WhatsApp', 'com.whatsapp', NULL);
-- path: data/system_de/0/accounts_de.db
CREATE TABLE accounts (_id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, previous_name TEXT, last_password_entry_time_millis_epoch INTEGER DEFAULT 0, UNIQUE(name,type));
CREATE TABLE debug_table (_id INTEGER, action_type TEXT NOT NULL, time DATETIME, caller_uid INTEGER NOT NULL, table_name TEXT NOT NULL, primary_key INTEGER PRIMARY KEY);
-- 1684576800000 is 2023-05-20 10:00:00 UTC: 11:00 on a phone in summer time. Account 3 was signed in again a month after it was added.
INSERT INTO accounts VALUES (1, 'zoe@example.org', 'com.google', NULL, 1684576800000), (2, '+447700900001', 'org.example.chat', NULL, 1684576900000), (3, 'jay_ldn', 'com.example.social', NULL, 1687255200000),
  (4, 'Signal', 'org.thoughtcrime.securesms', NULL, 0), (5, 'Björn', 'com.example.social', NULL, -5), (6, '@Roadman', 'com.example.video', NULL, NULL), (7, '123456789', 'org.telegram.messenger', NULL, 9223372036854775807);
INSERT INTO debug_table VALUES (1, 'action_account_add', '2023-05-20 11:00:00', 1000, 'accounts', 1), (3, 'action_account_add', '2023-05-20 11:05:00', 1000, 'accounts', 2), (3, 'action_set_password', '2023-06-20 11:00:00', 1000, 'accounts', 3),
  (99, 'action_account_add', '2023-05-20 11:06:00', 1000, 'accounts', 4), (4, 'action_account_add', NULL, 1000, 'accounts', 5), (5, 'action_account_add', 'no time', 1000, 'accounts', 6);
-- path: data/system_de/10/accounts_de.db
CREATE TABLE accounts (_id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, previous_name TEXT, last_password_entry_time_millis_epoch INTEGER DEFAULT 0, UNIQUE(name,type));
INSERT INTO accounts VALUES (1, 'other@example.org', 'com.google', NULL, 1684576800000);
