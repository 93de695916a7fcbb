-- artifact: android/samsung/calls
-- about:    calls in Samsung's own log (Android 4 to 7)
-- record:   call
-- app:      Phone
-- files:    */com.sec.android.provider.logsprovider/databases/logs.db
-- omits:    messages and e-mail, which the same log keeps
-- tested:   the documented schema

-- when: logs(_id, number, date, duration, type, ?logtype)
SELECT c._origin,
       CASE WHEN c.type = 2 THEN 'out' ELSE 'in' END AS direction,
       'phone:' || nullif(c.number, '')     AS peer,
       unix_ms(c.date)                      AS started_at,
       c.duration                           AS duration,
       CASE WHEN c.type IN (3, 4, 5, 6) THEN 0 WHEN c.type = 2 THEN c.duration > 0 WHEN c.type IN (1, 7) THEN 1 END AS answered,
       c.logtype = 500                      AS video,
       CASE c.type WHEN 1 THEN 'answered' WHEN 2 THEN CASE WHEN c.duration > 0 THEN 'answered' ELSE 'cancelled' END WHEN 3 THEN 'missed' WHEN 4 THEN 'voicemail' WHEN 5 THEN 'rejected' WHEN 6 THEN 'blocked' WHEN 7 THEN 'answered' END AS outcome
  FROM logs c
 -- 100 is a call, 500 one with picture, those above and between calls over other networks; 200 and 300 are messages, 400 e-mail.
 WHERE c.logtype IS NULL OR c.logtype IN (100, 110, 120, 150, 500, 510, 800, 900, 1000, 1150);
