-- artifact: android/wifi
-- about:    Wi-Fi networks the device keeps
-- record:   network
-- app:      Wi-Fi
-- files:    */WifiConfigStore.xml
-- tested:   a made phone

SELECT n.id AS _origin,
       (SELECT trim(x.text, '"') FROM xml_each(file(), 'string') x WHERE x.parent = n.id AND x.attributes ->> '$.name' = 'SSID') AS ssid,
       (SELECT trim(x.text, '"') FROM xml_each(file(), 'string') x WHERE x.parent = n.id AND x.attributes ->> '$.name' = 'PreSharedKey') AS password,
       (SELECT CASE WHEN x.text LIKE '%WPA_PSK%' THEN 'WPA' WHEN x.text LIKE '%SAE%' THEN 'WPA3' WHEN x.text LIKE '%NONE%' THEN 'open' ELSE x.text END
          FROM xml_each(file(), 'string') x WHERE x.parent = n.id AND x.attributes ->> '$.name' = 'ConfigKey') AS security
  FROM xml_each(file(), 'WifiConfiguration') n;
