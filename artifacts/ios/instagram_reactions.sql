-- artifact: ios/instagram/reactions
-- about:    reactions to Instagram direct messages
-- record:   reaction
-- app:      Instagram
-- files:    */DirectSQLiteDatabase/*.db
-- omits:    messages that nobody reacted to
-- tested:   real data of iOS 15

-- when: messages(message_id, thread_id, archive)
WITH m AS MATERIALIZED (
  SELECT _origin, thread_id, message_id, json_extract(nskeyed_json(archive), '$."NSArray<IGDirectMessageReaction *>*reactions"') AS j FROM messages
)
SELECT m._origin,
       'id:' || replace(file_name(), '.db', '')  AS account,
       m.thread_id                               AS thread,
       m.message_id                              AS message,
       'id:' || nullif(coalesce(r.value ->> '$.USER_BASED_REACTION_USER_ID', r.value ->> '$.userId'), '') AS actor,
       coalesce(r.value ->> '$.USER_BASED_REACTION_EMOJI_UNICODE', r.value ->> '$.emojiUnicode') AS value,
       iso8601(coalesce(r.value ->> '$.USER_BASED_REACTION_SERVER_TIMESTAMP', r.value ->> '$.serverTimestamp')) AS at
  FROM m, json_each(CASE WHEN json_valid(m.j) THEN m.j END) r
 WHERE r.type = 'object';
