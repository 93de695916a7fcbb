-- artifact: android/webview/cookies
-- about:    cookies of the web view of Android 4 and before
-- record:   cookie
-- app:      WebView
-- files:    */databases/webview.db
-- files:    */databases/webviewCookiesChromium.db
-- tested:   real data of Android 4

-- when: cookies(_id, name, value, domain, path, expires, secure)
SELECT c._origin,
       c.domain            AS host,
       c.name              AS name,
       c.value             AS value,
       c.path              AS path,
       unix_ms(c.expires)  AS expires_at,
       c.secure            AS secure
  FROM cookies c;
