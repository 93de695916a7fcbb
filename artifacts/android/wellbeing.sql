-- artifact: android/wellbeing
-- about:    apps coming to the screen and leaving it (Digital Wellbeing)
-- record:   app_use
-- app:      Digital Wellbeing
-- files:    */com.google.android.apps.wellbeing/databases/app_usage
-- tested:   real data

-- when: events(_id, timestamp, type, package_id), packages(_id, package_name)
SELECT e._origin,
       p.package_name           AS package,
       CASE e.type WHEN 1 THEN 'foreground' WHEN 2 THEN 'background' WHEN 7 THEN 'user interaction' WHEN 10 THEN 'notification seen' WHEN 12 THEN 'notification'
            WHEN 15 THEN 'screen on' WHEN 16 THEN 'screen off' WHEN 17 THEN 'lock screen shown' WHEN 18 THEN 'lock screen hidden' WHEN 23 THEN 'stopped' WHEN 26 THEN 'shutdown' WHEN 27 THEN 'startup'
            ELSE 'event ' || e.type END AS activity,
       unix_ms(e.timestamp)     AS started_at
  FROM events e
  LEFT JOIN packages p ON p._id = e.package_id;
