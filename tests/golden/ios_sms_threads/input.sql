-- path: private/var/mobile/Library/SMS/sms.db
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT, style INTEGER, chat_identifier TEXT, service_name TEXT, room_name TEXT, is_archived INTEGER DEFAULT 0, display_name TEXT);
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT, service TEXT);
CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER);
INSERT INTO handle VALUES (1, '+447700900123', 'iMessage'), (2, 'nell@example.org', 'iMessage'), (3, '07700 900456', 'SMS');
INSERT INTO chat VALUES
  (1, 'iMessage;-;+447700900123', 45, '+447700900123', 'iMessage', NULL, 0, ''),
  (2, 'iMessage;+;chat831', 43, 'chat831', 'iMessage', 'chat831', 1, 'Família 👪'),
  (3, 'SMS;-;07700900789', 45, '07700900789', 'SMS', NULL, 0, NULL),
  (4, 'SMS;+;chat832', 43, 'chat832', 'SMS', NULL, 0, 'nobody joins'),
  (5, NULL, 4711, 'chat999', NULL, NULL, 7, NULL),
  (6, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO chat_handle_join VALUES (1, 1), (2, 1), (2, 2), (2, 3), (2, 99), (77, 1);
