-- artifact: ios/keyboard_use
-- about:    how long each app was on screen and its keyboard in use, by day
-- record:   app_use
-- app:      Keyboard
-- files:    */Keyboard/app_usage_database.plist
-- tested:   real data of iOS 15

SELECT a.rowid * 1000 + coalesce(d.key, 0)      AS _origin,
       a.key                                    AS package,
       'foreground'                             AS activity,
       CASE d.type WHEN 'object' THEN iso8601(d.value ->> '$.startDate') END AS started_at,
       CASE d.type WHEN 'object' THEN d.value ->> '$.appTime' END AS duration,
       CASE d.type WHEN 'object' THEN CASE json_type(d.value, '$.keyboardTimes') WHEN 'array' THEN json_array_length(d.value, '$.keyboardTimes') END END AS count
  FROM plist_each(file()) a
  LEFT JOIN json_each(CASE a.type WHEN 'array' THEN a.value END) d;
