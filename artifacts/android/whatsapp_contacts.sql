-- artifact: android/whatsapp/contacts
-- about:    WhatsApp's list of people and groups
-- record:   contact
-- app:      WhatsApp
-- files:    */com.whatsapp/databases/wa.db
-- files:    */com.whatsapp.w4b/databases/wa.db
-- tested:   2.24 on a made phone

-- when: wa_contacts(jid, ?number, ?display_name, ?given_name, ?family_name, ?wa_name, ?status, ?nickname, ?company, ?is_starred), ?wa_block_list(jid)
SELECT c._origin,
       CASE WHEN file_path() LIKE '%com.whatsapp.w4b/%' THEN 'WhatsApp Business' ELSE 'WhatsApp' END AS app,
       coalesce(nullif(c.display_name, ''), nullif(trim(coalesce(c.given_name, '') || ' ' || coalesce(c.family_name, '')), ''), nullif(c.wa_name, ''), nullif(c.nickname, '')) AS name,
       json_array(CAST(c.jid AS TEXT), 'phone:' || nullif(c.number, '')) AS selectors,
       nullif(c.company, '')    AS organisation,
       nullif(c.status, '')     AS note,
       c.is_starred             AS starred,
       CASE WHEN b.jid IS NOT NULL THEN 1 END AS blocked
  FROM wa_contacts c
  LEFT JOIN (SELECT DISTINCT jid FROM wa_block_list) b ON b.jid = c.jid;
