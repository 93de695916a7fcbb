-- artifact: ios/bereal/account
-- about:    the BeReal account that is signed in
-- record:   account
-- app:      BeReal
-- files:    */Library/Caches/disk-bereal-ProfileRepository/*
-- tested:   real data of BeReal 1.1

WITH o(j) AS MATERIALIZED (
  SELECT CASE WHEN json_valid(t) THEN CASE json_type(t, '$.object') WHEN 'object' THEN json_extract(t, '$.object') END END FROM (SELECT CAST(file() AS TEXT) AS t)
)
SELECT 1                                AS _origin,
       'id:' || (o.j ->> '$.id')        AS account,
       'BeReal'                         AS service,
       'id:' || (o.j ->> '$.id')        AS user_id,
       nullif(o.j ->> '$.username', '') AS handle,
       nullif(o.j ->> '$.fullname', '') AS display_name,
       nullif(o.j ->> '$.phoneNumber', '') AS phone,
       1                                AS signed_in,
       cocoa_s(o.j ->> '$.createdAt')   AS created_at
  FROM o
 WHERE o.j IS NOT NULL;
