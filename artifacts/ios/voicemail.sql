-- artifact: ios/voicemail
-- about:    messages on the answering machine, those in its bin too
-- record:   message
-- app:      Voicemail
-- files:    */Library/Voicemail/voicemail.db
-- tested:   the schema of a phone with iOS 15

-- when: voicemail(ROWID, date, sender, ?callback_num, ?receiver)
SELECT v._origin,
       'phone:' || nullif(v.receiver, '')  AS account,
       'in'                                AS direction,
       'phone:' || coalesce(nullif(v.sender, ''), nullif(v.callback_num, '')) AS sender,
       'phone:' || nullif(v.receiver, '')  AS recipients,
       'audio'                             AS type,
       unix_s(v.date)                      AS sent_at,
       -- The recording lies beside the database, named after the row.
       v.ROWID || '.amr'                   AS attachment,
       'audio/amr'                         AS attachment_type
  FROM voicemail v;
