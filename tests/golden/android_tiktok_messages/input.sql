-- path: data/data/com.zhiliaoapp.musically/databases/7001_im.db
CREATE TABLE msg (msg_uuid TEXT PRIMARY KEY, msg_server_id INTEGER, conversation_id TEXT, type INTEGER, created_time INTEGER, read_status INTEGER, content TEXT, deleted INTEGER, sender INTEGER);
INSERT INTO msg VALUES
  ('u1', 1, '0:1:7001:7002', 7, 1700000000000, 1, '{"text":"olá 😀"}', 0, 7002),
  ('u2', 2, '0:1:7001:7002', 7, 1700000060000, 0, '{"text":"reply"}', 0, 7001),
  ('u3', 3, '0:1:7001:7002', 7, 1700000120000, 0, '{"text":"cut', 0, 7002),
  ('u4', 4, '0:1:7001:7002', 5, 1700000180000, 0, '{"url":{"url_list":["https://example.org/s.webp"]}}', 0, 7002),
  ('u5', NULL, NULL, 4711, NULL, NULL, NULL, NULL, NULL),
  ('u6', 6, '0:1:7001:7002', 7, 1700000240000, 1, '{"text":"taken back"}', 1, 7001), ('u7', 7, '0:1:7001:7002', 7, 9223372036854775807, 0, '"a JSON text"', 0, 7002), ('u8', 8, '0:1:7001:7002', 7, 1700000300000, 0, '{"text":{"not":"a text"}}', 0, x'ff');
