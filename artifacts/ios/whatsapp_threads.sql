-- artifact: ios/whatsapp/threads
-- about:    WhatsApp conversations on iOS
-- record:   thread
-- app:      WhatsApp
-- files:    */ChatStorage.sqlite
-- tested:   real data of iOS 15

-- when: ZWACHATSESSION(Z_PK, ZCONTACTJID, ZPARTNERNAME, ?ZARCHIVED, ?ZGROUPINFO), ?ZWAGROUPMEMBER(ZCHATSESSION, ZMEMBERJID), ?ZWAGROUPINFO(Z_PK, ZCREATIONDATE)
SELECT s._origin,
       s.ZCONTACTJID     AS thread,
       s.ZPARTNERNAME    AS name,
       CASE WHEN s.ZCONTACTJID LIKE '%@g.us' THEN 'group' WHEN s.ZCONTACTJID LIKE '%@broadcast' OR s.ZCONTACTJID LIKE '%@status' THEN 'broadcast' ELSE 'one-to-one' END AS type,
       CASE WHEN s.ZCONTACTJID LIKE '%@g.us' THEN (SELECT json_group_array(g.ZMEMBERJID) FROM ZWAGROUPMEMBER g WHERE g.ZCHATSESSION = s.Z_PK) ELSE s.ZCONTACTJID END AS participants,
       cocoa_s(i.ZCREATIONDATE) AS created_at,
       s.ZARCHIVED       AS archived
  FROM ZWACHATSESSION s
  LEFT JOIN ZWAGROUPINFO i ON i.Z_PK = s.ZGROUPINFO;
