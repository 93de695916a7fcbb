-- artifact: android/snapchat/contacts
-- about:    Snapchat friends
-- record:   contact
-- app:      Snapchat
-- files:    */com.snapchat.android/databases/main.db
-- tested:   the documented schema on a made phone

-- when: Friend(userId, username, displayName, ?phone, ?addedTimestamp, ?isBlocked)
SELECT f._origin,
       coalesce(nullif(f.displayName, ''), f.username) AS name,
       json_array('id:' || f.userId, 'handle:' || f.username, 'phone:' || nullif(f.phone, '')) AS selectors,
       f.isBlocked                         AS blocked,
       unix_ms(f.addedTimestamp)           AS created_at
  FROM Friend f;
