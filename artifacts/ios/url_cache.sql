-- artifact: ios/url_cache
-- about:    what an app fetched from the web: Discord, Burner
-- record:   file
-- files:    */Library/Caches/com.hammerandchisel.discord/Cache.db
-- files:    */Library/Caches/com.adhoclabs.burner/Cache.db
-- tested:   real data of iOS 15

-- when: cfurl_cache_response(entry_ID, request_key, time_stamp), ?cfurl_cache_receiver_data(entry_ID, isDataOnFS, receiver_data)
SELECT r._origin,
       CASE WHEN file_path() LIKE '%discord%' THEN 'Discord' ELSE 'Burner' END AS app,
       CASE WHEN d.isDataOnFS = 1 THEN 'fsCachedData/' || CAST(d.receiver_data AS TEXT) END AS path,
       'web cache'             AS about,
       r.request_key           AS url,
       iso8601(replace(r.time_stamp, ' ', 'T')) AS at,
       CASE WHEN d.isDataOnFS = 0 THEN length(CAST(d.receiver_data AS BLOB)) END AS size
  FROM cfurl_cache_response r
  LEFT JOIN cfurl_cache_receiver_data d ON d.entry_ID = r.entry_ID;
