-- artifact: android/chrome/downloads
-- about:    files fetched with Chrome and the browsers built from it
-- record:   download
-- app:      Chrome
-- files:    */app_chrome/*/History
-- files:    */app_sbrowser/*/History
-- files:    */app_opera/History
-- files:    */app_opera/*/History
-- files:    */Google/Chrome/*/History
-- tested:   History version 66 on a made phone; an early version on real data

-- when: downloads(id, target_path, start_time, total_bytes, ?end_time, ?mime_type, ?referrer, ?tab_url), ?downloads_url_chains(id, chain_index, url)
SELECT d._origin,
       CASE WHEN file_path() LIKE '%com.android.chrome%' THEN 'Chrome' WHEN file_path() LIKE '%com.sec.android.app.sbrowser%' THEN 'Samsung Internet' WHEN file_path() LIKE '%com.opera%' THEN 'Opera' WHEN file_path() LIKE '%com.microsoft.emmx%' THEN 'Edge' WHEN file_path() LIKE '%com.brave%' THEN 'Brave' WHEN file_path() LIKE '%Google/Chrome%' THEN 'Chrome' WHEN file_path() LIKE '%app_webview%' THEN 'WebView' ELSE 'Chromium' END AS app,
       coalesce((SELECT c.url FROM downloads_url_chains c WHERE c.id = d.id ORDER BY c.chain_index DESC LIMIT 1), d.tab_url) AS url,
       d.target_path                 AS path,
       webkit_us(d.start_time)       AS at,
       webkit_us(d.end_time)         AS ended_at,
       -- 0: the server did not say.
       CASE WHEN d.total_bytes > 0 THEN d.total_bytes END AS size,
       nullif(d.mime_type, '')       AS type,
       nullif(d.referrer, '')        AS referrer
  FROM downloads d;

-- The layout before 2012.
-- when: downloads(id, full_path, url, start_time, total_bytes)
SELECT d._origin,
       CASE WHEN file_path() LIKE '%com.android.chrome%' THEN 'Chrome' WHEN file_path() LIKE '%com.sec.android.app.sbrowser%' THEN 'Samsung Internet' WHEN file_path() LIKE '%com.opera%' THEN 'Opera' WHEN file_path() LIKE '%com.microsoft.emmx%' THEN 'Edge' WHEN file_path() LIKE '%com.brave%' THEN 'Brave' WHEN file_path() LIKE '%Google/Chrome%' THEN 'Chrome' WHEN file_path() LIKE '%app_webview%' THEN 'WebView' ELSE 'Chromium' END AS app,
       d.url                         AS url,
       d.full_path                   AS path,
       unix_s(d.start_time)          AS at,
       CASE WHEN d.total_bytes > 0 THEN d.total_bytes END AS size
  FROM downloads d;
