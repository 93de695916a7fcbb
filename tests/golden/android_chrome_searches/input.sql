-- path: data/data/com.android.chrome/app_chrome/Default/History
CREATE TABLE urls (id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, visit_count INTEGER, typed_count INTEGER, last_visit_time INTEGER, hidden INTEGER);
CREATE TABLE keyword_search_terms (keyword_id INTEGER NOT NULL, url_id INTEGER NOT NULL, term LONGVARCHAR NOT NULL, normalized_term LONGVARCHAR NOT NULL);
INSERT INTO urls VALUES (1, 'https://example.org/search?q=hmp+öffnungszeiten', 'search', 1, 0, 13300000000000000, 0), (2, 'https://example.org/search?q=drone', NULL, 1, 0, 0, 0), (3, 'https://example.org/search?q=far', NULL, 1, 0, 9223372036854775807, 0), (4, 'https://example.org/not-a-search', NULL, 1, 0, 13300000000000000, 0);
INSERT INTO keyword_search_terms VALUES (2, 1, 'HMP Öffnungszeiten', 'hmp öffnungszeiten'), (2, 2, 'drone', 'drone'), (2, 3, 'far', 'far'), (2, 99, 'address is gone', 'address is gone');
-- path: data/user/10/com.brave.browser/app_chrome/Default/History
CREATE TABLE urls (id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, visit_count INTEGER, typed_count INTEGER, last_visit_time INTEGER, hidden INTEGER);
CREATE TABLE keyword_search_terms (keyword_id INTEGER NOT NULL, url_id INTEGER NOT NULL, term LONGVARCHAR NOT NULL, lower_term LONGVARCHAR NOT NULL);
INSERT INTO urls VALUES (1, 'https://example.org/?q=two', '', 1, 0, 13300000060000000, 0);
INSERT INTO keyword_search_terms VALUES (2, 1, 'two', 'two');
