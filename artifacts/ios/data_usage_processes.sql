-- artifact: ios/data_usage_processes
-- about:    programs that used the network, first and last time
-- record:   app_use
-- app:      Data usage
-- files:    */DataUsage.sqlite
-- files:    */netusage.sqlite
-- tested:   real data of iOS 15

-- when: ZPROCESS(Z_PK, ZBUNDLENAME, ZPROCNAME, ZFIRSTTIMESTAMP, ZTIMESTAMP)
SELECT p._origin,
       coalesce(nullif(p.ZBUNDLENAME, ''), p.ZPROCNAME)  AS package,
       'network, first to last'        AS activity,
       p.ZPROCNAME                     AS detail,
       cocoa_s(p.ZFIRSTTIMESTAMP)      AS started_at,
       cocoa_s(p.ZTIMESTAMP)           AS ended_at
  FROM ZPROCESS p;
