-- artifact: android/voicemail
-- about:    messages on the answering machine, with the text the phone made of them
-- record:   message
-- app:      Voicemail
-- files:    */com.android.providers.contacts/databases/calllog.db
-- files:    */com.samsung.android.providers.contacts/databases/calllog.db
-- files:    */com.android.providers.contacts/databases/contacts2.db
-- omits:    calls that left no message
-- tested:   the documented schema

-- when: calls(_id, number, date, type, ?_data, ?mime_type, ?transcription, ?is_read)
SELECT c._origin,
       'in'                               AS direction,
       'phone:' || nullif(c.number, '')   AS sender,
       'audio'                            AS type,
       nullif(c.transcription, '')        AS body,
       unix_ms(c.date)                    AS received_at,
       nullif(c._data, '')                AS attachment,
       nullif(c.mime_type, '')            AS attachment_type,
       CASE WHEN c.is_read = 1 THEN 'read' END AS status
  FROM calls c
 WHERE c.type = 4;
