-- artifact: ios/calls
-- about:    the phone's own list of calls, FaceTime and other apps' among them
-- record:   call
-- files:    */CallHistoryDB/CallHistory.storedata
-- tested:   a made phone

-- when: ZCALLRECORD(Z_PK, ZDATE, ZDURATION, ZADDRESS, ZORIGINATED, ZANSWERED, ?ZCALLTYPE, ?ZSERVICE_PROVIDER)
SELECT c._origin,
       CASE WHEN c.ZSERVICE_PROVIDER LIKE '%FaceTime%' OR c.ZCALLTYPE IN (8, 16) THEN 'FaceTime' WHEN c.ZSERVICE_PROVIDER LIKE '%Telephony%' OR c.ZCALLTYPE = 1 THEN 'Phone' ELSE coalesce(c.ZSERVICE_PROVIDER, 'Phone') END AS app,
       CASE c.ZORIGINATED WHEN 1 THEN 'out' WHEN 0 THEN 'in' END AS direction,
       CASE WHEN CAST(c.ZADDRESS AS TEXT) LIKE '%@%' THEN CAST(c.ZADDRESS AS TEXT) ELSE 'phone:' || nullif(CAST(c.ZADDRESS AS TEXT), '') END AS peer,
       cocoa_s(c.ZDATE)       AS started_at,
       c.ZDURATION            AS duration,
       CASE WHEN c.ZORIGINATED = 1 THEN c.ZDURATION > 0 ELSE c.ZANSWERED END AS answered,
       c.ZCALLTYPE = 8        AS video,
       CASE WHEN c.ZORIGINATED = 1 THEN CASE WHEN c.ZDURATION > 0 THEN 'answered' ELSE 'cancelled' END WHEN c.ZANSWERED = 1 THEN 'answered' WHEN c.ZANSWERED = 0 THEN 'missed' END AS outcome
  FROM ZCALLRECORD c;
