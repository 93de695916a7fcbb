/* NSRL RDSv3: an SQLite database with a table or view FILE of sha256, sha1, md5, … Read like evidence: no file but the descriptor, nothing written. Of a file
 * in several packages there are several rows: the writer keeps one. */
#include <stdio.h>
#include <string.h>

#include "match/list_parse.h"
#include "sql/sql.h"

static enum err failed(sqlite3 *db, const char *what, int64_t row)
{
	int code = sqlite3_errcode(db);
	if (row)
		return err_set(code == SQLITE_NOMEM ? ERR_NOMEM : ERR_FORMAT, "row %lld of FILE: %s", (long long)row, what ? what : sqlite3_errmsg(db));
	return err_set(code == SQLITE_NOMEM ? ERR_NOMEM : ERR_FORMAT, "%s: %s", what, sqlite3_errmsg(db));
}

static bool column_there(sqlite3 *db, const char *name)
{
	sqlite3_stmt *q = NULL;
	char sql[80];
	/* A name without quotes, so that one that is not there is an error, and no text. */
	snprintf(sql, sizeof sql, "SELECT FILE.%s FROM FILE", name);
	bool there = sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK;
	sqlite3_finalize(q);
	return there;
}

static void version_read(sqlite3 *db, struct list_tally *t)
{
	sqlite3_stmt *q = NULL;
	if (sqlite3_prepare_v2(db, "SELECT version FROM VERSION", -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW && sqlite3_column_text(q, 0))
		snprintf(t->version, sizeof t->version, "%s", (const char *)sqlite3_column_text(q, 0));
	sqlite3_finalize(q);
}

static enum err rows_take(sqlite3 *db, struct list_sink *sink, struct list_making *m)
{
	static const struct {
		const char *name;
		enum list_kind kind;
	} columns[] = { { "sha256", LIST_SHA256 }, { "sha1", LIST_SHA1 }, { "md5", LIST_MD5 } };
	enum list_kind kinds[3];
	int count = 0, rc = SQLITE_OK;
	char sql[200] = "SELECT ", why[LIST_WHY];
	sqlite3_stmt *q = NULL;
	for (size_t i = 0; i < 3; i++)
		if (column_there(db, columns[i].name)) {
			snprintf(sql + strlen(sql), sizeof sql - strlen(sql), "%s%s", count ? ", " : "", columns[i].name);
			kinds[count++] = columns[i].kind;
		}
	if (!count)
		return err_set(ERR_FORMAT, "no table FILE with a column sha256, sha1 or md5: is this NSRL's RDSv3?");
	strcat(sql, " FROM FILE");
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
		return failed(db, "the table FILE cannot be read", 0);
	enum err e = OK;
	int64_t row = 0;
	while (!e && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		row++;
		for (int i = 0; !e && i < count; i++) {
			const char *text = (const char *)sqlite3_column_text(q, i);
			if (text && !list_making_hash(m, kinds[i], text, (size_t)sqlite3_column_bytes(q, i), why))
				e = failed(db, why, row);
		}
		if (!e && !m->record.has)
			e = failed(db, "no hash", row);
		if (!e)
			e = list_making_done(m, sink);
	}
	if (!e && rc != SQLITE_DONE)
		e = failed(db, NULL, row + 1);
	sqlite3_finalize(q);
	return e;
}

enum err list_parse_nsrl(struct list_in *in, struct list_sink *sink)
{
	struct sql_evidence file = { .db_fd = in->fd, .wal_fd = -1, .journal_fd = -1, .path = "list" };
	struct list_making m = { 0 };
	sqlite3 *db = NULL;
	if (in->fd < 0)
		return list_in_bad(in, ERR_UNSUPPORTED, "an SQLite database is read as a file only");
	enum err e = sql_open_evidence(&file, NULL, &db);
	if (e)
		return e;
	list_making_clear(&m);
	version_read(db, sink->tally);
	e = rows_take(db, sink, &m);
	list_making_free(&m);
	sqlite3_close(db);
	return e;
}
