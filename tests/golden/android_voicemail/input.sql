-- path: data/data/com.android.providers.contacts/databases/calllog.db
CREATE TABLE calls(_id INTEGER PRIMARY KEY, number TEXT, date INTEGER, duration INTEGER, type INTEGER, voicemail_uri TEXT, _data TEXT, has_content INTEGER, mime_type TEXT, source_package TEXT, transcription TEXT, is_read INTEGER, deleted INTEGER);
-- Type 4 is a message on the answering machine, and no other.
INSERT INTO calls VALUES(1, '07700 900001', 1678307200000, 12, 4, 'content://x/1', '/data/user/0/com.android.providers.contacts/files/v1.amr', 1, 'audio/amr', 'com.android.phone', 'Ruf mich zurück', 1, 0),
  (2, '07700 900002', 1678307260000, 0, 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0), (3, '', 9223372036854775807, NULL, 4, NULL, '', 0, '', NULL, '', 0, 1), (4, NULL, NULL, NULL, 4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
-- path: data/user/10/com.android.providers.contacts/databases/calllog.db
CREATE TABLE calls(_id INTEGER PRIMARY KEY, number TEXT, date INTEGER, duration INTEGER, type INTEGER);
INSERT INTO calls VALUES(1, '07700 900009', 1678307320000, 3, 4);
