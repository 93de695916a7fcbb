-- artifact: android/whatsapp/calls
-- about:    WhatsApp calls
-- record:   call
-- app:      WhatsApp
-- files:    */com.whatsapp/databases/msgstore.db
-- files:    */com.whatsapp.w4b/databases/msgstore.db
-- with:     light = */com.whatsapp/shared_prefs/com.whatsapp_preferences_light.xml
-- with:     startup = */com.whatsapp/shared_prefs/startup_prefs.xml
-- with:     light_w4b = */com.whatsapp.w4b/shared_prefs/com.whatsapp.w4b_preferences_light.xml
-- with:     startup_w4b = */com.whatsapp.w4b/shared_prefs/startup_prefs.xml
-- tested:   2.24 on a made phone

-- when: call_log(_id, jid_row_id, from_me, timestamp, video_call, duration, ?call_result, ?group_jid_row_id), jid(_id, raw_string), ?jid_map(lid_row_id, jid_row_id), ?call_log_participant_v2(_id, call_log_row_id, jid_row_id)
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
others(id, jids) AS MATERIALIZED (
  SELECT x.call_log_row_id, json_group_array(w.jid) FROM call_log_participant_v2 x LEFT JOIN who w ON w.id = x.jid_row_id GROUP BY x.call_log_row_id
)
SELECT l._origin,
       own.app                             AS app,
       own.number                          AS account,
       CASE l.from_me WHEN 1 THEN 'out' WHEN 0 THEN 'in' END AS direction,
       p.jid                               AS peer,
       o.jids                              AS participants,
       unix_ms(l.timestamp)                AS started_at,
       l.duration                          AS duration,
       CASE WHEN l.call_result = 5 OR l.duration > 0 THEN 1 WHEN l.call_result IN (0, 2, 3, 4, 7) THEN 0 END AS answered,
       l.video_call                        AS video,
       -- 5 is a call that took place; the others as IPED and WhatsApp-Chat-Exporter read them: 2 nobody took it, 3 could not be reached, 0, 4 and 7 ended before it was taken.
       CASE WHEN l.call_result = 5 OR l.duration > 0 THEN 'answered' WHEN l.call_result = 2 THEN 'missed' WHEN l.call_result = 3 THEN 'failed'
            WHEN l.call_result IN (0, 4, 7) THEN CASE l.from_me WHEN 1 THEN 'cancelled' ELSE 'missed' END END AS outcome,
       g.jid                               AS thread
  FROM own CROSS JOIN call_log l
  LEFT JOIN others o ON o.id = l._id
  LEFT JOIN who p ON p.id = l.jid_row_id
  LEFT JOIN who g ON g.id = nullif(l.group_jid_row_id, 0);
