-- artifact: android/whatsapp/reactions
-- about:    reactions to WhatsApp messages
-- record:   reaction
-- app:      WhatsApp
-- files:    */com.whatsapp/databases/msgstore.db
-- files:    */com.whatsapp.w4b/databases/msgstore.db
-- with:     prefs = */shared_prefs/com.whatsapp*_preferences_light.xml
-- tested:   2.24 on a made phone

-- when: message_add_on_reaction(message_add_on_row_id, reaction, ?sender_timestamp), message_add_on(_id, chat_row_id, from_me, sender_jid_row_id, parent_message_row_id, timestamp), message(_id, key_id), chat(_id, jid_row_id), jid(_id, raw_string), ?jid_map(lid_row_id, jid_row_id)
WITH own(app, number) AS MATERIALIZED (
  SELECT CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN 'WhatsApp Business' ELSE 'WhatsApp' END,
         (SELECT 'phone:+' || max(CASE WHEN x.attributes ->> '$.name' = 'cc' THEN x.text END) || max(CASE WHEN x.attributes ->> '$.name' = 'ph' THEN x.text END)
            FROM xml_each(sibling('prefs'), 'string') x)
),
-- Since 2024 people are known by a LID; jid_map leads from it to the number, where the phone knows it.
who(id, jid) AS MATERIALIZED (
  SELECT j._id, coalesce(n.raw_string, j.raw_string) FROM jid j LEFT JOIN jid_map p ON p.lid_row_id = j._id LEFT JOIN jid n ON n._id = p.jid_row_id
)
SELECT r._origin,
       own.app                                     AS app,
       own.number                                  AS account,
       cj.raw_string                               AS thread,
       m.key_id                                    AS message,
       CASE WHEN a.from_me = 1 THEN own.number ELSE coalesce(s.jid, c1.jid) END AS actor,
       r.reaction                                  AS value,
       unix_ms(coalesce(nullif(r.sender_timestamp, 0), a.timestamp)) AS at
  FROM own CROSS JOIN message_add_on_reaction r
  LEFT JOIN message_add_on a ON a._id = r.message_add_on_row_id
  LEFT JOIN message m ON m._id = a.parent_message_row_id
  LEFT JOIN chat c ON c._id = a.chat_row_id
  LEFT JOIN jid cj ON cj._id = c.jid_row_id
  LEFT JOIN who c1 ON c1.id = c.jid_row_id
  LEFT JOIN who s ON s.id = nullif(a.sender_jid_row_id, 0);
