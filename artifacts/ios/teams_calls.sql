-- artifact: ios/teams/calls
-- about:    Microsoft Teams calls
-- record:   call
-- app:      Teams
-- files:    */SkypeSpacesDogfood/*/SkypeSpacesDogfood-*.sqlite
-- omits:    properties of messages that are no call logs
-- tested:   real data of iOS 15

-- when: ZMESSAGEPROPERTIES(ZTSID, ZTHREADID, ZPROPERTIES)
WITH p AS MATERIALIZED (
  -- The log is JSON in a string; what is none is still a call.
  SELECT _origin, CASE WHEN log IS NOT NULL THEN CASE WHEN json_valid(log) THEN log ELSE '{}' END END AS j
    FROM (SELECT _origin, nskeyed_json(ZPROPERTIES) ->> '$.call-log' AS log FROM ZMESSAGEPROPERTIES)
)
SELECT p._origin,
       CASE p.j ->> '$.callDirection' WHEN 'outgoing' THEN 'out' WHEN 'incoming' THEN 'in' END AS direction,
       'id:' || CASE p.j ->> '$.callDirection' WHEN 'outgoing' THEN p.j ->> '$.target' ELSE p.j ->> '$.originator' END AS peer,
       json_array('id:' || (p.j ->> '$.originator'), 'id:' || (p.j ->> '$.target')) AS participants,
       iso8601(p.j ->> '$.startTime')          AS started_at,
       (iso8601(p.j ->> '$.endTime') - iso8601(p.j ->> '$.connectTime')) / 1e6 AS duration,
       p.j ->> '$.callState' = 'accepted'      AS answered,
       CASE p.j ->> '$.callState' WHEN 'accepted' THEN 'answered' WHEN 'missed' THEN 'missed' WHEN 'declined' THEN 'rejected' ELSE p.j ->> '$.callState' END AS outcome
  FROM p
 WHERE p.j IS NOT NULL;
