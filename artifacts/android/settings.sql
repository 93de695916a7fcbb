-- artifact: android/settings
-- about:    what the device calls itself
-- record:   device
-- app:      Android
-- files:    */system/users/*/settings_secure.xml
-- files:    */system/users/*/settings_global.xml
-- omits:    settings that say nothing about which device this is
-- tested:   a made phone

SELECT x.id                                   AS _origin,
       x.attributes ->> '$.name'              AS property,
       x.attributes ->> '$.value'             AS value,
       CASE x.attributes ->> '$.name' WHEN 'android_id' THEN 'device:' || (x.attributes ->> '$.value') WHEN 'bluetooth_address' THEN 'mac:' || (x.attributes ->> '$.value') END AS identifier
  FROM xml_each(file(), 'setting') x
 WHERE x.attributes ->> '$.name' IN ('android_id', 'bluetooth_name', 'bluetooth_address', 'device_name', 'lock_screen_owner_info', 'default_input_method', 'time_zone', 'auto_time_zone');
