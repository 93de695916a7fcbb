-- path: data/data/com.android.providers.calendar/databases/calendar.db
CREATE TABLE Calendars (_id INTEGER PRIMARY KEY, account_name TEXT, account_type TEXT, name TEXT, calendar_displayName TEXT);
CREATE TABLE Events (_id INTEGER PRIMARY KEY AUTOINCREMENT, calendar_id INTEGER NOT NULL, title TEXT, eventLocation TEXT, description TEXT, dtstart INTEGER, dtend INTEGER, eventTimezone TEXT, duration TEXT, allDay INTEGER NOT NULL DEFAULT 0, rrule TEXT, deleted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE Attendees (_id INTEGER PRIMARY KEY, event_id INTEGER, attendeeName TEXT, attendeeEmail TEXT);
INSERT INTO Calendars VALUES (1, 'zoe@example.org', 'com.google', 'zoe@example.org', 'Zoë'), (2, 'My calendar', 'LOCAL', 'local', 'Phone');
INSERT INTO Events VALUES (1, 1, 'Besuch für J', 'Visits hall', 'bring ID', 1678307200000, 1678310800000, 'Europe/London', NULL, 0, NULL, 0), (2, 2, 'weekly', '', '', 1678307260000, NULL, 'Europe/London', 'P3600S', 0, 'FREQ=WEEKLY', 0),
  (3, 1, 'birthday', NULL, NULL, 1678233600000, NULL, 'UTC', 'P1D', 1, 'FREQ=YEARLY', 0), (4, 99, NULL, NULL, NULL, NULL, NULL, NULL, 'PT1H', 0, NULL, 1), (5, 1, 'far', NULL, NULL, 9223372036854775807, 9223372036854775807, NULL, 'P1S2S', 0, NULL, 0);
INSERT INTO Attendees VALUES (1, 1, 'J', 'J.Doe@example.org'), (2, 1, 'nobody', ''), (3, 1, NULL, NULL), (4, 1, 'K', 'k@example.org'), (5, 99, 'L', 'l@example.org'), (6, 1, 'bytes where text should be', x'6d406578616d706c652e6f7267');
-- path: data/user/10/com.android.providers.calendar/databases/calendar.db
CREATE TABLE Events (_id INTEGER PRIMARY KEY AUTOINCREMENT, calendar_id INTEGER, title TEXT, dtstart INTEGER, dtend INTEGER);
INSERT INTO Events VALUES (1, 1, 'second user', 1678307200000, NULL);
