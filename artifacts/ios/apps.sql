-- artifact: ios/apps
-- about:    installed apps, as the store's receipt beside each says
-- record:   app
-- app:      Installed apps
-- files:    */Bundle/Application/*/iTunesMetadata.plist
-- tested:   a made phone

SELECT 1                                                   AS _origin,
       coalesce(plist(file(), '$.softwareVersionBundleId'), plist(file(), '$.bundleIdentifier')) AS package,
       coalesce(plist(file(), '$.itemName'), plist(file(), '$.title')) AS name,
       coalesce(plist(file(), '$.bundleShortVersionString'), plist(file(), '$.bundleVersion')) AS version,
       coalesce(iso8601(plist(file(), '$."com.apple.iTunesStore.downloadInfo".purchaseDate')), iso8601(plist(file(), '$.purchaseDate'))) AS installed_at,
       plist(file(), '$."com.apple.iTunesStore.downloadInfo".accountInfo.AppleID') AS installer;
