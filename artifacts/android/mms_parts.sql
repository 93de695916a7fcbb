-- artifact: android/mms_parts
-- about:    pictures, videos and files of picture messages: all of them, where the message shows its first
-- record:   media
-- app:      MMS
-- files:    */com.android.providers.telephony/databases/mmssms.db
-- omits:    the layout of a message (application/smil) and its text (text/plain), which the message shows
-- tested:   a made phone

-- when: part(_id, mid, ct, ?_data, ?cl, ?fn, ?name), ?pdu(_id, date)
SELECT p._origin,
       coalesce(p._data, p.cl, p.fn, p.name) AS path,
       p.ct                     AS type,
       coalesce(nullif(p.name, ''), nullif(p.fn, ''), nullif(p.cl, '')) AS title,
       unix_s(m.date)           AS added_at
  FROM part p
  LEFT JOIN pdu m ON m._id = p.mid
 WHERE coalesce(p.ct, '') NOT IN ('application/smil', 'text/plain') OR (p.ct = 'text/plain' AND p._data IS NOT NULL);
