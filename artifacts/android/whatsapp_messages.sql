-- artifact: android/whatsapp/messages
-- about:    WhatsApp and WhatsApp Business messages, one-to-one, group and system
-- record:   message
-- app:      WhatsApp
-- files:    */com.whatsapp/databases/msgstore.db
-- files:    */com.whatsapp.w4b/databases/msgstore.db
-- with:     prefs = */shared_prefs/com.whatsapp*_preferences_light.xml
-- omits:    the empty first row that the old layout keeps
-- tested:   2.24 and the layout before 2021, on made phones

-- when: message(_id, chat_row_id, from_me, key_id, timestamp, message_type, text_data, ?sender_jid_row_id, ?received_timestamp, ?starred, ?status), chat(_id, jid_row_id), jid(_id, raw_string), ?jid_map(lid_row_id, jid_row_id), ?message_media(message_row_id, file_path, mime_type, ?media_caption, ?media_name), ?message_location(message_row_id, latitude, longitude, ?place_name), ?message_edit_info(message_row_id, edited_timestamp), ?message_revoked(message_row_id, ?revoke_timestamp), ?message_quoted(message_row_id, key_id), ?message_forwarded(message_row_id, forward_score), ?message_ephemeral(message_row_id, duration)
WITH own(app, number) AS MATERIALIZED (
  SELECT CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN 'WhatsApp Business' ELSE 'WhatsApp' END,
         (SELECT 'phone:+' || max(CASE WHEN x.attributes ->> '$.name' = 'cc' THEN x.text END) || max(CASE WHEN x.attributes ->> '$.name' = 'ph' THEN x.text END)
            FROM xml_each(sibling('prefs'), 'string') x)
),
-- Since 2024 people are known by a LID; jid_map leads from it to the number, where the phone knows it.
who(id, jid) AS MATERIALIZED (
  SELECT j._id, coalesce(n.raw_string, j.raw_string) FROM jid j LEFT JOIN jid_map p ON p.lid_row_id = j._id LEFT JOIN jid n ON n._id = p.jid_row_id
)
SELECT m._origin,
       own.app                                     AS app,
       own.number                                  AS account,
       cj.raw_string                               AS thread,
       m.key_id                                    AS message_id,
       CASE WHEN m.message_type = 7 THEN 'system' WHEN m.from_me = 1 THEN 'out' ELSE 'in' END AS direction,
       CASE WHEN m.from_me = 1 THEN own.number ELSE coalesce(s.jid, c1.jid) END AS sender,
       CASE WHEN m.from_me = 1 AND cj.raw_string NOT LIKE '%@g.us' THEN c1.jid END AS recipients,
       CASE m.message_type WHEN 0 THEN 'text' WHEN 1 THEN 'image' WHEN 2 THEN 'audio' WHEN 3 THEN 'video' WHEN 4 THEN 'contact' WHEN 5 THEN 'location'
            WHEN 7 THEN 'system' WHEN 9 THEN 'file' WHEN 10 THEN 'call' WHEN 13 THEN 'video' WHEN 14 THEN 'contact' WHEN 15 THEN 'text' WHEN 16 THEN 'location'
            WHEN 20 THEN 'sticker' WHEN 42 THEN 'image' WHEN 43 THEN 'video' WHEN 64 THEN 'text' WHEN 66 THEN 'poll' WHEN 81 THEN 'video' WHEN 82 THEN 'audio' END AS type,
       coalesce(m.text_data, mm.media_caption, l.place_name) AS body,
       unix_ms(m.timestamp)                        AS sent_at,
       unix_ms(m.received_timestamp)               AS received_at,
       mm.file_path                                AS attachment,
       mm.mime_type                                AS attachment_type,
       q.key_id                                    AS reply_to,
       unix_ms(e.edited_timestamp)                 AS edited_at,
       unix_ms(v.revoke_timestamp)                 AS revoked_at,
       f.forward_score                             AS forwarded,
       d.duration                                  AS disappears_after,
       m.starred                                   AS starred,
       CASE WHEN m.from_me = 1 THEN CASE m.status WHEN 4 THEN 'sent' WHEN 5 THEN 'delivered' WHEN 8 THEN 'read' WHEN 13 THEN 'read' WHEN 20 THEN 'failed' WHEN 0 THEN 'queued' END END AS status,
       l.latitude                                  AS latitude,
       l.longitude                                 AS longitude
  FROM own CROSS JOIN message m
  LEFT JOIN chat c ON c._id = m.chat_row_id
  LEFT JOIN jid cj ON cj._id = c.jid_row_id
  LEFT JOIN who c1 ON c1.id = c.jid_row_id
  LEFT JOIN who s ON s.id = nullif(m.sender_jid_row_id, 0)
  -- A text has none of these: no look-up for the many.
  LEFT JOIN message_media mm ON mm.message_row_id = CASE WHEN m.message_type <> 0 THEN m._id END
  LEFT JOIN message_location l ON l.message_row_id = CASE WHEN m.message_type <> 0 THEN m._id END
  LEFT JOIN message_revoked v ON v.message_row_id = CASE WHEN m.message_type <> 0 THEN m._id END
  LEFT JOIN message_edit_info e ON e.message_row_id = m._id
  LEFT JOIN message_quoted q ON q.message_row_id = m._id
  LEFT JOIN message_forwarded f ON f.message_row_id = m._id
  LEFT JOIN message_ephemeral d ON d.message_row_id = m._id;

-- when: messages(_id, key_remote_jid, key_from_me, key_id, data, timestamp, ?status, ?received_timestamp, ?remote_resource, ?media_wa_type, ?media_name, ?media_caption, ?media_mime_type, ?latitude, ?longitude, ?starred, ?edit_version, ?forwarded, ?quoted_row_id), ?messages_quotes(_id, key_id)
WITH own(app, number) AS MATERIALIZED (
  SELECT CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN 'WhatsApp Business' ELSE 'WhatsApp' END,
         (SELECT 'phone:+' || max(CASE WHEN x.attributes ->> '$.name' = 'cc' THEN x.text END) || max(CASE WHEN x.attributes ->> '$.name' = 'ph' THEN x.text END)
            FROM xml_each(sibling('prefs'), 'string') x)
)
SELECT m._origin,
       own.app                                     AS app,
       own.number                                  AS account,
       m.key_remote_jid                            AS thread,
       m.key_id                                    AS message_id,
       CASE WHEN m.status = 6 THEN 'system' WHEN m.key_from_me = 1 THEN 'out' ELSE 'in' END AS direction,
       CASE WHEN m.key_from_me = 1 THEN own.number ELSE coalesce(nullif(m.remote_resource, ''), m.key_remote_jid) END AS sender,
       CASE WHEN m.key_from_me = 1 AND m.key_remote_jid NOT LIKE '%@g.us' THEN m.key_remote_jid END AS recipients,
       CASE WHEN m.status = 6 THEN 'system' ELSE CASE CAST(m.media_wa_type AS INTEGER) WHEN 0 THEN 'text' WHEN 1 THEN 'image' WHEN 2 THEN 'audio' WHEN 3 THEN 'video' WHEN 4 THEN 'contact'
            WHEN 5 THEN 'location' WHEN 8 THEN 'call' WHEN 9 THEN 'file' WHEN 10 THEN 'call' WHEN 13 THEN 'video' WHEN 15 THEN 'text' WHEN 16 THEN 'location' WHEN 20 THEN 'sticker' END END AS type,
       coalesce(m.data, m.media_caption)           AS body,
       unix_ms(m.timestamp)                        AS sent_at,
       unix_ms(m.received_timestamp)               AS received_at,
       m.media_name                                AS attachment,
       m.media_mime_type                           AS attachment_type,
       q.key_id                                    AS reply_to,
       m.forwarded                                 AS forwarded,
       m.starred                                   AS starred,
       nullif(m.latitude, 0)                       AS latitude,
       nullif(m.longitude, 0)                      AS longitude
  FROM own CROSS JOIN messages m
  LEFT JOIN messages_quotes q ON q._id = nullif(m.quoted_row_id, 0)
 WHERE m.key_remote_jid <> '-1';
