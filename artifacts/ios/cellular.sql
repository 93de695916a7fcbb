-- artifact: ios/cellular
-- about:    the device's own numbers and what it knows of its network
-- record:   device
-- app:      Cellular
-- files:    */com.apple.commcenter.device_specific_nobackup.plist
-- files:    */Preferences/com.apple.commcenter.plist
-- tested:   real data of iOS 15

SELECT p.rowid                    AS _origin,
       CASE WHEN p.key = 'imeis' THEN 'imei' WHEN p.key = 'PhoneNumber' THEN 'phone_number' WHEN p.key IN ('LastKnownICCID', 'ReportedSubscriberIdentity') THEN 'iccid' ELSE p.key END AS property,
       CASE WHEN p.key = 'imeis' THEN coalesce(plist(file(), '$.imeis[0].second'), p.value) ELSE p.value END AS value,
       CASE WHEN p.key = 'imeis' THEN 'imei:' || plist(file(), '$.imeis[0].second') WHEN p.key = 'PhoneNumber' THEN 'phone:+' || ltrim(p.value, '+')
            WHEN p.key IN ('LastKnownICCID', 'ReportedSubscriberIdentity') THEN 'iccid:' || p.value END AS identifier
  FROM plist_each(file()) p;
