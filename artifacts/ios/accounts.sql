-- artifact: ios/accounts
-- about:    accounts that are set up on the device
-- record:   account
-- app:      iOS accounts
-- files:    */Accounts/Accounts3.sqlite
-- files:    */Accounts/VerifiedBackup/Accounts3.sqlite
-- tested:   real data of iOS 15

-- when: ZACCOUNT(Z_PK, ZACCOUNTTYPE, ZUSERNAME, ZDATE, ?ZACCOUNTDESCRIPTION, ?ZIDENTIFIER, ?ZACTIVE, ?ZOWNINGBUNDLEID), ?ZACCOUNTTYPE(Z_PK, ZACCOUNTTYPEDESCRIPTION, ?ZIDENTIFIER)
SELECT a._origin,
       coalesce(t.ZACCOUNTTYPEDESCRIPTION, t.ZIDENTIFIER, a.ZOWNINGBUNDLEID) AS service,
       'id:' || a.ZIDENTIFIER        AS user_id,
       CASE WHEN a.ZUSERNAME NOT LIKE '%@%' AND a.ZUSERNAME NOT GLOB '+[0-9]*' THEN a.ZUSERNAME END AS handle,
       CASE WHEN a.ZUSERNAME NOT LIKE '%@%' AND a.ZUSERNAME GLOB '+[0-9]*' THEN a.ZUSERNAME END AS phone,
       CASE WHEN a.ZUSERNAME LIKE '%@%' THEN a.ZUSERNAME END AS email,
       coalesce(a.ZACCOUNTDESCRIPTION, a.ZUSERNAME) AS display_name,
       a.ZACTIVE                     AS signed_in,
       cocoa_s(a.ZDATE)              AS created_at
  FROM ZACCOUNT a
  LEFT JOIN ZACCOUNTTYPE t ON t.Z_PK = a.ZACCOUNTTYPE;
