/* The recovery engine: what comes back from where, what is said to be gone, and what only comes when asked for. */
#include "formats/sqlite_engine.h"

#include "recover_help.h"

/* With the chain of freed blocks cut at its head, the blocks are found without it: each row that came back before comes back again. */
TEST(freed_blocks_are_found_without_their_chain)
{
	struct bytes db = database(MAKE("300") "DELETE FROM talk WHERE id%9=4;");
	struct buf b = { 0 };
	CHECK_INT(recover_bytes(db, &b), OK);
	int before = lines(&b), cut = 0;
	CHECK_INT(before, 33);
	for (uint32_t page = 2; (size_t)page * 4096 <= db.size; page++) {
		uint8_t *p = db.data + (size_t)(page - 1) * 4096;
		if (p[0] != PAGE_TABLE_LEAF || !be16_at(p + 1))
			continue;
		p[1] = 0;
		p[2] = 3; /* no block can lie there */
		cut++;
	}
	CHECK(cut > 2);
	buf_clear(&b);
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK(has(&notes_text, "chain of freed blocks"));
	CHECK(lines(&b) >= before - 1);
	buf_free(&b);
	free(db.data);
}

/* A later cell took the end of a freed block, as SQLite does: the row's end is no more in it. */
TEST(rows_with_many_columns_lost_are_fragments)
{
	struct bytes db = database("PRAGMA secure_delete=0; CREATE TABLE f(a TEXT, b TEXT, c TEXT, d TEXT, e TEXT);"
				   "WITH RECURSIVE n(i) AS (SELECT 201 UNION ALL SELECT i+1 FROM n WHERE i<215) INSERT INTO f(rowid, a, b, c, d, e) SELECT i, "
				   "'the beginning of row '||i||printf('%.120c', '.'), 'short '||i, 'shorter and shorter', 'end', 'of it' FROM n;"
				   "DELETE FROM f WHERE rowid=207;");
	struct buf b = { 0 };
	uint8_t *page = db.data + 4096;
	uint32_t block = be16_at(page + 1), size = be16_at(page + block + 2);
	CHECK(block > 2000 && block < 4000 && size > 180);
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK_INT(lines(&b), 1);
	buf_clear(&b);
	page[block + 3] = (uint8_t)(size - 20);
	memset(page + block + size - 20, 0xff, 20);
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK_INT(lines(&b), 0);
	struct recover_limits limits = { .fragments = true };
	CHECK_INT(recover_both(db, (struct bytes){ 0 }, &limits, &b), OK);
	CHECK_INT(lines(&b), 1);
	CHECK(has(&b, "[\"the beginning of row 207....") && has(&b, ".\",\"short 207\",\"shorter\"") && has(&b, "its end overwritten"));
	CHECK(has(&b, "\"lost\":[3,4],\"cut\":[2]"));
	buf_free(&b);
	free(db.data);
}

/* The same where the size of the record's header is gone as well: the rest of it can be read as a shorter record, whose last text would read
 * on behind its end. */
TEST(a_text_does_not_end_inside_itself)
{
	struct bytes db = database("PRAGMA secure_delete=0; CREATE TABLE f(a TEXT, b TEXT, c TEXT, d TEXT, e TEXT);"
				   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<30) INSERT INTO f SELECT "
				   "'the beginning of a row which is longer than the rest of it, number '||i, 'short '||i, 'shorter', 'end', 'of it' FROM n;"
				   "DELETE FROM f WHERE rowid=20;");
	struct buf b = { 0 };
	uint8_t *page = db.data + 4096;
	uint32_t block = be16_at(page + 1);
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK_INT(lines(&b), 1);
	buf_clear(&b);
	page[block + 3] = 84;
	memset(page + block + 84, 0xff, 20);
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK_INT(lines(&b), 0);
	buf_free(&b);
	free(db.data);
}

/* A transaction that was not committed: the journal is what was before, or what is, as the caller wants it. */
TEST(a_hot_journal_is_before_or_now)
{
	struct bytes journal, db = database_journal("PRAGMA synchronous=off; PRAGMA cache_size=4; PRAGMA cache_spill=4;" MAKE("4000")
						    "BEGIN; DELETE FROM talk WHERE id<=1000; UPDATE talk SET said='changed '||id WHERE id>3000;", &journal);
	struct buf b = { 0 };
	CHECK(journal.size > 5000);
	CHECK_INT(recover_both(db, journal, NULL, &b), OK);
	CHECK(count_of(&b, "\"state\":\"journal\"") > 500);
	CHECK(has(&b, "[50,\"person 1\",\"what was said as number 50\""));
	CHECK(!has(&b, "\"changed 3020\""));
	CHECK(has(&notes_text, "hot rollback journal"));
	buf_clear(&b);
	struct recover_limits limits = { .hot_journal = true };
	CHECK_INT(recover_both(db, journal, &limits, &b), OK);
	CHECK(!has(&b, "number 50\""));
	CHECK(has(&b, "\"changed 3020\""));
	buf_clear(&b);
	limits.with_live = true;
	CHECK_INT(recover_both(db, journal, &limits, &b), OK);
	CHECK_INT(count_of(&b, "\"state\":\"live\""), 4000);
	buf_free(&b);
	free(db.data);
	free(journal.data);
}

TEST(zeroed_rows_are_said_to_be_gone)
{
	struct bytes db = database(MAKE("60") "PRAGMA secure_delete=1; DELETE FROM talk WHERE id IN (10, 20, 30);");
	struct buf b = { 0 };
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK_INT(lines(&b), 0);
	CHECK(has(&notes_text, "3 freed blocks"));
	CHECK(has(&notes_text, "secure_delete"));
	free(db.data);
	db = database(MAKE("60") "DELETE FROM talk WHERE id IN (10, 20, 30);");
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK(!has(&notes_text, "secure_delete"));
	buf_free(&b);
	free(db.data);
}

/* The index's own tables tell nothing; what was written stands in the content table. */
TEST(parts_of_full_text_indexes_are_left_alone)
{
	struct bytes db = database("PRAGMA secure_delete=0; CREATE VIRTUAL TABLE words USING fts4(said);"
				   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<60) INSERT INTO words SELECT 'word'||i||' and more' FROM n;"
				   "DELETE FROM words WHERE docid%4=0; INSERT INTO words VALUES('a'); INSERT INTO words VALUES('b');"
				   "INSERT INTO words VALUES('c'); INSERT INTO words(words) VALUES('optimize');");
	struct buf b = { 0 };
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK(has(&notes_text, "left alone") && has(&notes_text, "words_segments") && has(&notes_text, "words_segdir"));
	CHECK(!has(&notes_text, "words_content"));
	CHECK(!has(&b, "\"table\":\"words_seg") && !has(&b, "\"table\":\"words_doc"));
	CHECK(count_of(&b, "\"table\":\"words_content\"") >= 14);
	CHECK_INT(count_of(&b, "\"table\""), count_of(&b, "\"table\":\"words_content\""));
	buf_free(&b);
	free(db.data);
}

TEST(live_rows_come_when_asked_for)
{
	struct bytes db = database(MAKE("500") "CREATE TABLE k(a TEXT PRIMARY KEY, b) WITHOUT ROWID; INSERT INTO k SELECT said, at FROM talk;"
				   "DELETE FROM talk WHERE id%10=0; CREATE TABLE big(x); INSERT INTO big VALUES(printf('%.9000c','y'));");
	struct buf b = { 0 };
	struct recover_limits limits = { .with_live = true };
	CHECK_INT(recover_both(db, (struct bytes){ 0 }, &limits, &b), OK);
	CHECK_INT(count_of(&b, "\"state\":\"live\""), 450 + 500 + 1);
	CHECK(has(&b, "[77,\"person 0\",\"what was said as number 77\",1700004697],\"state\":\"live\""));
	CHECK(has(&b, "\"values\":[\"what was said as number 9\",1700000549],\"state\":\"live\""));
	CHECK(has(&b, "yyyyyyyyyy\"],\"state\":\"live\""));
	int deleted = lines(&b) - 951;
	buf_clear(&b);
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK_INT(count_of(&b, "\"live\""), 0);
	CHECK_INT(lines(&b), deleted);
	buf_free(&b);
	free(db.data);
}

/* The freed block took the row's rowid; the index's entry still has it. */
TEST(an_index_gives_a_row_its_rowid_back)
{
	struct bytes db = database("PRAGMA secure_delete=0;" MAKE("60") "CREATE INDEX by_time ON talk(at); DELETE FROM talk WHERE id=17;");
	struct buf b = { 0 };
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK_INT(lines(&b), 1);
	CHECK(has(&b, "\"rowid\":17,\"rowid_inferred\":true") && has(&b, "\"values\":[17,\"person 3\""));
	CHECK(has(&b, "\"fate\":\"deleted\"") && has(&b, "\"inferred\":[0]") && has(&b, "rowid from an index entry"));
	buf_clear(&b);
	free(db.data);
	/* Of all that said the same nobody knows which. */
	db = database("PRAGMA secure_delete=0;" MAKE("60") "CREATE INDEX by_person ON talk(who); DELETE FROM talk WHERE id=17;");
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK_INT(lines(&b), 1);
	CHECK(!has(&b, "\"rowid\"") && has(&b, "\"lost\":[0]"));
	buf_clear(&b);
	free(db.data);
	/* An index that UNIQUE made, over two columns. */
	db = database("PRAGMA secure_delete=0; CREATE TABLE u(id INTEGER PRIMARY KEY, name TEXT, n INT, UNIQUE(n, name));"
		      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<60) INSERT INTO u SELECT i, 'name '||i, i*1000 FROM n;"
		      "DELETE FROM u WHERE id IN (9, 44);");
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK_INT(lines(&b), 2);
	CHECK(has(&b, "\"values\":[9,\"name 9\",9000]") && has(&b, "\"values\":[44,\"name 44\",44000]"));
	buf_free(&b);
	free(db.data);
}

/* The row was zeroed, but the pages of an index that was dropped before still hold its entry. */
TEST(an_entry_without_a_row_is_a_fragment)
{
	struct bytes db = database("PRAGMA secure_delete=0;" MAKE("60") "CREATE INDEX by_time ON talk(at); DROP INDEX by_time;"
				   "PRAGMA secure_delete=1; DELETE FROM talk WHERE id=17;");
	struct buf b = { 0 };
	struct recover_limits limits = { .fragments = true };
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK_INT(lines(&b), 0);
	CHECK_INT(recover_both(db, (struct bytes){ 0 }, &limits, &b), OK);
	CHECK_INT(lines(&b), 1); /* not the 59 entries whose rows live */
	CHECK(has(&b, "\"rowid\":17,") && has(&b, "\"values\":[17,null,null,1700001037],\"state\":\"index-only\",\"fate\":\"deleted\""));
	CHECK(has(&b, "\"lost\":[1,2]") && has(&b, "by_time"));
	buf_free(&b);
	free(db.data);
}

int main(void)
{
	RUN(freed_blocks_are_found_without_their_chain);
	RUN(rows_with_many_columns_lost_are_fragments);
	RUN(a_text_does_not_end_inside_itself);
	RUN(a_hot_journal_is_before_or_now);
	RUN(zeroed_rows_are_said_to_be_gone);
	RUN(parts_of_full_text_indexes_are_left_alone);
	RUN(live_rows_come_when_asked_for);
	RUN(an_index_gives_a_row_its_rowid_back);
	RUN(an_entry_without_a_row_is_a_fragment);
	buf_free(&notes_text);
	return check_done();
}
