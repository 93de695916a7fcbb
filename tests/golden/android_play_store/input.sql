-- path: data/data/com.android.vending/databases/localappstate.db
CREATE TABLE appstate (package_name TEXT, auto_update INTEGER, desired_version INTEGER, account TEXT, title TEXT, last_update_timestamp_ms INTEGER, first_download_ms INTEGER);
INSERT INTO appstate VALUES ('com.whatsapp', 1, -1, 'zoe@example.org', 'WhatsApp', 1678307260000, 1678307200000), ('com.example.größe', 1, -1, NULL, 'Größe', 0, 0), (NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  ('com.example.far', 1, -1, '', NULL, 9223372036854775807, -1);
-- path: data/user/10/com.android.vending/databases/localappstate.db
CREATE TABLE appstate (package_name TEXT);
INSERT INTO appstate VALUES ('com.example.second');
