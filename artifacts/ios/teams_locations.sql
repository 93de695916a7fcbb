-- artifact: ios/teams/locations
-- about:    places shared in Microsoft Teams
-- record:   location
-- app:      Teams
-- files:    */SkypeSpacesDogfood/*/SkypeSpacesDogfood-*.sqlite
-- omits:    properties of messages that share no place; the draft of a live share (cards:shareLocation), which the message that was sent has again
-- tested:   real data of iOS 15

-- when: ZMESSAGEPROPERTIES(ZTSID, ZTHREADID, ZPROPERTIES), ?ZSMESSAGE(ZTSID, ZTHREADID, ZARRIVALTIME, ?ZFROM, ?ZTS_ISSENTBYME)
-- A shared place is a card whose link to a map names it: "…rtp=adr.~pos.LATITUDE_LONGITUDE_ADDRESS".
WITH own(id) AS MATERIALIZED (
  SELECT ZFROM FROM ZSMESSAGE WHERE ZTS_ISSENTBYME = 1 AND ZFROM IS NOT NULL GROUP BY ZFROM ORDER BY count(*) DESC LIMIT 1
), p AS MATERIALIZED (
  SELECT _origin, ZTSID, ZTHREADID, nskeyed_json(ZPROPERTIES) ->> '$.cards' AS j FROM ZMESSAGEPROPERTIES
), pos AS MATERIALIZED (
  SELECT _origin, ZTSID, ZTHREADID, substr(j, instr(j, '~pos.') + 5, 80) AS t FROM p WHERE j LIKE '%~pos.%'
), deg AS (
  SELECT _origin, ZTSID, ZTHREADID, CASE WHEN t GLOB '[-0-9]*_[-0-9]*' THEN CAST(t AS REAL) END AS latitude,
         CASE WHEN t GLOB '[-0-9]*_[-0-9]*' THEN CAST(substr(t, instr(t, '_') + 1) AS REAL) END AS longitude FROM pos
)
SELECT deg._origin,
       'id:' || (SELECT id FROM own)                              AS account,
       -- A message's id is the server's time in milliseconds; it stands for the time of one that is gone.
       coalesce(cocoa_s(m.ZARRIVALTIME), unix_ms(deg.ZTSID))      AS at,
       CASE WHEN abs(latitude) <= 90 AND abs(longitude) <= 180 THEN latitude END  AS latitude,
       CASE WHEN abs(latitude) <= 90 AND abs(longitude) <= 180 THEN longitude END AS longitude,
       'shared in a message'                                      AS source
  FROM deg
  LEFT JOIN ZSMESSAGE m ON m.ZTSID = deg.ZTSID AND m.ZTHREADID = deg.ZTHREADID;
