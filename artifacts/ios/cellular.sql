-- artifact: ios/cellular
-- about:    the device's own numbers and what it knows of its network
-- record:   device
-- app:      Cellular
-- files:    */com.apple.commcenter.device_specific_nobackup.plist
-- files:    */Preferences/com.apple.commcenter.plist
-- tested:   real data of iOS 15

-- Each slot has an IMEI of its own: [{first: "1:kOne", second: IMEI}, …].
WITH p AS (
  SELECT rowid AS at, CASE WHEN key IN ('PhoneNumber', 'ReportedPhoneNumber') THEN 'phone_number' WHEN key IN ('LastKnownICCID', 'ReportedSubscriberIdentity') THEN 'iccid'
                           WHEN key = 'imeis' THEN 'imei' ELSE key END AS property, value, type
    FROM plist_each(file()) WHERE NOT (key = 'imeis' AND type = 'array')
  UNION ALL
  SELECT 1000 + rowid, 'imei', CASE type WHEN 'dict' THEN value ->> '$.second' ELSE value END, 'text' FROM plist_each(file(), '$.imeis')
)
SELECT p.at                       AS _origin,
       p.property                 AS property,
       CASE WHEN p.type = 'date' THEN strftime('%Y-%m-%dT%H:%M:%SZ', p.value / 1000000, 'unixepoch') ELSE p.value END AS value,
       CASE p.property WHEN 'imei' THEN 'imei:' || p.value WHEN 'phone_number' THEN 'phone:+' || ltrim(p.value, '+') WHEN 'iccid' THEN 'iccid:' || p.value END AS identifier,
       CASE WHEN p.type = 'date' THEN p.value END AS at
  FROM p;
