-- artifact: android/wifi
-- about:    Wi-Fi networks the device keeps
-- record:   network
-- app:      Wi-Fi
-- files:    */WifiConfigStore.xml
-- tested:   a made phone

-- A name or password in quotation marks is text; without them it is bytes in hexadecimal. The key of a network is its name in quotation marks and the way it is secured,
-- then '-' and the user it belongs to, if it is not shared: `"Home"WPA_PSK`, `"Home"SAE-10`. Anything can stand in the name.
SELECT n.id AS _origin,
       CASE WHEN n.ssid LIKE '"%"' AND length(n.ssid) > 1 THEN substr(n.ssid, 2, length(n.ssid) - 2) ELSE n.ssid END AS ssid,
       CASE WHEN n.bssid LIKE '__:__:__:__:__:__' THEN n.bssid END AS bssid,
       CASE WHEN n.psk LIKE '"%"' AND length(n.psk) > 1 THEN substr(n.psk, 2, length(n.psk) - 2) ELSE n.psk END AS password,
       CASE WHEN n.way LIKE 'WPA_PSK%' THEN 'WPA' WHEN n.way LIKE 'SAE%' THEN 'WPA3' WHEN n.way LIKE 'NONE%' THEN 'open' WHEN n.way LIKE 'WEP%' THEN 'WEP'
            ELSE substr(n.way, 1, instr(n.way || '-', '-') - 1) END AS security
  FROM (SELECT w.id, w.ssid, w.bssid, w.psk, CASE WHEN substr(w.config, 1, length(w.ssid)) = w.ssid THEN substr(w.config, length(w.ssid) + 1) END AS way
          -- In one pass: the configuration itself, and the strings right below it.
          FROM (SELECT CASE WHEN x.name = 'WifiConfiguration' THEN x.id ELSE x.parent END AS id,
                       max(CASE WHEN x.attributes ->> '$.name' = 'SSID' THEN x.text END)         AS ssid,
                       max(CASE WHEN x.attributes ->> '$.name' = 'BSSID' THEN x.text END)        AS bssid,
                       max(CASE WHEN x.attributes ->> '$.name' = 'PreSharedKey' THEN x.text END) AS psk,
                       max(CASE WHEN x.attributes ->> '$.name' = 'ConfigKey' THEN x.text END)    AS config
                  FROM xml_each(file()) x
                 WHERE x.name IN ('WifiConfiguration', 'string')
                 GROUP BY 1
                HAVING max(x.name = 'WifiConfiguration')) w) n;
