-- artifact: ios/safari/visits
-- about:    pages opened in Safari
-- record:   visit
-- app:      Safari
-- files:    */Safari/History.db
-- files:    */Safari/Profiles/*/History.db
-- tested:   real data

-- when: history_visits(id, history_item, visit_time, title, ?redirect_source), history_items(id, url, visit_count)
SELECT v._origin,
       i.url                   AS url,
       v.title                 AS title,
       cocoa_s(v.visit_time)   AS at,
       i.visit_count           AS count,
       f.url                   AS referrer
  FROM history_visits v
  LEFT JOIN history_items i ON i.id = v.history_item
  LEFT JOIN live_history_visits r ON r.id = v.redirect_source
  LEFT JOIN history_items f ON f.id = r.history_item;
