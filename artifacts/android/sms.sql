-- artifact: android/sms
-- about:    text messages of the phone itself
-- record:   message
-- app:      SMS
-- files:    */com.android.providers.telephony/databases/mmssms.db
-- tested:   real data of Android 4; a made phone

-- when: sms(_id, thread_id, address, date, date_sent, type, body, ?read, ?creator)
WITH phone(lg) AS MATERIALIZED (
  SELECT count(*) FROM pragma_table_info('sms', 'main') WHERE name = 'lgeSiid'
),
-- 0 (all) to 6 as Android documents them; LG's own 7 blocked, 8 scheduled, 19 cell broadcast only where LG's columns are. Another maker's number says nothing of the direction.
kind(type, direction, status) AS (
  VALUES (1, 'in', NULL), (2, 'out', 'sent'), (3, 'out', 'draft'), (4, 'out', 'queued'), (5, 'out', 'failed'), (6, 'out', 'queued')
  UNION ALL SELECT v.column1, v.column2, v.column3 FROM phone, (VALUES (7, 'in', NULL), (8, 'out', 'queued'), (19, 'in', NULL)) v WHERE phone.lg > 0
)
SELECT m._origin,
       m.thread_id                       AS thread,
       m._id                             AS message_id,
       k.direction                       AS direction,
       CASE WHEN k.direction = 'in' THEN 'phone:' || m.address END AS sender,
       -- Of an unknown direction the other side stands here, so that its number is found.
       CASE WHEN k.direction IS NOT 'in' THEN 'phone:' || m.address END AS recipients,
       'text'                            AS type,
       m.body                            AS body,
       -- `date` is when this phone received (or sent) it, `date_sent` when the network says it was sent.
       coalesce(CASE WHEN k.direction = 'in' THEN unix_ms(m.date_sent) END, unix_ms(m.date)) AS sent_at,
       CASE WHEN k.direction = 'in' THEN unix_ms(m.date) END AS received_at,
       CASE WHEN k.direction = 'in' THEN CASE WHEN m.read = 1 THEN 'read' END ELSE k.status END AS status
  FROM sms m
  LEFT JOIN kind k ON k.type = m.type;
