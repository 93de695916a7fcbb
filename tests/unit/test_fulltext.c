/* The full-text index against FTS5 itself: the same rows in its own tables, byte for byte, and its integrity check where the segments differ. */
#include "exhibit/fulltext.h"

#include <stdlib.h>

#include "check.h"

enum { TEXT_MOST = 1 << 16 };

static uint32_t seed;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)(seed >> 4) * below) >> 28);
}

static const char *const odd[] = { "naïve", "ÉCOLE", "cafe\u0301", "Straße", "don't", "it’s", "\U0001f44d\U0001f3fd", "о’Коннор", "日本語", "x²", "e-mail", "№5", "\u0301alone", "A\u0301B", "Ⅻ", "ǅ" };

/* A text of row i: few words are very common, many are rare; some are not ASCII; rows may be empty or long. */
static size_t text_make(char *to, int column, int longest)
{
	if (longest < 0) { /* one word, over and over */
		size_t size = 2 * (TEXT_MOST / 4 + any(TEXT_MOST / 5));
		for (size_t i = 0; i < size; i += 2)
			memcpy(to + i, "a ", 2);
		return size;
	}
	size_t n = 0, words = any(20) == 0 ? 0 : any(longest) + 1;
	for (size_t i = 0; i < words && n < TEXT_MOST - 200; i++) {
		uint32_t kind = any(20);
		if (kind == 0)
			n += (size_t)sprintf(to + n, "%s", odd[any(sizeof odd / sizeof *odd)]);
		else if (kind < 8)
			n += (size_t)sprintf(to + n, "%s", kind < 6 ? "the" : column ? "Note" : "Text");
		else if (kind == 9)
			n += (size_t)sprintf(to + n, "W%uZ%u", any(1 << 20), any(64));
		else
			n += (size_t)sprintf(to + n, "word%u", any(400) * any(20));
		to[n++] = " ,.\n\t-_/\0!"[any(10)];
	}
	return n;
}

static void sql_run(sqlite3 *db, const char *sql)
{
	char *problem = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &problem) != SQLITE_OK)
		fprintf(stderr, "%s: %s\n", sql, problem);
	CHECK(!problem);
	sqlite3_free(problem);
}

static long long number_of(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *q = NULL;
	long long n = -1;
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int64(q, 0);
	else
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
	sqlite3_finalize(q);
	return n;
}

struct target {
	sqlite3_stmt *data, *idx;
	int64_t last;
};

static enum err data_take(void *context, int64_t id, const void *block, size_t size)
{
	struct target *t = context;
	CHECK(id > t->last);
	t->last = id;
	sqlite3_bind_int64(t->data, 1, id);
	sqlite3_bind_blob(t->data, 2, block, (int)size, SQLITE_STATIC);
	CHECK_INT(sqlite3_step(t->data), SQLITE_DONE);
	sqlite3_reset(t->data);
	return OK;
}

static enum err idx_take(void *context, int64_t segment, const void *term, size_t size, int64_t page)
{
	struct target *t = context;
	sqlite3_bind_int64(t->idx, 1, segment);
	sqlite3_bind_blob(t->idx, 2, term, (int)size, SQLITE_STATIC);
	sqlite3_bind_int64(t->idx, 3, page);
	CHECK_INT(sqlite3_step(t->idx), SQLITE_DONE);
	sqlite3_reset(t->idx);
	return OK;
}

#define FORM "fts5(a, b, content='t', content_rowid='id', columnsize=0, tokenize=\"unicode61 remove_diacritics 2\");"

/* `rows` rows; FTS5 makes `theirs`, we fill `ours`. */
static sqlite3 *both_make(int rows, int longest, size_t room)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	struct target t = { .last = FULLTEXT_STRUCTURE };
	struct fulltext *f = NULL;
	char *text[2] = { malloc(TEXT_MOST), malloc(TEXT_MOST) };
	CHECK(sqlite3_open(":memory:", &db) == SQLITE_OK);
	sql_run(db, "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT);"
		    "CREATE VIRTUAL TABLE theirs USING " FORM "CREATE VIRTUAL TABLE ours USING " FORM
		    "INSERT INTO theirs(theirs, rank) VALUES('automerge', 0), ('hashsize', 1000000000); BEGIN; DELETE FROM ours_idx;");
	CHECK(sqlite3_prepare_v2(db, "INSERT INTO t VALUES(?,?,?)", -1, &q, NULL) == SQLITE_OK);
	CHECK(sqlite3_prepare_v2(db, "INSERT INTO ours_data VALUES(?,?)", -1, &t.data, NULL) == SQLITE_OK);
	CHECK(sqlite3_prepare_v2(db, "INSERT INTO ours_idx VALUES(?,?,?)", -1, &t.idx, NULL) == SQLITE_OK);
	struct fulltext_sink sink = { data_take, idx_take, &t };
	CHECK_INT(fulltext_new(2, room, &sink, &f), OK);
	int64_t id = 0;
	for (int i = 0; i < rows; i++) {
		const char *texts[2];
		size_t sizes[2];
		id += any(50) ? 1 : any(100000) + 1;
		sqlite3_bind_int64(q, 1, id);
		for (int c = 0; c < 2; c++) {
			bool none = any(10) == 0;
			sizes[c] = none ? 0 : text_make(text[c], c, c ? 3 : longest);
			texts[c] = none ? NULL : text[c];
			sqlite3_bind_text(q, 2 + c, texts[c], (int)sizes[c], SQLITE_STATIC);
		}
		CHECK_INT(sqlite3_step(q), SQLITE_DONE);
		sqlite3_reset(q);
		CHECK_INT(fulltext_row(f, id, texts, sizes), OK);
	}
	struct buf averages = { 0 }, structure = { 0 };
	CHECK_INT(fulltext_end(f, &averages, &structure), OK);
	fulltext_free(f);
	sqlite3_finalize(q);
	sqlite3_finalize(t.data);
	sqlite3_finalize(t.idx);
	CHECK(sqlite3_prepare_v2(db, "UPDATE ours_data SET block = CAST(CASE id WHEN 1 THEN ?1 ELSE substr(block, 1, 4) || ?2 END AS BLOB) WHERE id IN (1, 10)", -1, &q, NULL) == SQLITE_OK);
	sqlite3_bind_blob(q, 1, averages.data, (int)averages.size, SQLITE_STATIC);
	sqlite3_bind_blob(q, 2, structure.data, (int)structure.size, SQLITE_STATIC);
	CHECK_INT(sqlite3_step(q), SQLITE_DONE);
	sqlite3_finalize(q);
	sql_run(db, "INSERT INTO theirs(theirs) VALUES('rebuild'); COMMIT;");
	buf_free(&averages);
	buf_free(&structure);
	free(text[0]);
	free(text[1]);
	return db;
}

/* Both indexes say the same, and FTS5 is content with ours. */
static void whole_check(sqlite3 *db)
{
	sql_run(db, "INSERT INTO ours(ours) VALUES('integrity-check'); INSERT INTO theirs(theirs) VALUES('integrity-check');");
	static const char *const queries[] = { "the", "b : note", "\"the text\"", "naive", "ecole", "word1*", "w5* OR note", "日本語", "don", "the NOT text", "word38 AND note" };
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		char sql[300];
		snprintf(sql, sizeof sql, "SELECT (SELECT count(*) FROM ours('%s')) - (SELECT count(*) FROM theirs('%s'))", queries[i], queries[i]);
		CHECK_INT(number_of(db, sql), 0);
		snprintf(sql, sizeof sql, "SELECT (SELECT coalesce(sum(rowid), 0) FROM ours('%s')) - (SELECT coalesce(sum(rowid), 0) FROM theirs('%s'))", queries[i], queries[i]);
		CHECK_INT(number_of(db, sql), 0);
	}
}

/* One segment: FTS5's rows, byte for byte, but for the cookie that each of its settings counts up. */
static sqlite3 *same_check(int rows, int longest)
{
	seed = (uint32_t)(rows * 31 + longest);
	sqlite3 *db = both_make(rows, longest, 1 << 30);
	CHECK_INT(number_of(db, "SELECT count(*) FROM (SELECT id, CASE id WHEN 10 THEN substr(block, 5) ELSE block END FROM ours_data EXCEPT "
				"SELECT id, CASE id WHEN 10 THEN substr(block, 5) ELSE block END FROM theirs_data)"), 0);
	CHECK_INT(number_of(db, "SELECT (SELECT count(*) FROM ours_data) - (SELECT count(*) FROM theirs_data)"), 0);
	CHECK_INT(number_of(db, "SELECT count(*) FROM (SELECT * FROM ours_idx EXCEPT SELECT * FROM theirs_idx)"), 0);
	CHECK_INT(number_of(db, "SELECT (SELECT count(*) FROM ours_idx) - (SELECT count(*) FROM theirs_idx)"), 0);
	whole_check(db);
	return db;
}

#define LIST_PAGES "SELECT count(*) FROM ours_data WHERE id >> 36 & 1 AND id >> 31 & 31 = "

TEST(one_segment)
{
	for (int i = 0; i < 60; i++)
		sqlite3_close(same_check(i, 1 + i % 7 * 30));
	sqlite3_close(same_check(200, 3000));
	sqlite3 *db = same_check(10000, 12);
	CHECK(number_of(db, LIST_PAGES "0") > 0);
	sqlite3_close(db);
}

/* A doclist so long that its index has two levels. */
TEST(long_lists)
{
	sqlite3 *db = same_check(800, -1);
	CHECK(number_of(db, LIST_PAGES "1") > 0);
	sqlite3_close(db);
}

TEST(many_segments)
{
	seed = 7;
	sqlite3 *db = both_make(8000, 20, 300000);
	CHECK(number_of(db, "SELECT count(DISTINCT segid) FROM ours_idx") > 5);
	whole_check(db);
	sqlite3_close(db);
}

int main(void)
{
	RUN(one_segment);
	RUN(long_lists);
	RUN(many_segments);
	return check_done();
}
