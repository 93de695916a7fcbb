-- artifact: android/instagram/threads
-- about:    Instagram conversations
-- record:   thread
-- app:      Instagram
-- files:    */com.instagram.android/databases/direct.db
-- tested:   the documented schema on a made phone

-- when: threads(thread_id, thread_info, user_id)
SELECT t._origin,
       'id:' || t.user_id                       AS account,
       t.thread_id                              AS thread,
       CASE WHEN json_valid(t.thread_info) THEN nullif(t.thread_info ->> '$.thread_title', '') END AS name,
       CASE WHEN json_valid(t.thread_info) THEN CASE WHEN json_array_length(t.thread_info, '$.recipients') > 1 THEN 'group' WHEN json_array_length(t.thread_info, '$.recipients') = 1 THEN 'one-to-one' END END AS type,
       CASE WHEN json_valid(t.thread_info) THEN (SELECT json_group_array('id:' || (r.value ->> '$.pk')) FROM json_each(t.thread_info, '$.recipients') r WHERE r.type = 'object') END AS participants
  FROM threads t;
