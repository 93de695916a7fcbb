-- artifact: ios/apps
-- about:    installed apps, as the store's receipt beside each says
-- record:   app
-- app:      Installed apps
-- files:    */Bundle/Application/*/iTunesMetadata.plist
-- tested:   a made phone

WITH a(j) AS MATERIALIZED (SELECT plist_json(file()))
SELECT 1                                                   AS _origin,
       a.j ->> '$."com.apple.iTunesStore.downloadInfo".accountInfo.AppleID' AS account,
       coalesce(a.j ->> '$.softwareVersionBundleId', a.j ->> '$.bundleIdentifier') AS package,
       coalesce(a.j ->> '$.itemName', a.j ->> '$.title')   AS name,
       coalesce(a.j ->> '$.bundleShortVersionString', a.j ->> '$.bundleVersion') AS version,
       coalesce(iso8601(a.j ->> '$."com.apple.iTunesStore.downloadInfo".purchaseDate'), iso8601(a.j ->> '$.purchaseDate')) AS installed_at,
       a.j ->> '$.sourceApp'                               AS installer
  FROM a
 WHERE a.j IS NOT NULL;
