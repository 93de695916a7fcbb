-- artifact: android/whatsapp/accounts
-- about:    the number WhatsApp is registered with
-- record:   account
-- app:      WhatsApp
-- files:    */shared_prefs/com.whatsapp_preferences_light.xml
-- files:    */shared_prefs/com.whatsapp.w4b_preferences_light.xml
-- tested:   2.24 on a made phone

SELECT 1                        AS _origin,
       CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN 'WhatsApp Business' ELSE 'WhatsApp' END AS app,
       CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN 'WhatsApp Business' ELSE 'WhatsApp' END AS service,
       '+' || max(CASE WHEN x.attributes ->> '$.name' = 'cc' THEN x.text END) || max(CASE WHEN x.attributes ->> '$.name' = 'ph' THEN x.text END) AS phone,
       max(CASE WHEN x.attributes ->> '$.name' = 'registration_jid' THEN x.text END) || '@s.whatsapp.net' AS user_id,
       max(CASE WHEN x.attributes ->> '$.name' = 'push_name' THEN x.text END) AS display_name,
       1                        AS signed_in
  FROM xml_each(file(), 'string') x
HAVING count(CASE WHEN x.attributes ->> '$.name' IN ('ph', 'registration_jid') THEN 1 END) > 0;
