/* The index of moments against SQLite: its integrity check compares each key with its row, and order by the index with a sort. */
#include "exhibit/moments.h"

#include <stdlib.h>
#include <unistd.h>

#include "check.h"

static void order_check(int rows, size_t run_most, int64_t spread)
{
	char path[] = "/tmp/custos-moments-XXXXXX";
	sqlite3 *db;
	sqlite3_stmt *q;
	int fd = mkstemp(path);
	CHECK(fd >= 0 && sqlite3_open(path, &db) == SQLITE_OK);
	CHECK(sqlite3_exec(db, "PRAGMA synchronous=OFF; PRAGMA page_size=1024; CREATE TABLE t(id INTEGER PRIMARY KEY, at INTEGER); CREATE INDEX i ON t(at);", NULL, NULL, NULL) == SQLITE_OK);
	CHECK(sqlite3_prepare_v2(db, "SELECT (SELECT rootpage FROM sqlite_schema WHERE name='t'), (SELECT rootpage FROM sqlite_schema WHERE name='i'), page_count FROM pragma_page_count", -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW);
	struct pages p;
	struct tree t, x;
	struct moments m;
	struct buf record = { 0 };
	pages_begin(&p, fd, 1024, (uint32_t)sqlite3_column_int64(q, 2));
	tree_begin(&t, &p, (uint32_t)sqlite3_column_int64(q, 0), false);
	tree_begin(&x, &p, (uint32_t)sqlite3_column_int64(q, 1), true);
	sqlite3_finalize(q);
	sqlite3_close(db);
	moments_begin(&m);
	uint64_t seed = (uint64_t)rows * 977 + run_most;
	for (int i = 1; i <= rows; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		int64_t at = i % 1000 == 1 ? INT64_MIN : i % 1000 == 2 ? INT64_MAX : spread ? (int64_t)(seed >> 1) % spread - spread / 2 : 5;
		struct cell cells[2] = { cell_int(i), cell_int(at) };
		bool none = (seed >> 60) == 0;
		if (none)
			cells[1] = (struct cell){ 0 };
		buf_clear(&record);
		record_encode(&record, cells, 2, 0);
		CHECK_INT(tree_row(&t, i, record.data, record.size), OK);
		CHECK_INT(moments_add(&m, i, none ? NULL : &at, run_most), OK);
	}
	CHECK_INT(m.run_count, rows ? (rows - 1) / (int)run_most : 0);
	CHECK_INT(moments_end(&m, &x), OK);
	CHECK_INT(tree_end(&t), OK);
	CHECK_INT(tree_end(&x), OK);
	CHECK_INT(pages_flush(&p), OK);
	unsigned char size[4] = { 0, (unsigned char)(pages_count(&p) >> 16), (unsigned char)(pages_count(&p) >> 8), (unsigned char)pages_count(&p) };
	CHECK_INT(pwrite(fd, size, 4, 28), 4);
	pages_free(&p);
	buf_free(&record);
	close(fd);
	CHECK(sqlite3_open(path, &db) == SQLITE_OK);
	CHECK(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW);
	CHECK_TEXT((const char *)sqlite3_column_text(q, 0), "ok");
	sqlite3_finalize(q);
	/* Straight through the index, the order is right at every step. */
	int64_t before_at = INT64_MIN, before_id = 0, wrong = 0, n = 0;
	CHECK(sqlite3_prepare_v2(db, "SELECT at, id FROM t INDEXED BY i WHERE at IS NOT NULL AND at >= -9223372036854775808", -1, &q, NULL) == SQLITE_OK);
	for (; sqlite3_step(q) == SQLITE_ROW; n++) {
		int64_t at = sqlite3_column_int64(q, 0), id = sqlite3_column_int64(q, 1);
		wrong += at < before_at || (at == before_at && id <= before_id);
		before_at = at;
		before_id = id;
	}
	sqlite3_finalize(q);
	CHECK_INT(wrong, 0);
	CHECK(rows < 100 || n > rows / 2);
	sqlite3_close(db);
	unlink(path);
}

TEST(one_run)
{
	for (int rows = 0; rows < 40; rows++)
		order_check(rows, 1000, 1ll << 40);
	order_check(20000, 1 << 20, INT64_MAX);
	order_check(20000, 1 << 20, 100);
	order_check(3000, 1 << 20, 0);
}

TEST(merged_runs)
{
	order_check(1000, 1, 50);
	order_check(1000, 999, 1ll << 50);
	order_check(1000, 1000, 1ll << 50);
	order_check(20000, 4096, 1000);
	order_check(30000, 5000, INT64_MAX);
	order_check(30000, 9999, 0);
}

int main(void)
{
	RUN(one_run);
	RUN(merged_runs);
	return check_done();
}
