-- artifact: ios/teams/messages
-- about:    Microsoft Teams messages
-- record:   message
-- app:      Teams
-- files:    */SkypeSpacesDogfood/*/SkypeSpacesDogfood-*.sqlite
-- tested:   real data of iOS 15

-- when: ZSMESSAGE(Z_PK, ZARRIVALTIME, ZCONTENT, ZFROM, ZTHREADID, ZTS_ISSENTBYME, ?ZTS_MESSAGECONTENTTYPE, ?ZMESSAGETYPE, ?ZTSID, ?ZDELETETIME, ?ZTS_ISSTARREDBYME, ?ZTS_MESSAGEBASETYPE, ?ZEDITTIME)
WITH own(id) AS MATERIALIZED (
  SELECT ZFROM FROM live_ZSMESSAGE WHERE ZTS_ISSENTBYME = 1 AND ZFROM IS NOT NULL GROUP BY ZFROM ORDER BY count(*) DESC LIMIT 1
)
SELECT m._origin,
       'id:' || (SELECT id FROM own) AS account,
       m.ZTHREADID                AS thread,
       m.ZTSID                    AS message_id,
       CASE WHEN m.ZTS_MESSAGEBASETYPE NOT IN ('richtext', 'text') THEN 'system' WHEN m.ZTS_ISSENTBYME = 1 THEN 'out' WHEN m.ZTS_ISSENTBYME = 0 THEN 'in' END AS direction,
       'id:' || m.ZFROM           AS sender,
       CASE WHEN m.ZTS_MESSAGEBASETYPE NOT IN ('richtext', 'text') THEN 'system' WHEN m.ZCONTENT LIKE '%/AMSImage"%' THEN 'image' WHEN m.ZCONTENT LIKE '%/AMSVideo"%' THEN 'video'
            WHEN m.ZTS_MESSAGEBASETYPE IS NOT NULL OR m.ZCONTENT IS NOT NULL THEN 'text' END AS type,
       m.ZCONTENT                 AS body,
       cocoa_s(m.ZARRIVALTIME)    AS sent_at,
       unix_ms(m.ZEDITTIME)       AS edited_at,
       unix_ms(m.ZDELETETIME)     AS revoked_at,
       m.ZTS_ISSTARREDBYME        AS starred
  FROM ZSMESSAGE m;
