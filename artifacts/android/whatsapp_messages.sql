-- artifact: android/whatsapp/messages
-- about:    WhatsApp and WhatsApp Business messages, one-to-one, group and system
-- record:   message
-- app:      WhatsApp
-- files:    */com.whatsapp/databases/msgstore.db
-- files:    */com.whatsapp.w4b/databases/msgstore.db
-- with:     light = */com.whatsapp/shared_prefs/com.whatsapp_preferences_light.xml
-- with:     startup = */com.whatsapp/shared_prefs/startup_prefs.xml
-- with:     light_w4b = */com.whatsapp.w4b/shared_prefs/com.whatsapp.w4b_preferences_light.xml
-- with:     startup_w4b = */com.whatsapp.w4b/shared_prefs/startup_prefs.xml
-- omits:    the empty first row that the old layout keeps
-- tested:   2.24 and the layout before 2021, on made phones

-- when: message(_id, chat_row_id, from_me, key_id, timestamp, message_type, text_data, ?sender_jid_row_id, ?received_timestamp, ?starred, ?status), chat(_id, jid_row_id), jid(_id, raw_string), ?jid_map(lid_row_id, jid_row_id), ?message_media(message_row_id, file_path, mime_type, ?media_caption, ?media_name), ?message_location(message_row_id, latitude, longitude, ?place_name, ?place_address, ?url, ?live_location_share_duration, ?live_location_final_latitude, ?live_location_final_longitude, ?live_location_final_timestamp), ?message_poll_option(_id, message_row_id, option_name, ?vote_total), ?message_vcard(_id, message_row_id, vcard), ?message_system(message_row_id, action_type), ?message_system_chat_participant(message_row_id, user_jid_row_id), ?message_system_number_change(message_row_id, old_jid_row_id, new_jid_row_id), ?message_system_value_change(message_row_id, old_data), ?message_system_block_contact(message_row_id, is_blocked), ?message_ephemeral_setting(message_row_id, setting_duration), ?message_edit_info(message_row_id, edited_timestamp), ?message_revoked(message_row_id, ?revoke_timestamp), ?message_quoted(message_row_id, key_id), ?message_forwarded(message_row_id, forward_score), ?message_ephemeral(message_row_id, duration)
WITH app(name, own) AS MATERIALIZED (
  SELECT CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN 'WhatsApp Business' ELSE 'WhatsApp' END, CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN '_w4b' ELSE '' END
),
-- The app's own settings, not those of the other WhatsApp beside it.
setting(name, text) AS MATERIALIZED (
  SELECT x.attributes ->> '$.name', nullif(trim(x.text), '') FROM app, xml_each(sibling('light' || own), 'string') x
  UNION ALL SELECT x.attributes ->> '$.name', nullif(trim(x.text), '') FROM app, xml_each(sibling('startup' || own), 'string') x
),
own(app, number) AS MATERIALIZED (
  SELECT (SELECT name FROM app), coalesce((SELECT 'phone:+' || replace(text, '@s.whatsapp.net', '') FROM setting WHERE name = 'registration_jid' AND text IS NOT NULL LIMIT 1),
    'phone:+' || (SELECT text FROM setting WHERE name = 'cc' AND text IS NOT NULL LIMIT 1) || (SELECT text FROM setting WHERE name = 'ph' AND text IS NOT NULL LIMIT 1))
),
-- Since 2024 people are known by a LID; jid_map leads from it to the number, where the phone knows it.
who(id, jid) AS MATERIALIZED (
  SELECT j._id, CAST(coalesce(max(n.raw_string), j.raw_string) AS TEXT) FROM jid j LEFT JOIN jid_map p ON p.lid_row_id = j._id LEFT JOIN jid n ON n._id = p.jid_row_id GROUP BY j._id
),
-- One look-up for a message's chat instead of three; `other` is the one other side, NULL for a group.
chats(id, thread, other) AS MATERIALIZED (
  SELECT c._id, j.raw_string, CASE WHEN j.raw_string NOT LIKE '%@g.us' THEN w.jid END FROM chat c LEFT JOIN jid j ON j._id = c.jid_row_id LEFT JOIN who w ON w.id = c.jid_row_id
),
-- What has happened, by message_system.action_type, as open readers of this database (IPED, WhatsApp-Chat-Exporter) explain it. One that neither explains is told by its number.
happening(action, words) AS MATERIALIZED (
  VALUES (1, 'group name changed'), (4, 'added to the group'), (5, 'left the group'), (6, 'group picture changed'), (7, 'removed from the group'),
         (9, 'broadcast list created'), (10, 'number changed'), (11, 'group created'), (12, 'added to the group'), (13, 'left the group'),
         (14, 'removed from the group'), (15, 'made an administrator'), (16, 'no longer an administrator'), (18, 'security code changed'),
         (19, 'messages are end-to-end encrypted from here on'), (20, 'joined the group by its link'), (21, 'group link reset'),
         (27, 'group description changed'), (28, 'number changed'), (29, 'only administrators may change the group''s details'),
         (30, 'all members may change the group''s details'), (31, 'only administrators may send'), (32, 'all members may send'),
         (33, 'only administrators may send'), (46, 'business account'), (47, 'official business account'), (50, 'no longer a business account'),
         (52, 'joined the group by invitation'), (56, 'disappearing messages switched'), (57, 'security code or device changed'),
         (58, 'contact blocked or unblocked'), (59, 'time until messages disappear changed'), (60, 'setting for disappearing messages not applied'),
         (63, 'security notices no longer available'), (67, 'notice about encryption'), (68, 'disappearing messages by default'), (69, 'notice about encryption'),
         (70, 'call'), (75, 'group added to a community'), (76, 'found through the search for businesses'), (78, 'group removed from its community'),
         (79, 'joined the group from its community'), (81, 'made an administrator of the community'), (84, 'new members need an administrator''s approval'),
         (85, 'new members need no approval any more'), (90, 'added to the community'), (91, 'all members may add others'),
         (92, 'only administrators may add others'), (102, 'any member of the community may join the group'), (107, 'community renamed'),
         (108, 'group added to a community'), (118, 'message pinned'), (120, 'asks to be added to the group'), (129, 'the sender is in the contacts'),
         (136, 'joined WhatsApp'), (158, 'chat begun from an advertisement')
),
concerned(id, jids) AS MATERIALIZED (
  SELECT x.message_row_id, group_concat(jid_number(w.jid), ', ') FROM message_system_chat_participant x LEFT JOIN who w ON w.id = x.user_jid_row_id GROUP BY x.message_row_id
),
told(id, words, details) AS MATERIALIZED (
  SELECT y.message_row_id,
         CASE WHEN y.action_type = 58 AND b.is_blocked = 1 THEN 'contact blocked' WHEN y.action_type = 58 AND b.is_blocked = 0 THEN 'contact unblocked'
              ELSE coalesce(h.words, 'system message of action type ' || y.action_type) END,
         coalesce(': ' || k.jids, '') || coalesce(': ' || jid_number(n1.jid) || ' to ' || jid_number(n2.jid), '')
           || coalesce(' (before: ' || nullif(u.old_data, '') || ')', '') || coalesce(': ' || t.setting_duration || ' s', '')
    FROM message_system y
    LEFT JOIN happening h ON h.action = y.action_type
    LEFT JOIN concerned k ON k.id = y.message_row_id
    LEFT JOIN message_system_number_change nc ON nc.message_row_id = y.message_row_id
    LEFT JOIN who n1 ON n1.id = nc.old_jid_row_id
    LEFT JOIN who n2 ON n2.id = nc.new_jid_row_id
    LEFT JOIN message_system_value_change u ON u.message_row_id = y.message_row_id
    LEFT JOIN message_system_block_contact b ON b.message_row_id = y.message_row_id
    LEFT JOIN message_ephemeral_setting t ON t.message_row_id = y.message_row_id
),
poll(id, options) AS MATERIALIZED (
  SELECT DISTINCT o.message_row_id, group_concat('- ' || o.option_name || coalesce(' (' || o.vote_total || ')', ''), char(10))
    OVER (PARTITION BY o.message_row_id ORDER BY o._id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM message_poll_option o
),
-- Of a shared contact what identifies it: not its picture.
card(id, words) AS MATERIALIZED (
  SELECT DISTINCT v.message_row_id, group_concat(trim(substr(l.text, instr(l.text, ':') + 1)), char(10))
    OVER (PARTITION BY v.message_row_id ORDER BY v._id, l.line ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    FROM message_vcard v, file_lines(CAST(v.vcard AS BLOB)) l
   WHERE l.text LIKE 'FN%:%' OR l.text LIKE 'TEL%:%' OR l.text LIKE 'item_.TEL%:%' OR l.text LIKE 'EMAIL%:%' OR l.text LIKE 'item_.EMAIL%:%' OR l.text LIKE 'ORG%:%'
),
place(id, latitude, longitude, words) AS MATERIALIZED (
  SELECT l.message_row_id, CASE WHEN fits THEN l.latitude END, CASE WHEN fits THEN l.longitude END,
         nullif(rtrim(coalesce(nullif(l.place_name, '') || char(10), '') || coalesce(nullif(l.place_address, '') || char(10), '') || coalesce(nullif(l.url, '') || char(10), '')
           || coalesce('live for ' || nullif(l.live_location_share_duration, 0) || ' s' || char(10), '')
           || coalesce('last at ' || nullif(l.live_location_final_latitude, 0) || ', ' || nullif(l.live_location_final_longitude, 0), ''), char(10)), '')
    FROM (SELECT *, latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180 AND (latitude <> 0 OR longitude <> 0) AS fits FROM message_location) l
)
SELECT m._origin,
       own.app                                     AS app,
       own.number                                  AS account,
       c.thread                                    AS thread,
       m.key_id                                    AS message_id,
       CASE WHEN m.message_type IN (7, 36, 56) THEN 'system' WHEN m.from_me = 1 THEN 'out' WHEN m.from_me = 0 THEN 'in' END AS direction,
       -- A system message's sender is who did it; from_me says nothing about it. In a group nobody but its own sender has sent it.
       CASE WHEN m.message_type IN (7, 36, 56) THEN s.jid WHEN m.from_me = 1 THEN own.number WHEN s.jid IS NOT NULL THEN s.jid ELSE c.other END AS sender,
       CASE WHEN m.message_type IN (7, 36, 56) THEN NULL WHEN m.from_me = 1 THEN c.other END AS recipients,
       CASE m.message_type WHEN 0 THEN 'text' WHEN 1 THEN 'image' WHEN 2 THEN 'audio' WHEN 3 THEN 'video' WHEN 4 THEN 'contact' WHEN 5 THEN 'location'
            WHEN 7 THEN 'system' WHEN 8 THEN 'call' WHEN 9 THEN 'file' WHEN 10 THEN 'call' WHEN 13 THEN 'video' WHEN 14 THEN 'contact' WHEN 15 THEN 'text' WHEN 16 THEN 'location'
            WHEN 20 THEN 'sticker' WHEN 24 THEN 'text' WHEN 36 THEN 'system' WHEN 42 THEN 'image' WHEN 43 THEN 'video' WHEN 56 THEN 'system' WHEN 64 THEN 'text' WHEN 66 THEN 'poll'
            WHEN 82 THEN 'audio' WHEN 90 THEN 'call' WHEN 106 THEN 'poll'
            ELSE CASE WHEN m.message_type IN (81, 103) THEN CASE WHEN mm.mime_type LIKE 'video/%' THEN 'video' WHEN mm.mime_type LIKE 'audio/%' THEN 'audio' WHEN mm.mime_type LIKE 'image/%' THEN 'image' ELSE 'text' END END
            END AS type,
       CASE WHEN y.words IS NOT NULL THEN y.words || coalesce(': ' || nullif(m.text_data, ''), '') || y.details
            WHEN po.options IS NOT NULL THEN coalesce(m.text_data || char(10), '') || po.options
            WHEN vc.words IS NOT NULL THEN coalesce(nullif(m.text_data, '') || char(10), '') || vc.words
            WHEN l.words IS NOT NULL THEN coalesce(nullif(coalesce(m.text_data, mm.media_caption), '') || char(10), '') || l.words
            ELSE coalesce(m.text_data, mm.media_caption, CASE WHEN m.message_type = 9 THEN mm.media_name END) END AS body,
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
  LEFT JOIN chats c ON c.id = m.chat_row_id
  LEFT JOIN who s ON s.id = nullif(m.sender_jid_row_id, 0)
  -- A text has none of these: no look-up for the many.
  LEFT JOIN message_media mm ON mm.message_row_id = CASE WHEN m.message_type IS NOT 0 THEN m._id END
  LEFT JOIN place l ON l.id = CASE WHEN m.message_type IS NOT 0 THEN m._id END
  LEFT JOIN card vc ON vc.id = CASE WHEN m.message_type IN (4, 14) THEN m._id END
  LEFT JOIN poll po ON po.id = CASE WHEN m.message_type IS NOT 0 THEN m._id END
  LEFT JOIN told y ON y.id = CASE WHEN m.message_type IS NOT 0 THEN m._id END
  LEFT JOIN message_revoked v ON v.message_row_id = CASE WHEN m.message_type IS NOT 0 THEN m._id END
  LEFT JOIN message_edit_info e ON e.message_row_id = m._id
  LEFT JOIN message_quoted q ON q.message_row_id = m._id
  LEFT JOIN message_forwarded f ON f.message_row_id = m._id
  LEFT JOIN message_ephemeral d ON d.message_row_id = m._id;

-- when: messages(_id, key_remote_jid, key_from_me, key_id, data, timestamp, ?status, ?received_timestamp, ?remote_resource, ?media_wa_type, ?media_size, ?media_name, ?media_caption, ?media_mime_type, ?latitude, ?longitude, ?starred, ?edit_version, ?forwarded, ?quoted_row_id), ?messages_quotes(_id, key_id)
WITH app(name, own) AS MATERIALIZED (
  SELECT CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN 'WhatsApp Business' ELSE 'WhatsApp' END, CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN '_w4b' ELSE '' END
),
-- The app's own settings, not those of the other WhatsApp beside it.
setting(name, text) AS MATERIALIZED (
  SELECT x.attributes ->> '$.name', nullif(trim(x.text), '') FROM app, xml_each(sibling('light' || own), 'string') x
  UNION ALL SELECT x.attributes ->> '$.name', nullif(trim(x.text), '') FROM app, xml_each(sibling('startup' || own), 'string') x
),
own(app, number) AS MATERIALIZED (
  SELECT (SELECT name FROM app), coalesce((SELECT 'phone:+' || replace(text, '@s.whatsapp.net', '') FROM setting WHERE name = 'registration_jid' AND text IS NOT NULL LIMIT 1),
    'phone:+' || (SELECT text FROM setting WHERE name = 'cc' AND text IS NOT NULL LIMIT 1) || (SELECT text FROM setting WHERE name = 'ph' AND text IS NOT NULL LIMIT 1))
)
SELECT m._origin,
       own.app                                     AS app,
       own.number                                  AS account,
       m.key_remote_jid                            AS thread,
       m.key_id                                    AS message_id,
       CASE WHEN m.told THEN 'system' WHEN m.key_from_me = 1 THEN 'out' WHEN m.key_from_me = 0 THEN 'in' END AS direction,
       CASE WHEN m.told THEN nullif(m.remote_resource, '') WHEN m.key_from_me = 1 THEN own.number WHEN m.remote_resource <> '' THEN m.remote_resource WHEN m.key_remote_jid NOT LIKE '%@g.us' THEN m.key_remote_jid END AS sender,
       CASE WHEN m.key_from_me = 1 AND NOT m.told AND m.key_remote_jid NOT LIKE '%@g.us' THEN m.key_remote_jid END AS recipients,
       CASE WHEN m.told THEN 'system' ELSE CASE CAST(m.media_wa_type AS INTEGER) WHEN 0 THEN 'text' WHEN 1 THEN 'image' WHEN 2 THEN 'audio' WHEN 3 THEN 'video' WHEN 4 THEN 'contact'
            WHEN 5 THEN 'location' WHEN 8 THEN 'call' WHEN 9 THEN 'file' WHEN 10 THEN 'call' WHEN 13 THEN 'video' WHEN 15 THEN 'text' WHEN 16 THEN 'location' WHEN 20 THEN 'sticker' END END AS type,
       -- What happened stands in media_size, as the same open readers tell it.
       CASE WHEN m.told THEN
              CASE m.media_size WHEN 1 THEN 'group name changed' WHEN 4 THEN 'added to the group' WHEN 5 THEN 'left the group' WHEN 6 THEN 'group picture changed' WHEN 7 THEN 'removed from the group'
                   WHEN 11 THEN 'group created' WHEN 12 THEN 'added to the group' WHEN 14 THEN 'removed from the group' WHEN 15 THEN 'made an administrator' WHEN 18 THEN 'security code changed'
                   WHEN 19 THEN 'messages are end-to-end encrypted from here on' WHEN 20 THEN 'joined the group by its link' WHEN 27 THEN 'group description changed' WHEN 46 THEN 'business account'
                   WHEN 67 THEN 'notice about encryption' ELSE coalesce('system message of action type ' || m.media_size, 'system message') END
              || coalesce(': ' || nullif(m.data, ''), '')
            ELSE coalesce(m.data, m.media_caption, CASE WHEN CAST(m.media_wa_type AS INTEGER) IN (5, 16) THEN m.media_name END) END AS body,
       unix_ms(m.timestamp)                        AS sent_at,
       unix_ms(m.received_timestamp)               AS received_at,
       CASE WHEN m.media_mime_type IS NOT NULL OR CAST(m.media_wa_type AS INTEGER) NOT IN (4, 5, 16) THEN m.media_name END AS attachment,
       m.media_mime_type                           AS attachment_type,
       q.key_id                                    AS reply_to,
       m.forwarded                                 AS forwarded,
       m.starred                                   AS starred,
       CASE WHEN m.latitude <> 0 OR m.longitude <> 0 THEN m.latitude END AS latitude,
       CASE WHEN m.latitude <> 0 OR m.longitude <> 0 THEN m.longitude END AS longitude
  FROM own CROSS JOIN (SELECT *, status IS 6 AND coalesce(CAST(media_wa_type AS INTEGER), 0) = 0 AS told FROM messages) m
  LEFT JOIN messages_quotes q ON q._id = nullif(m.quoted_row_id, 0)
 WHERE m.key_remote_jid IS NOT '-1';
