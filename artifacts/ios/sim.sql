-- artifact: ios/sim
-- about:    SIM cards that were in the device
-- record:   sim
-- app:      SIM
-- files:    */com.apple.commcenter.data.plist
-- tested:   real data of iOS 15

SELECT w.rowid                                             AS _origin,
       w.key                                               AS iccid,
       plist(file(), '$.PersonalWallet."' || w.key || '".info.mdn') AS msisdn,
       unix_s(plist(file(), '$.PersonalWallet."' || w.key || '".info.ts')) AS last_seen_at
  FROM plist_each(file(), '$.PersonalWallet') w;
