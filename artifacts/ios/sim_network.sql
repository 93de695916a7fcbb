-- artifact: ios/sim_network
-- about:    SIM cards as the radio remembers them, with the subscriber's number in the network
-- record:   sim
-- app:      SIM
-- files:    */Preferences/com.apple.commcenter.plist
-- tested:   real data of iOS 15

SELECT w.rowid                                             AS _origin,
       w.key                                               AS iccid,
       coalesce(plist(file(), '$.PersonalWallet."' || w.key || '".CarrierEntitlements.lastGoodImsi'),
                plist(file(), '$.PersonalWallet."' || w.key || '".CarrierEntitlements.kEntitlementsSelfRegistrationUpdateImsi')) AS imsi,
       coalesce(plist(file(), '$.PersonalWallet."' || w.key || '".phonebook.CopiedSIMPhoneNumber'),
                plist(file(), '$.PersonalWallet."' || w.key || '".phonebook.PNRPhoneNumber')) AS msisdn
  FROM plist_each(file(), '$.PersonalWallet') w;
