-- artifact: android/whatsapp/locations
-- about:    places shared in WhatsApp, and where a shared live location ended
-- record:   location
-- app:      WhatsApp
-- files:    */com.whatsapp/databases/msgstore.db
-- files:    */com.whatsapp.w4b/databases/msgstore.db
-- omits:    messages with a place of which the phone keeps no coordinates
-- tested:   the documented schema on a made phone

-- when: message_location(message_row_id, latitude, longitude, ?live_location_share_duration, ?live_location_final_latitude, ?live_location_final_longitude, ?live_location_final_timestamp), ?message(_id, chat_row_id, from_me, timestamp, message_type, sender_jid_row_id), ?chat(_id, jid_row_id), ?jid(_id, raw_string), ?jid_map(lid_row_id, jid_row_id)
WITH who(id, jid) AS MATERIALIZED (
  SELECT j._id, CAST(coalesce(max(n.raw_string), j.raw_string) AS TEXT) FROM jid j LEFT JOIN jid_map p ON p.lid_row_id = j._id LEFT JOIN jid n ON n._id = p.jid_row_id GROUP BY j._id
),
shared(origin, message, at, latitude, longitude, what) AS (
  SELECT l._origin, l.message_row_id, NULL, l.latitude, l.longitude, CASE WHEN m.message_type = 16 OR l.live_location_share_duration > 0 THEN 'live location shared in WhatsApp' ELSE 'place shared in WhatsApp' END
    FROM message_location l LEFT JOIN message m ON m._id = l.message_row_id
  UNION ALL
  SELECT l._origin, l.message_row_id, l.live_location_final_timestamp, l.live_location_final_latitude, l.live_location_final_longitude, 'end of a live location shared in WhatsApp'
    FROM message_location l WHERE l.live_location_final_latitude <> 0 OR l.live_location_final_longitude <> 0
)
SELECT s.origin                AS _origin,
       CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN 'WhatsApp Business' ELSE 'WhatsApp' END AS app,
       CASE WHEN s.what LIKE 'end%' THEN unix_ms(s.at) ELSE unix_ms(m.timestamp) END AS at,
       s.latitude              AS latitude,
       s.longitude             AS longitude,
       s.what || CASE WHEN m.from_me = 1 THEN ' by this phone''s user' ELSE coalesce(' by ' || jid_number(coalesce(w.jid, CASE WHEN c1.jid NOT LIKE '%@g.us' THEN c1.jid END)), '') END AS source
  FROM shared s
  LEFT JOIN message m ON m._id = s.message
  LEFT JOIN who w ON w.id = nullif(m.sender_jid_row_id, 0)
  LEFT JOIN chat c ON c._id = m.chat_row_id
  LEFT JOIN who c1 ON c1.id = c.jid_row_id
 WHERE s.latitude BETWEEN -90 AND 90 AND s.longitude BETWEEN -180 AND 180 AND (s.latitude <> 0 OR s.longitude <> 0);
