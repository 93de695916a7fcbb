-- artifact: android/samsung/messages
-- about:    text and picture messages in Samsung's own log of calls (Android 4 to 7): how they began, also of those deleted elsewhere
-- record:   message
-- app:      Samsung log
-- files:    */com.sec.android.provider.logsprovider/databases/logs.db
-- omits:    calls and e-mail, which the same log keeps
-- tested:   the documented schema

-- when: logs(_id, number, date, type, logtype, m_content, ?m_subject, ?messageid)
SELECT m._origin,
       CASE WHEN m.logtype = 300 THEN nullif(m.messageid, '') END AS message_id,
       CASE m.type WHEN 1 THEN 'in' WHEN 2 THEN 'out' END AS direction,
       CASE WHEN m.type = 1 THEN 'phone:' || nullif(m.number, '') END AS sender,
       CASE WHEN m.type = 2 THEN 'phone:' || nullif(m.number, '') END AS recipients,
       CASE WHEN m.logtype = 300 THEN 'text' END AS type,
       coalesce(nullif(m.m_content, ''), nullif(m.m_subject, '')) AS body,
       CASE WHEN m.type = 2 THEN unix_ms(m.date) END AS sent_at,
       CASE WHEN m.type = 1 THEN unix_ms(m.date) END AS received_at
  FROM logs m
 WHERE m.logtype IN (200, 300);
