-- artifact: android/snapchat/accounts
-- about:    the account that is signed in to Snapchat
-- record:   account
-- app:      Snapchat
-- files:    */com.snapchat.android/shared_prefs/user_session_shared_pref.xml
-- tested:   the documented form on a made phone

SELECT 1                              AS _origin,
       'Snapchat'                     AS service,
       'id:' || max(CASE WHEN x.attributes ->> '$.name' = 'key_user_id' THEN x.text END) AS user_id,
       max(CASE WHEN x.attributes ->> '$.name' = 'key_username' THEN x.text END)         AS handle,
       1                              AS signed_in
  FROM xml_each(file(), 'string') x
HAVING count(CASE WHEN x.attributes ->> '$.name' = 'key_user_id' THEN 1 END) > 0;
