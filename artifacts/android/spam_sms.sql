-- artifact: android/spam_sms
-- about:    text messages that Samsung's messages app put aside as spam
-- record:   message
-- app:      SMS
-- files:    */com.android.providers.telephony/databases/mmssms.db
-- tested:   the documented schema

-- when: spam_sms(_id, thread_id, address, date, type, body, ?date_sent, ?read)
SELECT m._origin,
       -- Its numbers are its own: an SMS of the same number is another message.
       'spam ' || m._id                  AS message_id,
       CASE WHEN m.type = 1 THEN 'in' WHEN m.type IN (2, 3, 4, 5, 6) THEN 'out' END AS direction,
       CASE WHEN m.type = 1 THEN 'phone:' || m.address END AS sender,
       CASE WHEN m.type <> 1 THEN 'phone:' || m.address END AS recipients,
       'text'                            AS type,
       m.body                            AS body,
       coalesce(CASE WHEN m.type = 1 THEN unix_ms(m.date_sent) END, unix_ms(m.date)) AS sent_at,
       CASE WHEN m.type = 1 THEN unix_ms(m.date) END AS received_at,
       CASE m.type WHEN 2 THEN 'sent' WHEN 3 THEN 'draft' WHEN 4 THEN 'queued' WHEN 5 THEN 'failed' WHEN 6 THEN 'queued' WHEN 1 THEN CASE WHEN m.read = 1 THEN 'read' END END AS status
  FROM spam_sms m;
