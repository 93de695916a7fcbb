-- artifact: android/snapchat/messages
-- about:    Snapchat messages (Android and iOS: the same database)
-- record:   message
-- app:      Snapchat
-- files:    */com.snapchat.android/databases/arroyo.db
-- files:    */user_scoped/*/arroyo/arroyo.db
-- tested:   the documented schema on a made phone

-- when: conversation_message(client_conversation_id, client_message_id, message_content, creation_timestamp, sender_id, ?read_timestamp, ?content_type, ?created_on_device, ?is_saved, ?message_state_type, ?server_message_id)
SELECT m._origin,
       CASE WHEN m.created_on_device = 1 THEN 'id:' || m.sender_id END AS account,
       'id:' || m.sender_id           AS sender,
       m.client_conversation_id       AS thread,
       m.client_conversation_id || '/' || m.client_message_id AS message_id,
       CASE m.created_on_device WHEN 1 THEN 'out' WHEN 0 THEN 'in' END AS direction,
       CASE m.content_type WHEN 1 THEN 'text' WHEN 2 THEN 'image' END AS type,
       protobuf_text(m.message_content, '4.4.2.1') AS body,
       unix_ms(m.creation_timestamp)  AS sent_at,
       unix_ms(m.read_timestamp)      AS read_at,
       m.is_saved                     AS starred
  FROM conversation_message m;
