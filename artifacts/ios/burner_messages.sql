-- artifact: ios/burner/messages
-- about:    messages and calls of throwaway numbers, as the app fetched them
-- record:   message
-- app:      Burner
-- files:    */Library/Caches/com.adhoclabs.burner/Cache.db
-- files:    */Library/Caches/com.adhoclabs.burner/fsCachedData/*
-- with:     cache = */Library/Caches/com.adhoclabs.burner/Cache.db : cfurl_cache_response(entry_ID, request_key), cfurl_cache_receiver_data(entry_ID, isDataOnFS, receiver_data)
-- omits:    answers of the service that are no messages; the last message of each conversation in the list of conversations, which is a message of its own answer
-- tested:   real data of Burner 5.3

-- when: cfurl_cache_response(entry_ID, request_key), cfurl_cache_receiver_data(entry_ID, isDataOnFS, receiver_data)
WITH j AS MATERIALIZED (
  SELECT _origin, url, CASE WHEN json_valid(t) THEN t END AS t
    FROM (SELECT r._origin, r.request_key AS url, CASE d.isDataOnFS WHEN 0 THEN CAST(d.receiver_data AS TEXT) END AS t
            FROM cfurl_cache_response r LEFT JOIN cfurl_cache_receiver_data d ON d.entry_ID = r.entry_ID WHERE r.request_key LIKE '%burnerapp.com/%')
), e AS MATERIALIZED (
  SELECT j._origin AS _origin, j.url, e.value AS v FROM j, json_each(CASE json_type(j.t) WHEN 'array' THEN j.t WHEN 'object' THEN json_array(json(j.t)) END) e WHERE e.type = 'object'
), number(id, phone) AS MATERIALIZED (
  SELECT e.value ->> '$.id', e.value ->> '$.phoneNumber'
    FROM (SELECT CASE WHEN json_valid(t) THEN t END AS t FROM (SELECT CAST(receiver_data AS TEXT) AS t FROM cfurl_cache_receiver_data WHERE isDataOnFS = 0)) d,
         json_each(CASE json_type(d.t) WHEN 'array' THEN d.t WHEN 'object' THEN json_array(json(d.t)) END) e
   WHERE e.type = 'object' AND json_type(e.value, '$.settings') = 'object' AND e.value ->> '$.phoneNumber' <> ''
), media(url, name) AS MATERIALIZED (
  SELECT r.request_key, CAST(d.receiver_data AS TEXT) FROM live_cfurl_cache_response r LEFT JOIN cfurl_cache_receiver_data d ON d.entry_ID = r.entry_ID WHERE d.isDataOnFS = 1
), m AS (
  SELECT _origin, v, CASE WHEN v ->> '$.direction' IN (1, 'Inbound') THEN 'in' WHEN v ->> '$.direction' IN (2, 'Outbound') THEN 'out' END AS direction,
         coalesce('phone:' || (SELECT phone FROM number WHERE id = v ->> '$.burnerId'), 'id:' || nullif(v ->> '$.burnerId', '')) AS own,
         coalesce(nullif(v ->> '$.contactPhoneNumber', ''), nullif(v ->> '$.conversation.conversationId', '')) AS other,
         coalesce(nullif(v ->> '$.assetUrl', ''), nullif(v ->> '$.mediaUrl', ''), nullif(v ->> '$.voiceUrl', ''), nullif(v ->> '$.voicemail.audioUrl', '')) AS media,
         v ->> '$.messageType' IN (1, 'Voice') AS voice,
         CASE WHEN v ->> '$.state' IN (3, 'CallCompleted') THEN 'completed' WHEN v ->> '$.state' IN (4, 'CallMissed') THEN 'missed' WHEN v ->> '$.state' IN (5, 'Voicemail') THEN 'voicemail' END AS state
    FROM e
   -- The list of conversations (messageThreads) has the last message of each once more.
   WHERE (url IS NULL OR url LIKE '%/messages' OR url LIKE '%/messages?%') AND v ->> '$.direction' IS NOT NULL AND v ->> '$.id' IS NOT NULL
     AND (json_type(v, '$.contactPhoneNumber') IS NOT NULL OR json_type(v, '$.conversation') = 'object')
)
SELECT m._origin,
       'id:' || nullif(v ->> '$.userId', '')    AS account,
       m.other                                  AS thread,
       v ->> '$.id'                             AS message_id,
       m.direction                              AS direction,
       CASE m.direction WHEN 'in' THEN 'phone:' || m.other WHEN 'out' THEN m.own END AS sender,
       CASE m.direction WHEN 'in' THEN m.own WHEN 'out' THEN 'phone:' || m.other END AS recipients,
       CASE WHEN m.voice THEN CASE m.state WHEN 'voicemail' THEN 'audio' ELSE 'call' END WHEN m.media LIKE '%.mp4' OR m.media LIKE '%.mov' OR m.media LIKE '%.3gp' THEN 'video' WHEN m.media <> '' THEN 'image' ELSE 'text' END AS type,
       coalesce(nullif(v ->> '$.message', ''), nullif(v ->> '$.text', ''), CASE WHEN m.voice THEN CASE m.state WHEN 'voicemail' THEN 'missed call with voicemail' ELSE m.state || ' call' END END) AS body,
       unix_ms(v ->> '$.dateCreated')           AS sent_at,
       -- As a file of this cache when the app has fetched it, else where it lies on the web.
       coalesce('fsCachedData/' || (SELECT name FROM media WHERE url = m.media), m.media) AS attachment,
       CASE WHEN m.direction = 'in' AND json_type(v, '$.read') = 'true' THEN 'read' END AS status
  FROM m;

-- A long answer is a file of its own, and the database only names it.
-- when: file
WITH j AS MATERIALIZED (
  SELECT 1 AS _origin, (SELECT r.request_key FROM cache_cfurl_cache_receiver_data d LEFT JOIN cache_cfurl_cache_response r ON r.entry_ID = d.entry_ID
                         WHERE d.isDataOnFS = 1 AND CAST(d.receiver_data AS TEXT) = file_name() LIMIT 1) AS url, CASE WHEN json_valid(t) THEN t END AS t FROM (SELECT CAST(file() AS TEXT) AS t)
), e AS MATERIALIZED (
  SELECT j._origin + e.key AS _origin, j.url, e.value AS v FROM j, json_each(CASE json_type(j.t) WHEN 'array' THEN j.t WHEN 'object' THEN json_array(json(j.t)) END) e WHERE e.type = 'object'
), number(id, phone) AS MATERIALIZED (
  SELECT e.value ->> '$.id', e.value ->> '$.phoneNumber'
    FROM (SELECT CASE WHEN json_valid(t) THEN t END AS t FROM (SELECT CAST(receiver_data AS TEXT) AS t FROM cache_cfurl_cache_receiver_data WHERE isDataOnFS = 0)) d,
         json_each(CASE json_type(d.t) WHEN 'array' THEN d.t WHEN 'object' THEN json_array(json(d.t)) END) e
   WHERE e.type = 'object' AND json_type(e.value, '$.settings') = 'object' AND e.value ->> '$.phoneNumber' <> ''
), media(url, name) AS MATERIALIZED (
  SELECT r.request_key, CAST(d.receiver_data AS TEXT) FROM cache_cfurl_cache_response r LEFT JOIN cache_cfurl_cache_receiver_data d ON d.entry_ID = r.entry_ID WHERE d.isDataOnFS = 1
), m AS (
  SELECT _origin, v, CASE WHEN v ->> '$.direction' IN (1, 'Inbound') THEN 'in' WHEN v ->> '$.direction' IN (2, 'Outbound') THEN 'out' END AS direction,
         coalesce('phone:' || (SELECT phone FROM number WHERE id = v ->> '$.burnerId'), 'id:' || nullif(v ->> '$.burnerId', '')) AS own,
         coalesce(nullif(v ->> '$.contactPhoneNumber', ''), nullif(v ->> '$.conversation.conversationId', '')) AS other,
         coalesce(nullif(v ->> '$.assetUrl', ''), nullif(v ->> '$.mediaUrl', ''), nullif(v ->> '$.voiceUrl', ''), nullif(v ->> '$.voicemail.audioUrl', '')) AS media,
         v ->> '$.messageType' IN (1, 'Voice') AS voice,
         CASE WHEN v ->> '$.state' IN (3, 'CallCompleted') THEN 'completed' WHEN v ->> '$.state' IN (4, 'CallMissed') THEN 'missed' WHEN v ->> '$.state' IN (5, 'Voicemail') THEN 'voicemail' END AS state
    FROM e
   -- The list of conversations (messageThreads) has the last message of each once more.
   WHERE (url IS NULL OR url LIKE '%/messages' OR url LIKE '%/messages?%') AND v ->> '$.direction' IS NOT NULL AND v ->> '$.id' IS NOT NULL
     AND (json_type(v, '$.contactPhoneNumber') IS NOT NULL OR json_type(v, '$.conversation') = 'object')
)
SELECT m._origin,
       'id:' || nullif(v ->> '$.userId', '')    AS account,
       m.other                                  AS thread,
       v ->> '$.id'                             AS message_id,
       m.direction                              AS direction,
       CASE m.direction WHEN 'in' THEN 'phone:' || m.other WHEN 'out' THEN m.own END AS sender,
       CASE m.direction WHEN 'in' THEN m.own WHEN 'out' THEN 'phone:' || m.other END AS recipients,
       CASE WHEN m.voice THEN CASE m.state WHEN 'voicemail' THEN 'audio' ELSE 'call' END WHEN m.media LIKE '%.mp4' OR m.media LIKE '%.mov' OR m.media LIKE '%.3gp' THEN 'video' WHEN m.media <> '' THEN 'image' ELSE 'text' END AS type,
       coalesce(nullif(v ->> '$.message', ''), nullif(v ->> '$.text', ''), CASE WHEN m.voice THEN CASE m.state WHEN 'voicemail' THEN 'missed call with voicemail' ELSE m.state || ' call' END END) AS body,
       unix_ms(v ->> '$.dateCreated')           AS sent_at,
       -- As a file of this cache when the app has fetched it, else where it lies on the web.
       coalesce('fsCachedData/' || (SELECT name FROM media WHERE url = m.media), m.media) AS attachment,
       CASE WHEN m.direction = 'in' AND json_type(v, '$.read') = 'true' THEN 'read' END AS status
  FROM m;
