-- artifact: android/chrome/cookies
-- about:    cookies of Chrome, of the browsers built from it and of apps' web views
-- record:   cookie
-- app:      Chrome
-- files:    */app_chrome/*/Cookies
-- files:    */app_sbrowser/*/Cookies
-- files:    */app_opera/*/Cookies
-- files:    */app_webview/Cookies
-- files:    */app_webview/*/Cookies
-- files:    */Google/Chrome/*/Cookies
-- tested:   an early version on real data

-- when: cookies(creation_utc, host_key, name, value, path, expires_utc, last_access_utc, ?secure, ?httponly, ?is_secure, ?is_httponly)
SELECT c._origin,
       CASE WHEN file_path() LIKE '%com.android.chrome%' THEN 'Chrome' WHEN file_path() LIKE '%com.sec.android.app.sbrowser%' THEN 'Samsung Internet' WHEN file_path() LIKE '%com.opera%' THEN 'Opera' WHEN file_path() LIKE '%com.microsoft.emmx%' THEN 'Edge' WHEN file_path() LIKE '%com.brave%' THEN 'Brave' WHEN file_path() LIKE '%Google/Chrome%' THEN 'Chrome' WHEN file_path() LIKE '%app_webview%' THEN 'WebView' ELSE 'Chromium' END AS app,
       c.host_key                    AS host,
       c.name                        AS name,
       nullif(c.value, '')           AS value,
       c.path                        AS path,
       webkit_us(c.creation_utc)     AS created_at,
       webkit_us(c.last_access_utc)  AS last_used_at,
       webkit_us(c.expires_utc)      AS expires_at,
       coalesce(c.is_secure, c.secure)     AS secure,
       coalesce(c.is_httponly, c.httponly) AS http_only
  FROM cookies c;
