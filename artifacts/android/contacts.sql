-- artifact: android/contacts
-- about:    the phone's address book
-- record:   contact
-- app:      Contacts
-- files:    */com.android.providers.contacts/databases/contacts2.db
-- files:    */com.samsung.android.providers.contacts/databases/contacts2.db
-- tested:   a made phone

-- when: raw_contacts(_id, ?display_name, ?deleted, ?starred, ?account_id, ?last_time_contacted, ?contact_id), data(raw_contact_id, mimetype_id, data1, ?data4), mimetypes(_id, mimetype), ?contacts(_id, ?last_time_contacted)
SELECT r._origin,
       coalesce(r.display_name, (SELECT d.data1 FROM data d JOIN mimetypes t ON t._id = d.mimetype_id WHERE d.raw_contact_id = r._id AND t.mimetype = 'vnd.android.cursor.item/name' LIMIT 1)) AS name,
       (SELECT json_group_array(CASE t.mimetype WHEN 'vnd.android.cursor.item/phone_v2' THEN 'phone:' WHEN 'vnd.android.cursor.item/email_v2' THEN 'email:' ELSE '' END || d.data1)
          FROM data d JOIN mimetypes t ON t._id = d.mimetype_id
         WHERE d.raw_contact_id = r._id AND d.data1 <> ''
           AND t.mimetype IN ('vnd.android.cursor.item/phone_v2', 'vnd.android.cursor.item/email_v2', 'vnd.android.cursor.item/im', 'vnd.android.cursor.item/sip_address')) AS selectors,
       (SELECT d.data1 FROM data d JOIN mimetypes t ON t._id = d.mimetype_id WHERE d.raw_contact_id = r._id AND t.mimetype = 'vnd.android.cursor.item/organization' LIMIT 1) AS organisation,
       (SELECT group_concat(d.data1, char(10)) FROM data d JOIN mimetypes t ON t._id = d.mimetype_id
         WHERE d.raw_contact_id = r._id AND t.mimetype IN ('vnd.android.cursor.item/note', 'vnd.android.cursor.item/nickname', 'vnd.android.cursor.item/postal-address_v2', 'vnd.android.cursor.item/website') AND d.data1 <> '') AS note,
       r.starred                            AS starred,
       r.deleted                            AS deleted,
       unix_ms(coalesce(r.last_time_contacted, c.last_time_contacted)) AS last_contacted_at
  FROM raw_contacts r
  LEFT JOIN contacts c ON c._id = r.contact_id;
