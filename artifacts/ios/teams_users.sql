-- artifact: ios/teams/users
-- about:    people Microsoft Teams knows, the signed-in one among them
-- record:   account
-- app:      Teams
-- files:    */SkypeSpacesDogfood/*/SkypeSpacesDogfood-*.sqlite
-- tested:   real data of iOS 15

-- when: ZUSER(Z_PK, ZDISPLAYNAME, ZTSID, ?ZTELEPHONENUMBER, ?ZMAIL, ?ZMOBILE, ?ZTS_LASTSYNCEDAT)
SELECT u._origin,
       'Teams'            AS service,
       'id:' || u.ZTSID   AS user_id,
       u.ZDISPLAYNAME     AS display_name,
       coalesce(nullif(u.ZTELEPHONENUMBER, ''), nullif(u.ZMOBILE, '')) AS phone,
       nullif(u.ZMAIL, '') AS email
  FROM ZUSER u;
