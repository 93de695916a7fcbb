-- artifact: ios/instagram/messages
-- about:    Instagram direct messages on iOS
-- record:   message
-- app:      Instagram
-- files:    */DirectSQLiteDatabase/*.db
-- tested:   real data of iOS 15

-- when: messages(message_id, thread_id, archive)
-- One look at each archive takes all that is wanted of it.
WITH a AS MATERIALIZED (
  SELECT _origin, thread_id, message_id, json_extract(nskeyed_json(archive),
         '$."IGDirectPublishedMessageMetadata*metadata"."NSString*senderPk"',
         '$."IGDirectPublishedMessageMetadata*metadata"."NSDate*serverTimestamp"',
         '$."IGDirectPublishedMessageContent*content".codedSubtype',
         '$."IGDirectPublishedMessageContent*content"."NSString*string"',
         '$."IGDirectPublishedMessageContent*content"."NSAttributedString*string"."NSString"',
         '$."IGDirectPublishedMessageContent*content"."IGDirectThreadActivityAnnouncement*threadActivity".codedSubtype',
         '$."IGDirectPublishedMessageContent*content"."IGDirectThreadActivityAnnouncement*threadActivity"."NSString*voipTitle"',
         '$."IGDirectPublishedMessageContent*content"."IGDirectThreadActivityAnnouncement*threadActivity"."NSString*actionLogTitle"',
         '$."IGDirectPublishedMessageContent*content"."IGDirectPublishedMessageMedia*media"."IGDirectPublishedMessagePermanentMedia*permanentMedia"."IGPhoto*photo"."$class"',
         '$."IGDirectPublishedMessageContent*content"."IGDirectPublishedMessageMedia*media"."IGDirectPublishedMessagePermanentMedia*permanentMedia"."IGVideo*video"."$class"') AS j
    FROM messages
), m AS (
  SELECT _origin, thread_id, message_id, j, nullif(j ->> '$[0]', '') AS sender, j ->> '$[2]' AS subtype, j ->> '$[5]' AS activity, replace(file_name(), '.db', '') AS own FROM a
)
SELECT m._origin,
       -- The database is named after the account: UID.db.
       'id:' || m.own                   AS account,
       m.thread_id                      AS thread,
       m.message_id                     AS message_id,
       'id:' || m.sender                AS sender,
       CASE WHEN m.subtype LIKE '%ACTIVITY%' AND m.activity IS NOT 'SUBTYPE_VOIP' THEN 'system' WHEN m.sender = m.own THEN 'out' WHEN m.sender IS NOT NULL THEN 'in' END AS direction,
       CASE WHEN m.subtype LIKE '%TEXT%' THEN 'text'
            WHEN m.subtype LIKE '%ACTIVITY%' THEN CASE WHEN m.activity = 'SUBTYPE_VOIP' THEN 'call' ELSE 'system' END
            WHEN m.j ->> '$[9]' IS NOT NULL THEN 'video'
            WHEN m.j ->> '$[8]' IS NOT NULL OR m.subtype LIKE '%PHOTO%' THEN 'image'
            WHEN m.subtype LIKE '%VOICE%' THEN 'audio' END AS type,
       coalesce(m.j ->> '$[3]', m.j ->> '$[4]', m.j ->> '$[6]', m.j ->> '$[7]') AS body,
       iso8601(m.j ->> '$[1]')          AS sent_at
  FROM m;
