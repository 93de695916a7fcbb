-- artifact: android/tiktok/messages
-- about:    TikTok direct messages
-- record:   message
-- app:      TikTok
-- files:    */com.zhiliaoapp.musically/databases/*_im.db
-- files:    */com.ss.android.ugc.trill/databases/*_im.db
-- files:    */com.ss.android.ugc.aweme/databases/*_im.db
-- tested:   the documented schema on a made phone

-- when: msg(created_time, sender, content, conversation_id, ?type, ?deleted, ?read_status, ?msg_uuid, ?msg_server_id)
SELECT m._origin,
       -- The database is named after the account that is signed in: UID_im.db.
       'id:' || replace(file_name(), '_im.db', '')     AS account,
       'id:' || m.sender                               AS sender,
       m.conversation_id                               AS thread,
       coalesce(m.msg_uuid, m.msg_server_id)           AS message_id,
       CASE WHEN CAST(m.sender AS TEXT) = replace(file_name(), '_im.db', '') THEN 'out' WHEN m.sender IS NOT NULL THEN 'in' END AS direction,
       CASE m.type WHEN 7 THEN 'text' WHEN 8 THEN 'video' WHEN 5 THEN 'sticker' WHEN 2 THEN 'image' WHEN 1 THEN 'system'
                   ELSE CASE WHEN json_valid(m.content) AND m.content ->> '$.text' IS NOT NULL THEN 'text' END END AS type,
       CASE WHEN json_valid(m.content) THEN coalesce(m.content ->> '$.text', m.content ->> '$.content_title', m.content ->> '$.display_name', m.content ->> '$.tips')
            ELSE m.content END                         AS body,
       unix_ms(m.created_time)                         AS sent_at,
       CASE WHEN json_valid(m.content) THEN coalesce(m.content ->> '$.url.url_list[0]', m.content ->> '$.cover_url.url_list[0]') END AS attachment,
       CASE WHEN m.deleted = 1 THEN 'deleted' WHEN m.read_status = 1 THEN 'read' END AS status
  FROM msg m;
