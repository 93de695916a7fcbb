-- artifact: android/instagram/accounts
-- about:    the account that is signed in to Instagram
-- record:   account
-- app:      Instagram
-- files:    */com.instagram.android/shared_prefs/com.instagram.android_preferences.xml
-- omits:    settings that describe no account
-- tested:   the documented form on a made phone

SELECT j.id                            AS _origin,
       'Instagram'                     AS service,
       'id:' || coalesce(j.user ->> '$.id', j.user ->> '$.pk') AS user_id,
       nullif(j.user ->> '$.username', '')     AS handle,
       nullif(j.user ->> '$.full_name', '')    AS display_name,
       nullif(j.user ->> '$.phone_number', '') AS phone,
       nullif(j.user ->> '$.email', '')        AS email,
       1                               AS signed_in
  -- A text that is no JSON is still an account that was signed in.
  FROM (SELECT id, CASE WHEN json_valid(text) THEN text ELSE '{}' END AS user FROM xml_each(file(), 'string') WHERE attributes ->> '$.name' = 'current') j;
