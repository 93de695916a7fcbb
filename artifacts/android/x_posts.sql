-- artifact: android/x/posts
-- about:    posts that X (Twitter) kept: the user's own and those of others it showed
-- record:   social
-- app:      X
-- files:    */com.twitter.android/databases/*.db
-- tested:   real data of 2016

-- when: statuses(status_id, author_id, content, created, ?in_r_user_id)
SELECT s._origin,
       'post'                    AS act,
       'id:' || s.author_id      AS actor,
       'id:' || nullif(nullif(s.in_r_user_id, 0), -1) AS target,
       CAST(s.content AS TEXT)   AS text,
       unix_ms(s.created)        AS at,
       s.status_id               AS post_id
  FROM statuses s;
