#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
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
static void table_check(struct check *c, const char *name, const char *part, const char *sql)
{
	sqlite3_stmt *q = NULL;
	unsigned char hash[32];
	int64_t rows;
	if (seal_query(c->db, name, sql, &rows, hash)) {
		differ(c, "%s", err_message());
		return;
	}
	if (sqlite3_prepare_v2(c->db, "SELECT rows, sha256, part FROM seal WHERE name = ?", -1, &q, NULL) != SQLITE_OK) {
		differ(c, "the seal cannot be read: %s", sqlite3_errmsg(c->db));
		return;
	}
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	if (sqlite3_step(q) != SQLITE_ROW)
		differ(c, "table %s is not in the seal", name);
	else if (sqlite3_column_int64(q, 0) != rows)
		differ(c, "table %s has not the number of rows that was sealed", name);
	else if (sqlite3_column_bytes(q, 1) != 32 || memcmp(sqlite3_column_blob(q, 1), hash, 32) != 0)
		differ(c, "table %s is not what was sealed", name);
	else if (strcmp((const char *)sqlite3_column_text(q, 2), part) != 0)
		differ(c, "table %s stands in another part of the seal than %s", name, part);
	sqlite3_finalize(q);
}

static void tables_check(struct check *c)
{
	struct buf sql = { 0 };
	for (int t = 0; t < TABLE_KINDS + kind_count; t++) {
		buf_clear(&sql);
		seal_select(&sql, schema_table_name(t));
		table_check(c, schema_table_name(t), t == TABLE_EXAMINATION ? "derived" : "content", sql.data);
	}
	table_check(c, "sqlite_schema", "derived", SEAL_SCHEMA_QUERY);
	sqlite3_stmt *q = NULL;
	if (sqlite3_prepare_v2(c->db, "SELECT name FROM seal WHERE name GLOB '*_fts_*' AND part = 'derived' ORDER BY name", -1, &q, NULL) == SQLITE_OK)
		while (sqlite3_step(q) == SQLITE_ROW) {
			buf_clear(&sql);
			seal_select_any(&sql, (const char *)sqlite3_column_text(q, 0));
			table_check(c, (const char *)sqlite3_column_text(q, 0), "derived", sql.data);
		}
	sqlite3_finalize(q);
	buf_free(&sql);
}

static void root_check(struct check *c, struct exhibit_seal *ret)
{
	sqlite3_stmt *q = NULL;
	if (seal_combine(c->db, ret)) {
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
	struct check c = { db, report, context, 0 };
	*ret = (struct exhibit_seal){ 0 };
	tables_check(&c);
	root_check(&c, ret);
	/* The rows are right: are the indexes that queries go through? */
	sqlite3_stmt *q = NULL;
	if (sqlite3_prepare_v2(db, "PRAGMA integrity_check(20)", -1, &q, NULL) == SQLITE_OK)
		while (sqlite3_step(q) == SQLITE_ROW)
			if (strcmp((const char *)sqlite3_column_text(q, 0), "ok") != 0)
				differ(&c, "the file is damaged: %s", (const char *)sqlite3_column_text(q, 0));
	sqlite3_finalize(q);
	return c.differences ? err_set(ERR_CHANGED, "%d differences", c.differences) : OK;
}
