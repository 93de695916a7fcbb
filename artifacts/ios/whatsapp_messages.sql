-- artifact: ios/whatsapp/messages
-- about:    WhatsApp messages on iOS
-- record:   message
-- app:      WhatsApp
-- files:    */ChatStorage.sqlite
-- tested:   real data of iOS 15

-- when: ZWAMESSAGE(Z_PK, ZISFROMME, ZTEXT, ZFROMJID, ZTOJID, ZMESSAGETYPE, ZCHATSESSION, ZMESSAGEDATE, ?ZSENTDATE, ?ZSTANZAID, ?ZSTARRED, ?ZMEDIAITEM, ?ZGROUPMEMBER, ?ZPARENTMESSAGE, ?ZMESSAGESTATUS), ?ZWACHATSESSION(Z_PK, ZCONTACTJID), ?ZWAMEDIAITEM(Z_PK, ZMEDIALOCALPATH, ?ZLATITUDE, ?ZLONGITUDE, ?ZVCARDSTRING, ?ZTITLE, ?ZVCARDNAME), ?ZWAGROUPMEMBER(Z_PK, ZMEMBERJID)
-- Nothing here says who is signed in but the messages that came to this phone: they are addressed to its own number.
WITH own(jid) AS MATERIALIZED (
  SELECT ZTOJID FROM live_ZWAMESSAGE WHERE ZISFROMME = 0 AND ZTOJID LIKE '%@s.whatsapp.net' GROUP BY ZTOJID ORDER BY count(*) DESC LIMIT 1
)
SELECT m._origin,
       CASE WHEN file_path() LIKE '%WhatsAppSMB%' OR file_path() LIKE '%whatsapp.w4b%' THEN 'WhatsApp Business' ELSE 'WhatsApp' END AS app,
       (SELECT jid FROM own)                    AS account,
       s.ZCONTACTJID                            AS thread,
       m.ZSTANZAID                              AS message_id,
       CASE WHEN m.ZMESSAGETYPE IN (6, 10) THEN 'system' WHEN m.ZISFROMME = 1 THEN 'out' WHEN m.ZISFROMME = 0 THEN 'in' END AS direction,
       CASE WHEN m.ZISFROMME = 1 THEN coalesce(m.ZFROMJID, (SELECT jid FROM own)) ELSE coalesce(g.ZMEMBERJID, m.ZFROMJID) END AS sender,
       CASE WHEN m.ZISFROMME = 1 AND m.ZTOJID NOT LIKE '%@g.us' THEN m.ZTOJID END AS recipients,
       CASE m.ZMESSAGETYPE WHEN 0 THEN 'text' WHEN 1 THEN 'image' WHEN 2 THEN 'video' WHEN 3 THEN 'audio' WHEN 4 THEN 'contact' WHEN 5 THEN 'location' WHEN 6 THEN 'system' WHEN 7 THEN 'text'
            WHEN 8 THEN 'file' WHEN 10 THEN 'system' WHEN 11 THEN 'video' WHEN 14 THEN 'text' WHEN 15 THEN 'sticker' WHEN 46 THEN 'poll' WHEN 59 THEN 'call' END AS type,
       coalesce(m.ZTEXT, i.ZTITLE, CASE WHEN m.ZMESSAGETYPE = 4 THEN i.ZVCARDNAME END) AS body,
       coalesce(cocoa_s(m.ZMESSAGEDATE), cocoa_s(m.ZSENTDATE)) AS sent_at,
       i.ZMEDIALOCALPATH                        AS attachment,
       -- Of media this column holds their MIME type; of a shared contact its card.
       CASE WHEN m.ZMESSAGETYPE IN (1, 2, 3, 8, 11, 15) AND i.ZVCARDSTRING LIKE '%/%' AND length(i.ZVCARDSTRING) < 100 THEN i.ZVCARDSTRING END AS attachment_type,
       q.ZSTANZAID                              AS reply_to,
       CASE WHEN m.ZISFROMME = 1 THEN CASE m.ZMESSAGESTATUS WHEN 0 THEN 'queued' WHEN 1 THEN 'sent' WHEN 6 THEN 'delivered' WHEN 8 THEN 'read' END END AS status,
       m.ZSTARRED                               AS starred,
       -- A picture keeps its size in these two columns: only a shared place is a place.
       CASE WHEN m.ZMESSAGETYPE = 5 THEN i.ZLATITUDE END AS latitude,
       CASE WHEN m.ZMESSAGETYPE = 5 THEN i.ZLONGITUDE END AS longitude
  FROM ZWAMESSAGE m
  LEFT JOIN ZWACHATSESSION s ON s.Z_PK = m.ZCHATSESSION
  LEFT JOIN ZWAMEDIAITEM i ON i.Z_PK = m.ZMEDIAITEM
  LEFT JOIN ZWAGROUPMEMBER g ON g.Z_PK = m.ZGROUPMEMBER
  LEFT JOIN live_ZWAMESSAGE q ON q.Z_PK = m.ZPARENTMESSAGE;
