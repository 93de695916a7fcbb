-- artifact: ios/keyboard_use
-- about:    how long each app was on screen and its keyboard in use, by day
-- record:   app_use
-- app:      Keyboard
-- files:    */Keyboard/app_usage_database.plist
-- tested:   real data of iOS 15

SELECT a.rowid * 1000 + d.key                   AS _origin,
       a.key                                    AS package,
       'foreground'                             AS activity,
       iso8601(d.value ->> '$.startDate')       AS started_at,
       d.value ->> '$.appTime'                  AS duration,
       json_array_length(d.value, '$.keyboardTimes') AS count
  FROM plist_each(file()) a, json_each(a.value) d;
