-- artifact: ios/sim
-- about:    SIM cards that were in the device
-- record:   sim
-- app:      SIM
-- files:    */com.apple.commcenter.data.plist
-- tested:   real data of iOS 15

WITH w AS (
  SELECT rowid AS at, key, CASE type WHEN 'dict' THEN value END AS j FROM plist_each(file(), '$.PersonalWallet')
)
SELECT w.at                            AS _origin,
       w.key                           AS iccid,
       w.j ->> '$.info.mdn'            AS msisdn,
       unix_s(w.j ->> '$.info.ts')     AS last_seen_at
  FROM w;
