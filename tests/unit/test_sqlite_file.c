/* Evidence databases against stock SQLite: sqlite_cases.py makes them and writes what python's sqlite3 reads. */
#include "formats/sqlite_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "check.h"
#include "sql/sql.h"

static char folder[] = "/tmp/custos-sqlite-XXXXXX";
static struct buf notes = { .limit = 100000 };

static void note_keep(void *context, const char *path, uint64_t offset, const char *reason)
{
	(void)context, (void)path;
	buf_printf(&notes, "%llu: %s\n", (unsigned long long)offset, reason);
}

static const struct sql_context context = { .note = note_keep };

static bool python(const char *arguments)
{
	struct buf b = { 0 };
	buf_printf(&b, "python3 '%s/tests/unit/sqlite_cases.py' %s",
		   getenv("CUSTOS_SOURCE") ? getenv("CUSTOS_SOURCE") : ".", arguments);
	bool ok = !b.failed && system(b.data) == 0;
	buf_free(&b);
	return ok;
}

static int case_open(const char *name, const char *tail)
{
	char path[400];
	snprintf(path, sizeof path, "%s/%s%s", folder, name, tail);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void case_close(struct sql_evidence *f)
{
	int fds[] = { f->db_fd, f->wal_fd, f->journal_fd };
	for (int i = 0; i < 3; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static struct sql_evidence case_files(const char *name)
{
	return (struct sql_evidence){ case_open(name, ".db"), case_open(name, ".db-wal"),
				       case_open(name, ".db-journal"), name };
}

static void dump_rows(sqlite3 *db, const char *table, struct buf *out)
{
	char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", table);
	sqlite3_stmt *s = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		buf_printf(out, "error %s\n", sqlite3_errmsg(db));
	sqlite3_free(sql);
	int rc;
	while ((rc = s ? sqlite3_step(s) : SQLITE_DONE) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(s); i++) {
			int type = sqlite3_column_type(s, i);
			if (i)
				buf_char(out, '|');
			if (type == SQLITE_INTEGER) {
				buf_printf(out, "i%lld", (long long)sqlite3_column_int64(s, i));
			} else if (type == SQLITE_FLOAT) {
				double d = sqlite3_column_double(s, i);
				uint64_t bits;
				memcpy(&bits, &d, 8);
				buf_printf(out, "r%016llx", (unsigned long long)bits);
			} else if (type == SQLITE_NULL) {
				buf_char(out, 'n');
			} else {
				const void *p = type == SQLITE_TEXT ? (const void *)sqlite3_column_text(s, i)
								    : sqlite3_column_blob(s, i);
				buf_char(out, type == SQLITE_TEXT ? 't' : 'b');
				buf_hex(out, p, (size_t)sqlite3_column_bytes(s, i));
			}
		}
		buf_char(out, '\n');
	}
	if (rc != SQLITE_DONE)
		buf_printf(out, "error %s\n", sqlite3_errmsg(db));
	sqlite3_finalize(s);
}

static void dump(sqlite3 *db, struct buf *out)
{
	sqlite3_stmt *s = NULL;
	sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name", -1,
			   &s, NULL);
	while (s && sqlite3_step(s) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(s, 0);
		buf_printf(out, "T %s\n", name);
		dump_rows(db, name, out);
	}
	sqlite3_finalize(s);
}

static void file_text(const char *name, const char *tail, struct buf *out)
{
	int fd = case_open(name, tail);
	char part[65536];
	ssize_t n;
	while (fd >= 0 && (n = read(fd, part, sizeof part)) > 0)
		buf_add(out, part, (size_t)n);
	if (fd >= 0)
		close(fd);
}

/* Opens case `name` and compares it row by row with NAME.expect. */
static bool case_same(const char *name)
{
	buf_clear(&notes);
	struct sql_evidence f = case_files(name);
	sqlite3 *db = NULL;
	enum err e = sql_open_evidence(&f, &context, &db);
	if (e < 0) {
		fprintf(stderr, "%s: %s\n", name, err_message());
		case_close(&f);
		return false;
	}
	struct buf got = { 0 }, want = { 0 };
	dump(db, &got);
	file_text(name, ".expect", &want);
	bool same = got.data && want.data && strcmp(got.data, want.data) == 0;
	if (!same) {
		size_t i = 0;
		while (got.data && want.data && got.data[i] && got.data[i] == want.data[i])
			i++;
		fprintf(stderr, "%s: differs at byte %zu:\n got %.80s\nwant %.80s\n%s", name, i,
			got.data ? got.data + i : "(nothing)", want.data ? want.data + i : "(nothing)",
			notes.data ? notes.data : "");
	}
	buf_free(&got);
	buf_free(&want);
	CHECK_INT(sqlite3_close(db), SQLITE_OK);
	case_close(&f);
	return same;
}

static const struct {
	const char *name, *note; /* note: part of what must be noted; NULL: nothing may be noted */
} cases[] = {
	{ "page512", NULL },
	{ "page1024", NULL },
	{ "page4096", NULL },
	{ "page8192", NULL },
	{ "page65536", NULL },
	{ "bigendian", NULL },
	{ "utf16", NULL },
	{ "empty", NULL },
	{ "alone", NULL },
	{ "uncommitted", "frames after its last commit were never committed" },
	{ "rewritten", "its checksum is wrong" },
	{ "cut", "frames after its last commit were never committed" },
	{ "restarted", NULL },
	{ "checkpointed", NULL },
	{ "vacuumed", NULL },
	{ "flipped", "its checksum is wrong" },
	{ "bad_header", "left aside: checksum of its header" },
	{ "foreign_schema", "left aside: same schema version, other schema" },
	{ "foreign_older", "left aside: it is older than the database" },
	{ "foreign_size", "left aside: its page size" },
	{ "foreign_encoding", "left aside: its text encoding" },
	{ "hot1024", "hot rollback journal" },
	{ "hot4096", "hot rollback journal" },
	{ "persisted", NULL },
};

TEST(every_state_reads_as_stock_sqlite_reads_it)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK(case_same(cases[i].name));
		bool noted = notes.size > 0,
		     right = cases[i].note ? noted && strstr(notes.data, cases[i].note) : !noted;
		if (!right)
			fprintf(stderr, "%s: notes are: %s\n", cases[i].name, noted ? notes.data : "none");
		CHECK(right);
	}
}

TEST(without_its_journal_a_torn_database_is_read_as_far_as_it_goes)
{
	const char *torn[] = { "torn1024", "torn4096" };
	for (int i = 0; i < 2; i++) {
		struct sql_evidence f = case_files(torn[i]);
		sqlite3 *db = NULL;
		struct buf out = { 0 };
		if (sql_open_evidence(&f, &context, &db) == OK)
			dump(db, &out);
		CHECK(out.size > 1000);
		buf_free(&out);
		sqlite3_close(db);
		case_close(&f);
	}
}

static int64_t one(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t n = -1;
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
	else
		n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static int fails(sqlite3 *db, const char *sql, const char *why)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || !strstr(sqlite3_errmsg(db), why)) {
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
		return 0;
	}
	return 1;
}

TEST(what_apps_put_into_a_schema_does_not_run)
{
	buf_clear(&notes);
	struct sql_evidence f = case_files("own");
	sqlite3 *db;
	CHECK_INT(sql_open_evidence(&f, &context, &db), OK);
	CHECK_INT(one(db, "SELECT count(*) FROM (SELECT name FROM contact ORDER BY name)"), 3);
	CHECK(notes.data && strstr(notes.data, "collation LOCALIZED"));
	/* Index contact_name is in the app's order: searched in another, it would lose rows. */
	CHECK_INT(one(db, "SELECT count(*) FROM contact WHERE name = 'Bea'"), 1);
	CHECK_INT(one(db, "SELECT count(*) FROM contact WHERE name = 'adam'"), 1);
	CHECK_INT(one(db, "SELECT count(*) FROM contact WHERE name >= 'Bea'"), 3);
	CHECK_INT(sql_attach_evidence(db, "again", &f, &context), OK);
	CHECK_INT(one(db, "SELECT count(*) FROM again.contact WHERE name >= 'Bea'"), 3);
	CHECK_INT(one(db, "SELECT count(*) FROM again.contact WHERE name = 'Bea'"), 1);
	CHECK_INT(one(db, "SELECT count(*) FROM again.contact WHERE name = 'adam'"), 1);
	CHECK_INT(one(db, "SELECT count(*) FROM contact WHERE name >= 'Bea'"), 3);
	struct sql_evidence bad = { -1, -1, -1, "none" };
	bad.db_fd = case_open("page512", ".expect");
	CHECK_INT(sql_attach_evidence(db, "bad", &bad, &context), ERR_FORMAT);
	CHECK_INT(one(db, "SELECT count(*) FROM again.contact WHERE name >= 'Bea'"), 3);
	case_close(&bad);
	CHECK(fails(db, "SELECT * FROM v", "view"));
	CHECK(fails(db, "SELECT * FROM ft", "no such module"));
	CHECK_INT(one(db, "SELECT count(*) FROM ft_content WHERE c0body = 'hello'"), 1);
	CHECK_INT(sqlite3_exec(db, "CREATE TEMP VIEW contact AS SELECT unix_s(id) AS id, name FROM main.contact", 0, 0,
			       0),
		  SQLITE_OK);
	CHECK_INT(one(db, "SELECT id FROM contact WHERE name = 'Zoe'"), 1000000);
	CHECK(fails(db, "DELETE FROM main.contact", "readonly"));
	CHECK(fails(db, "ATTACH '/tmp/custos-not-there' AS y", "unable to open"));
	CHECK(fails(db, "SELECT load_extension('x')", "not authorized"));
	sqlite3_close(db);
	case_close(&f);
}

TEST(attached_databases_stand_side_by_side)
{
	struct sql_evidence a = case_files("page4096"), b = case_files("hot1024");
	sqlite3 *db;
	CHECK_INT(sql_open_evidence(&a, &context, &db), OK);
	CHECK_INT(sql_attach_evidence(db, "it's \"b\"", &b, &context), OK);
	CHECK_INT(one(db, "SELECT count(*) FROM message"), 200);
	CHECK_INT(one(db, "SELECT count(*) FROM \"it's \"\"b\"\"\".message"), 500);
	sqlite3_close(db);
	CHECK_INT(sqlite3_open(":memory:", &db), SQLITE_OK);
	CHECK_INT(sql_attach_evidence(db, "b", &b, &context), OK);
	CHECK_INT(one(db, "SELECT count(*) FROM b.message"), 500);
	CHECK(fails(db, "DELETE FROM b.message", "readonly"));
	sqlite3_close(db);
	case_close(&a);
	case_close(&b);
}

/* Bytes in memory as an input. */
struct bytes {
	struct buf b;
};

static int64_t bytes_read(void *context_, void *to, uint64_t offset, size_t size)
{
	const struct buf *b = context_;
	size_t n = offset >= b->size ? 0 : b->size - offset < size ? b->size - offset : size;
	if (n)
		memcpy(to, b->data + offset, n);
	return (int64_t)n;
}

static struct sqlite_input input(struct buf *b)
{
	return (struct sqlite_input){ b->size ? bytes_read : NULL, b, b->size };
}

TEST(pages_know_where_they_come_from)
{
	struct buf db = { 0 }, wal = { 0 }, none = { 0 }, journal = { 0 };
	struct sqlite_file *f;
	file_text("page1024", ".db", &db);
	file_text("page1024", ".db-wal", &wal);
	CHECK_INT(sqlite_file_open(input(&db), input(&wal), input(&none), NULL, NULL, &f), OK);
	CHECK_INT(sqlite_file_page_size(f), 1024);
	CHECK(sqlite_file_pages(f) > 10);
	int64_t frame = sqlite_file_page_source(f, 1);
	CHECK(frame > 0);
	unsigned char a[100], b[1024 * 3];
	CHECK_INT(sqlite_file_read(f, a, 0, 100), 100);
	CHECK_INT(a[18] + a[19], 2);
	CHECK(memcmp(a + 20, wal.data + 32 + (frame - 1) * 1048 + 24 + 20, 80) == 0);
	CHECK_INT(sqlite_file_read(f, a, 19, 1), 1);
	CHECK_INT(a[0], 1);
	/* across pages, and beyond the end */
	CHECK_INT(sqlite_file_read(f, b, 500, sizeof b), sizeof b);
	frame = sqlite_file_page_source(f, 2);
	CHECK(frame > 0 && memcmp(b + 524, wal.data + 32 + (frame - 1) * 1048 + 24, 1024) == 0);
	uint64_t end = sqlite_file_pages(f) * 1024;
	CHECK_INT(sqlite_file_read(f, a, end - 10, 100), 10);
	CHECK_INT(sqlite_file_read(f, a, end, 100), 0);
	CHECK_INT(sqlite_file_read(f, a, UINT64_MAX, 100), 0);
	CHECK_INT(sqlite_file_page_source(f, 0), 0);
	CHECK_INT(sqlite_file_page_source(f, UINT32_MAX), 0);
	sqlite_file_free(f);
	buf_clear(&db);
	file_text("hot1024", ".db", &db);
	file_text("hot1024", ".db-journal", &journal);
	CHECK_INT(sqlite_file_open(input(&db), input(&none), input(&journal), NULL, NULL, &f), OK);
	CHECK_INT(sqlite_file_page_source(f, 1), -1);
	sqlite_file_free(f);
	sqlite_file_free(NULL);
	buf_free(&db);
	buf_free(&wal);
	buf_free(&journal);
}

TEST(damage_is_an_error_with_a_reason)
{
	struct buf db = { 0 }, none = { 0 };
	struct sqlite_file *f;
	file_text("own", ".db", &db);
	memcpy(db.data + 16, "\0\0", 2);
	CHECK_INT(sqlite_file_open(input(&db), input(&none), input(&none), NULL, NULL, &f), ERR_FORMAT);
	CHECK_TEXT(err_message(), "database header states the impossible page size 0");
	db.data[3] = 'x';
	CHECK_INT(sqlite_file_open(input(&db), input(&none), input(&none), NULL, NULL, &f), ERR_FORMAT);
	CHECK_TEXT(err_message(), "no SQLite database header (another format, or encrypted)");
	db.size = 99;
	CHECK_INT(sqlite_file_open(input(&db), input(&none), input(&none), NULL, NULL, &f), ERR_FORMAT);
	buf_free(&db);
}

static int scratch(const struct buf *b)
{
	char path[400];
	snprintf(path, sizeof path, "%s/scratch.tmp", folder);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd >= 0 && write(fd, b->data, b->size) != (ssize_t)b->size)
		fprintf(stderr, "scratch file is short\n");
	return fd;
}

/* Opens bytes as a database and reads all of it; returns how many bytes of dump came. */
static size_t read_all(const struct buf *db_bytes, const struct buf *wal_bytes)
{
	struct sql_evidence f = { scratch(db_bytes), -1, -1, "scratch" };
	if (wal_bytes) {
		f.wal_fd = scratch(wal_bytes);
		close(f.db_fd);
		f.db_fd = case_open("page512", ".db");
	}
	sqlite3 *db = NULL;
	struct buf out = { .limit = 10000000 };
	if (sql_open_evidence(&f, &context, &db) == OK)
		dump(db, &out);
	size_t n = out.size;
	buf_free(&out);
	sqlite3_close(db);
	case_close(&f);
	buf_clear(&notes);
	return n;
}

TEST(a_truncated_database_keeps_its_whole_tables)
{
	struct buf db = { 0 };
	file_text("own", ".db", &db);
	size_t whole = db.size, all = read_all(&db, NULL);
	CHECK(all > 100);
	db.size = whole - 4096; /* the last page belongs to one table or index */
	CHECK(read_all(&db, NULL) > 100);
	for (db.size = 0; db.size < whole; db.size += db.size < 200 ? 1 : 509)
		read_all(&db, NULL);
	buf_free(&db);
}

TEST(a_cyclic_tree_ends)
{
	/* Page 2, the root of table contact, becomes an interior page whose only child is itself. */
	struct buf db = { 0 };
	file_text("own", ".db", &db);
	CHECK(db.size > 8192);
	unsigned char *p = (unsigned char *)db.data + 4096;
	memset(p, 0, 4096);
	p[0] = 5;
	p[5] = 0x10;
	p[11] = 2;
	CHECK(read_all(&db, NULL) < 100000);
	buf_free(&db);
}

TEST(flipped_bits_never_crash)
{
	struct buf db = { 0 }, wal = { 0 };
	file_text("own", ".db", &db);
	for (size_t i = 0; i < db.size; i += i < 120 ? 1 : 701) {
		db.data[i] ^= 0x81;
		read_all(&db, NULL);
		db.data[i] ^= 0x81;
	}
	file_text("page512", ".db-wal", &wal);
	for (size_t i = 0; i < wal.size; i += i < 80 ? 1 : 1531) {
		wal.data[i] ^= 0x81;
		read_all(&db, &wal);
		wal.data[i] ^= 0x81;
	}
	size_t whole = wal.size;
	for (wal.size = 0; wal.size < whole; wal.size += wal.size < 70 ? 1 : 997)
		read_all(&db, &wal);
	buf_free(&db);
	buf_free(&wal);
}

static bool shared(const char *tail, char *out, size_t size)
{
	const char *root = getenv("CUSTOS_SHARED"), *source = getenv("CUSTOS_SOURCE");
	if (root)
		snprintf(out, size, "%s/%s", root, tail);
	else
		snprintf(out, size, "%s/../shared/%s", source ? source : ".", tail);
	return access(out, R_OK) == 0;
}

TEST(real_phone_reads_as_stock_sqlite_reads_it)
{
	char zip[400], name[16];
	if (!shared("data/ios15/extraction.zip", zip, sizeof zip))
		SKIP("no shared data: real databases not compared");
	struct buf b = { 0 };
	buf_printf(&b, "--zip '%s' '%s'", zip, folder);
	CHECK(python(b.data));
	buf_free(&b);
	int count = 0, with_log = 0;
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "%d", i);
		struct sql_evidence f = case_files(name);
		bool there = f.db_fd >= 0;
		struct stat st;
		with_log += f.wal_fd >= 0 && fstat(f.wal_fd, &st) == 0 && st.st_size > 0;
		case_close(&f);
		if (!there)
			break;
		count++;
		CHECK(case_same(name));
		if (notes.size)
			fprintf(stderr, "%s: %s", name, notes.data);
		CHECK(notes.size == 0);
	}
	fprintf(stderr, "%d real databases, %d with a log\n", count, with_log);
	CHECK(count > 10 && with_log > 3);
}

TEST(rows_differ_with_the_log)
{
	char db_path[400], wal_path[400];
	if (!shared("data/formats/wal_database.db", db_path, sizeof db_path) ||
	    !shared("data/formats/wal_database.db-wal", wal_path, sizeof wal_path))
		SKIP("no shared data: wal_database.db not compared");
	struct buf b = { 0 };
	buf_printf(&b, "cp '%s' '%s/w.db' && cp '%s' '%s/w.db-wal' && chmod u+w '%s'/w.db*", db_path, folder, wal_path,
		   folder, folder);
	CHECK(system(b.data) == 0);
	buf_clear(&b);
	buf_printf(&b, "mkdir '%s/wc' && cp '%s'/w.db* '%s/wc/'", folder, folder, folder);
	CHECK(system(b.data) == 0);
	buf_clear(&b);
	buf_printf(&b, "--dump '%s/wc/w.db' '%s/w.expect'", folder, folder);
	CHECK(python(b.data));
	CHECK(case_same("w"));
	buf_clear(&b);
	buf_printf(&b, "rm '%s/w.db-wal'", folder);
	CHECK(system(b.data) == 0);
	fprintf(stderr, "it must differ now: ");
	CHECK(!case_same("w"));
	buf_free(&b);
}

int main(void)
{
	char command[400];
	if (sql_startup() != SQLITE_OK || !mkdtemp(folder) || !python(folder)) {
		fprintf(stderr, "the cases could not be made (python3 with sqlite3 is needed)\n");
		return 1;
	}
	RUN(every_state_reads_as_stock_sqlite_reads_it);
	RUN(without_its_journal_a_torn_database_is_read_as_far_as_it_goes);
	RUN(what_apps_put_into_a_schema_does_not_run);
	RUN(attached_databases_stand_side_by_side);
	RUN(pages_know_where_they_come_from);
	RUN(damage_is_an_error_with_a_reason);
	RUN(a_truncated_database_keeps_its_whole_tables);
	RUN(a_cyclic_tree_ends);
	RUN(flipped_bits_never_crash);
	RUN(real_phone_reads_as_stock_sqlite_reads_it);
	RUN(rows_differ_with_the_log);
	buf_free(&notes);
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command) == 0 ? check_done() : 1;
}
