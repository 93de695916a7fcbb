-- artifact: ios/teams/users
-- about:    people Microsoft Teams knows, the signed-in one among them
-- record:   account
-- app:      Teams
-- files:    */SkypeSpacesDogfood/*/SkypeSpacesDogfood-*.sqlite
-- tested:   real data of iOS 15

-- when: ZUSER(Z_PK, ZDISPLAYNAME, ZTSID, ?ZTELEPHONENUMBER, ?ZMAIL, ?ZMOBILE, ?ZTYPE), ?ZSMESSAGE(?ZFROM, ?ZTS_ISSENTBYME)
WITH own(id) AS MATERIALIZED (
  SELECT ZFROM FROM ZSMESSAGE WHERE ZTS_ISSENTBYME = 1 AND ZFROM IS NOT NULL GROUP BY ZFROM ORDER BY count(*) DESC LIMIT 1
)
SELECT u._origin,
       'id:' || (SELECT id FROM own) AS account,
       'Teams'            AS service,
       'id:' || u.ZTSID   AS user_id,
       u.ZDISPLAYNAME     AS display_name,
       -- Of a private user the number is kept in full, but without its plus.
       CASE WHEN u.ZTYPE = 'TFLUser' AND u.ZTELEPHONENUMBER GLOB '[1-9]*' AND u.ZTELEPHONENUMBER NOT GLOB '*[^0-9]*' AND length(u.ZTELEPHONENUMBER) BETWEEN 10 AND 15 THEN '+' || u.ZTELEPHONENUMBER
            ELSE coalesce(nullif(u.ZTELEPHONENUMBER, ''), nullif(u.ZMOBILE, '')) END AS phone,
       nullif(u.ZMAIL, '') AS email,
       u.ZTSID = (SELECT id FROM own) AS signed_in
  FROM ZUSER u;
