-- artifact: android/whatsapp/poll_votes
-- about:    who voted for what in WhatsApp's polls
-- record:   reaction
-- app:      WhatsApp
-- files:    */com.whatsapp/databases/msgstore.db
-- files:    */com.whatsapp.w4b/databases/msgstore.db
-- with:     light = */com.whatsapp/shared_prefs/com.whatsapp_preferences_light.xml
-- with:     startup = */com.whatsapp/shared_prefs/startup_prefs.xml
-- with:     light_w4b = */com.whatsapp.w4b/shared_prefs/com.whatsapp.w4b_preferences_light.xml
-- with:     startup_w4b = */com.whatsapp.w4b/shared_prefs/startup_prefs.xml
-- tested:   the documented schema on a made phone

-- when: message_add_on_poll_vote_selected_option(message_add_on_row_id, message_poll_option_id), ?message_add_on_poll_vote(message_add_on_row_id, sender_timestamp), ?message_poll_option(_id, message_row_id, option_name), ?message_add_on(_id, chat_row_id, from_me, sender_jid_row_id, parent_message_row_id, timestamp), ?message(_id, key_id), ?chat(_id, jid_row_id), ?jid(_id, raw_string), ?jid_map(lid_row_id, jid_row_id)
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
)
SELECT o._origin,
       own.app                                     AS app,
       own.number                                  AS account,
       cj.raw_string                               AS thread,
       m.key_id                                    AS message,
       CASE WHEN a.from_me = 1 THEN own.number WHEN s.jid IS NOT NULL THEN s.jid WHEN cj.raw_string NOT LIKE '%@g.us' THEN c1.jid END AS actor,
       p.option_name                               AS value,
       unix_ms(coalesce(nullif(v.sender_timestamp, 0), a.timestamp)) AS at
  FROM own CROSS JOIN message_add_on_poll_vote_selected_option o
  LEFT JOIN message_add_on_poll_vote v ON v.message_add_on_row_id = o.message_add_on_row_id
  LEFT JOIN message_poll_option p ON p._id = o.message_poll_option_id
  LEFT JOIN message_add_on a ON a._id = o.message_add_on_row_id
  LEFT JOIN message m ON m._id = coalesce(a.parent_message_row_id, p.message_row_id)
  LEFT JOIN chat c ON c._id = a.chat_row_id
  LEFT JOIN jid cj ON cj._id = c.jid_row_id
  LEFT JOIN who c1 ON c1.id = c.jid_row_id
  LEFT JOIN who s ON s.id = nullif(a.sender_jid_row_id, 0);
