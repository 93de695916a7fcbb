-- path: data/data/com.twitter.android/databases/601-44.db
CREATE TABLE statuses (_id INTEGER PRIMARY KEY, status_id INTEGER, author_id INTEGER, content BLOB, created INTEGER, in_r_user_id INTEGER);
INSERT INTO statuses VALUES
  (1, 9001, 601, CAST('señal 😀' AS BLOB), 1700000000000, 0), (2, 9002, 602, 'answer', 1700000060000, 601), (3, NULL, NULL, NULL, NULL, NULL), (4, 9004, 603, x'', 0, -1);
