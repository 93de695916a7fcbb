-- artifact: ios/burner/contacts
-- about:    people in the Burner app
-- record:   contact
-- app:      Burner
-- files:    */Library/Caches/com.adhoclabs.burner/Cache.db
-- files:    */Library/Caches/com.adhoclabs.burner/fsCachedData/*
-- with:     cache = */Library/Caches/com.adhoclabs.burner/Cache.db : cfurl_cache_response(entry_ID, request_key), cfurl_cache_receiver_data(entry_ID, isDataOnFS, receiver_data)
-- omits:    answers of the service that are no contacts
-- tested:   real data of Burner 5.3

-- when: cfurl_cache_response(entry_ID, request_key), cfurl_cache_receiver_data(entry_ID, isDataOnFS, receiver_data)
WITH j AS MATERIALIZED (
  SELECT _origin, url, CASE WHEN json_valid(t) THEN t END AS t
    FROM (SELECT r._origin, r.request_key AS url, CASE d.isDataOnFS WHEN 0 THEN CAST(d.receiver_data AS TEXT) END AS t
            FROM cfurl_cache_response r LEFT JOIN cfurl_cache_receiver_data d ON d.entry_ID = r.entry_ID WHERE r.request_key LIKE '%burnerapp.com/%')
), e AS MATERIALIZED (
  SELECT j._origin AS _origin, j.url, e.value AS v FROM j, json_each(CASE json_type(j.t) WHEN 'array' THEN j.t WHEN 'object' THEN json_array(json(j.t)) END) e WHERE e.type = 'object'
), c AS (
  SELECT * FROM e WHERE (url IS NULL OR url LIKE '%/contacts' OR url LIKE '%/contacts?%') AND json_type(v, '$.burnerIds') IS NOT NULL AND json_type(v, '$.phoneNumber') IS NOT NULL
)
SELECT c._origin,
       'id:' || nullif(v ->> '$.userId', '')     AS account,
       nullif(v ->> '$.name', '')                AS name,
       'phone:' || nullif(v ->> '$.phoneNumber', '') AS selectors,
       CASE json_type(v, '$.text') WHEN 'text' THEN nullif(v ->> '$.text', '') END AS note,
       v ->> '$.blocked'                         AS blocked,
       unix_ms(v ->> '$.dateCreated')            AS created_at
  FROM c;

-- A long answer is a file of its own, and the database only names it.
-- when: file
WITH j AS MATERIALIZED (
  SELECT 1 AS _origin, (SELECT r.request_key FROM cache_cfurl_cache_receiver_data d LEFT JOIN cache_cfurl_cache_response r ON r.entry_ID = d.entry_ID
                         WHERE d.isDataOnFS = 1 AND CAST(d.receiver_data AS TEXT) = file_name() LIMIT 1) AS url, CASE WHEN json_valid(t) THEN t END AS t FROM (SELECT CAST(file() AS TEXT) AS t)
), e AS MATERIALIZED (
  SELECT j._origin + e.key AS _origin, j.url, e.value AS v FROM j, json_each(CASE json_type(j.t) WHEN 'array' THEN j.t WHEN 'object' THEN json_array(json(j.t)) END) e WHERE e.type = 'object'
), c AS (
  SELECT * FROM e WHERE (url IS NULL OR url LIKE '%/contacts' OR url LIKE '%/contacts?%') AND json_type(v, '$.burnerIds') IS NOT NULL AND json_type(v, '$.phoneNumber') IS NOT NULL
)
SELECT c._origin,
       'id:' || nullif(v ->> '$.userId', '')     AS account,
       nullif(v ->> '$.name', '')                AS name,
       'phone:' || nullif(v ->> '$.phoneNumber', '') AS selectors,
       CASE json_type(v, '$.text') WHEN 'text' THEN nullif(v ->> '$.text', '') END AS note,
       v ->> '$.blocked'                         AS blocked,
       unix_ms(v ->> '$.dateCreated')            AS created_at
  FROM c;
