-- artifact: android/instagram/contacts
-- about:    people of the Instagram conversations
-- record:   contact
-- app:      Instagram
-- files:    */com.instagram.android/databases/direct.db
-- omits:    conversations whose list of people cannot be read
-- tested:   the documented schema on a made phone

-- when: threads(thread_id, thread_info, user_id)
SELECT t._origin,
       'id:' || t.user_id                       AS account,
       coalesce(nullif(r.value ->> '$.full_name', ''), r.value ->> '$.username') AS name,
       json_array('id:' || (r.value ->> '$.pk'), 'handle:' || (r.value ->> '$.username')) AS selectors
  FROM threads t, json_each(CASE WHEN json_valid(t.thread_info) THEN t.thread_info ELSE '{}' END, '$.users') r
 -- ->> of a list's plain string would end the query: it is no JSON.
 WHERE r.type = 'object';
