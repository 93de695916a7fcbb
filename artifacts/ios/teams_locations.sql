-- artifact: ios/teams/locations
-- about:    places shared in Microsoft Teams
-- record:   location
-- app:      Teams
-- files:    */SkypeSpacesDogfood/*/SkypeSpacesDogfood-*.sqlite
-- omits:    properties of messages that share no place
-- tested:   real data of iOS 15

-- when: ZMESSAGEPROPERTIES(ZTSID, ZTHREADID, ZPROPERTIES), ?ZSMESSAGE(ZTSID, ZTHREADID, ZARRIVALTIME)
-- A shared place is a card whose link to a map names it: "…rtp=adr.~pos.LATITUDE_LONGITUDE_ADDRESS".
WITH p AS MATERIALIZED (
  SELECT _origin, ZTSID, ZTHREADID, nskeyed_json(ZPROPERTIES) ->> '$.cards' AS j FROM ZMESSAGEPROPERTIES
), pos AS MATERIALIZED (
  SELECT _origin, ZTSID, ZTHREADID, substr(j, instr(j, '~pos.') + 5, 80) AS t FROM p WHERE j LIKE '%~pos.%'
)
SELECT pos._origin,
       cocoa_s(m.ZARRIVALTIME)                                    AS at,
       CAST(substr(t, 1, instr(t, '_') - 1) AS REAL)              AS latitude,
       CAST(substr(t, instr(t, '_') + 1, 20) AS REAL)             AS longitude,
       'shared in a message'                                      AS source
  FROM pos
  LEFT JOIN ZSMESSAGE m ON m.ZTSID = pos.ZTSID AND m.ZTHREADID = pos.ZTHREADID;
