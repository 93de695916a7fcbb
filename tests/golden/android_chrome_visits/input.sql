-- path: data/data/com.android.chrome/app_chrome/Default/History
CREATE TABLE urls (id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, visit_count INTEGER, typed_count INTEGER, last_visit_time INTEGER, hidden INTEGER);
CREATE TABLE visits (id INTEGER PRIMARY KEY, url INTEGER, visit_time INTEGER, from_visit INTEGER, transition INTEGER, visit_duration INTEGER);
CREATE TABLE keyword_search_terms (keyword_id INTEGER, url_id INTEGER, term LONGVARCHAR, normalized_term LONGVARCHAR);
INSERT INTO urls VALUES (1, 'https://example.org/?q=café', 'Café — search', 2, 0, 13300000060000000, 0), (2, 'https://example.org/b', NULL, 1, 0, 0, 0);
-- Microseconds since 1601: 13300000000 s are 2022-06-18 04:26:40 UTC.
INSERT INTO visits VALUES (1, 1, 13300000000000000, 0, 0, 2500000), (2, 2, 13300000060000000, 1, 0, 0), (3, 99, NULL, 99, 0, NULL), (4, 2, 0, NULL, NULL, NULL);
