-- artifact: ios/safari/tab_focus
-- about:    when a tab of Safari was last brought to the front
-- record:   app_use
-- app:      Safari
-- files:    */Safari/BrowserState.db
-- tested:   the documented schema

-- Without the tab's page: what the row names is the last page it loaded, which may well have been after that time (ios/safari/tabs).
-- when: tabs(title, url, last_viewed_time, ?private_browsing)
SELECT t._origin,
       'com.apple.mobilesafari'      AS package,
       CASE WHEN t.private_browsing = 1 THEN 'private tab to the front' ELSE 'tab to the front' END AS activity,
       cocoa_s(t.last_viewed_time)   AS started_at
  FROM tabs t;
