-- artifact: android/notifications
-- about:    notifications of the last day or so, also of apps and messages that are gone (Android 11 and later)
-- record:   notification
-- app:      Notification history
-- files:    */system_ce/*/notification_history/history/*
-- omits:    the pool of strings and the version
-- tested:   the documented schema

-- Field 3 is a notification. It names its package itself (1), or by its place in the pool of strings (2), counted from 1.
SELECT n.rowid AS _origin,
       coalesce(protobuf_text(n.value, '1'), protobuf_text(file(), '1.2[' || (protobuf(n.value, '2') - 1) || ']')) AS package,
       protobuf_text(n.value, '10')        AS title,
       protobuf_text(n.value, '11')        AS text,
       unix_ms(protobuf(n.value, '9'))     AS posted_at
  FROM protobuf_each(file()) n
 WHERE n.field = 3;
