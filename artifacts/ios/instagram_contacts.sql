-- artifact: ios/instagram/contacts
-- about:    people of the Instagram conversations
-- record:   contact
-- app:      Instagram
-- files:    */DirectSQLiteDatabase/*.db
-- omits:    conversations whose list of people cannot be read
-- tested:   real data of iOS 15

-- when: threads(thread_id, metadata, ?viewer_id)
WITH t AS MATERIALIZED (
  SELECT _origin, viewer_id, json_extract(nskeyed_json(metadata), '$."NSArray<IGUser *>*users"') AS users FROM threads
), u AS (
  -- In some versions what is known of a person stands in a dictionary of its own.
  SELECT t._origin, t.viewer_id, u.value AS j, CASE json_type(u.value, '$."NSDictionary<NSString *, id>*userDict"') WHEN 'object' THEN u.value -> '$."NSDictionary<NSString *, id>*userDict"' END AS d
    FROM t, json_each(CASE WHEN json_valid(t.users) THEN t.users END) u WHERE u.type = 'object'
)
SELECT u._origin,
       'id:' || coalesce(nullif(u.viewer_id, ''), replace(file_name(), '.db', '')) AS account,
       coalesce(nullif(j ->> '$.fullName', ''), nullif(d ->> '$.full_name', ''), nullif(j ->> '$.userName', ''), nullif(d ->> '$.username', '')) AS name,
       (SELECT json_group_array(s) FROM (SELECT 'id:' || coalesce(nullif(j ->> '$.pk', ''), nullif(d ->> '$.pk', '')) AS s
                                         UNION ALL SELECT 'handle:' || coalesce(nullif(j ->> '$.userName', ''), nullif(d ->> '$.username', ''))
                                         UNION ALL SELECT 'phone:' || nullif(j ->> '$.public_phone_number', '') UNION ALL SELECT 'email:' || nullif(j ->> '$.public_email', ''))
         WHERE s IS NOT NULL HAVING count(*) > 0) AS selectors
  FROM u;
