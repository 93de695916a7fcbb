-- artifact: android/settings
-- about:    what the device calls itself
-- record:   device
-- app:      Android
-- files:    */system/users/*/settings_secure.xml
-- files:    */system/users/*/settings_global.xml
-- omits:    settings that say nothing about which device this is
-- tested:   a made phone

SELECT s.id                                   AS _origin,
       s.name                                 AS property,
       s.value                                AS value,
       CASE s.name WHEN 'android_id' THEN 'device:' || s.value WHEN 'bluetooth_address' THEN 'mac:' || s.value END AS identifier
  -- A value with characters that the writer's XML cannot hold (an emoji) is kept as UTF-16 in base64.
  FROM (SELECT x.id AS id, x.attributes ->> '$.name' AS name,
               coalesce(x.attributes ->> '$.value', utf16be(base64_decode(x.attributes ->> '$.valueBase64'))) AS value
          FROM xml_each(file(), 'setting') x) s
 WHERE s.name IN ('android_id', 'bluetooth_name', 'bluetooth_address', 'device_name', 'lock_screen_owner_info', 'default_input_method', 'time_zone', 'auto_time_zone');
