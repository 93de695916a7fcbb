-- artifact: android/webview/cookies
-- about:    cookies of the web view of Android 4 and before
-- record:   cookie
-- app:      WebView
-- files:    */databases/webview.db
-- files:    */databases/webviewCookiesChromium.db
-- files:    */databases/webviewCookiesChromiumPrivate.db
-- tested:   real data of Android 4

-- when: cookies(_id, name, value, domain, path, expires, secure)
SELECT c._origin,
       c.domain            AS host,
       c.name              AS name,
       nullif(c.value, '') AS value,
       c.path              AS path,
       unix_ms(c.expires)  AS expires_at,
       c.secure            AS secure
  FROM cookies c;

-- Since Android 3 the web view keeps them as Chrome does.
-- when: cookies(creation_utc, host_key, name, value, path, expires_utc, last_access_utc, ?secure, ?httponly)
SELECT c._origin,
       c.host_key                    AS host,
       c.name                        AS name,
       nullif(c.value, '')           AS value,
       c.path                        AS path,
       webkit_us(c.creation_utc)     AS created_at,
       webkit_us(c.last_access_utc)  AS last_used_at,
       webkit_us(c.expires_utc)      AS expires_at,
       c.secure                      AS secure,
       c.httponly                    AS http_only
  FROM cookies c;
