-- artifact: ios/teams/contacts
-- about:    the phone's contacts as Microsoft Teams uploaded them
-- record:   contact
-- app:      Teams
-- files:    */SkypeSpacesDogfood/*/SkypeSpacesDogfood-*.sqlite
-- tested:   real data of iOS 15

-- when: ZDEVICECONTACTHASH(Z_PK, ZDISPLAYNAME, ZEMAIL, ZPHONENUMBER, ?ZMRI)
SELECT c._origin,
       c.ZDISPLAYNAME  AS name,
       (SELECT json_group_array(value) FROM json_each(json_array('email:' || nullif(c.ZEMAIL, ''), 'phone:' || nullif(c.ZPHONENUMBER, ''), 'id:' || nullif(c.ZMRI, ''))) WHERE value IS NOT NULL HAVING count(*) > 0) AS selectors
  FROM ZDEVICECONTACTHASH c;
