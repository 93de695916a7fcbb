-- artifact: ios/sms/reactions
-- about:    reactions to messages in Messages (tapbacks), given and taken back
-- record:   reaction
-- files:    */Library/SMS/sms.db
-- omits:    messages that are no reaction (ios/sms)
-- tested:   a made phone

-- when: message(ROWID, guid, is_from_me, date, handle_id, service, associated_message_guid, associated_message_type, ?account, ?associated_message_emoji), ?handle(ROWID, id), ?chat(ROWID, chat_identifier), ?chat_message_join(message_id, chat_id)
SELECT m._origin,
       coalesce(m.service, 'iMessage')      AS app,
       nullif(substr(m.account, 1 + CASE WHEN m.account LIKE '_:%' THEN 2 ELSE 0 END), '') AS account,
       coalesce((SELECT c.chat_identifier FROM chat_message_join j LEFT JOIN chat c ON c.ROWID = j.chat_id WHERE j.message_id = m.ROWID LIMIT 1), h.id) AS thread,
       -- "p:0/GUID" names a part of the message, "bp:GUID" its balloon.
       CASE WHEN instr(m.associated_message_guid, '/') > 0 THEN substr(m.associated_message_guid, instr(m.associated_message_guid, '/') + 1)
            WHEN m.associated_message_guid LIKE 'bp:%' THEN substr(m.associated_message_guid, 4) ELSE m.associated_message_guid END AS message,
       CASE WHEN m.is_from_me = 0 THEN CASE WHEN h.id LIKE '%@%' THEN h.id ELSE 'phone:' || h.id END END AS actor,
       -- 3000 and above take back what 2000 and above gave.
       CASE WHEN m.associated_message_type >= 3000 THEN 'taken back: ' ELSE '' END ||
       CASE m.associated_message_type % 1000 WHEN 0 THEN 'loved' WHEN 1 THEN 'liked' WHEN 2 THEN 'disliked' WHEN 3 THEN 'laughed' WHEN 4 THEN 'emphasised' WHEN 5 THEN 'questioned'
            WHEN 6 THEN coalesce(m.associated_message_emoji, 'emoji') WHEN 7 THEN 'sticker' ELSE m.associated_message_type END AS value,
       cocoa_any(m.date)                    AS at
  FROM message m
  LEFT JOIN handle h ON h.ROWID = m.handle_id
 WHERE m.associated_message_type BETWEEN 2000 AND 3999;
