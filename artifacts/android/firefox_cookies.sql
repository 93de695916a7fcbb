-- artifact: android/firefox/cookies
-- about:    cookies of Firefox
-- record:   cookie
-- app:      Firefox
-- files:    */cookies.sqlite
-- tested:   the documented schema

-- when: moz_cookies(id, name, value, host, path, expiry, ?lastAccessed, ?creationTime, ?isSecure, ?isHttpOnly)
SELECT c._origin,
       c.host                   AS host,
       c.name                   AS name,
       nullif(c.value, '')      AS value,
       c.path                   AS path,
       unix_us(c.creationTime)  AS created_at,
       unix_us(c.lastAccessed)  AS last_used_at,
       -- Seconds until Firefox 139, milliseconds since.
       CASE WHEN c.expiry > 100000000000 THEN unix_ms(c.expiry) ELSE unix_s(c.expiry) END AS expires_at,
       c.isSecure               AS secure,
       c.isHttpOnly             AS http_only
  FROM moz_cookies c;
