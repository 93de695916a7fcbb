-- artifact: android/x/searches
-- about:    words searched for on X (Twitter)
-- record:   search
-- app:      X
-- files:    */com.twitter.android/databases/*.db
-- tested:   real data of 2016

-- when: search_queries(name, query, time)
SELECT q._origin,
       coalesce(nullif(q.query, ''), q.name) AS term,
       'X'              AS engine,
       unix_ms(q.time)  AS at
  FROM search_queries q;
