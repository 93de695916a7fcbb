-- artifact: android/play_store
-- about:    apps that the Play Store fetched, also removed ones
-- record:   app
-- app:      Play Store
-- files:    */com.android.vending/databases/localappstate.db
-- tested:   a made phone

-- when: appstate(package_name, ?title, ?first_download_ms, ?last_update_timestamp_ms, ?account)
SELECT a._origin,
       a.account                            AS account,
       a.package_name                       AS package,
       a.title                              AS name,
       unix_ms(a.first_download_ms)         AS installed_at,
       unix_ms(a.last_update_timestamp_ms)  AS updated_at,
       'com.android.vending'                AS installer
  FROM appstate a;
