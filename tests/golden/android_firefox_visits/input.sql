-- path: data/data/org.mozilla.firefox/files/places.sqlite
CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, visit_count_local INTEGER);
CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY, is_local INTEGER, from_visit INTEGER, place_id INTEGER, visit_date INTEGER, visit_type INTEGER);
INSERT INTO moz_places VALUES (1, 'https://example.org/', 'Žluť', 2), (2, 'https://example.org/b', NULL, 1);
-- Milliseconds; the last as the desktop's library writes, in microseconds.
INSERT INTO moz_historyvisits VALUES (1, 1, NULL, 1, 1700000000250, 1), (2, 1, 1, 2, 1700000060000, 1), (3, 1, 77, 99, NULL, NULL), (4, 1, NULL, 1, 1700000120000000, 1);
