-- artifact: ios/whatsapp/calls
-- about:    WhatsApp calls on iOS
-- record:   call
-- app:      WhatsApp
-- files:    */CallHistory.sqlite
-- tested:   real data of iOS 15

-- when: ZWACDCALLEVENT(Z_PK, ZDATE, ZDURATION, ZOUTCOME, ?ZGROUPCALLCREATORUSERJIDSTRING, ?ZGROUPJIDSTRING, ?Z1CALLEVENTS), ZWACDCALLEVENTPARTICIPANT(Z_PK, Z1PARTICIPANTS, ZJIDSTRING), ?ZWAAGGREGATECALLEVENT(Z_PK, ZINCOMING, ZVIDEO)
SELECT c._origin,
       CASE a.ZINCOMING WHEN 1 THEN 'in' WHEN 0 THEN 'out' END AS direction,
       coalesce((SELECT p.ZJIDSTRING FROM ZWACDCALLEVENTPARTICIPANT p WHERE p.Z1PARTICIPANTS = c.Z_PK ORDER BY p.Z_PK LIMIT 1), c.ZGROUPCALLCREATORUSERJIDSTRING) AS peer,
       (SELECT json_group_array(p.ZJIDSTRING) FROM ZWACDCALLEVENTPARTICIPANT p WHERE p.Z1PARTICIPANTS = c.Z_PK HAVING count(*) > 1) AS participants,
       cocoa_s(c.ZDATE)   AS started_at,
       c.ZDURATION        AS duration,
       c.ZOUTCOME = 0     AS answered,
       a.ZVIDEO           AS video,
       CASE c.ZOUTCOME WHEN 0 THEN 'answered' WHEN 1 THEN 'missed' WHEN 4 THEN 'rejected' END AS outcome,
       c.ZGROUPJIDSTRING  AS thread
  FROM ZWACDCALLEVENT c
  LEFT JOIN ZWAAGGREGATECALLEVENT a ON a.Z_PK = c.Z1CALLEVENTS;
