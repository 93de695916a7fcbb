-- artifact: android/whatsapp/accounts
-- about:    the number WhatsApp is registered with
-- record:   account
-- app:      WhatsApp
-- files:    */com.whatsapp/shared_prefs/com.whatsapp_preferences_light.xml
-- files:    */com.whatsapp/shared_prefs/com.whatsapp_preferences.xml
-- files:    */com.whatsapp/shared_prefs/startup_prefs.xml
-- files:    */com.whatsapp/shared_prefs/registration.RegisterPhone.xml
-- files:    */com.whatsapp.w4b/shared_prefs/com.whatsapp.w4b_preferences_light.xml
-- files:    */com.whatsapp.w4b/shared_prefs/com.whatsapp.w4b_preferences.xml
-- files:    */com.whatsapp.w4b/shared_prefs/startup_prefs.xml
-- files:    */com.whatsapp.w4b/shared_prefs/registration.RegisterPhone.xml
-- with:     light = */com.whatsapp/shared_prefs/com.whatsapp_preferences_light.xml
-- with:     startup = */com.whatsapp/shared_prefs/startup_prefs.xml
-- with:     light_w4b = */com.whatsapp.w4b/shared_prefs/com.whatsapp.w4b_preferences_light.xml
-- with:     startup_w4b = */com.whatsapp.w4b/shared_prefs/startup_prefs.xml
-- omits:    settings that name neither a number nor a person
-- tested:   2.24 on a made phone

WITH app(name, own) AS MATERIALIZED (
  SELECT CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN 'WhatsApp Business' ELSE 'WhatsApp' END, CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN '_w4b' ELSE '' END
),
-- Number and name moved between the files with the years, and stand in one each: what this file lacks the other of the same app may say.
setting(name, text, here) AS MATERIALIZED (
  SELECT x.attributes ->> '$.name', nullif(trim(x.text), ''), 1 FROM xml_each(file(), 'string') x
  UNION ALL SELECT x.attributes ->> '$.name', nullif(trim(x.text), ''), 0 FROM app, xml_each(sibling('light' || own), 'string') x
  UNION ALL SELECT x.attributes ->> '$.name', nullif(trim(x.text), ''), 0 FROM app, xml_each(sibling('startup' || own), 'string') x
),
said(jid, cc, ph, tried_cc, tried, name, here, elsewhere) AS (
  SELECT (SELECT text FROM setting WHERE name = 'registration_jid' AND text IS NOT NULL ORDER BY here DESC LIMIT 1),
         (SELECT text FROM setting WHERE name = 'cc' AND text IS NOT NULL ORDER BY here DESC LIMIT 1),
         (SELECT text FROM setting WHERE name = 'ph' AND text IS NOT NULL ORDER BY here DESC LIMIT 1),
         (SELECT text FROM setting WHERE name = 'com.whatsapp.registration.RegisterPhone.country_code' AND here),
         (SELECT text FROM setting WHERE name = 'com.whatsapp.registration.RegisterPhone.phone_number' AND here),
         (SELECT text FROM setting WHERE name = 'push_name' AND text IS NOT NULL ORDER BY here DESC LIMIT 1),
         (SELECT count(*) FROM setting WHERE name IN ('registration_jid', 'ph') AND text IS NOT NULL AND here),
         (SELECT count(*) FROM setting WHERE name IN ('registration_jid', 'ph') AND text IS NOT NULL AND NOT here)
)
-- The file that holds the number tells of the account; one with the name alone only where no other does.
SELECT 1                        AS _origin,
       app.name                 AS app,
       app.name                 AS service,
       -- A number without its country is kept as written: no country is made up.
       CASE WHEN s.tried IS NOT NULL THEN coalesce('+' || s.tried_cc || s.tried, 'number:' || s.tried)
            ELSE coalesce('+' || replace(s.jid, '@s.whatsapp.net', ''), '+' || s.cc || s.ph, 'number:' || s.ph) END AS phone,
       CASE WHEN s.tried IS NULL THEN replace(s.jid, '@s.whatsapp.net', '') || '@s.whatsapp.net' END AS user_id,
       CASE WHEN s.tried IS NULL THEN s.name END AS display_name,
       CASE WHEN s.tried IS NULL AND s.here > 0 THEN 1 END AS signed_in
  FROM app, said s
 WHERE s.here > 0 OR s.tried IS NOT NULL OR (s.elsewhere = 0 AND EXISTS (SELECT 1 FROM setting WHERE name = 'push_name' AND text IS NOT NULL AND here));
