-- artifact: android/snapchat/contacts
-- about:    Snapchat friends
-- record:   contact
-- app:      Snapchat
-- files:    */com.snapchat.android/databases/main.db
-- tested:   the documented schema on a made phone

-- when: Friend(userId, username, displayName, ?phone, ?addedTimestamp, ?isBlocked)
SELECT f._origin,
       coalesce(f.displayName, f.username) AS name,
       (SELECT json_group_array(value) FROM json_each(json_array('id:' || f.userId, 'handle:' || f.username, 'phone:' || f.phone)) WHERE value IS NOT NULL) AS selectors,
       f.isBlocked                         AS blocked,
       unix_ms(f.addedTimestamp)           AS created_at
  FROM Friend f;
