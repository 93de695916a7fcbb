-- artifact: android/mms
-- about:    picture and group messages of the phone itself
-- record:   message
-- app:      MMS
-- files:    */com.android.providers.telephony/databases/mmssms.db
-- tested:   a made phone; its layout parts (application/smil) are neither text nor attachment

-- when: pdu(_id, thread_id, date, ?date_sent, msg_box, ?read, ?sub, ?m_type), ?addr(msg_id, address, type), ?part(mid, seq, ct, text, ?_data, ?cl)
SELECT m._origin,
       m.thread_id                        AS thread,
       m._id                              AS message_id,
       -- msg_box 1 inbox, 2 sent, 3 drafts, 4 outbox, 5 failed; else by what it is: 128 a sent one, 130 and 132 one that was announced or fetched.
       CASE WHEN m.msg_box = 1 THEN 'in' WHEN m.msg_box IN (2, 3, 4, 5) THEN 'out' WHEN m.m_type = 128 THEN 'out' WHEN m.m_type IN (130, 132) THEN 'in' END AS direction,
       (SELECT 'phone:' || a.address FROM addr a WHERE a.msg_id = m._id AND a.type = 137 AND a.address <> 'insert-address-token' LIMIT 1) AS sender,
       (SELECT json_group_array('phone:' || a.address) FROM addr a WHERE a.msg_id = m._id AND a.type IN (151, 130, 129) AND a.address <> 'insert-address-token') AS recipients,
       coalesce((SELECT CASE WHEN p.ct LIKE 'image/%' THEN 'image' WHEN p.ct LIKE 'video/%' THEN 'video' WHEN p.ct LIKE 'audio/%' THEN 'audio' ELSE 'file' END
                   FROM part p WHERE p.mid = m._id AND coalesce(p.ct, '') NOT IN ('application/smil', 'text/plain') ORDER BY p.seq, p._origin LIMIT 1), 'text') AS type,
       coalesce((SELECT group_concat(p.text, char(10)) FROM part p WHERE p.mid = m._id AND p.ct = 'text/plain'), m.sub) AS body,
       unix_s(CASE WHEN m.msg_box = 1 THEN coalesce(nullif(m.date_sent, 0), m.date) ELSE m.date END) AS sent_at,
       CASE WHEN m.msg_box = 1 THEN unix_s(m.date) END AS received_at,
       (SELECT coalesce(p._data, p.cl) FROM part p WHERE p.mid = m._id AND coalesce(p.ct, '') NOT IN ('application/smil', 'text/plain') ORDER BY p.seq, p._origin LIMIT 1) AS attachment,
       (SELECT p.ct FROM part p WHERE p.mid = m._id AND coalesce(p.ct, '') NOT IN ('application/smil', 'text/plain') ORDER BY p.seq, p._origin LIMIT 1) AS attachment_type,
       CASE m.msg_box WHEN 2 THEN 'sent' WHEN 3 THEN 'draft' WHEN 4 THEN 'queued' WHEN 5 THEN 'failed' WHEN 1 THEN CASE WHEN m.read = 1 THEN 'read' END END AS status
  FROM pdu m;
