-- path: data/data/com.instagram.android/databases/direct.db
CREATE TABLE messages (_id INTEGER PRIMARY KEY, user_id TEXT, server_item_id TEXT, thread_id TEXT, recipient_ids TEXT, timestamp INTEGER, message_type TEXT, text TEXT, message TEXT);
INSERT INTO messages VALUES
  (1, '501', 'i1', 't1', NULL, 1700000000000000, 'text', 'grüß dich', '{"user_id":"502","item_id":"i1"}'),
  (2, '501', NULL, 't1', NULL, 1700000060000000, 'text', 'hello', '{"user_id":"501","item_id":"i2"}'),
  (3, '501', 'i3', 't1', NULL, 1700000120000000, 'media', NULL, '{"user_id":502,"media":{"media_type":2,"image_versions2":{"candidates":[{"url":"https://example.org/v.jpg"}]}}}'),
  (4, '501', 'i4', 't1', NULL, 1700000180000000, 'text', 'broken', '{"user_id":'),
  (5, '501', 'i5', NULL, NULL, NULL, 'no such type', NULL, '{}');
