-- artifact: android/tiktok/contacts
-- about:    people TikTok knows: whom the user wrote with or follows
-- record:   contact
-- app:      TikTok
-- files:    */databases/db_im_xx
-- files:    */databases/db_im_contact*
-- tested:   the documented schema on a made phone

-- when: SIMPLE_USER(UID, NICK_NAME, UNIQUE_ID, ?SIGNATURE)
SELECT u._origin,
       nullif(u.NICK_NAME, '') AS name,
       json_array('id:' || u.UID, 'handle:' || nullif(u.UNIQUE_ID, '')) AS selectors,
       nullif(u.SIGNATURE, '') AS note
  FROM SIMPLE_USER u;

-- when: IM_USER_BASE_INFO(UID, NICK_NAME, UNIQUE_ID, ?BLOCK, ?DELETED, ?SIGNATURE)
SELECT u._origin,
       nullif(u.NICK_NAME, '') AS name,
       json_array('id:' || u.UID, 'handle:' || nullif(u.UNIQUE_ID, '')) AS selectors,
       nullif(u.SIGNATURE, '') AS note,
       u.BLOCK      AS blocked,
       u.DELETED    AS deleted
  FROM IM_USER_BASE_INFO u;
