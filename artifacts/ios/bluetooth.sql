-- artifact: ios/bluetooth
-- about:    Bluetooth devices the phone was paired with
-- record:   device_link
-- app:      Bluetooth
-- files:    */com.apple.MobileBluetooth.devices.plist
-- tested:   the documented schema

WITH d AS (
  SELECT rowid AS at, key, CASE type WHEN 'dict' THEN value END AS j FROM plist_each(file())
)
SELECT d.at                                AS _origin,
       d.key                               AS address,
       -- What the user called it, what it calls itself.
       coalesce(nullif(d.j ->> '$.UserNameKey', ''), nullif(d.j ->> '$.Name', ''), nullif(d.j ->> '$.DefaultName', '')) AS name,
       'Bluetooth'                         AS type,
       unix_s(d.j ->> '$.LastSeenTime')    AS last_seen_at
  FROM d;
