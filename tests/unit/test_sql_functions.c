/* SQL functions against what Python's own library gives (sql_cases.py), inside the program and in the stock shell. */
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "check.h"
#include "sql/sql.h"

static struct buf notes = { .limit = 1000000 };

static void note_keep(void *context, const char *path, uint64_t offset, const char *reason)
{
	(void)context, (void)offset;
	buf_printf(&notes, "%s: %s\n", path ? path : "", reason);
}

static void result_add(struct buf *out, sqlite3_stmt *s, int i)
{
	char number[40];
	switch (sqlite3_column_type(s, i)) {
	case SQLITE_NULL:
		buf_text(out, "NULL");
		break;
	case SQLITE_FLOAT:
		snprintf(number, sizeof number, "%.12g", sqlite3_column_double(s, i));
		buf_text(out, number);
		break;
	case SQLITE_BLOB:
		buf_text(out, "x'");
		buf_hex(out, sqlite3_column_blob(s, i), (size_t)sqlite3_column_bytes(s, i));
		buf_char(out, '\'');
		break;
	default:
		buf_text(out, (const char *)sqlite3_column_text(s, i));
	}
}

/* The rows of `sql` as sql_cases.py writes them. */
static void run(sqlite3 *db, const char *sql, struct buf *out)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &s, NULL);
	for (int row = 0; rc == SQLITE_OK || rc == SQLITE_ROW; row++) {
		rc = sqlite3_step(s);
		for (int i = 0; rc == SQLITE_ROW && i < sqlite3_column_count(s); i++) {
			if (i || row)
				buf_char(out, i ? '|' : ';');
			result_add(out, s, i);
		}
	}
	if (rc != SQLITE_DONE)
		buf_printf(out, "error: %s", sqlite3_errmsg(db));
	sqlite3_finalize(s);
}

static bool gives(sqlite3 *db, const char *sql, const char *want)
{
	struct buf got = { 0 };
	run(db, sql, &got);
	bool same = strcmp(got.data ? got.data : "", want) == 0;
	if (!same)
		fprintf(stderr, "%.300s\n gives %.300s\n   not %.300s\n", sql, got.data ? got.data : "", want);
	buf_free(&got);
	return same;
}

static FILE *python(void)
{
	char command[400];
	snprintf(command, sizeof command, "python3 '%s/tests/unit/sql_cases.py'",
		 getenv("CUSTOS_SOURCE") ? getenv("CUSTOS_SOURCE") : ".");
	return popen(command, "r");
}

TEST(functions_give_what_python_gives)
{
	sqlite3 *db;
	CHECK_INT(sqlite3_open(":memory:", &db), SQLITE_OK);
	CHECK_INT(sql_register(db, NULL), SQLITE_OK);
	FILE *f = python();
	char *line = NULL;
	size_t room = 0;
	int count = 0;
	for (ssize_t n; f && (n = getline(&line, &room, f)) > 0; count++) {
		char *tab = strchr(line, '\t');
		if (line[n - 1] == '\n')
			line[n - 1] = 0;
		CHECK(tab != NULL);
		if (tab) {
			*tab = 0;
			CHECK(gives(db, line, tab + 1));
		}
	}
	free(line);
	CHECK(f && pclose(f) == 0);
	CHECK(count > 300);
	sqlite3_close(db);
}

TEST(context_is_what_the_query_runs_on)
{
	struct sql_context context = { span_of("one\ntwo", 7), "data/data/org.example/files/x.txt", "10", note_keep,
				       NULL };
	sqlite3 *db;
	CHECK_INT(sqlite3_open(":memory:", &db), SQLITE_OK);
	CHECK_INT(sql_register(db, &context), SQLITE_OK);
	CHECK(gives(db, "SELECT file(), file_path(), file_name(), profile(), path_part(file_path(), -2)",
		    "x'6f6e650a74776f'|data/data/org.example/files/x.txt|x.txt|10|files"));
	CHECK(gives(db, "SELECT line, text FROM file_lines(file())", "1|one;2|two"));
	CHECK(gives(db, "SELECT a.text, b.text FROM file_lines(file()) a JOIN file_lines(file()) b ON b.line > a.line",
		    "one|two"));
	buf_clear(&notes);
	CHECK(gives(db, "SELECT plist(file(), '$')", "NULL"));
	CHECK(notes.data && strstr(notes.data, "x.txt: plist: "));
	buf_clear(&notes);
	CHECK(gives(db, "SELECT count(gunzip('no' || line)) FROM file_lines(replace(hex(zeroblob(500)), '0', char(10)))",
		    "0"));
	int lines = 0;
	for (size_t i = 0; i < notes.size; i++)
		lines += notes.data[i] == '\n';
	CHECK_INT(lines, 100); /* with the one above, and one that says so; not one for each of 1,000 rows */
	/* Only in a query's own text: nobody's schema learns what is examined. */
	CHECK_INT(sqlite3_exec(db, "CREATE TABLE t(a); CREATE VIEW v AS SELECT file_path()", 0, 0, 0), SQLITE_OK);
	CHECK(sqlite3_exec(db, "SELECT * FROM v", 0, 0, 0) != SQLITE_OK);
	CHECK(gives(db, "SELECT file()", "x'6f6e650a74776f'"));
	CHECK(sqlite3_exec(db, "CREATE VIRTUAL TABLE w USING plist_each(x)", 0, 0, 0) != SQLITE_OK);
	CHECK(sqlite3_exec(db, "SELECT protobuf(x'08', 4.2)", 0, 0, 0) != SQLITE_OK);
	sqlite3_close(db);
	CHECK_INT(sqlite3_open(":memory:", &db), SQLITE_OK);
	CHECK_INT(sql_register(db, NULL), SQLITE_OK);
	CHECK(gives(db, "SELECT file(), file_path(), file_name(), profile()", "NULL|NULL|NULL|NULL"));
	sqlite3_close(db);
}

/* Every function on every kind of wrong argument: no crash, no error but of usage. */
TEST(functions_are_total)
{
	static const char *const calls[] = {
		"phone_e164(%s)",
		"jid_number(%s)",
		"handle(%s)",
		"protobuf(%s, '1.2')",
		"protobuf_text(%s, '1')",
		"protobuf_json(%s)",
		"protobuf(x'0801', %s)",
		"plist(%s, '$')",
		"plist(x'62706c6973743030', %s)",
		"plist_json(%s)",
		"nskeyed(%s, '$.a')",
		"nskeyed_json(%s)",
		"typedstream_text(%s)",
		"gunzip(%s)",
		"zlib_inflate(%s)",
		"utf16le(%s)",
		"utf16be(%s)",
		"latin1(%s)",
		"hex_uuid(%s)",
		"base64_decode(%s)",
		"iso8601(%s)",
		"unix_s(%s)",
		"cocoa_any(%s)",
		"path_part(%s, 1)",
		"path_part('a/b', %s)",
		"(SELECT count(*) FROM plist_each(%s))",
		"(SELECT count(*) FROM plist_tree(%s))",
		"(SELECT count(*) FROM protobuf_each(%s))",
		"(SELECT count(*) FROM protobuf_each(x'0801', %s))",
		"(SELECT count(*) FROM file_lines(%s))",
		"(SELECT count(*) FROM cookies_each(%s))",
		"abx(%s)",
		"(SELECT count(*) FROM xml_each(%s))",
		"(SELECT count(*) FROM abx_each('<a/>', %s))",
		"hex_integer(%s)",
	};
	static const char *const values[] = { "NULL",
					      "0",
					      "-9223372036854775807 - 1",
					      "9e999",
					      "''",
					      "'a' || char(0) || 'b'",
					      "zeroblob(0)",
					      "x'ff'",
					      "randomblob(3000)",
					      "zeroblob(100000)",
					      "cast(x'c3' AS TEXT)" };
	sqlite3 *db;
	CHECK_INT(sqlite3_open(":memory:", &db), SQLITE_OK);
	CHECK_INT(sql_register(db, NULL), SQLITE_OK);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		for (size_t j = 0; j < sizeof values / sizeof *values; j++) {
			struct buf sql = { 0 }, got = { 0 };
			const char *gap = strstr(calls[i], "%s");
			buf_printf(&sql, "SELECT %.*s%s%s", (int)(gap - calls[i]), calls[i], values[j], gap + 2);
			run(db, sql.data, &got);
			if (got.data && strstr(got.data, "error:") && !strstr(got.data, "path is text"))
				fprintf(stderr, "%s: %s\n", sql.data, got.data);
			CHECK(!got.data || !strstr(got.data, "error:") || strstr(got.data, "path is text"));
			buf_free(&sql);
			buf_free(&got);
		}
	sqlite3_close(db);
}

TEST(a_bomb_is_stopped)
{
	/* 100 MB of zeros: 64 MB is the limit. Made by SQLite's absence of a compressor: stored blocks would not
	 * shrink, so python does it. */
	struct buf sql = { 0 }, got = { 0 };
	FILE *f = popen("python3 -c \"import zlib; print(zlib.compress(bytes(100000000), 9).hex())\"", "r");
	char part[4096];
	buf_text(&sql, "SELECT zlib_inflate(x'");
	for (size_t n; f && (n = fread(part, 1, sizeof part, f)) > 0;)
		buf_add(&sql, part, n);
	CHECK(f && pclose(f) == 0);
	sql.size -= sql.size && sql.data[sql.size - 1] == '\n';
	buf_text(&sql, "') IS NULL");
	sqlite3 *db;
	CHECK_INT(sqlite3_open(":memory:", &db), SQLITE_OK);
	CHECK_INT(sql_register(db, NULL), SQLITE_OK);
	CHECK(sql.data && gives(db, sql.data, "1"));
	sqlite3_close(db);
	buf_free(&sql);
	buf_free(&got);
}

int main(void)
{
	if (sql_startup() != SQLITE_OK)
		return 1;
	RUN(functions_give_what_python_gives);
	RUN(context_is_what_the_query_runs_on);
	RUN(functions_are_total);
	RUN(a_bomb_is_stopped);
	buf_free(&notes);
	return check_done();
}
