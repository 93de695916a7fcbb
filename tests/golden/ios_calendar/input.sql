-- path: private/var/mobile/Library/Calendar/Calendar.sqlitedb
CREATE TABLE Calendar (ROWID INTEGER PRIMARY KEY, store_id INTEGER, title TEXT, self_identity_email TEXT, owner_identity_email TEXT);
CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY, summary TEXT, location_id INTEGER, description TEXT, start_date REAL, start_tz TEXT, end_date REAL, end_tz TEXT, all_day INTEGER, calendar_id INTEGER,
  organizer_id INTEGER, has_attendees INTEGER, UUID TEXT, creation_date REAL, last_modified REAL, calendar_scale TEXT);
CREATE TABLE Location (ROWID INTEGER PRIMARY KEY, title TEXT, address TEXT, latitude INTEGER, longitude INTEGER, item_owner_id INTEGER);
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY, entity_type INTEGER, status INTEGER, identity_id INTEGER, owner_id INTEGER, email TEXT, phone_number TEXT, is_self INTEGER);
INSERT INTO Calendar VALUES (1, 1, 'Zuhause', 'Zoe@example.org', NULL), (2, 1, 'Home', '', 'owner@example.org');
INSERT INTO Location VALUES (1, 'Besuchszentrum', '1 Example Street', NULL, NULL, 1), (2, '', 'only an address', NULL, NULL, 2);
INSERT INTO CalendarItem VALUES
  (1, 'Besuch 🚗', 1, 'bring ID', 700000000, 'Europe/London', 700003600, 'Europe/London', 0, 1, 1, 1, 'U1', 699000000, 699000000, NULL),
  (2, 'All day', 2, NULL, 699926400, '_float', 700012799, '_float', 1, 2, NULL, 0, 'U2', NULL, NULL, NULL),
  (3, 'Far away', 99, '', 1e18, NULL, -1, NULL, 0, 99, 99, 0, NULL, NULL, NULL, NULL),
  (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO Participant VALUES (1, 8, 1, 1, 1, 'nell@example.org', NULL, 0), (2, 7, 0, 2, 1, NULL, '07700 900123', 0), (3, 7, 1, 3, 1, CAST('sam@example.org' AS BLOB), NULL, 0), (4, 7, 1, 3, 77, 'nobody@example.org', NULL, 0);
