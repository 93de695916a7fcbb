-- artifact: ios/photos
-- about:    the library of pictures and videos
-- record:   media
-- app:      Photos
-- files:    */PhotoData/Photos.sqlite
-- files:    */Syndication.photoslibrary/database/Photos.sqlite
-- tested:   a made phone

-- when: ZASSET(Z_PK, ZDIRECTORY, ZFILENAME, ZDATECREATED, ?ZADDEDDATE, ?ZTRASHEDDATE, ?ZTRASHEDSTATE, ?ZHIDDEN, ?ZLATITUDE, ?ZLONGITUDE, ?ZWIDTH, ?ZHEIGHT, ?ZDURATION, ?ZUNIFORMTYPEIDENTIFIER, ?ZADDITIONALATTRIBUTES), ?ZADDITIONALASSETATTRIBUTES(Z_PK, ?ZORIGINALFILENAME, ?ZCREATORBUNDLEID, ?ZIMPORTEDBYBUNDLEIDENTIFIER)
SELECT a._origin,
       a.ZDIRECTORY || '/' || a.ZFILENAME   AS path,
       a.ZUNIFORMTYPEIDENTIFIER             AS type,
       x.ZORIGINALFILENAME                  AS title,
       cocoa_s(a.ZDATECREATED)              AS taken_at,
       cocoa_s(a.ZADDEDDATE)                AS added_at,
       -- -180 stands for "no place"; nothing out of range is one.
       CASE WHEN a.ZLATITUDE BETWEEN -90 AND 90 THEN a.ZLATITUDE END  AS latitude,
       CASE WHEN a.ZLONGITUDE > -180 AND a.ZLONGITUDE <= 180 THEN a.ZLONGITUDE END AS longitude,
       a.ZWIDTH                             AS width,
       a.ZHEIGHT                            AS height,
       nullif(a.ZDURATION, 0)               AS duration,
       coalesce(x.ZCREATORBUNDLEID, x.ZIMPORTEDBYBUNDLEIDENTIFIER) AS made_by,
       a.ZHIDDEN                            AS hidden,
       CASE WHEN a.ZTRASHEDSTATE = 1 THEN cocoa_s(a.ZTRASHEDDATE) END AS trashed_at
  FROM ZASSET a
  LEFT JOIN ZADDITIONALASSETATTRIBUTES x ON x.Z_PK = a.ZADDITIONALATTRIBUTES;

-- Before iOS 14.
-- when: ZGENERICASSET(Z_PK, ZDIRECTORY, ZFILENAME, ZDATECREATED, ?ZADDEDDATE, ?ZTRASHEDDATE, ?ZTRASHEDSTATE, ?ZHIDDEN, ?ZLATITUDE, ?ZLONGITUDE, ?ZWIDTH, ?ZHEIGHT, ?ZDURATION, ?ZUNIFORMTYPEIDENTIFIER, ?ZADDITIONALATTRIBUTES), ?ZADDITIONALASSETATTRIBUTES(Z_PK, ?ZORIGINALFILENAME, ?ZCREATORBUNDLEID, ?ZIMPORTEDBYBUNDLEIDENTIFIER)
SELECT a._origin,
       a.ZDIRECTORY || '/' || a.ZFILENAME   AS path,
       a.ZUNIFORMTYPEIDENTIFIER             AS type,
       x.ZORIGINALFILENAME                  AS title,
       cocoa_s(a.ZDATECREATED)              AS taken_at,
       cocoa_s(a.ZADDEDDATE)                AS added_at,
       CASE WHEN a.ZLATITUDE BETWEEN -90 AND 90 THEN a.ZLATITUDE END  AS latitude,
       CASE WHEN a.ZLONGITUDE > -180 AND a.ZLONGITUDE <= 180 THEN a.ZLONGITUDE END AS longitude,
       a.ZWIDTH                             AS width,
       a.ZHEIGHT                            AS height,
       nullif(a.ZDURATION, 0)               AS duration,
       coalesce(x.ZCREATORBUNDLEID, x.ZIMPORTEDBYBUNDLEIDENTIFIER) AS made_by,
       a.ZHIDDEN                            AS hidden,
       CASE WHEN a.ZTRASHEDSTATE = 1 THEN cocoa_s(a.ZTRASHEDDATE) END AS trashed_at
  FROM ZGENERICASSET a
  LEFT JOIN ZADDITIONALASSETATTRIBUTES x ON x.Z_PK = a.ZADDITIONALATTRIBUTES;
