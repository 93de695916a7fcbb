-- path: private/var/mobile/Library/Safari/History.db
CREATE TABLE history_items (id INTEGER PRIMARY KEY, url TEXT, visit_count INTEGER);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY, history_item INTEGER, visit_time REAL, title TEXT, redirect_source INTEGER, redirect_destination INTEGER);
INSERT INTO history_items VALUES (1, 'http://example.org/', 1), (2, 'https://example.org/', 3);
INSERT INTO history_visits VALUES (1, 1, 700000000.5, NULL, NULL, 2), (2, 2, 700000060, 'Œuvre', 1, NULL), (3, 99, NULL, NULL, 99, NULL), (4, 2, 700000120, '', NULL, NULL);
