-- artifact: android/chrome/visits
-- about:    pages opened in Chrome and the browsers built from it (Android and iOS)
-- record:   visit
-- app:      Chrome
-- files:    */app_chrome/*/History
-- files:    */app_sbrowser/*/History
-- files:    */app_opera/History
-- files:    */app_opera/*/History
-- files:    */Google/Chrome/*/History
-- tested:   History version 66 on a made phone; an early version on real data

-- when: visits(id, url, visit_time, from_visit, ?visit_duration), urls(id, url, title, visit_count, ?last_visit_time)
SELECT v._origin,
       CASE WHEN file_path() LIKE '%com.android.chrome%' THEN 'Chrome' WHEN file_path() LIKE '%com.sec.android.app.sbrowser%' THEN 'Samsung Internet' WHEN file_path() LIKE '%com.opera%' THEN 'Opera' WHEN file_path() LIKE '%com.microsoft.emmx%' THEN 'Edge' WHEN file_path() LIKE '%com.brave%' THEN 'Brave' WHEN file_path() LIKE '%Google/Chrome%' THEN 'Chrome' WHEN file_path() LIKE '%app_webview%' THEN 'WebView' ELSE 'Chromium' END AS app,
       -- The number of a deleted page is often destroyed: the visit at the moment of its last visit tells it, to the microsecond.
       coalesce(u.url, (SELECT x.url FROM visits w JOIN urls x ON x.last_visit_time = w.visit_time WHERE v._origin < 0 AND w.url = v.url AND x.id IS NULL))     AS url,
       coalesce(u.title, (SELECT x.title FROM visits w JOIN urls x ON x.last_visit_time = w.visit_time WHERE v._origin < 0 AND w.url = v.url AND x.id IS NULL)) AS title,
       webkit_us(v.visit_time)       AS at,
       u.visit_count                 AS count,
       f.url                         AS referrer,
       nullif(v.visit_duration, 0) / 1e6 AS duration
  FROM visits v
  LEFT JOIN urls u ON u.id = v.url
  LEFT JOIN live_visits p ON p.id = v.from_visit
  LEFT JOIN urls f ON f.id = p.url;
