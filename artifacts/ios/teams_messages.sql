-- artifact: ios/teams/messages
-- about:    Microsoft Teams messages
-- record:   message
-- app:      Teams
-- files:    */SkypeSpacesDogfood/*/SkypeSpacesDogfood-*.sqlite
-- tested:   real data of iOS 15

-- when: ZSMESSAGE(Z_PK, ZARRIVALTIME, ZCONTENT, ZFROM, ZTHREADID, ZTS_ISSENTBYME, ?ZTS_MESSAGECONTENTTYPE, ?ZMESSAGETYPE, ?ZTSID, ?ZDELETETIME, ?ZTS_ISSTARREDBYME, ?ZTS_MESSAGEBASETYPE)
SELECT m._origin,
       CASE WHEN m.ZTS_ISSENTBYME = 1 THEN 'id:' || m.ZFROM END AS account,
       m.ZTHREADID                AS thread,
       m.ZTSID                    AS message_id,
       CASE WHEN m.ZTS_MESSAGEBASETYPE NOT IN ('richtext', 'text') THEN 'system' WHEN m.ZTS_ISSENTBYME = 1 THEN 'out' WHEN m.ZTS_ISSENTBYME = 0 THEN 'in' END AS direction,
       'id:' || m.ZFROM           AS sender,
       CASE WHEN m.ZTS_MESSAGEBASETYPE NOT IN ('richtext', 'text') THEN 'system' WHEN m.ZCONTENT LIKE '%/AMSImage"%' THEN 'image' WHEN m.ZCONTENT LIKE '%/AMSVideo"%' THEN 'video' ELSE 'text' END AS type,
       m.ZCONTENT                 AS body,
       cocoa_s(m.ZARRIVALTIME)    AS sent_at,
       m.ZTS_ISSTARREDBYME        AS starred
  FROM ZSMESSAGE m;
