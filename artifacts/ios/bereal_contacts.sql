-- artifact: ios/bereal/contacts
-- about:    people BeReal knows: the phone's contacts as it took them, friends, requests, those blocked
-- record:   contact
-- app:      BeReal
-- files:    */Library/Caches/disk-bereal-RelationshipsContactsManager-contact/*
-- files:    */Library/Caches/disk-bereal-RelationshipsFriendsListManager/*
-- files:    */Library/Caches/disk-bereal-RelationshipsRequestSentListManager/*
-- files:    */Library/Caches/disk-bereal-RelationshipsRequestReceivedListManager/*
-- files:    */Library/Caches/disk-bereal-BlockedUserManager/*
-- files:    */Library/Caches/disk-bereal-Production_FriendsStorage.follow*/*
-- files:    */Library/Caches/PersonRepository/*
-- tested:   real data of BeReal 1.1

-- {"object": [person, …]}, {"object": {"users": [person, …]}} or {"object": person}.
WITH f(t) AS MATERIALIZED (
  SELECT CASE WHEN json_valid(t) THEN t END FROM (SELECT CAST(file() AS TEXT) AS t)
), p AS (
  SELECT e.key AS at, e.value AS j
    FROM f, json_each(CASE WHEN json_type(t, '$.object') = 'array' THEN json_extract(t, '$.object') WHEN json_type(t, '$.object.users') = 'array' THEN json_extract(t, '$.object.users')
                           WHEN json_type(t, '$.object') = 'object' THEN json_array(json_extract(t, '$.object')) END) e
   WHERE e.type = 'object'
)
SELECT 1 + p.at                         AS _origin,
       coalesce(nullif(p.j ->> '$.completeName', ''),
                nullif(trim(replace(coalesce(p.j ->> '$.givenName', '') || ' ' || coalesce(p.j ->> '$.middleName', '') || ' ' || coalesce(p.j ->> '$.familyName', ''), '  ', ' ')), ''),
                nullif(p.j ->> '$.fullname', ''), nullif(p.j ->> '$.nickName', ''), nullif(p.j ->> '$.organizationName', ''), nullif(p.j ->> '$.username', '')) AS name,
       (SELECT json_group_array(s) FROM (SELECT 'phone:' || n.value AS s FROM json_each(CASE json_type(p.j, '$.phoneNumbers') WHEN 'array' THEN p.j END, '$.phoneNumbers') n WHERE n.type = 'text'
                                         UNION ALL SELECT 'id:' || nullif(p.j ->> '$.id', '') UNION ALL SELECT 'handle:' || nullif(p.j ->> '$.username', ''))
         WHERE s IS NOT NULL HAVING count(*) > 0) AS selectors,
       nullif(p.j ->> '$.organizationName', '') AS organisation,
       coalesce(nullif(p.j ->> '$.biography', ''),
                CASE p.j ->> '$.status' WHEN 'accepted' THEN 'friend' WHEN 'sent' THEN 'request sent' WHEN 'pending' THEN 'request received' WHEN 'canceled' THEN 'request cancelled'
                                        WHEN 'rejected' THEN 'request rejected' ELSE p.j ->> '$.status' END,
                CASE WHEN file_path() LIKE '%.following' THEN 'followed' WHEN file_path() LIKE '%.followers' THEN 'follower' END) AS note,
       CASE WHEN file_path() LIKE '%/disk-bereal-BlockedUserManager/%' THEN 1 END AS blocked,
       cocoa_s(coalesce(p.j ->> '$.statusUpdatedAt', p.j ->> '$.blockedDate', p.j ->> '$.relationship.friendedAt')) AS created_at
  FROM p;
