-- artifact: android/sms_threads
-- about:    conversations of text messages
-- record:   thread
-- app:      SMS
-- files:    */com.android.providers.telephony/databases/mmssms.db
-- tested:   a made phone

-- when: threads(_id, recipient_ids, ?archived), ?canonical_addresses(_id, address)
SELECT t._origin,
       t._id           AS thread,
       CASE WHEN instr(trim(t.recipient_ids), ' ') THEN 'group' WHEN trim(t.recipient_ids) <> '' THEN 'one-to-one' END AS type,
       (SELECT json_group_array('phone:' || a.address) FROM canonical_addresses a WHERE instr(' ' || t.recipient_ids || ' ', ' ' || a._id || ' ')) AS participants,
       t.archived      AS archived
  FROM threads t;
