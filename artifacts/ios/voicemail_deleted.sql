-- artifact: ios/voicemail/deleted
-- about:    messages that were removed from the answering machine
-- record:   message
-- app:      Voicemail
-- files:    */Library/Voicemail/voicemail.db
-- tested:   the schema of a phone with iOS 15

-- when: deleted(ROWID, date, sender, ?callback_num, ?receiver)
SELECT v._origin,
       'phone:' || nullif(v.receiver, '')  AS account,
       'in'                                AS direction,
       'phone:' || coalesce(nullif(v.sender, ''), nullif(v.callback_num, '')) AS sender,
       'phone:' || nullif(v.receiver, '')  AS recipients,
       'audio'                             AS type,
       unix_s(v.date)                      AS sent_at,
       v.ROWID || '.amr'                   AS attachment,
       'audio/amr'                         AS attachment_type
  FROM deleted v;
