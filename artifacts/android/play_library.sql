-- artifact: android/play_library
-- about:    what an account has got from the Play Store, on this device or any other
-- record:   file
-- app:      Play Store
-- files:    */com.android.vending/databases/library.db
-- tested:   the documented schema

-- No record of kind app: the library says that the account owns it, not that it was ever on this device.
-- when: ownership(account, doc_id, purchase_time)
SELECT o._origin,
       nullif(o.account, '')      AS account,
       o.doc_id                   AS about,
       unix_ms(o.purchase_time)   AS at
  FROM ownership o;
