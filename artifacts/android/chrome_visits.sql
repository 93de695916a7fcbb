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

-- when: visits(id, url, visit_time, from_visit, ?visit_duration), urls(id, url, title, visit_count)
SELECT v._origin,
       CASE WHEN file_path() LIKE '%com.android.chrome%' THEN 'Chrome' WHEN file_path() LIKE '%com.sec.android.app.sbrowser%' THEN 'Samsung Internet' WHEN file_path() LIKE '%com.opera%' THEN 'Opera' WHEN file_path() LIKE '%com.microsoft.emmx%' THEN 'Edge' WHEN file_path() LIKE '%com.brave%' THEN 'Brave' WHEN file_path() LIKE '%Google/Chrome%' THEN 'Chrome' WHEN file_path() LIKE '%app_webview%' THEN 'WebView' ELSE 'Chromium' END AS app,
       u.url                         AS url,
       u.title                       AS title,
       webkit_us(v.visit_time)       AS at,
       u.visit_count                 AS count,
       f.url                         AS referrer,
       nullif(v.visit_duration, 0) / 1e6 AS duration
  FROM visits v
  LEFT JOIN urls u ON u.id = v.url
  LEFT JOIN live_visits p ON p.id = v.from_visit
  LEFT JOIN urls f ON f.id = p.url;
