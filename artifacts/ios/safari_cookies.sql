-- artifact: ios/safari/cookies
-- about:    cookies of Safari and of apps' web views
-- record:   cookie
-- app:      Safari
-- files:    */Cookies.binarycookies
-- tested:   real data

SELECT c.rowid       AS _origin,
       c.url         AS host,
       c.name        AS name,
       c.value       AS value,
       c.path        AS path,
       c.created_at  AS created_at,
       c.expires_at  AS expires_at,
       (c.flags & 1) = 1 AS secure,
       (c.flags & 4) = 4 AS http_only
  FROM cookies_each(file()) c;
