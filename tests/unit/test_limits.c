/* Workers that do not keep to what is usual: what they may take of time, room and notes, and what the record then says. */
#include <sqlite3.h>
#include <stdint.h>
#include <time.h>

#include "evidence_help.h"
#include "examine/examine.h"
#include "examine/wire.h"

static void out_write(int out, const struct buf *b)
{
	for (size_t at = 0; at < b->size;) {
		ssize_t n = write(out, b->data + at, b->size - at);
		if (n <= 0)
			_exit(9);
		at += (size_t)n;
	}
}

static void nap(long ms) { nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL); }

static void frame_empty(struct buf *b, char type) { wire_end(b, wire_begin(b, type)); }

static void run_frame(struct buf *b)
{
	size_t mark = wire_begin(b, 'R');
	wire_u16(b, 0);
	wire_u16(b, 0);
	wire_u8(b, 0);
	wire_string(b, "t");
	wire_end(b, mark);
}

/* A batch of one record with no value. */
static void record_frame(struct buf *b, int64_t row)
{
	struct buf record = { 0 };
	wire_i64(&record, row);
	wire_u8(&record, 0);
	wire_u32(&record, 0); /* page, offset, frame: not known */
	wire_i64(&record, 0);
	wire_u32(&record, 0);
	wire_string(&record, "App");
	wire_u32(&record, 0);
	for (int i = 0; i < kind_columns(kind_find("note")); i++)
		wire_u8(&record, WIRE_CELL_NULL);
	size_t mark = wire_begin(b, 'D');
	wire_u32(b, 1);
	wire_u32(b, (uint32_t)record.size);
	buf_add(b, record.data, record.size);
	wire_end(b, mark);
	buf_free(&record);
}

/* The job and its descriptors matter to none of them. */
#define WORKER(name) static int name(const void *job, size_t job_size, const int *fds, int fd_count, int out)
#define WORKER_UNUSED() (void)job, (void)job_size, (void)fds, (void)fd_count, (void)out

/* One good record, then a byte now and then: never silent, never done. */
WORKER(dribble)
{
	WORKER_UNUSED();
	struct buf b = { 0 };
	run_frame(&b);
	record_frame(&b, 1);
	wire_u32(&b, 1 << 20);
	buf_char(&b, 'N');
	out_write(out, &b);
	while (write(out, "x", 1) == 1)
		nap(20);
	return 1;
}

WORKER(silent)
{
	WORKER_UNUSED();
	while (getpid() > 0)
		nap(1000);
	return 0;
}

/* All is said, but the process stays. */
WORKER(lingering)
{
	WORKER_UNUSED();
	struct buf b = { 0 };
	frame_empty(&b, 'Z');
	out_write(out, &b);
	close(out);
	while (getpid() > 0)
		nap(1000);
	return 0;
}

WORKER(flood)
{
	WORKER_UNUSED();
	struct buf b = { 0 };
	run_frame(&b);
	for (int64_t i = 0; i < INT64_MAX; i++) {
		record_frame(&b, i);
		out_write(out, &b);
		buf_clear(&b);
	}
	return 0;
}

WORKER(notes)
{
	WORKER_UNUSED();
	struct buf b = { 0 };
	for (int i = 0; i < 5000; i++) {
		size_t mark = wire_begin(&b, 'N');
		wire_i64(&b, i);
		wire_string(&b, "t");
		wire_string(&b, "something is wrong here");
		wire_end(&b, mark);
	}
	run_frame(&b);
	record_frame(&b, 1);
	size_t mark = wire_begin(&b, 'E');
	wire_i64(&b, 1);
	wire_i64(&b, 1);
	wire_i64(&b, 1);
	wire_i64(&b, 0);
	wire_end(&b, mark);
	frame_empty(&b, 'Z');
	out_write(out, &b);
	return 0;
}

static char root[65];

/* Examines one file with a worker that does as `fn`; the exhibit, or NULL. */
static sqlite3 *examined(sandbox_fn *fn, const struct worker_limits *limits)
{
	static const char text[] = "-- artifact: a/b\n-- about: x\n-- record: note\n-- files: */x.db\n-- when: t\nSELECT t._origin FROM t;\n";
	sandbox_fn *fns[] = { fn };
	struct artifact_set set = { 0 };
	struct sandbox *sandbox = NULL;
	struct examine_result result;
	sqlite3 *db = NULL;
	char evidence[600], exhibit[600];
	snprintf(evidence, sizeof evidence, "%s/phone", folder);
	snprintf(exhibit, sizeof exhibit, "%s/out.exhibit", folder);
	unlink(exhibit);
	struct examine_options o = { .evidence = evidence, .exhibit = exhibit, .artifacts = &set, .threads = 1, .limits = limits };
	CHECK_INT(artifact_add(&set, "t.sql", text, sizeof text - 1), OK);
	CHECK_INT(artifact_set_ready(&set), OK);
	CHECK_INT(sandbox_new(fns, 1, &sandbox), OK);
	o.sandbox = sandbox;
	if (sandbox && examine_run(&o, &result) == OK) {
		snprintf(root, sizeof root, "%s", result.seal.root);
		CHECK_INT(exhibit_open(exhibit, &db), OK);
	} else {
		fprintf(stderr, "%s\n", err_message());
		CHECK(sandbox == NULL);
	}
	sandbox_free(sandbox);
	artifact_set_free(&set);
	return db;
}

static long long asked(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *q = NULL;
	long long n = -1;
	if (db && sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return n;
}

TEST(dribbling_is_ended_and_what_came_is_kept)
{
	sqlite3 *db = examined(dribble, &(struct worker_limits){ .wait_ms = 700 });
	CHECK_INT(asked(db, "SELECT count(*) FROM note_record"), 1);
	CHECK_INT(asked(db, "SELECT count(*) FROM note WHERE reason LIKE '%kept the examination waiting%'"), 1);
	sqlite3_close(db);
}

TEST(silence_is_ended)
{
	sqlite3 *db = examined(silent, &(struct worker_limits){ .silence_ms = 500 });
	CHECK_INT(asked(db, "SELECT count(*) FROM note WHERE reason LIKE '%sent nothing for%'"), 1);
	sqlite3_close(db);
}

TEST(a_closed_pipe_is_not_waited_on_for_ever)
{
	sqlite3 *db = examined(lingering, &(struct worker_limits){ .end_ms = 400 });
	CHECK_INT(asked(db, "SELECT count(*) FROM note WHERE reason LIKE '%did not end%'"), 1);
	sqlite3_close(db);
}

TEST(a_flood_is_cut_at_the_same_record_each_time)
{
	char before[65];
	struct buf run = { 0 }, record = { 0 };
	run_frame(&run);
	record_frame(&record, 0);
	enum { MOST = 100000 };
	sqlite3 *db = examined(flood, &(struct worker_limits){ .output_bytes = MOST });
	CHECK_INT(asked(db, "SELECT count(*) FROM note_record"), (long long)((MOST - run.size) / record.size));
	CHECK_INT(asked(db, "SELECT count(*) FROM note WHERE reason LIKE '%sent more than 100000 bytes%'"), 1);
	sqlite3_close(db);
	memcpy(before, root, sizeof before);
	sqlite3_close(examined(flood, &(struct worker_limits){ .output_bytes = MOST }));
	CHECK_TEXT(root, before);
	buf_free(&run);
	buf_free(&record);
}

TEST(too_many_notes_are_counted)
{
	sqlite3 *db = examined(notes, &(struct worker_limits){ .notes = 100 });
	CHECK_INT(asked(db, "SELECT count(*) FROM note WHERE about = 't'"), 100);
	CHECK_INT(asked(db, "SELECT count(*) FROM note WHERE reason = '4900 more notes on this file were left out'"), 1);
	CHECK_INT(asked(db, "SELECT count(*) FROM note_record"), 1);
	sqlite3_close(db);
	db = examined(notes, NULL);
	CHECK_INT(asked(db, "SELECT count(*) FROM note WHERE about = 't'"), 2000);
	sqlite3_close(db);
}

/* The usual limits against the largest honest work there is to expect: 1,000,000 messages take 4 s and less than half their database's size in
 * frames where that was measured (docs/sandbox.md); a machine of a twentieth of that speed must be let finish a database of 1 GB. */
TEST(honest_large_data_is_far_from_every_limit)
{
	struct worker_limits l = worker_limits_of(1000000000, 1000000000), none = worker_limits_of(0, 0), all = worker_limits_of(UINT64_MAX, UINT64_MAX);
	CHECK(l.cpu_seconds > 20 * 4 * 10);
	CHECK(l.wait_ms > 4 * 1000 * (uint64_t)l.cpu_seconds);
	CHECK(l.silence_ms > 300 * 1000);
	CHECK(l.output_bytes > 30000000000u);
	CHECK(l.memory_bytes > 3000000000u);
	CHECK(none.cpu_seconds >= 60 && none.silence_ms >= 120000 && none.output_bytes >= 128 << 20);
	CHECK(all.wait_ms < UINT64_MAX / 1000 && all.cpu_seconds < 2000000 && all.memory_bytes < 1ull << 42);
}

TEST(a_placeholder_costs_no_worker)
{
	static const char zeros[4096];
	sqlite3 *db = examined(notes, NULL);
	CHECK_INT(asked(db, "SELECT count(*) FROM note_record"), 1);
	sqlite3_close(db);
	for (size_t size = 0; size <= sizeof zeros; size += size < 16 ? 5 : 1019) {
		file_make("phone/x.db", zeros, size);
		db = examined(notes, NULL);
		CHECK_INT(asked(db, "SELECT count(*) FROM note_record"), 0);
		CHECK_INT(asked(db, "SELECT count(*) FROM note WHERE about = 'a/b' AND reason = 'no variant fits: the file is no database'"), 1);
		CHECK_INT(asked(db, "SELECT count(*) FROM note"), 1);
		sqlite3_close(db);
	}
	/* All of it may still stand in the log. */
	file_make("phone/x.db", zeros, 0);
	file_make("phone/x.db-wal", zeros, 100);
	db = examined(notes, NULL);
	CHECK_INT(asked(db, "SELECT count(*) FROM note_record"), 1);
	sqlite3_close(db);
}

int main(void)
{
	if (!folder_begin() || mkdir(in_folder("phone"), 0700) != 0)
		return 1;
	file_make("phone/x.db", "SQLite format 3", 16);
	RUN(dribbling_is_ended_and_what_came_is_kept);
	RUN(silence_is_ended);
	RUN(a_closed_pipe_is_not_waited_on_for_ever);
	RUN(a_flood_is_cut_at_the_same_record_each_time);
	RUN(too_many_notes_are_counted);
	RUN(a_placeholder_costs_no_worker);
	RUN(honest_large_data_is_far_from_every_limit);
	folder_end();
	return check_done();
}
