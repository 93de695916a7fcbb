-- artifact: android/calls
-- about:    the phone's own list of calls
-- record:   call
-- app:      Phone
-- files:    */com.android.providers.contacts/databases/calllog.db
-- files:    */com.samsung.android.providers.contacts/databases/calllog.db
-- files:    */com.android.providers.contacts/databases/contacts2.db
-- tested:   real data of Android 4; a made phone

-- when: calls(_id, number, date, duration, type, ?features, ?phone_account_address)
SELECT c._origin,
       CASE WHEN c.phone_account_address <> '' THEN 'phone:' || c.phone_account_address END AS account,
       CASE WHEN c.type = 2 THEN 'out' ELSE 'in' END AS direction,
       'phone:' || nullif(c.number, '')     AS peer,
       unix_ms(c.date)                      AS started_at,
       c.duration                           AS duration,
       CASE WHEN c.type IN (3, 4, 5, 6) THEN 0 WHEN c.type = 2 THEN c.duration > 0 WHEN c.type IN (1, 7) THEN 1 END AS answered,
       (c.features & 1) = 1                 AS video,
       CASE c.type WHEN 1 THEN 'answered' WHEN 2 THEN CASE WHEN c.duration > 0 THEN 'answered' ELSE 'cancelled' END WHEN 3 THEN 'missed' WHEN 4 THEN 'voicemail' WHEN 5 THEN 'rejected' WHEN 6 THEN 'blocked' WHEN 7 THEN 'answered' END AS outcome
  FROM calls c;
