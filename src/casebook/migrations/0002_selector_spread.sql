-- In how many exhibits a selector is, counted up to one more than makes it common (SELECTOR_COMMON): what exhibits share is counted when an exhibit comes or goes, and read when a page
-- is shown.
ALTER TABLE selector ADD COLUMN spread {int} NOT NULL DEFAULT 1;
UPDATE selector SET spread = (SELECT count(*) FROM (SELECT DISTINCT f.exhibit FROM selector b JOIN exhibit_file f ON f.id = b.exhibit_file
	WHERE b.value = selector.value AND b.kind = selector.kind AND b.service = selector.service LIMIT 51) z);
DROP INDEX selector_file;
CREATE INDEX selector_file ON selector (exhibit_file, spread, records);
