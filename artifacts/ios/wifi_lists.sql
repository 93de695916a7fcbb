-- artifact: ios/wifi_lists
-- about:    Wi-Fi networks of older systems' list, and those that got a hardware address of their own: forgotten ones too
-- record:   network
-- app:      Wi-Fi
-- files:    */SystemConfiguration/com.apple.wifi.plist
-- files:    */SystemConfiguration/com.apple.wifi-private-mac-networks.plist
-- tested:   real data of iOS 15 (private addresses); the documented schema (older systems)

WITH n AS (
  SELECT rowid AS at, CASE type WHEN 'dict' THEN value END AS j FROM plist_each(file(), '$."List of known networks"')
  UNION ALL
  SELECT rowid, CASE type WHEN 'dict' THEN value END FROM plist_each(file(), '$."List of scanned networks with private mac"')
)
SELECT n.at                              AS _origin,
       nullif(n.j ->> '$.SSID_STR', '')  AS ssid,
       nullif(n.j ->> '$.BSSID', '')     AS bssid,
       iso8601(n.j ->> '$.addedAt')      AS added_at,
       nullif(max(coalesce(iso8601(n.j ->> '$.lastJoined'), 0), coalesce(iso8601(n.j ->> '$.lastAutoJoined'), 0)), 0) AS last_joined_at
  FROM n;
