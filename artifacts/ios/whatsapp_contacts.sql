-- artifact: ios/whatsapp/contacts
-- about:    WhatsApp's address book on iOS
-- record:   contact
-- app:      WhatsApp
-- files:    */ContactsV2.sqlite
-- tested:   real data of iOS 15

-- when: ZWAADDRESSBOOKCONTACT(Z_PK, ZFULLNAME, ZPHONENUMBER, ZWHATSAPPID, ?ZABOUTTEXT, ?ZABOUTTIMESTAMP)
SELECT c._origin,
       c.ZFULLNAME   AS name,
       -- The jid of a person is the number once more: one written without its country must not become another country's. || '' because JSON holds no blob, and one would end the query.
       (SELECT json_group_array(value) FROM json_each(json_array(c.ZWHATSAPPID || '', CASE WHEN substr(jid_number(c.ZWHATSAPPID || ''), -9) IS NOT substr(coalesce(phone_e164(c.ZPHONENUMBER), c.ZPHONENUMBER), -9) THEN 'phone:' || c.ZPHONENUMBER END))
         WHERE value IS NOT NULL HAVING count(*) > 0) AS selectors,
       c.ZABOUTTEXT  AS note
  FROM ZWAADDRESSBOOKCONTACT c;
