-- artifact: ios/sms
-- about:    Messages: iMessage, SMS and MMS
-- record:   message
-- files:    */Library/SMS/sms.db
-- tested:   a made phone

-- when: message(ROWID, guid, text, is_from_me, date, handle_id, service, ?attributedBody, ?date_read, ?date_delivered, ?account, ?is_read, ?is_sent, ?is_delivered, ?item_type, ?thread_originator_guid, ?date_edited, ?date_retracted, ?associated_message_type), handle(ROWID, id), ?chat(ROWID, chat_identifier, ?account_login), ?chat_message_join(message_id, chat_id), ?message_attachment_join(message_id, attachment_id), ?attachment(ROWID, filename, mime_type)
SELECT m._origin,
       coalesce(m.service, 'SMS')           AS app,
       nullif(substr(m.account, 1 + CASE WHEN m.account LIKE '_:%' THEN 2 ELSE 0 END), '') AS account,
       coalesce((SELECT c.chat_identifier FROM chat_message_join j LEFT JOIN chat c ON c._origin = j.chat_id WHERE j.message_id = m._origin LIMIT 1), h.id) AS thread,
       m.guid                               AS message_id,
       CASE WHEN m.item_type <> 0 THEN 'system' WHEN m.is_from_me = 1 THEN 'out' ELSE 'in' END AS direction,
       CASE WHEN m.is_from_me = 0 THEN CASE WHEN h.id LIKE '%@%' THEN h.id ELSE 'phone:' || h.id END END AS sender,
       CASE WHEN m.is_from_me = 1 THEN CASE WHEN h.id LIKE '%@%' THEN h.id ELSE 'phone:' || h.id END END AS recipients,
       CASE WHEN m.item_type <> 0 THEN 'system' ELSE coalesce((SELECT CASE WHEN a.mime_type LIKE 'image/%' THEN 'image' WHEN a.mime_type LIKE 'video/%' THEN 'video' WHEN a.mime_type LIKE 'audio/%' THEN 'audio' ELSE 'file' END
            FROM message_attachment_join j LEFT JOIN attachment a ON a._origin = j.attachment_id WHERE j.message_id = m._origin LIMIT 1), 'text') END AS type,
       -- U+FFFC stands where an attachment lies in the text; it is no word of the sender.
       nullif(replace(coalesce(nullif(m.text, ''), typedstream_text(m.attributedBody)), char(65532), ''), '') AS body,
       cocoa_any(m.date)                    AS sent_at,
       CASE WHEN m.is_from_me = 0 THEN cocoa_any(m.date_delivered) END AS received_at,
       cocoa_any(m.date_read)               AS read_at,
       (SELECT a.filename FROM message_attachment_join j LEFT JOIN attachment a ON a._origin = j.attachment_id WHERE j.message_id = m._origin LIMIT 1) AS attachment,
       (SELECT a.mime_type FROM message_attachment_join j LEFT JOIN attachment a ON a._origin = j.attachment_id WHERE j.message_id = m._origin LIMIT 1) AS attachment_type,
       m.thread_originator_guid             AS reply_to,
       cocoa_any(m.date_edited)             AS edited_at,
       cocoa_any(m.date_retracted)          AS revoked_at,
       CASE WHEN m.is_from_me = 1 THEN CASE WHEN m.is_delivered = 1 THEN 'delivered' WHEN m.is_sent = 1 THEN 'sent' END WHEN m.is_read = 1 THEN 'read' END AS status
  FROM message m
  LEFT JOIN handle h ON h._origin = m.handle_id;
