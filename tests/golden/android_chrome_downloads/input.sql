-- path: data/data/com.android.chrome/app_chrome/Default/History
CREATE TABLE downloads (id INTEGER PRIMARY KEY, guid VARCHAR, current_path LONGVARCHAR, target_path LONGVARCHAR, start_time INTEGER, received_bytes INTEGER, total_bytes INTEGER, state INTEGER, end_time INTEGER, referrer VARCHAR, tab_url VARCHAR, mime_type VARCHAR);
CREATE TABLE downloads_url_chains (id INTEGER NOT NULL, chain_index INTEGER NOT NULL, url LONGVARCHAR NOT NULL, PRIMARY KEY (id, chain_index));
-- 13300000000 s since 1601 are 2022-06-18 04:26:40 UTC. The last address of a chain is the one that sent the file. total_bytes is 0 where the server did not say.
INSERT INTO downloads VALUES (1, 'a', '/x.crdownload', '/storage/emulated/0/Download/naïve plan.pdf', 13300000000000000, 10, 2048, 1, 13300000060000000, 'https://example.org/page', 'https://example.org/tab', 'application/pdf'),
  (2, 'b', '', '', 0, 0, 0, 2, 0, '', 'https://example.org/only-tab', ''), (3, 'c', NULL, NULL, NULL, NULL, NULL, NULL, 9223372036854775807, NULL, NULL, NULL);
INSERT INTO downloads_url_chains VALUES (1, 0, 'https://example.org/link'), (1, 1, 'https://cdn.example.org/f.pdf'), (99, 0, 'https://example.org/of-no-download');
-- path: data/user/10/com.android.chrome/app_chrome/Default/History
CREATE TABLE downloads (id INTEGER PRIMARY KEY, full_path LONGVARCHAR NOT NULL, url LONGVARCHAR NOT NULL, start_time INTEGER NOT NULL, received_bytes INTEGER NOT NULL, total_bytes INTEGER NOT NULL, state INTEGER NOT NULL);
-- Before 2012: seconds since 1970.
INSERT INTO downloads VALUES (1, '/sdcard/old.zip', 'https://example.org/old.zip', 1308371200, 5, 5, 1);
