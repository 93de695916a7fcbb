-- artifact: ios/teams/calls
-- about:    Microsoft Teams calls
-- record:   call
-- app:      Teams
-- files:    */SkypeSpacesDogfood/*/SkypeSpacesDogfood-*.sqlite
-- omits:    properties of messages that are no call logs
-- tested:   real data of iOS 15

-- when: ZMESSAGEPROPERTIES(ZTSID, ZTHREADID, ZPROPERTIES), ?ZSMESSAGE(?ZFROM, ?ZTS_ISSENTBYME)
-- The log is a dictionary, or the text of a JSON object; what is neither is still a call.
WITH own(id) AS MATERIALIZED (
  SELECT ZFROM FROM ZSMESSAGE WHERE ZTS_ISSENTBYME = 1 AND ZFROM IS NOT NULL GROUP BY ZFROM ORDER BY count(*) DESC LIMIT 1
), q AS MATERIALIZED (
  SELECT _origin, ZTHREADID, nskeyed_json(ZPROPERTIES) ->> '$.call-log' AS j FROM ZMESSAGEPROPERTIES
), p AS MATERIALIZED (
  SELECT _origin, ZTHREADID, CASE WHEN j IS NOT NULL THEN CASE CASE WHEN json_valid(j) THEN json_type(j) END WHEN 'object' THEN j ELSE '{}' END END AS j FROM q
)
SELECT p._origin,
       'id:' || (SELECT id FROM own)           AS account,
       CASE p.j ->> '$.callDirection' WHEN 'outgoing' THEN 'out' WHEN 'incoming' THEN 'in' END AS direction,
       'id:' || CASE p.j ->> '$.callDirection' WHEN 'outgoing' THEN p.j ->> '$.target' WHEN 'incoming' THEN p.j ->> '$.originator' END AS peer,
       json_array('id:' || (p.j ->> '$.originator'), 'id:' || (p.j ->> '$.target')) AS participants,
       iso8601(p.j ->> '$.startTime')          AS started_at,
       (iso8601(p.j ->> '$.endTime') - iso8601(p.j ->> '$.connectTime')) / 1e6 AS duration,
       p.j ->> '$.callState' = 'accepted'      AS answered,
       CASE p.j ->> '$.callState' WHEN 'accepted' THEN 'answered' WHEN 'missed' THEN 'missed' WHEN 'declined' THEN 'rejected' ELSE p.j ->> '$.callState' END AS outcome,
       p.ZTHREADID                             AS thread
  FROM p
 WHERE p.j IS NOT NULL;
