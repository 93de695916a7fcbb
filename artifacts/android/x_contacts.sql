-- artifact: android/x/contacts
-- about:    people X (Twitter) kept
-- record:   contact
-- app:      X
-- files:    */com.twitter.android/databases/*.db
-- tested:   real data of 2016

-- when: users(user_id, username, name, ?description, ?friendship_time, ?profile_created)
SELECT u._origin,
       coalesce(nullif(u.name, ''), u.username) AS name,
       json_array('id:' || u.user_id, 'handle:' || u.username) AS selectors,
       nullif(u.description, '')    AS note,
       unix_ms(u.friendship_time)   AS created_at
  FROM users u;
