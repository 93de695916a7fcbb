-- artifact: ios/sms_threads
-- about:    conversations of the Messages app
-- record:   thread
-- app:      Messages
-- files:    */Library/SMS/sms.db
-- tested:   a made phone

-- when: chat(ROWID, chat_identifier, ?display_name, ?style, ?is_archived), ?chat_handle_join(chat_id, handle_id), ?handle(ROWID, id)
SELECT c._origin,
       c.chat_identifier          AS thread,
       nullif(c.display_name, '') AS name,
       CASE WHEN c.style = 43 THEN 'group' ELSE 'one-to-one' END AS type,
       (SELECT json_group_array(CASE WHEN h.id LIKE '%@%' THEN h.id ELSE 'phone:' || h.id END) FROM chat_handle_join j JOIN handle h ON h._origin = j.handle_id WHERE j.chat_id = c._origin) AS participants,
       c.is_archived              AS archived
  FROM chat c;
