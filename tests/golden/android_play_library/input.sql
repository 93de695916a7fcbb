-- path: data/data/com.android.vending/databases/library.db
CREATE TABLE ownership (account STRING, library_id STRING, backend INTEGER, doc_id STRING, doc_type INTEGER, offer_type INTEGER, purchase_time INTEGER);
INSERT INTO ownership VALUES ('zoe@example.org', '3', 3, 'com.whatsapp', 1, 1, 1678307200000), ('zoe@example.org', '3', 3, 'com.example.größe', 1, 1, 0), ('', NULL, NULL, NULL, NULL, NULL, 9223372036854775807), (NULL, '3', 3, 'inapp:com.example.game:gems', 11, 1, NULL);
-- path: data/user/10/com.android.vending/databases/library.db
CREATE TABLE ownership (account STRING, doc_id STRING, purchase_time INTEGER);
INSERT INTO ownership VALUES ('other@example.org', 'com.example.second', 1678307260000);
