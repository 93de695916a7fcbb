-- artifact: android/snapchat/messages
-- about:    Snapchat messages (Android and iOS: the same database)
-- record:   message
-- app:      Snapchat
-- files:    */com.snapchat.android/databases/arroyo.db
-- files:    */user_scoped/*/arroyo/arroyo.db
-- with:     session = */com.snapchat.android/shared_prefs/user_session_shared_pref.xml
-- tested:   the documented schema on a made phone

-- when: conversation_message(client_conversation_id, client_message_id, message_content, creation_timestamp, sender_id, ?read_timestamp, ?content_type, ?created_on_device, ?is_saved, ?message_state_type, ?server_message_id)
WITH own(id) AS MATERIALIZED (
  SELECT max(CASE WHEN x.attributes ->> '$.name' = 'key_user_id' THEN nullif(x.text, '') END) FROM xml_each(sibling('session'), 'string') x
)
-- What the account wrote elsewhere was not made on this device: the sender tells more, where the account is known.
SELECT m._origin,
       'id:' || coalesce(own.id, CASE WHEN m.created_on_device = 1 THEN m.sender_id END) AS account,
       'id:' || m.sender_id           AS sender,
       m.client_conversation_id       AS thread,
       m.client_conversation_id || '/' || m.client_message_id AS message_id,
       CASE coalesce(m.sender_id = own.id, m.created_on_device) WHEN 1 THEN 'out' WHEN 0 THEN 'in' END AS direction,
       -- From 7 on the numbers mean another thing in each version of the app.
       CASE m.content_type WHEN 1 THEN 'text' WHEN 2 THEN 'image' WHEN 4 THEN 'audio' WHEN 5 THEN 'sticker' WHEN 6 THEN 'system' END AS type,
       protobuf_text(m.message_content, '4.4.2.1') AS body,
       unix_ms(m.creation_timestamp)  AS sent_at,
       unix_ms(m.read_timestamp)      AS read_at,
       m.is_saved                     AS starred,
       CASE m.message_state_type WHEN 'PREPARING' THEN 'queued' WHEN 'SENDING' THEN 'queued' WHEN 'FAILED' THEN 'failed'
            ELSE CASE WHEN m.message_state_type = 'COMMITTED' AND coalesce(m.sender_id = own.id, m.created_on_device) = 1 THEN 'sent' END END AS status
  FROM own CROSS JOIN conversation_message m;
