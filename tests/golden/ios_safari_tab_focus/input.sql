-- path: private/var/mobile/Library/Safari/BrowserState.db
CREATE TABLE tabs (id INTEGER PRIMARY KEY, uuid TEXT, title TEXT, url TEXT, user_visible_url TEXT, last_viewed_time REAL, opened_from_link INTEGER, private_browsing INTEGER);
INSERT INTO tabs VALUES
  (1, 'A', 'Café ☕', 'https://example.org/caf%C3%A9', 'example.org/café', 700000000.25, 0, 0),
  (2, 'B', 'Hidden', 'https://example.org/hidden', NULL, 700000060, 1, 1),
  (3, 'C', '', '', 'example.org/visible', 1e18, 0, 0),
  (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
-- path: private/var/mobile/Containers/Data/Application/6F1C/Library/Safari/BrowserState.db
CREATE TABLE tabs (id INTEGER PRIMARY KEY, title TEXT, url TEXT, last_viewed_time REAL);
INSERT INTO tabs VALUES (1, 'Old system', 'https://example.org/old', 600000000);
