-- artifact: android/tiktok/accounts
-- about:    accounts that are or were signed in to TikTok
-- record:   account
-- app:      TikTok
-- files:    */com.zhiliaoapp.musically/shared_prefs/aweme_user.xml
-- files:    */com.ss.android.ugc.trill/shared_prefs/aweme_user.xml
-- omits:    settings that describe no account
-- tested:   the documented form on a made phone

SELECT x.id                            AS _origin,
       'TikTok'                        AS service,
       'id:' || (x.text ->> '$.uid')   AS user_id,
       x.text ->> '$.unique_id'        AS handle,
       x.text ->> '$.nickname'         AS display_name,
       x.text ->> '$.bind_phone'       AS phone,
       x.text ->> '$.email'            AS email
  FROM xml_each(file(), 'string') x
 WHERE (x.attributes ->> '$.name') LIKE '%aweme_user_info' AND json_valid(x.text);
