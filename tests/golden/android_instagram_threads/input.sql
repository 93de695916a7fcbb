-- path: data/data/com.instagram.android/databases/direct.db
CREATE TABLE threads (_id INTEGER PRIMARY KEY, user_id TEXT, thread_id TEXT, thread_info TEXT);
INSERT INTO threads VALUES
  (1, '501', 't1', '{"thread_title":"Żółw 🐢","recipients":[{"pk":"502","username":"Ola_K"},{"pk":503,"username":"sam"}]}'),
  (2, '501', 't2', '{"thread_title":"","recipients":[{"pk":"502"}]}'),
-- lists that hold no people, no list, a list cut off, JSON that is no object, no JSON, nothing
  (3, '501', 't3', '{"thread_title":7,"recipients":["no object",7,null,[1]]}'), (4, '501', 't4', '{"recipients":"none"}'), (5, '501', 't5', '{"recipients":['), (6, '501', 't6', '[1,2]'),
  (7, '501', 't7', 'not JSON'), (8, NULL, NULL, NULL), (9, 'x', 't9', x'ff00'), (10, '501', 't10', '{"recipients":[{"username":"without a number"}]}');
-- path: data/user/10/com.instagram.android/databases/direct.db
CREATE TABLE threads (_id INTEGER PRIMARY KEY, user_id TEXT, thread_id TEXT, thread_info TEXT);
INSERT INTO threads VALUES (1, '510', 't1', '{"recipients":[{"pk":1}]}');
