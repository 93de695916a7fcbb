-- artifact: android/usage_history
-- about:    when each screen of an app was last opened (Android 4)
-- record:   app_use
-- app:      Usage history
-- files:    */system/usagestats/usage-history.xml
-- tested:   real data of Android 4

WITH p AS MATERIALIZED (SELECT id, attributes ->> '$.name' AS name FROM xml_each(file(), 'pkg'))
SELECT c.id                                 AS _origin,
       p.name                               AS package,
       c.attributes ->> '$.name'            AS detail,
       'foreground'                         AS activity,
       unix_ms(c.attributes ->> '$.lrt')    AS started_at
  FROM xml_each(file(), 'comp') c
  LEFT JOIN p ON p.id = c.parent;
