/* A small read-only shell: one statement a line of input (up to its ';'), or the words of the command line. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/records.h"
#include "exhibit/exhibit.h"
#include "sql/sql.h"

static bool statement_run(sqlite3 *db, const char *sql, enum table_form form)
{
	while (*sql) {
		sqlite3_stmt *q = NULL;
		int rc = sqlite3_prepare_v2(db, sql, -1, &q, &sql);
		if (rc == SQLITE_OK && !q)
			continue;
		struct buf out = { 0 };
		int n = q ? sqlite3_column_count(q) : 0;
		for (int i = 0; form != TABLE_JSONL && i < n; i++)
			buf_printf(&out, "%s%s", i ? form == TABLE_CSV ? "," : "|" : "", sqlite3_column_name(q, i));
		if (n && form != TABLE_JSONL)
			buf_char(&out, '\n');
		while (rc == SQLITE_OK && (rc = sqlite3_step(q)) == SQLITE_ROW) {
			rc = SQLITE_OK;
			for (int i = 0; i < n; i++) {
				if (form == TABLE_JSONL) {
					buf_char(&out, i ? ',' : '{');
					buf_json(&out, sqlite3_column_name(q, i), strlen(sqlite3_column_name(q, i)));
					buf_char(&out, ':');
					table_json(&out, q, i);
					continue;
				}
				if (i)
					buf_char(&out, form == TABLE_CSV ? ',' : '|');
				bool blob = sqlite3_column_type(q, i) == SQLITE_BLOB;
				const char *text = blob ? sqlite3_column_blob(q, i) : (const char *)sqlite3_column_text(q, i);
				size_t size = (size_t)sqlite3_column_bytes(q, i);
				if (blob)
					buf_hex(&out, text, size);
				else if (text && form == TABLE_CSV)
					table_csv(&out, text, size);
				else if (text)
					table_safe(&out, text, size);
			}
			buf_text(&out, form == TABLE_JSONL ? "}\n" : "\n");
			if (out.size > 65536) {
				fwrite(out.data, 1, out.size, stdout);
				buf_clear(&out);
			}
		}
		if (out.size)
			fwrite(out.data, 1, out.size, stdout);
		buf_free(&out);
		sqlite3_finalize(q);
		if (rc != SQLITE_DONE && rc != SQLITE_OK) {
			fflush(stdout);
			fprintf(stderr, "custos sql: %s\n", sqlite3_errmsg(db));
			return false;
		}
	}
	return true;
}

static bool lines_run(sqlite3 *db, enum table_form form)
{
	char *line = NULL;
	size_t room = 0;
	struct buf sql = { 0 };
	bool ok = true, asks = isatty(STDIN_FILENO);
	for (;;) {
		if (asks)
			fputs(sql.size ? "   ...> " : "custos> ", stdout), fflush(stdout);
		if (getline(&line, &room, stdin) < 0)
			break;
		if (!sql.size && (strcmp(line, ".quit\n") == 0 || strcmp(line, ".exit\n") == 0))
			break;
		if (!sql.size && (strcmp(line, ".tables\n") == 0 || strcmp(line, ".help\n") == 0)) {
			statement_run(db, line[1] == 't' ? "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT GLOB '*_fts*' ORDER BY type DESC, name"
							 : "SELECT 'Any SELECT, ended by ;   .tables lists tables and views, .quit ends. docs/exhibit-format.md tells what they hold.' AS help", TABLE_TEXT);
			continue;
		}
		buf_text(&sql, line);
		if (sql.data && sqlite3_complete(sql.data)) {
			ok &= statement_run(db, sql.data, form);
			buf_clear(&sql);
		}
	}
	if (sql.size)
		ok &= statement_run(db, sql.data, form);
	if (asks)
		putchar('\n');
	free(line);
	buf_free(&sql);
	return ok;
}

int cmd_sql(const struct command *c, int argc, char **argv)
{
	static const struct option options[] = { { "csv", no_argument, NULL, 'c' }, { "jsonl", no_argument, NULL, 'j' }, { 0 } };
	enum table_form form = TABLE_TEXT;
	sqlite3 *db = NULL;
	int opt;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt != 'c' && opt != 'j')
			return cli_usage(c, "unknown option %s", argv[optind - 1]);
		form = opt == 'c' ? TABLE_CSV : TABLE_JSONL;
	}
	if (optind == argc || argc - optind > 2)
		return cli_usage(c, "an exhibit is to be named, and at most one statement");
	enum err e = exhibit_open(argv[optind], &db);
	if (e)
		return cli_fail(e);
	sql_register(db, NULL);
	/* Nothing but this file: no ATTACH of another. */
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	bool ok = optind + 1 < argc ? statement_run(db, argv[optind + 1], form) : lines_run(db, form);
	sqlite3_close(db);
	return ok ? EXIT_OK : EXIT_FAILED;
}
