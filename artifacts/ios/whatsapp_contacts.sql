-- artifact: ios/whatsapp/contacts
-- about:    WhatsApp's address book on iOS
-- record:   contact
-- app:      WhatsApp
-- files:    */ContactsV2.sqlite
-- tested:   real data of iOS 15

-- when: ZWAADDRESSBOOKCONTACT(Z_PK, ZFULLNAME, ZPHONENUMBER, ZWHATSAPPID, ?ZABOUTTEXT, ?ZABOUTTIMESTAMP)
SELECT c._origin,
       c.ZFULLNAME   AS name,
       (SELECT json_group_array(value) FROM json_each(json_array(c.ZWHATSAPPID, 'phone:' || c.ZPHONENUMBER)) WHERE value IS NOT NULL) AS selectors,
       c.ZABOUTTEXT  AS note
  FROM ZWAADDRESSBOOKCONTACT c;
