-- artifact: ios/safari/tabs
-- about:    pages in the tabs of Safari, private ones too; not when they were opened
-- record:   visit
-- files:    */Safari/BrowserState.db
-- tested:   the documented schema

-- last_viewed_time is when the tab came to the front, not when it loaded the page that it shows now: that can be hours later. So it is no time of
-- a visit (ios/safari/tab_focus has it). Up to iOS 14 these are the open tabs; since then a tab is mostly written when it is closed.
-- when: tabs(title, url, ?user_visible_url, ?private_browsing)
SELECT t._origin,
       CASE WHEN t.private_browsing = 1 THEN 'Safari, private' ELSE 'Safari' END AS app,
       coalesce(nullif(t.url, ''), nullif(t.user_visible_url, '')) AS url,
       nullif(t.title, '')           AS title
  FROM tabs t;
