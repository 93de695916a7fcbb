-- path: data/data/com.instagram.android/databases/direct.db
CREATE TABLE threads (_id INTEGER PRIMARY KEY, user_id TEXT, thread_id TEXT, thread_info TEXT);
INSERT INTO threads VALUES
  (1, '501', 't1', '{"users":[{"pk":"502","username":"Ola_K","full_name":"Ola Kośba"},{"pk":503,"username":"sam","full_name":""}]}'),
  (2, '501', 't2', '{"users":["no object",7,null]}'), (3, '501', 't3', '{"users":['), (4, '501', 't4', NULL),
  (5, '501', 't5', '{"users":[{"pk":"504","username":"last","full_name":"After the broken ones"}]}');
