-- artifact: android/chrome/searches
-- about:    words searched for in Chrome and the browsers built from it
-- record:   search
-- app:      Chrome
-- files:    */app_chrome/*/History
-- files:    */app_sbrowser/*/History
-- files:    */app_opera/History
-- files:    */app_opera/*/History
-- files:    */Google/Chrome/*/History
-- tested:   History version 66 on a made phone

-- when: keyword_search_terms(url_id, term), urls(id, url, last_visit_time)
SELECT k._origin,
       CASE WHEN file_path() LIKE '%com.android.chrome%' THEN 'Chrome' WHEN file_path() LIKE '%com.sec.android.app.sbrowser%' THEN 'Samsung Internet' WHEN file_path() LIKE '%com.opera%' THEN 'Opera' WHEN file_path() LIKE '%com.microsoft.emmx%' THEN 'Edge' WHEN file_path() LIKE '%com.brave%' THEN 'Brave' WHEN file_path() LIKE '%Google/Chrome%' THEN 'Chrome' WHEN file_path() LIKE '%app_webview%' THEN 'WebView' ELSE 'Chromium' END AS app,
       k.term                        AS term,
       u.url                         AS url,
       webkit_us(u.last_visit_time)  AS at
  FROM keyword_search_terms k
  LEFT JOIN urls u ON u.id = k.url_id;
