-- artifact: ios/instagram/messages
-- about:    Instagram direct messages on iOS
-- record:   message
-- app:      Instagram
-- files:    */DirectSQLiteDatabase/*.db
-- tested:   real data of iOS 15

-- when: messages(message_id, thread_id, archive)
WITH m AS (
  SELECT _origin, thread_id, message_id, nskeyed_json(archive) AS j FROM messages
)
SELECT m._origin,
       -- The database is named after the account: UID.db.
       'id:' || replace(file_name(), '.db', '')  AS account,
       m.thread_id                      AS thread,
       m.message_id                     AS message_id,
       'id:' || (m.j ->> '$."IGDirectPublishedMessageMetadata*metadata"."NSString*senderPk"') AS sender,
       CASE WHEN m.j ->> '$."IGDirectPublishedMessageMetadata*metadata"."NSString*senderPk"' = replace(file_name(), '.db', '') THEN 'out' ELSE 'in' END AS direction,
       CASE WHEN m.j ->> '$."IGDirectPublishedMessageContent*content".codedSubtype' LIKE '%text%' THEN 'text'
            WHEN m.j ->> '$."IGDirectPublishedMessageContent*content".codedSubtype' LIKE '%ACTIVITY%' THEN 'system'
            WHEN m.j ->> '$."IGDirectPublishedMessageContent*content".codedSubtype' LIKE '%photo%' THEN 'image'
            WHEN m.j ->> '$."IGDirectPublishedMessageContent*content".codedSubtype' LIKE '%media%' THEN 'image'
            WHEN m.j ->> '$."IGDirectPublishedMessageContent*content".codedSubtype' LIKE '%voice%' THEN 'audio' END AS type,
       coalesce(m.j ->> '$."IGDirectPublishedMessageContent*content"."NSString*string"', m.j ->> '$."IGDirectPublishedMessageContent*content"."NSAttributedString*string"."NSString"',
                m.j ->> '$."IGDirectPublishedMessageContent*content"."IGDirectThreadActivityAnnouncement*threadActivity"."NSString*voipTitle"') AS body,
       iso8601(m.j ->> '$."IGDirectPublishedMessageMetadata*metadata"."NSDate*serverTimestamp"') AS sent_at
  FROM m;
