-- artifact: ios/contacts
-- about:    the phone's address book
-- record:   contact
-- app:      Contacts
-- files:    */AddressBook/AddressBook.sqlitedb
-- tested:   real data of iOS 15

-- when: ABPerson(ROWID, First, Last, Organization, Note, CreationDate, ?Middle, ?Nickname, ?DisplayName), ABMultiValue(record_id, property, value)
SELECT p._origin,
       coalesce(nullif(trim(replace(coalesce(p.First, '') || ' ' || coalesce(p.Middle, '') || ' ' || coalesce(p.Last, ''), '  ', ' ')), ''), p.DisplayName, p.Nickname, p.Organization) AS name,
       (SELECT json_group_array(CASE v.property WHEN 3 THEN 'phone:' WHEN 4 THEN 'email:' ELSE '' END || v.value)
          FROM ABMultiValue v WHERE v.record_id = p._origin AND v.property IN (3, 4, 13) AND v.value <> '') AS selectors,
       p.Organization           AS organisation,
       p.Note                   AS note,
       cocoa_s(p.CreationDate)  AS created_at
  FROM ABPerson p;
