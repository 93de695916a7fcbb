-- artifact: ios/sim_network
-- about:    SIM cards as the radio remembers them, with the subscriber's number in the network
-- record:   sim
-- app:      SIM
-- files:    */Preferences/com.apple.commcenter.plist
-- tested:   real data of iOS 15

WITH w AS (
  SELECT rowid AS at, key, CASE type WHEN 'dict' THEN value END AS j FROM plist_each(file(), '$.PersonalWallet')
)
SELECT w.at                            AS _origin,
       w.key                           AS iccid,
       coalesce(w.j ->> '$.CarrierEntitlements.lastGoodImsi', w.j ->> '$.CarrierEntitlements.kEntitlementsSelfRegistrationUpdateImsi') AS imsi,
       coalesce(w.j ->> '$.phonebook.CopiedSIMPhoneNumber', w.j ->> '$.phonebook.PNRPhoneNumber') AS msisdn
  FROM w;
