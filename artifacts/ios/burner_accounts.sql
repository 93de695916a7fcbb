-- artifact: ios/burner/accounts
-- about:    the Burner account and its throwaway numbers
-- record:   account
-- app:      Burner
-- files:    */Library/Caches/com.adhoclabs.burner/Cache.db
-- omits:    answers of the service that tell of no account or number, and earlier ones that tell of the same
-- tested:   real data of Burner 5.3

-- when: cfurl_cache_response(entry_ID, request_key), cfurl_cache_receiver_data(entry_ID, isDataOnFS, receiver_data)
WITH j AS MATERIALIZED (
  SELECT _origin, url, CASE WHEN json_valid(t) THEN t END AS t
    FROM (SELECT r._origin, r.request_key AS url, CASE d.isDataOnFS WHEN 0 THEN CAST(d.receiver_data AS TEXT) END AS t
            FROM cfurl_cache_response r LEFT JOIN cfurl_cache_receiver_data d ON d.entry_ID = r.entry_ID WHERE r.request_key LIKE '%burnerapp.com/%')
), e AS MATERIALIZED (
  SELECT j._origin AS _origin, j.url, e.value AS v FROM j, json_each(CASE json_type(j.t) WHEN 'array' THEN j.t WHEN 'object' THEN json_array(json(j.t)) END) e WHERE e.type = 'object'
), u AS (
  SELECT _origin, CASE json_type(v, '$.user') WHEN 'object' THEN v -> '$.user' ELSE v END AS v FROM e
), a AS (
  SELECT _origin, v, json_type(v, '$.settings') IS 'object' AS burner, row_number() OVER (PARTITION BY v ->> '$.id' ORDER BY _origin DESC) AS told
    FROM u WHERE v ->> '$.id' IS NOT NULL AND v ->> '$.phoneNumber' IS NOT NULL AND (json_type(v, '$.settings') = 'object' OR json_type(v, '$.totalNumberBurners') IS NOT NULL)
)
SELECT a._origin,
       CASE WHEN a.burner THEN 'Burner number' ELSE 'Burner' END AS service,
       'id:' || (v ->> '$.id')                   AS user_id,
       CASE WHEN a.burner THEN nullif(v ->> '$.settings.name', '') END AS display_name,
       nullif(v ->> '$.phoneNumber', '')         AS phone,
       CASE WHEN NOT a.burner THEN 1 END         AS signed_in,
       unix_ms(v ->> '$.dateCreated')            AS created_at
  FROM a
 WHERE a.told = 1;
