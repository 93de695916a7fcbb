-- artifact: android/tiktok/accounts
-- about:    accounts that are or were signed in to TikTok
-- record:   account
-- app:      TikTok
-- files:    */com.zhiliaoapp.musically/shared_prefs/aweme_user.xml
-- files:    */com.ss.android.ugc.trill/shared_prefs/aweme_user.xml
-- omits:    settings that describe no account
-- tested:   the documented form on a made phone

SELECT j.id                            AS _origin,
       'TikTok'                        AS service,
       -- The setting is named after its account: UID_aweme_user_info.
       'id:' || coalesce(j.user ->> '$.uid', nullif(replace(j.name, '_aweme_user_info', ''), '')) AS user_id,
       nullif(j.user ->> '$.unique_id', '')  AS handle,
       nullif(j.user ->> '$.nickname', '')   AS display_name,
       nullif(j.user ->> '$.bind_phone', '') AS phone,
       nullif(j.user ->> '$.email', '')      AS email
  FROM (SELECT id, attributes ->> '$.name' AS name, CASE WHEN json_valid(text) THEN text ELSE '{}' END AS user FROM xml_each(file(), 'string')) j
 WHERE j.name LIKE '%\_aweme\_user\_info' ESCAPE '\';
