#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exhibit/exhibit.h"
#include "exhibit/fulltext.h"
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

/* An exhibit from before known lists were compared holds no such tables: to its readers they are empty. In memory alone: the file is what was sealed. */
static const char before_lists[] =
	"PRAGMA temp_store=MEMORY; CREATE TEMP TABLE list(id, name, version, nature, country, source, handling, format, sha256, entries);"
	"CREATE TEMP TABLE list_match(id, file, frame, list, how, distance, quality, category, media);"
	"CREATE TEMP TABLE thumbnail(id, file, width, height, blurred, clear);"
	"CREATE TEMP VIEW sensitive AS SELECT file FROM list_match; CREATE TEMP VIEW known_good AS SELECT file FROM list_match;"
	"CREATE TEMP VIEW list_matches AS SELECT m.id, m.file, '' AS path, '' AS sha256, m.frame, '' AS list, '' AS version, '' AS nature, '' AS country, m.category, m.media, m.how, m.distance, "
	"0 AS threshold, m.quality, '' AS handling FROM list_match m;";

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
	else if (pragma_int(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'list_match'") == 0 && sqlite3_exec(db, before_lists, NULL, NULL, NULL) != SQLITE_OK)
		e = err_set(ERR_IO, "%s: %s", path, sqlite3_errmsg(db));
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

/* The index made again: what it would write is hashed. */
struct words_again {
	struct seal_table data, idx;
};

static enum err data_hash(void *context, int64_t id, const void *block, size_t size)
{
	struct words_again *a = context;
	struct cell cells[2] = { cell_int(id), { .type = CELL_BLOB, .bytes = block, .size = size } };
	seal_row(&a->data, cells, 2);
	return OK;
}

static enum err idx_hash(void *context, int64_t segment, const void *term, size_t size, int64_t page)
{
	struct words_again *a = context;
	struct cell cells[3] = { cell_int(segment), { .type = CELL_BLOB, .bytes = term, .size = size }, cell_int(page) };
	seal_row(&a->idx, cells, 3);
	return OK;
}

static enum err words_read(struct check *c, const struct kind *k, struct fulltext *f)
{
	struct buf sql = { 0 };
	sqlite3_stmt *q = NULL;
	int columns[KIND_COLUMNS_MOST], count = fulltext_columns(k, columns), rc;
	enum err e = OK;
	buf_text(&sql, "SELECT id");
	for (int i = 0; i < count; i++)
		buf_printf(&sql, ", \"%s\"", k->columns[columns[i]].name);
	buf_printf(&sql, " FROM main.%s ORDER BY id", kind_table(k));
	if (sql.failed || sqlite3_prepare_v2(c->db, sql.data, -1, &q, NULL) != SQLITE_OK)
		e = err_set(ERR_FORMAT, "table %s cannot be read: %s", kind_table(k), sqlite3_errmsg(c->db));
	buf_free(&sql);
	while (!e && (rc = sqlite3_step(q)) != SQLITE_DONE) {
		const char *texts[KIND_COLUMNS_MOST];
		size_t sizes[KIND_COLUMNS_MOST];
		if (rc != SQLITE_ROW)
			e = err_set(ERR_FORMAT, "table %s cannot be read: %s", kind_table(k), sqlite3_errmsg(c->db));
		for (int i = 0; !e && i < count; i++) {
			texts[i] = (const char *)sqlite3_column_text(q, 1 + i);
			sizes[i] = (size_t)sqlite3_column_bytes(q, 1 + i);
		}
		if (!e)
			e = fulltext_row(f, sqlite3_column_int64(q, 0), texts, sizes);
	}
	sqlite3_finalize(q);
	return e;
}

/* A query's rows against a hash. */
static void rows_check(struct check *c, const char *name, const char *sql, int64_t rows, const unsigned char want[32])
{
	unsigned char got[32];
	int64_t n;
	if (seal_query(c->db, "fts", sql, &n, got))
		differ(c, "%s", err_message());
	else if (n != rows || memcmp(got, want, 32) != 0)
		differ(c, "%s: the full-text index is not that of the records", name);
}

/* The full-text index follows from the records: it is made again and compared. Only with the library that made it, as another may know other letters. */
static void fulltext_check(struct check *c, const struct kind *k)
{
	struct words_again again = { 0 };
	struct fulltext_sink sink = { data_hash, idx_hash, &again };
	struct fulltext *f = NULL;
	struct seal_table head = { 0 };
	struct buf averages = { 0 }, structure = { 0 };
	unsigned char hash[32];
	char name[80], sql[200];
	int columns[KIND_COLUMNS_MOST];
	enum err e = fulltext_new(fulltext_columns(k, columns), fulltext_room(k), &sink, &f);
	if (!e)
		e = seal_begin(&again.data, "fts");
	if (!e)
		e = seal_begin(&again.idx, "fts");
	if (!e)
		e = seal_begin(&head, "fts");
	if (!e)
		e = words_read(c, k, f);
	buf_add(&structure, "\0\0\0", 4);
	if (!e)
		e = fulltext_end(f, &averages, &structure);
	if (e) {
		differ(c, "the full-text index of %s cannot be made again: %s", kind_table(k), err_message());
	} else {
		struct cell cells[2][2] = { { cell_int(FULLTEXT_AVERAGES), { .type = CELL_BLOB, .bytes = averages.data, .size = averages.size } },
					    { cell_int(FULLTEXT_STRUCTURE), { .type = CELL_BLOB, .bytes = structure.data, .size = structure.size } } };
		seal_row(&head, cells[0], 2);
		seal_row(&head, cells[1], 2);
		const char *const queries[][2] = { { "SELECT id, block FROM", "WHERE id <= 10 ORDER BY id" }, { "SELECT id, block FROM", "WHERE id > 10 ORDER BY id" },
						   { "SELECT segid, term, pgno FROM", "ORDER BY segid, term" } };
		struct seal_table *const tables[] = { &head, &again.data, &again.idx };
		for (int i = 0; i < 3; i++) {
			int64_t rows = tables[i]->rows;
			snprintf(name, sizeof name, "%s_fts_%s", k->name, i == 2 ? "idx" : "data");
			snprintf(sql, sizeof sql, "%s main.%s %s", queries[i][0], name, queries[i][1]);
			if (seal_end(tables[i], hash))
				differ(c, "no memory to check %s", name);
			else
				rows_check(c, name, sql, rows, hash);
		}
	}
	seal_free(&head);
	seal_free(&again.data);
	seal_free(&again.idx);
	fulltext_free(f);
	buf_free(&averages);
	buf_free(&structure);
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
