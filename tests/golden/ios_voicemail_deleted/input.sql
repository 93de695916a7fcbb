-- path: private/var/mobile/Library/Voicemail/voicemail.db
CREATE TABLE voicemail (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, remote_uid INTEGER, date INTEGER, token TEXT, sender TEXT, callback_num TEXT, duration INTEGER, expiration INTEGER, trashed_date INTEGER, flags INTEGER, receiver TEXT, label TEXT);
CREATE TABLE deleted (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, remote_uid INTEGER, date INTEGER, token TEXT, sender TEXT, callback_num TEXT, duration INTEGER, expiration INTEGER, trashed_date INTEGER, flags INTEGER, receiver TEXT, label TEXT);
CREATE TABLE map (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT, label TEXT);
INSERT INTO map VALUES (1, '8944110012345678901', 'A');
INSERT INTO voicemail VALUES
  (1, 11, 1678307200, 'Complete', '+447700900123', '07700 900123', 17, 0, 0, 2, '+447700900999', 'A'),
  (2, 12, 1678307260, 'Complete', NULL, '07700900456', 5, 0, 700000300, 75, '+447700900999', 'no such'),
  (3, 13, 1678307320, 'Complete', '', '', 0, 0, 0, 0, '', NULL),
  (4, 14, 99999999999999, 'Complété', 'Prison Service ☎', NULL, -1, NULL, NULL, NULL, NULL, NULL),
  (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deleted VALUES (1, 21, 1678307380, 'Complete', '+447700900789', NULL, 3, 0, 700000000, 11, '+447700900999', 'A'),
  (2, 22, 99999999999999, 'Complété', NULL, '', -1, NULL, NULL, NULL, NULL, 'no such');
-- path: private/var/mobile/Old/Library/Voicemail/voicemail.db
CREATE TABLE voicemail (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, remote_uid INTEGER, date INTEGER, token TEXT, sender TEXT, callback_num TEXT, duration INTEGER, expiration INTEGER, trashed_date INTEGER, flags INTEGER);
INSERT INTO voicemail VALUES (7, 1, 1678307440, 'Complete', '+447700900321', '+447700900321', 9, 0, 0, 3);
