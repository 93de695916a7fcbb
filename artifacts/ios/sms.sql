-- artifact: ios/sms
-- about:    Messages: iMessage, SMS and MMS
-- record:   message
-- files:    */Library/SMS/sms.db
-- omits:    reactions, which are records of their own (ios/sms/reactions)
-- tested:   a made phone

-- when: message(ROWID, guid, text, is_from_me, date, handle_id, service, ?attributedBody, ?date_read, ?date_delivered, ?account, ?is_read, ?is_sent, ?is_delivered, ?item_type, ?thread_originator_guid, ?date_edited, ?date_retracted, ?associated_message_type), ?handle(ROWID, id), ?chat(ROWID, chat_identifier), ?chat_message_join(message_id, chat_id), ?chat_recoverable_message_join(message_id, chat_id, ?delete_date), ?chat_handle_join(chat_id, handle_id), ?message_attachment_join(message_id, attachment_id), ?attachment(ROWID, filename, mime_type)
-- Chats are found through chat_message_join; what the user deleted in the last 30 days hangs on chat_recoverable_message_join alone.
WITH place(message_id, chat_id) AS (
  SELECT message_id, chat_id FROM chat_message_join UNION ALL SELECT message_id, chat_id FROM chat_recoverable_message_join
)
SELECT m._origin,
       coalesce(m.service, 'SMS')           AS app,
       nullif(substr(m.account, 1 + CASE WHEN m.account LIKE '_:%' THEN 2 ELSE 0 END), '') AS account,
       coalesce((SELECT c.chat_identifier FROM place j LEFT JOIN chat c ON c.ROWID = j.chat_id WHERE j.message_id = m.ROWID LIMIT 1), h.id) AS thread,
       m.guid                               AS message_id,
       CASE WHEN m.item_type <> 0 THEN 'system' WHEN m.is_from_me = 1 THEN 'out' ELSE 'in' END AS direction,
       CASE WHEN m.is_from_me = 0 THEN CASE WHEN h.id LIKE '%@%' THEN h.id ELSE 'phone:' || h.id END END AS sender,
       -- One's own message names its handle in a one-to-one chat only; a group's people are those of the chat.
       CASE WHEN m.is_from_me = 1 THEN coalesce(CASE WHEN h.id LIKE '%@%' THEN json_array(CAST(h.id AS TEXT)) WHEN h.id IS NOT NULL THEN json_array('phone:' || h.id) END,
            (SELECT json_group_array(CASE WHEN g.id LIKE '%@%' THEN '' ELSE 'phone:' END || g.id) FROM place j LEFT JOIN chat_handle_join x ON x.chat_id = j.chat_id
               LEFT JOIN handle g ON g.ROWID = x.handle_id WHERE j.message_id = m.ROWID AND g.id IS NOT NULL HAVING count(*) > 0)) END AS recipients,
       CASE WHEN m.item_type <> 0 THEN 'system' ELSE coalesce((SELECT CASE WHEN a.mime_type LIKE 'image/%' THEN 'image' WHEN a.mime_type LIKE 'video/%' THEN 'video' WHEN a.mime_type LIKE 'audio/%' THEN 'audio' ELSE 'file' END
            FROM message_attachment_join j LEFT JOIN attachment a ON a.ROWID = j.attachment_id WHERE j.message_id = m.ROWID LIMIT 1), 'text') END AS type,
       -- U+FFFC stands where an attachment lies in the text; it is no word of the sender.
       nullif(replace(coalesce(nullif(m.text, ''), typedstream_text(m.attributedBody)), char(65532), ''), '') AS body,
       cocoa_any(m.date)                    AS sent_at,
       CASE WHEN m.is_from_me = 0 THEN cocoa_any(m.date_delivered) END AS received_at,
       cocoa_any(m.date_read)               AS read_at,
       (SELECT a.filename FROM message_attachment_join j LEFT JOIN attachment a ON a.ROWID = j.attachment_id WHERE j.message_id = m.ROWID LIMIT 1) AS attachment,
       (SELECT a.mime_type FROM message_attachment_join j LEFT JOIN attachment a ON a.ROWID = j.attachment_id WHERE j.message_id = m.ROWID LIMIT 1) AS attachment_type,
       m.thread_originator_guid             AS reply_to,
       cocoa_any(m.date_edited)             AS edited_at,
       cocoa_any(m.date_retracted)          AS revoked_at,
       CASE WHEN m.is_from_me = 1 THEN CASE WHEN m.is_delivered = 1 THEN 'delivered' WHEN m.is_sent = 1 THEN 'sent' END WHEN m.is_read = 1 THEN 'read' END AS status
  FROM message m
  LEFT JOIN handle h ON h.ROWID = m.handle_id
 WHERE m.associated_message_type IS NULL OR m.associated_message_type NOT BETWEEN 2000 AND 3999;
