-- artifact: android/instagram/messages
-- about:    Instagram direct messages
-- record:   message
-- app:      Instagram
-- files:    */com.instagram.android/databases/direct.db
-- tested:   the documented schema on a made phone

-- when: messages(timestamp, thread_id, message_type, text, message, user_id, ?server_item_id, ?recipient_ids)
SELECT m._origin,
       'id:' || m.user_id                         AS account,
       'id:' || (CASE WHEN json_valid(m.message) THEN m.message ->> '$.user_id' END) AS sender,
       m.thread_id                                AS thread,
       coalesce(m.server_item_id, CASE WHEN json_valid(m.message) THEN m.message ->> '$.item_id' END) AS message_id,
       CASE WHEN json_valid(m.message) THEN CASE WHEN m.message ->> '$.user_id' = m.user_id THEN 'out' WHEN m.message ->> '$.user_id' IS NOT NULL THEN 'in' END END AS direction,
       CASE m.message_type WHEN 'text' THEN 'text' WHEN 'link' THEN 'text' WHEN 'video_call_event' THEN 'call' WHEN 'voice_media' THEN 'audio'
            WHEN 'action_log' THEN 'system' WHEN 'animated_media' THEN 'sticker'
            WHEN 'media' THEN CASE WHEN json_valid(m.message) AND m.message ->> '$.media.media_type' = 2 THEN 'video' ELSE 'image' END END AS type,
       m.text                                     AS body,
       unix_us(m.timestamp)                       AS sent_at,
       CASE WHEN json_valid(m.message) THEN m.message ->> '$.media.image_versions2.candidates[0].url' END AS attachment
  FROM messages m;
