-- artifact: ios/safari/tabs
-- about:    tabs that are open in Safari, private ones too
-- record:   visit
-- files:    */Safari/BrowserState.db
-- tested:   the documented schema

-- when: tabs(title, url, last_viewed_time, ?user_visible_url, ?private_browsing)
SELECT t._origin,
       CASE WHEN t.private_browsing = 1 THEN 'Safari, private' ELSE 'Safari' END AS app,
       coalesce(nullif(t.url, ''), nullif(t.user_visible_url, '')) AS url,
       nullif(t.title, '')           AS title,
       cocoa_s(t.last_viewed_time)   AS at
  FROM tabs t;
