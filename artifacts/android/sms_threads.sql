-- artifact: android/sms_threads
-- about:    conversations of text messages
-- record:   thread
-- app:      SMS
-- files:    */com.android.providers.telephony/databases/mmssms.db
-- tested:   a made phone

-- when: threads(_id, recipient_ids, ?archived), ?canonical_addresses(_id, address)
SELECT t._origin,
       t._id           AS thread,
       CASE WHEN t.recipient_ids LIKE '% %' THEN 'group' ELSE 'one-to-one' END AS type,
       (SELECT json_group_array('phone:' || a.address) FROM canonical_addresses a WHERE ' ' || t.recipient_ids || ' ' LIKE '% ' || a._id || ' %') AS participants,
       t.archived      AS archived
  FROM threads t;
