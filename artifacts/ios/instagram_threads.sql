-- artifact: ios/instagram/threads
-- about:    Instagram conversations on iOS
-- record:   thread
-- app:      Instagram
-- files:    */DirectSQLiteDatabase/*.db
-- tested:   real data of iOS 15

-- when: threads(thread_id, metadata, ?viewer_id)
WITH t AS MATERIALIZED (
  SELECT _origin, thread_id, viewer_id, json_extract(nskeyed_json(metadata), '$.BOOLisGroup', '$.BOOLisArchived', '$.BOOLisMuted', '$."NSArray<IGUser *>*users"') AS j FROM threads
)
SELECT t._origin,
       'id:' || coalesce(nullif(t.viewer_id, ''), replace(file_name(), '.db', '')) AS account,
       t.thread_id                  AS thread,
       CASE j ->> '$[0]' WHEN 1 THEN 'group' WHEN 0 THEN 'one-to-one' END AS type,
       (SELECT json_group_array('id:' || p.pk) FROM (SELECT coalesce(nullif(u.value ->> '$.pk', ''), nullif(u.value ->> '$."NSDictionary<NSString *, id>*userDict".pk', '')) AS pk
                                                      FROM json_each(CASE json_type(t.j, '$[3]') WHEN 'array' THEN t.j END, '$[3]') u WHERE u.type = 'object') p
         WHERE p.pk IS NOT NULL HAVING count(*) > 0) AS participants,
       CASE WHEN json_type(j, '$[1]') IN ('true', 'false') THEN j ->> '$[1]' END AS archived,
       CASE WHEN json_type(j, '$[2]') IN ('true', 'false') THEN j ->> '$[2]' END AS muted
  FROM t;
