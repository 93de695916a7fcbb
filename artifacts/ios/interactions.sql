-- artifact: ios/interactions
-- about:    that somebody was written to or heard from, in which app and when: it outlives the messages themselves
-- record:   app_use
-- app:      Interactions
-- files:    */CoreDuet/People/interactionC.db
-- tested:   the documented schema

-- when: ZINTERACTIONS(Z_PK, ZBUNDLEID, ZSTARTDATE, ZENDDATE, ZDIRECTION, ?ZSENDER), ?ZCONTACTS(Z_PK, ZIDENTIFIER), ?Z_2INTERACTIONRECIPIENT(Z_3INTERACTIONRECIPIENT, Z_2RECIPIENTS)
SELECT i._origin,
       nullif(i.ZBUNDLEID, '')     AS package,
       CASE i.ZDIRECTION WHEN 0 THEN 'contact, in' WHEN 1 THEN 'contact, out' ELSE 'contact' END AS activity,
       cocoa_s(i.ZSTARTDATE)       AS started_at,
       cocoa_s(i.ZENDDATE)         AS ended_at,
       nullif(coalesce('from ' || nullif(s.ZIDENTIFIER, ''), '') ||
              coalesce(CASE WHEN s.ZIDENTIFIER <> '' THEN ' ' ELSE '' END || 'to ' || (SELECT group_concat(c.ZIDENTIFIER, ', ') FROM Z_2INTERACTIONRECIPIENT r LEFT JOIN ZCONTACTS c ON c.Z_PK = r.Z_2RECIPIENTS
                WHERE r.Z_3INTERACTIONRECIPIENT = i.Z_PK AND c.ZIDENTIFIER <> ''), ''), '') AS detail
  FROM ZINTERACTIONS i
  LEFT JOIN ZCONTACTS s ON s.Z_PK = i.ZSENDER;
