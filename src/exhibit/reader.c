#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exhibit/exhibit.h"
#include "exhibit/schema.h"
#include "exhibit/seal.h"

static int64_t pragma_int(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *q = NULL;
	int64_t v = -1;
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		v = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return v;
}

enum err exhibit_open(const char *path, sqlite3 **ret)
{
	if (access(path, R_OK) != 0)
		return err_errno("cannot open exhibit %s", path);
	struct buf uri = { 0 };
	buf_text(&uri, "file:");
	for (const char *p = path; *p; p++) {
		if (*p == '?' || *p == '#' || *p == '%')
			buf_printf(&uri, "%%%02x", *p);
		else
			buf_char(&uri, *p);
	}
	/* immutable: a sealed file does not change, and an SQLite that looked for a journal could be made to roll one back. */
	buf_text(&uri, "?immutable=1");
	sqlite3 *db = NULL;
	int rc = uri.failed ? SQLITE_NOMEM : sqlite3_open_v2(uri.data, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
	buf_free(&uri);
	enum err e = OK;
	if (rc != SQLITE_OK)
		e = err_set(rc == SQLITE_NOMEM ? ERR_NOMEM : ERR_IO, "cannot open exhibit %s: %s", path, db ? sqlite3_errmsg(db) : "out of memory");
	else if (pragma_int(db, "PRAGMA application_id") != EXHIBIT_APPLICATION_ID)
		e = err_set(ERR_FORMAT, "%s is no Custos exhibit; make one with: custos examine EVIDENCE -o OUT.exhibit", path);
	else if (pragma_int(db, "PRAGMA user_version") > 1)
		e = err_set(ERR_FORMAT, "%s is of a newer format than this program reads; use a newer custos", path);
	if (e) {
		sqlite3_close(db);
		return e;
	}
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* Our own FTS tables count as unsafe in an untrusted schema only inside views and triggers, where none stands. */
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	*ret = db;
	return OK;
}

struct check {
	sqlite3 *db;
	void (*report)(void *, const char *);
	void *context;
	int differences;
	struct seal_line lines[SEAL_LINES_MOST];
	int line_count;
};

static void __attribute__((format(printf, 2, 3))) differ(struct check *c, const char *format, ...)
{
	char line[1200];
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	c->differences++;
	if (c->report)
		c->report(c->context, line);
}

/* One table: its rows hashed again, against the seal's row. */
static void table_check(struct check *c, const char *name, const char *sql, bool derived)
{
	sqlite3_stmt *q = NULL;
	struct seal_line *line = &c->lines[c->line_count++];
	snprintf(line->name, sizeof line->name, "%s", name);
	line->derived = derived;
	if (seal_query(c->db, name, sql, &line->rows, line->hash)) {
		differ(c, "%s", err_message());
		return;
	}
	if (sqlite3_prepare_v2(c->db, "SELECT rows, sha256 FROM seal WHERE name = ? AND part = ?", -1, &q, NULL) != SQLITE_OK) {
		differ(c, "the seal cannot be read: %s", sqlite3_errmsg(c->db));
		return;
	}
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, derived ? "derived" : "content", -1, SQLITE_STATIC);
	if (sqlite3_step(q) != SQLITE_ROW)
		differ(c, "table %s is not in the seal", name);
	else if (sqlite3_column_int64(q, 0) != line->rows)
		differ(c, "table %s has not the number of rows that was sealed", name);
	else if (sqlite3_column_bytes(q, 1) != 32 || memcmp(sqlite3_column_blob(q, 1), line->hash, 32) != 0)
		differ(c, "table %s is not what was sealed", name);
	sqlite3_finalize(q);
}

static enum err derived_check(void *context, const char *name, const char *sql)
{
	table_check(context, name, sql, true);
	return OK;
}

static void tables_check(struct check *c)
{
	struct buf sql = { 0 };
	for (int t = 0; t < TABLE_KINDS + kind_count; t++) {
		buf_clear(&sql);
		seal_select(&sql, schema_table_name(t));
		table_check(c, schema_table_name(t), sql.data, t == TABLE_EXAMINATION);
	}
	buf_free(&sql);
	seal_derived(derived_check, c);
	int64_t sealed = pragma_int(c->db, "SELECT count(*) FROM seal");
	if (sealed != c->line_count)
		differ(c, "the seal speaks of %lld tables, the format has %d", (long long)sealed, c->line_count);
}

/* Tables, indexes and views follow from the format alone: a view that hides a row is found without trusting the exhibit. The full-text index's own tables are
 * SQLite's. */
static void schema_check(struct check *c)
{
	static const char query[] = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_autoindex_*' AND name NOT GLOB '*_fts_*' ORDER BY type, name";
	sqlite3 *model = NULL;
	struct buf sql = { 0 };
	unsigned char want[32], got[32];
	int64_t rows;
	exhibit_schema(&sql);
	buf_text(&sql, SEAL_TABLES);
	if (sqlite3_open_v2(":memory:", &model, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
	    sqlite3_exec(model, sql.data, NULL, NULL, NULL) != SQLITE_OK || seal_query(model, "sqlite_schema", query, &rows, want))
		differ(c, "the format's schema cannot be made: %s", sqlite3_errmsg(model));
	else if (seal_query(c->db, "sqlite_schema", query, &rows, got))
		differ(c, "%s", err_message());
	else if (memcmp(want, got, 32) != 0)
		differ(c, "sqlite_schema: tables, views or indexes are not those of the format");
	sqlite3_close(model);
	buf_free(&sql);
}

/* The full-text index follows from the records: it is made again, in memory, and compared. Only with the library that made it, as another may lay it out otherwise. */
static void fulltext_check(struct check *c, const struct kind *k)
{
	struct buf sql = { 0 };
	char name[80], query[160];
	unsigned char want[32], got[32];
	int64_t rows_want, rows_got;
	buf_printf(&sql, "CREATE TEMP VIEW %s AS SELECT * FROM main.%s;", kind_table(k), kind_table(k));
	struct buf create = { 0 };
	schema_fulltext(&create, k);
	char *at = strstr(create.data, "TABLE ");
	buf_add(&sql, create.data, (size_t)(at - create.data) + 6);
	buf_printf(&sql, "temp.%s", at + 6);
	schema_fulltext_fill(&sql, k, pragma_int(c->db, (snprintf(query, sizeof query, "SELECT count(*) FROM %s", kind_table(k)), query)) > 0, "temp.");
	snprintf(name, sizeof name, "%s_fts_data", k->name);
	if (sqlite3_exec(c->db, "SAVEPOINT fulltext", NULL, NULL, NULL) == SQLITE_OK && sqlite3_exec(c->db, sql.data, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(c->db, "RELEASE fulltext", NULL, NULL, NULL) == SQLITE_OK) {
		snprintf(query, sizeof query, "SELECT id, block FROM temp.%s ORDER BY id", name);
		enum err e = seal_query(c->db, name, query, &rows_want, want);
		snprintf(query, sizeof query, "SELECT id, block FROM main.%s ORDER BY id", name);
		if (!e)
			e = seal_query(c->db, name, query, &rows_got, got);
		if (e)
			differ(c, "%s", err_message());
		else if (rows_want != rows_got || memcmp(want, got, 32) != 0)
			differ(c, "%s: the full-text index is not that of the records", name);
	} else {
		differ(c, "the full-text index of %s cannot be made again: %s", kind_table(k), sqlite3_errmsg(c->db));
	}
	buf_free(&create);
	buf_clear(&sql);
	buf_printf(&sql, "DROP TABLE IF EXISTS temp.%s_fts; DROP VIEW IF EXISTS temp.%s;", k->name, kind_table(k));
	sqlite3_exec(c->db, sql.data, NULL, NULL, NULL);
	buf_free(&sql);
}

static bool same_library(sqlite3 *db)
{
	sqlite3_stmt *q = NULL;
	bool same = false;
	if (sqlite3_prepare_v2(db, "SELECT value FROM exhibit WHERE key = 'sqlite'", -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW) {
		const char *version = (const char *)sqlite3_column_text(q, 0);
		same = version && strcmp(version, sqlite3_libversion()) == 0;
	}
	sqlite3_finalize(q);
	return same;
}

static void root_check(struct check *c, struct exhibit_seal *ret)
{
	sqlite3_stmt *q = NULL;
	if (seal_combine(c->lines, c->line_count, ret)) {
		differ(c, "%s", err_message());
		return;
	}
	if (sqlite3_prepare_v2(c->db, "SELECT root, whole FROM seal_root", -1, &q, NULL) != SQLITE_OK || sqlite3_step(q) != SQLITE_ROW) {
		differ(c, "the root hash is not there: %s", sqlite3_errmsg(c->db));
	} else {
		const char *root = (const char *)sqlite3_column_text(q, 0), *whole = (const char *)sqlite3_column_text(q, 1);
		if (!root || strcmp(root, ret->root) != 0)
			differ(c, "the root hash is %s, but the tables' hashes give %s", root ? root : "(none)", ret->root);
		if (!whole || strcmp(whole, ret->whole) != 0)
			differ(c, "the seal over all is %s, but the tables' hashes give %s", whole ? whole : "(none)", ret->whole);
	}
	sqlite3_finalize(q);
}

enum err exhibit_verify(sqlite3 *db, void (*report)(void *, const char *), void *context, struct exhibit_seal *ret)
{
	struct check *c = calloc(1, sizeof *c);
	if (!c)
		return ERR_NOMEM;
	*c = (struct check){ .db = db, .report = report, .context = context };
	*ret = (struct exhibit_seal){ 0 };
	schema_check(c);
	tables_check(c);
	root_check(c, ret);
	for (int k = 0; !c->differences && same_library(db) && k < kind_count; k++)
		if (kind_searched(&kinds[k]))
			fulltext_check(c, &kinds[k]);
	/* The rows are right: are the indexes that queries go through? */
	sqlite3_stmt *q = NULL;
	if (sqlite3_prepare_v2(db, "PRAGMA main.integrity_check(20)", -1, &q, NULL) == SQLITE_OK)
		while (sqlite3_step(q) == SQLITE_ROW) {
			const char *line = (const char *)sqlite3_column_text(q, 0);
			if (!line || strcmp(line, "ok") != 0)
				differ(c, "the file is damaged: %s", line ? line : "?");
		}
	sqlite3_finalize(q);
	int differences = c->differences;
	free(c);
	return differences ? err_set(ERR_CHANGED, "%d differences", differences) : OK;
}
