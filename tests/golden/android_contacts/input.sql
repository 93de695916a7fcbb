-- path: data/data/com.android.providers.contacts/databases/contacts2.db
CREATE TABLE raw_contacts (_id INTEGER PRIMARY KEY, contact_id INTEGER, display_name TEXT, deleted INTEGER NOT NULL DEFAULT 0, starred INTEGER, last_time_contacted INTEGER, account_id INTEGER);
CREATE TABLE contacts (_id INTEGER PRIMARY KEY, last_time_contacted INTEGER);
CREATE TABLE mimetypes (_id INTEGER PRIMARY KEY, mimetype TEXT);
CREATE TABLE data (_id INTEGER PRIMARY KEY, raw_contact_id INTEGER, mimetype_id INTEGER, data1 TEXT, data4 TEXT);
INSERT INTO mimetypes VALUES (1, 'vnd.android.cursor.item/name'), (2, 'vnd.android.cursor.item/phone_v2'), (3, 'vnd.android.cursor.item/email_v2'), (4, 'vnd.android.cursor.item/organization'), (5, 'vnd.android.cursor.item/note'), (6, 'vnd.android.cursor.item/nickname'), (7, 'vnd.android.cursor.item/photo');
INSERT INTO raw_contacts VALUES (1, 1, 'Zoë Ångström 😀', 0, 1, NULL, 1), (2, 2, NULL, 0, 0, 1700000000000, 1), (3, NULL, 'Taken out', 1, 0, 0, 1), (4, 77, NULL, 0, NULL, 9223372036854775807, NULL), (5, 1, 'Bytes', 0, 0, NULL, NULL);
INSERT INTO contacts VALUES (1, 1700000060000), (2, 1700000120000);
INSERT INTO data VALUES (1, 1, 1, 'Zoë Ångström 😀', NULL), (2, 1, 2, '07700 900001', '+447700900001'), (3, 1, 2, '+44 7700 900002', NULL), (4, 1, 3, 'Zoe@Example.org', NULL), (5, 1, 4, 'Müller & Co', NULL), (6, 1, 5, 'met at the gate', NULL), (7, 1, 6, 'Zo', NULL), (8, 1, 7, NULL, NULL),
  (9, 2, 1, 'Name in data only', NULL), (10, 2, 2, '', NULL), (11, 2, 2, NULL, NULL), (12, 3, 2, '+447700900003', NULL), (13, 999, 2, '+447700900009', NULL), (14, 4, 99, 'of a type nobody knows', NULL), (15, 5, 2, x'3037ff', NULL);
-- path: data/user/10/com.android.providers.contacts/databases/contacts2.db
CREATE TABLE raw_contacts (_id INTEGER PRIMARY KEY, display_name TEXT);
CREATE TABLE mimetypes (_id INTEGER PRIMARY KEY, mimetype TEXT);
CREATE TABLE data (_id INTEGER PRIMARY KEY, raw_contact_id INTEGER, mimetype_id INTEGER, data1 TEXT);
INSERT INTO mimetypes VALUES (5, 'vnd.android.cursor.item/phone_v2');
INSERT INTO raw_contacts VALUES (1, 'Second user''s');
INSERT INTO data VALUES (1, 1, 5, '999');
