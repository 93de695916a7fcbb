/* Trees of pages against SQLite: it must read every row back, and its integrity check must be content. */
#include "exhibit/tree.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"

static char path[] = "/tmp/custos-tree-XXXXXX";

/* A database with an empty table and an empty index, made by SQLite. */
static int empty_make(int page_size, uint32_t *ret_table, uint32_t *ret_index, uint32_t *ret_pages)
{
	char sql[200];
	sqlite3 *db;
	sqlite3_stmt *q;
	snprintf(path, sizeof path, "/tmp/custos-tree-XXXXXX");
	int fd = mkstemp(path);
	CHECK(fd >= 0 && sqlite3_open(path, &db) == SQLITE_OK);
	snprintf(sql, sizeof sql, "PRAGMA synchronous=OFF; PRAGMA page_size=%d; CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b REAL, c TEXT, d BLOB) STRICT; CREATE INDEX i ON t(c, a);", page_size);
	CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
	CHECK(sqlite3_prepare_v2(db, "SELECT (SELECT rootpage FROM sqlite_schema WHERE name='t'), (SELECT rootpage FROM sqlite_schema WHERE name='i'), page_count FROM pragma_page_count", -1, &q, NULL) == SQLITE_OK);
	CHECK(sqlite3_step(q) == SQLITE_ROW);
	*ret_table = (uint32_t)sqlite3_column_int64(q, 0);
	*ret_index = (uint32_t)sqlite3_column_int64(q, 1);
	*ret_pages = (uint32_t)sqlite3_column_int64(q, 2);
	sqlite3_finalize(q);
	sqlite3_close(db);
	return fd;
}

/* A text of row i: sorted by i, of the length that the test asks for. */
static size_t text_of(char *to, int64_t i, size_t size)
{
	size_t n = (size_t)sprintf(to, "%012lld", (long long)i);
	for (; n < size; n++)
		to[n] = (char)('a' + (i + (int64_t)n) % 26);
	return n;
}

static int64_t integer_of(int64_t i)
{
	/* Every width an SQLite integer can have, and both sides of each border. */
	int64_t v = i % 64 == 63 ? INT64_MIN : (int64_t)(1ull << (i % 64 % 63)) + i % 3 - 1;
	return i % 2 ? ~v : v;
}

static void count_is(sqlite3 *db, const char *sql, long long want)
{
	sqlite3_stmt *q = NULL;
	CHECK(sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW);
	if (sqlite3_column_int64(q, 0) != want)
		fprintf(stderr, "%s:\n", sql);
	CHECK_INT(sqlite3_column_int64(q, 0), want);
	sqlite3_finalize(q);
}

/* `rows` rows with texts of up to `longest` bytes, read back by SQLite. */
static void rows_check(int page_size, int64_t rows, size_t longest, int64_t step)
{
	uint32_t table, index, there;
	int fd = empty_make(page_size, &table, &index, &there);
	struct pages p;
	struct tree t, x;
	struct buf record = { 0 };
	char *text = malloc(longest + 32);
	enum err e = OK;
	pages_begin(&p, fd, (uint32_t)page_size, there);
	tree_begin(&t, &p, table, false);
	tree_begin(&x, &p, index, true);
	for (int64_t i = 0; i < rows && !e; i++) {
		size_t size = text_of(text, i, (size_t)(i * 7919) % (longest + 1));
		struct cell cells[5] = { cell_int(i * step - 5), cell_int(integer_of(i)), { .type = CELL_REAL, .real = (double)i / 8 }, cell_text(text, size), { 0 } };
		if (i % 3 == 0)
			cells[4] = (struct cell){ .type = CELL_BLOB, .bytes = text, .size = size / 2 };
		buf_clear(&record);
		record_encode(&record, cells, 5, 0);
		e = tree_row(&t, cells[0].integer, record.data, record.size);
		struct cell key[3] = { cells[3], cells[1], cells[0] };
		buf_clear(&record);
		record_encode(&record, key, 3, -1);
		if (!e)
			e = tree_key(&x, record.data, record.size);
	}
	CHECK_INT(e, OK);
	CHECK_INT(tree_end(&t), OK);
	CHECK_INT(tree_end(&x), OK);
	CHECK_INT(pages_flush(&p), OK);
	unsigned char size[4] = { (unsigned char)(pages_count(&p) >> 24), (unsigned char)(pages_count(&p) >> 16), (unsigned char)(pages_count(&p) >> 8), (unsigned char)pages_count(&p) };
	CHECK_INT(pwrite(fd, size, 4, 28), 4);
	pages_free(&p);
	buf_free(&record);
	close(fd);

	sqlite3 *db;
	sqlite3_stmt *q;
	CHECK(sqlite3_open(path, &db) == SQLITE_OK);
	CHECK(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW);
	CHECK_TEXT((const char *)sqlite3_column_text(q, 0), "ok");
	sqlite3_finalize(q);
	count_is(db, "SELECT count(*) FROM t", rows);
	CHECK(sqlite3_prepare_v2(db, "SELECT id, a, b, c, d, typeof(b) FROM t", -1, &q, NULL) == SQLITE_OK);
	int64_t i = 0, wrong = 0;
	for (; sqlite3_step(q) == SQLITE_ROW; i++) {
		size_t n = text_of(text, i, (size_t)(i * 7919) % (longest + 1));
		wrong += sqlite3_column_int64(q, 0) != i * step - 5 || sqlite3_column_int64(q, 1) != integer_of(i) || sqlite3_column_double(q, 2) != (double)i / 8;
		wrong += (size_t)sqlite3_column_bytes(q, 3) != n || memcmp(sqlite3_column_text(q, 3), text, n) != 0 || strcmp((const char *)sqlite3_column_text(q, 5), "real") != 0;
		wrong += i % 3 ? sqlite3_column_type(q, 4) != SQLITE_NULL : (size_t)sqlite3_column_bytes(q, 4) != n / 2;
	}
	sqlite3_finalize(q);
	CHECK_INT(i, rows);
	CHECK_INT(wrong, 0);
	/* Each key through the index, and rows written behind by SQLite itself. */
	count_is(db, "SELECT count(*) FROM t x WHERE EXISTS (SELECT 1 FROM t y INDEXED BY i WHERE y.c = x.c AND y.a = x.a)", rows);
	CHECK(sqlite3_exec(db, "PRAGMA synchronous=OFF; INSERT INTO t(a, c) VALUES(1, 'x'); DELETE FROM t WHERE id % 2", NULL, NULL, NULL) == SQLITE_OK);
	CHECK(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW);
	CHECK_TEXT((const char *)sqlite3_column_text(q, 0), "ok");
	sqlite3_finalize(q);
	sqlite3_close(db);
	unlink(path);
	free(text);
}

TEST(sizes)
{
	rows_check(512, 0, 10, 1);
	rows_check(512, 1, 10, 1);
	/* Each number of rows around the borders of one and of two levels. */
	for (int rows = 2; rows < 120; rows++)
		rows_check(512, rows, 60, 1);
	rows_check(512, 20000, 40, 1);
	rows_check(1024, 5000, 900, 1ll << 40);
	rows_check(8192, 30000, 100, 1);
}

TEST(overflow)
{
	rows_check(512, 3000, 3000, 3);
	rows_check(8192, 400, 70000, 1);
	/* Every payload size around what fits into a cell. */
	for (size_t longest = 60; longest < 130; longest += 3)
		rows_check(512, 40, longest * 4, 1);
}

TEST(order)
{
	uint32_t table, index, there;
	int fd = empty_make(512, &table, &index, &there);
	struct pages p;
	struct tree t;
	pages_begin(&p, fd, 512, there);
	tree_begin(&t, &p, table, false);
	CHECK_INT(tree_row(&t, 7, "\2\0", 2), OK);
	CHECK_INT(tree_row(&t, 7, "\2\0", 2), ERR_SQL);
	CHECK_INT(tree_row(&t, -7, "\2\0", 2), ERR_SQL);
	tree_free(&t);
	pages_free(&p);
	close(fd);
	unlink(path);
}

TEST(varints)
{
	/* From the description of the file format: big-endian groups of seven bits, the ninth byte whole. */
	static const struct {
		uint64_t v;
		int n;
		unsigned char bytes[9];
	} cases[] = {
		{ 0, 1, { 0 } }, { 0x7f, 1, { 0x7f } }, { 0x80, 2, { 0x81, 0 } }, { 0x3fff, 2, { 0xff, 0x7f } }, { 0x4000, 3, { 0x81, 0x80, 0 } },
		{ (1ull << 56) - 1, 8, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f } }, { 1ull << 56, 9, { 0x80, 0xc0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0 } },
		{ UINT64_MAX, 9, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned char got[9] = { 0 };
		CHECK_INT(varint_put(got, cases[i].v), cases[i].n);
		CHECK(memcmp(got, cases[i].bytes, (size_t)cases[i].n) == 0);
	}
}

/* A file with a hole where the lock byte lies: SQLite never uses that page. */
TEST(lock_page)
{
	uint32_t table, index, there;
	int fd = empty_make(512, &table, &index, &there);
	struct pages p;
	struct tree t;
	pages_begin(&p, fd, 512, 0x40000000 / 512 - 1);
	tree_begin(&t, &p, table, false);
	char record[300];
	for (int i = 0; i < 50; i++) {
		struct buf b = { 0 };
		memset(record, 'x', sizeof record);
		struct cell cells[5] = { cell_int(i), { 0 }, { 0 }, cell_text(record, i % 2 ? sizeof record : 3000 % sizeof record), { 0 } };
		record_encode(&b, cells, 5, 0);
		CHECK_INT(tree_row(&t, i, b.data, b.size), OK);
		buf_free(&b);
	}
	CHECK_INT(tree_end(&t), OK);
	CHECK_INT(pages_flush(&p), OK);
	unsigned char lock[512], none[512] = { 0 };
	CHECK_INT(pread(fd, lock, 512, 0x40000000), 512);
	CHECK(memcmp(lock, none, 512) == 0);
	CHECK(pages_count(&p) > 0x40000000 / 512 + 20);
	pages_free(&p);
	close(fd);
	unlink(path);
}

int main(void)
{
	RUN(varints);
	RUN(sizes);
	RUN(overflow);
	RUN(order);
	RUN(lock_page);
	return check_done();
}
