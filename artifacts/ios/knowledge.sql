-- artifact: ios/knowledge
-- about:    which app was on screen when, and when the screen was on and the device unlocked
-- record:   app_use
-- app:      Knowledge
-- files:    */CoreDuet/Knowledge/knowledgeC.db
-- omits:    streams that do not tell of use: battery, plugs, widgets, suggestions and many more
-- tested:   the documented schema

-- when: ZOBJECT(Z_PK, ZSTREAMNAME, ZSTARTDATE, ZENDDATE, ZVALUESTRING, ?ZVALUEINTEGER, ?ZSTRUCTUREDMETADATA), ?ZSTRUCTUREDMETADATA(Z_PK, ?Z_DKDIGITALHEALTHMETADATAKEY__WEBPAGEURL, ?Z_DKDIGITALHEALTHMETADATAKEY__WEBDOMAIN)
SELECT o._origin,
       CASE WHEN o.ZSTREAMNAME LIKE '/app/%' THEN nullif(o.ZVALUESTRING, '') END AS package,
       CASE o.ZSTREAMNAME WHEN '/app/inFocus' THEN 'foreground' WHEN '/app/usage' THEN 'usage' WHEN '/app/webUsage' THEN 'web' WHEN '/app/mediaUsage' THEN 'media'
            WHEN '/display/isBacklit' THEN CASE o.ZVALUEINTEGER WHEN 1 THEN 'screen on' WHEN 0 THEN 'screen off' END
            WHEN '/device/isLocked' THEN CASE o.ZVALUEINTEGER WHEN 1 THEN 'locked' WHEN 0 THEN 'unlocked' END END AS activity,
       cocoa_s(o.ZSTARTDATE)    AS started_at,
       cocoa_s(o.ZENDDATE)      AS ended_at,
       CASE WHEN o.ZENDDATE >= o.ZSTARTDATE AND cocoa_s(o.ZENDDATE) IS NOT NULL AND cocoa_s(o.ZSTARTDATE) IS NOT NULL THEN o.ZENDDATE - o.ZSTARTDATE END AS duration,
       coalesce(nullif(m.Z_DKDIGITALHEALTHMETADATAKEY__WEBPAGEURL, ''), nullif(m.Z_DKDIGITALHEALTHMETADATAKEY__WEBDOMAIN, '')) AS detail
  FROM ZOBJECT o
  LEFT JOIN ZSTRUCTUREDMETADATA m ON m.Z_PK = o.ZSTRUCTUREDMETADATA
 WHERE o.ZSTREAMNAME IN ('/app/inFocus', '/app/usage', '/app/webUsage', '/app/mediaUsage', '/display/isBacklit', '/device/isLocked');
