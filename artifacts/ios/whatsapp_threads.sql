-- artifact: ios/whatsapp/threads
-- about:    WhatsApp conversations on iOS
-- record:   thread
-- files:    */ChatStorage.sqlite
-- tested:   real data of iOS 15

-- when: ZWACHATSESSION(Z_PK, ZCONTACTJID, ZPARTNERNAME, ?ZARCHIVED, ?ZGROUPINFO), ?ZWAGROUPMEMBER(ZCHATSESSION, ZMEMBERJID), ?ZWAGROUPINFO(Z_PK, ZCREATIONDATE)
SELECT s._origin,
       CASE WHEN file_path() LIKE '%WhatsAppSMB%' OR file_path() LIKE '%whatsapp.w4b%' THEN 'WhatsApp Business' ELSE 'WhatsApp' END AS app,
       s.ZCONTACTJID     AS thread,
       s.ZPARTNERNAME    AS name,
       CASE WHEN s.ZCONTACTJID LIKE '%@g.us' THEN 'group' WHEN s.ZCONTACTJID LIKE '%@broadcast' OR s.ZCONTACTJID LIKE '%@status' THEN 'broadcast' WHEN s.ZCONTACTJID LIKE '%@newsletter' THEN 'channel'
            WHEN s.ZCONTACTJID LIKE '%@%' THEN 'one-to-one' END AS type,
       CASE WHEN s.ZCONTACTJID LIKE '%@g.us' THEN (SELECT json_group_array(g.ZMEMBERJID || '') FROM ZWAGROUPMEMBER g WHERE g.ZCHATSESSION = s.Z_PK AND g.ZMEMBERJID IS NOT NULL HAVING count(*) > 0)
            WHEN s.ZCONTACTJID NOT LIKE '%@newsletter' THEN s.ZCONTACTJID END AS participants,
       cocoa_s(i.ZCREATIONDATE) AS created_at,
       s.ZARCHIVED       AS archived
  FROM ZWACHATSESSION s
  LEFT JOIN ZWAGROUPINFO i ON i.Z_PK = s.ZGROUPINFO;
