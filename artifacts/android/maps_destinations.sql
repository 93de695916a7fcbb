-- artifact: android/maps/destinations
-- about:    places the user let Google Maps lead to (Android 4 to 7)
-- record:   search
-- app:      Google Maps
-- files:    */com.google.android.apps.maps/databases/da_destination_history
-- files:    */com.google.android.apps.maps/databases/da_destination_history.db
-- tested:   the documented schema

-- when: destination_history(time, dest_title, dest_address)
SELECT d._origin,
       nullif(trim(coalesce(d.dest_title, '') || CASE WHEN d.dest_title <> '' AND d.dest_address <> '' THEN ', ' ELSE '' END || coalesce(d.dest_address, '')), '') AS term,
       'Google Maps'        AS engine,
       unix_ms(d.time)      AS at
  FROM destination_history d;
