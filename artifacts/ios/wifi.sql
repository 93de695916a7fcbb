-- artifact: ios/wifi
-- about:    Wi-Fi networks the device knows
-- record:   network
-- app:      Wi-Fi
-- files:    */com.apple.wifi.known-networks.plist
-- tested:   real data of iOS 15 and 16

SELECT n.rowid AS _origin,
       coalesce(CAST(plist(file(), '$."' || n.key || '".SSID') AS TEXT), replace(n.key, 'wifi.network.ssid.', '')) AS ssid,
       plist(file(), '$."' || n.key || '"."__OSSpecific__".BSSID') AS bssid,
       plist(file(), '$."' || n.key || '".AddedAt') AS added_at,
       nullif(max(coalesce(plist(file(), '$."' || n.key || '".JoinedBySystemAt'), 0), coalesce(plist(file(), '$."' || n.key || '".JoinedByUserAt'), 0)), 0) AS last_joined_at,
       plist(file(), '$."' || n.key || '".SupportedSecurityTypes') AS security
  FROM plist_each(file()) n;
