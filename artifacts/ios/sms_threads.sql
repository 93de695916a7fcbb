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
       CASE c.style WHEN 43 THEN 'group' WHEN 45 THEN 'one-to-one' END AS type,
       -- A one-to-one chat is named after the other side: where no handle is joined to it, that name is left.
       coalesce((SELECT json_group_array(CASE WHEN h.id LIKE '%@%' THEN '' ELSE 'phone:' END || h.id) FROM chat_handle_join j LEFT JOIN handle h ON h.ROWID = j.handle_id
                  WHERE j.chat_id = c.ROWID AND h.id IS NOT NULL HAVING count(*) > 0),
                CASE WHEN c.style = 45 THEN CASE WHEN c.chat_identifier LIKE '%@%' THEN '' ELSE 'phone:' END || c.chat_identifier END) AS participants,
       c.is_archived              AS archived
  FROM chat c;
