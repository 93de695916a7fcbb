-- path: private/var/mobile/Library/AddressBook/AddressBook.sqlitedb
CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY, First TEXT, Last TEXT, Middle TEXT, Organization TEXT, Note TEXT, Nickname TEXT, DisplayName TEXT, CreationDate INTEGER);
CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY, record_id INTEGER, property INTEGER, identifier INTEGER, label INTEGER, value TEXT);
INSERT INTO ABPerson VALUES
  (1, 'Zoë', 'Ångström', NULL, NULL, 'met in Leeds', NULL, NULL, 700000000),
  (2, NULL, NULL, NULL, 'Swift Cars', NULL, NULL, NULL, 0),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, NULL, NULL, NULL, NULL, NULL, 'Big T', NULL, -1);
-- property 3 is a telephone number, 4 an e-mail address, 5 a postal address (its parts lie elsewhere), 22 a web page.
INSERT INTO ABMultiValue VALUES
  (1, 1, 3, 0, 1, '07700 900123'), (2, 1, 3, 1, 1, '+44 7700 900456'), (3, 1, 4, 0, 1, 'Zoe@Example.org'), (4, 1, 5, 0, 1, NULL),
  (5, 2, 3, 0, 1, '07700 900789'), (6, 2, 22, 0, 1, 'http://example.org'), (7, 99, 3, 0, 1, '07700 900999');
