-- artifact: android/whatsapp/messages
-- about:    WhatsApp messages
-- record:   message
-- app:      WhatsApp
-- files:    */com.whatsapp/databases/msgstore.db
-- files:    */com.whatsapp.w4b/databases/msgstore.db
-- when:     message(_id, chat_row_id, from_me, key_id, timestamp, text_data, message_type, ?sender_jid_row_id), chat(_id, jid_row_id), jid(_id, raw_string)
SELECT m._origin, unix_ms(m.timestamp) AS sent_at, m.text_data AS body, coalesce(s.raw_string, j.raw_string) AS sender, j.raw_string AS thread
  FROM message m LEFT JOIN chat c ON c._id = m.chat_row_id LEFT JOIN jid j ON j._id = c.jid_row_id LEFT JOIN jid s ON s._id = m.sender_jid_row_id;
