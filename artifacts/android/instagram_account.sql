-- artifact: android/instagram/accounts
-- about:    the account that is signed in to Instagram
-- record:   account
-- app:      Instagram
-- files:    */com.instagram.android/shared_prefs/com.instagram.android_preferences.xml
-- omits:    settings that describe no account
-- tested:   the documented form on a made phone

SELECT x.id                            AS _origin,
       'Instagram'                     AS service,
       'id:' || coalesce(x.text ->> '$.id', x.text ->> '$.pk') AS user_id,
       x.text ->> '$.username'         AS handle,
       x.text ->> '$.full_name'        AS display_name,
       x.text ->> '$.phone_number'     AS phone,
       1                               AS signed_in
  FROM xml_each(file(), 'string') x
 WHERE x.attributes ->> '$.name' = 'current' AND json_valid(x.text);
