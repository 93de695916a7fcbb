-- artifact: android/whatsapp/threads
-- about:    WhatsApp conversations
-- record:   thread
-- app:      WhatsApp
-- files:    */com.whatsapp/databases/msgstore.db
-- files:    */com.whatsapp.w4b/databases/msgstore.db
-- with:     light = */com.whatsapp/shared_prefs/com.whatsapp_preferences_light.xml
-- with:     startup = */com.whatsapp/shared_prefs/startup_prefs.xml
-- with:     light_w4b = */com.whatsapp.w4b/shared_prefs/com.whatsapp.w4b_preferences_light.xml
-- with:     startup_w4b = */com.whatsapp.w4b/shared_prefs/startup_prefs.xml
-- tested:   2.24 and the layout before 2021, on made phones

-- when: chat(_id, jid_row_id, ?subject, ?created_timestamp, ?archived), jid(_id, raw_string), ?jid_map(lid_row_id, jid_row_id), ?group_participant_user(group_jid_row_id, user_jid_row_id)
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
members(id, jids) AS MATERIALIZED (
  SELECT g.group_jid_row_id, json_group_array(w.jid) FROM group_participant_user g LEFT JOIN who w ON w.id = g.user_jid_row_id GROUP BY g.group_jid_row_id
)
SELECT c._origin,
       own.app                          AS app,
       own.number                       AS account,
       j.raw_string                     AS thread,
       c.subject                        AS name,
       CASE WHEN j.raw_string LIKE '%@g.us' THEN 'group' WHEN j.raw_string LIKE '%@broadcast' THEN 'broadcast' WHEN j.raw_string LIKE '%@newsletter' THEN 'channel'
            WHEN j.raw_string IS NOT NULL THEN 'one-to-one' END AS type,
       CASE WHEN j.raw_string LIKE '%@g.us' THEN t.jids ELSE p.jid END AS participants,
       unix_ms(c.created_timestamp)     AS created_at,
       c.archived                       AS archived
  FROM own CROSS JOIN chat c
  LEFT JOIN jid j ON j._id = c.jid_row_id
  LEFT JOIN who p ON p.id = c.jid_row_id
  LEFT JOIN members t ON t.id = c.jid_row_id;

-- when: chat_list(key_remote_jid, ?subject, ?creation, ?archived), ?group_participants(gjid, jid)
SELECT c._origin,
       CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN 'WhatsApp Business' ELSE 'WhatsApp' END AS app,
       c.key_remote_jid                 AS thread,
       c.subject                        AS name,
       CASE WHEN c.key_remote_jid LIKE '%@g.us' THEN 'group' WHEN c.key_remote_jid LIKE '%@broadcast' THEN 'broadcast' WHEN c.key_remote_jid IS NOT NULL THEN 'one-to-one' END AS type,
       CASE WHEN c.key_remote_jid LIKE '%@g.us' THEN (SELECT json_group_array(CAST(g.jid AS TEXT)) FROM group_participants g WHERE g.gjid = c.key_remote_jid AND g.jid <> '') ELSE c.key_remote_jid END AS participants,
       unix_ms(c.creation)              AS created_at,
       c.archived                       AS archived
  FROM chat_list c;
