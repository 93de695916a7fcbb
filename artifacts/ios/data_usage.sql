-- artifact: ios/data_usage
-- about:    how much data each program moved
-- record:   app_use
-- app:      Data usage
-- files:    */DataUsage.sqlite
-- files:    */netusage.sqlite
-- tested:   real data of iOS 15

-- when: ZLIVEUSAGE(Z_PK, ZTIMESTAMP, ZWIFIIN, ZWIFIOUT, ZWWANIN, ZWWANOUT, ZHASPROCESS), ZPROCESS(Z_PK, ZBUNDLENAME, ZPROCNAME, ?ZFIRSTTIMESTAMP, ?ZTIMESTAMP)
SELECT u._origin,
       coalesce(nullif(p.ZBUNDLENAME, ''), p.ZPROCNAME)  AS package,
       'network'                       AS activity,
       p.ZPROCNAME                     AS detail,
       cocoa_s(u.ZTIMESTAMP)           AS started_at,
       coalesce(u.ZWIFIIN + u.ZWWANIN, u.ZWIFIIN, u.ZWWANIN)     AS received_bytes,
       coalesce(u.ZWIFIOUT + u.ZWWANOUT, u.ZWIFIOUT, u.ZWWANOUT) AS sent_bytes
  FROM ZLIVEUSAGE u
  LEFT JOIN ZPROCESS p ON p.Z_PK = u.ZHASPROCESS;
