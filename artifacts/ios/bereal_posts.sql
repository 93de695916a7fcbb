-- artifact: ios/bereal/posts
-- about:    the account's own BeReals, which the app calls memories
-- record:   social
-- app:      BeReal
-- files:    */Library/Caches/disk-bereal-MemoriesRepository-subject-key/*
-- tested:   real data of BeReal 1.1

-- A memory has the day it was made for, not the moment: that day's beginning where the phone was.
WITH f(t) AS MATERIALIZED (
  SELECT CASE WHEN json_valid(t) THEN t END FROM (SELECT CAST(file() AS TEXT) AS t)
)
SELECT 1 + e.key                                AS _origin,
       'post'                                   AS act,
       e.value ->> '$.id'                       AS post_id,
       e.value ->> '$.primary.url'              AS url,
       coalesce(nullif(e.value ->> '$.caption', ''), 'BeReal of ' || (e.value ->> '$.memoryDay')) AS text,
       cocoa_s(e.value ->> '$.memoryDate')      AS at
  FROM f, json_each(CASE json_type(f.t, '$.object') WHEN 'array' THEN f.t END, '$.object') e
 WHERE e.type = 'object';
