-- artifact: ios/wifi
-- about:    Wi-Fi networks the device knows
-- record:   network
-- app:      Wi-Fi
-- files:    */com.apple.wifi.known-networks.plist
-- tested:   real data of iOS 15 and 16

-- A key may hold quotes, so the entry is read as JSON and not by a path: dates are ISO 8601 there, the SSID base64.
WITH n AS MATERIALIZED (
  SELECT rowid AS at, key, CASE type WHEN 'dict' THEN value END AS j FROM plist_each(file())
), bss AS MATERIALIZED (
  SELECT n.at, iso8601(b.value ->> '$.LastAssociatedAt') AS joined, b.value ->> '$.BSSID' AS bssid
    FROM n, json_each(CASE json_type(n.j, '$.BSSList') WHEN 'array' THEN n.j END, '$.BSSList') b WHERE b.type = 'object'
)
SELECT n.at AS _origin,
       coalesce(CAST(base64_decode(n.j ->> '$.SSID') AS TEXT), replace(n.key, 'wifi.network.ssid.', '')) AS ssid,
       coalesce(n.j ->> '$."__OSSpecific__".BSSID', (SELECT bssid FROM bss WHERE bss.at = n.at ORDER BY joined DESC LIMIT 1)) AS bssid,
       iso8601(n.j ->> '$.AddedAt') AS added_at,
       nullif(max(coalesce(iso8601(n.j ->> '$.JoinedBySystemAt'), 0), coalesce(iso8601(n.j ->> '$.JoinedByUserAt'), 0),
                  coalesce((SELECT max(joined) FROM bss WHERE bss.at = n.at), 0)), 0) AS last_joined_at,
       (SELECT group_concat(value, ', ') FROM json_each(n.j, '$.SupportedSecurityTypes') WHERE atom IS NOT NULL) AS security
  FROM n;
