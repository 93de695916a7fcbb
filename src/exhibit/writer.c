#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exhibit/exhibit.h"
#include "exhibit/schema.h"
#include "exhibit/seal.h"

struct exhibit_writer {
	sqlite3 *db;
	char *path, *part;
	struct {
		sqlite3_stmt *insert;
		struct seal_table seal;
		uint64_t bound; /* bit i: column i holds a value from the row before; most columns of most rows are NULL again */
	} tables[TABLE_KINDS + KIND_TABLES_MOST];
	struct seal_line lines[SEAL_LINES_MOST];
	int line_count;
};

static enum err sql_failed(struct exhibit_writer *w, const char *what)
{
	int rc = sqlite3_extended_errcode(w->db), primary = rc & 0xff;
	enum err e = primary == SQLITE_FULL ? ERR_SPACE : primary == SQLITE_NOMEM ? ERR_NOMEM : primary == SQLITE_IOERR ? ERR_IO : ERR_SQL;
	if (primary == SQLITE_IOERR && sqlite3_system_errno(w->db) == ENOSPC)
		e = ERR_SPACE;
	return err_set(e, "cannot %s %s: %s%s", what, w->part, sqlite3_errmsg(w->db), e == ERR_SPACE ? " (no space left on the disk: free some, or choose another with -o)" : "");
}

static enum err run_sql(struct exhibit_writer *w, const char *sql, const char *what)
{
	return sqlite3_exec(w->db, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : sql_failed(w, what);
}

static enum err tables_make(struct exhibit_writer *w)
{
	struct buf sql = { 0 };
	buf_printf(&sql,
		   "PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; "
		   "PRAGMA cache_size=-24576; PRAGMA application_id=%d; PRAGMA user_version=%s; BEGIN;\n",
		   EXHIBIT_APPLICATION_ID, EXHIBIT_FORMAT);
	for (int t = 0; t < TABLE_KINDS + kind_count; t++)
		schema_create(&sql, t);
	buf_text(&sql, SEAL_TABLES);
	enum err e = sql.failed ? ERR_NOMEM : run_sql(w, sql.data, "create");
	buf_free(&sql);
	return e;
}

static enum err table_prepare(struct exhibit_writer *w, int t)
{
	struct buf sql = { 0 };
	buf_printf(&sql, "INSERT INTO %s VALUES(?", schema_table_name(t));
	for (int i = 1; i < exhibit_columns(t); i++)
		buf_text(&sql, ",?");
	buf_char(&sql, ')');
	int rc = sql.failed ? SQLITE_NOMEM : sqlite3_prepare_v3(w->db, sql.data, -1, SQLITE_PREPARE_PERSISTENT, &w->tables[t].insert, NULL);
	buf_free(&sql);
	if (rc != SQLITE_OK)
		return sql_failed(w, "write");
	return seal_begin(&w->tables[t].seal, schema_table_name(t));
}

enum err exhibit_create(const char *path, struct exhibit_writer **ret)
{
	if (access(path, F_OK) == 0)
		return err_set(ERR_EXISTS, "%s exists already; an exhibit is never overwritten: choose another name with -o", path);
	struct exhibit_writer *w = calloc(1, sizeof *w);
	if (!w)
		return ERR_NOMEM;
	enum err e = OK;
	if (!(w->path = strdup(path)) || asprintf(&w->part, "%s.part", path) < 0)
		e = ERR_NOMEM;
	/* Made here and not by SQLite, so that a file of another examination that still runs is not taken over. */
	int fd = e ? -1 : open(w->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (!e && fd < 0) {
		e = errno == EEXIST ? err_set(ERR_EXISTS, "%s exists: another examination writes it, or one was killed; remove it if none runs", w->part)
				    : err_errno("cannot create %s", w->part);
		free(w->part);
		w->part = NULL;
	}
	if (fd >= 0)
		close(fd);
	if (!e && sqlite3_open_v2(w->part, &w->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		e = sql_failed(w, "open");
	if (!e)
		e = tables_make(w);
	for (int t = 0; !e && t < TABLE_KINDS + kind_count; t++)
		e = table_prepare(w, t);
	if (e) {
		exhibit_abort(w);
		return e;
	}
	*ret = w;
	return OK;
}

static void bind_cell(sqlite3_stmt *q, int i, const struct cell *c)
{
	switch (c->type) {
	case CELL_NULL:
		break; /* exhibit_put binds these */
	case CELL_INT:
		sqlite3_bind_int64(q, i, c->integer);
		break;
	case CELL_REAL:
		sqlite3_bind_double(q, i, c->real);
		break;
	case CELL_TEXT:
		sqlite3_bind_text(q, i, c->bytes, (int)c->size, SQLITE_STATIC);
		break;
	case CELL_BLOB:
		sqlite3_bind_blob(q, i, c->size ? c->bytes : "", (int)c->size, SQLITE_STATIC);
		break;
	}
}

enum err exhibit_put(struct exhibit_writer *w, int table, const struct cell *cells, int count)
{
	sqlite3_stmt *q = w->tables[table].insert;
	uint64_t *bound = &w->tables[table].bound;
	for (int i = 0; i < count; i++) {
		uint64_t bit = 1ull << i;
		if (cells[i].type != CELL_NULL) {
			bind_cell(q, i + 1, &cells[i]);
			*bound |= bit;
		} else if (*bound & bit) {
			sqlite3_bind_null(q, i + 1);
			*bound &= ~bit;
		}
	}
	if (sqlite3_step(q) != SQLITE_DONE) {
		enum err e = sql_failed(w, "write");
		sqlite3_reset(q);
		return e;
	}
	sqlite3_reset(q);
	seal_row(&w->tables[table].seal, cells, count);
	return OK;
}

static enum err seal_put(struct exhibit_writer *w, const char *name, bool derived, int64_t rows, const unsigned char hash[32])
{
	sqlite3_stmt *q = NULL;
	struct seal_line *line = &w->lines[w->line_count++];
	snprintf(line->name, sizeof line->name, "%s", name);
	line->derived = derived;
	line->rows = rows;
	memcpy(line->hash, hash, 32);
	if (sqlite3_prepare_v2(w->db, "INSERT INTO seal VALUES(?,?,?,?)", -1, &q, NULL) != SQLITE_OK)
		return sql_failed(w, "seal");
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, derived ? "derived" : "content", -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 3, rows);
	sqlite3_bind_blob(q, 4, hash, 32, SQLITE_STATIC);
	int rc = sqlite3_step(q);
	sqlite3_finalize(q);
	return rc == SQLITE_DONE ? OK : sql_failed(w, "seal");
}

static enum err tables_seal(struct exhibit_writer *w)
{
	enum err e = OK;
	for (int t = 0; !e && t < TABLE_KINDS + kind_count; t++) {
		unsigned char hash[32];
		int64_t rows = w->tables[t].seal.rows;
		e = seal_end(&w->tables[t].seal, hash);
		if (!e)
			e = seal_put(w, schema_table_name(t), t == TABLE_EXAMINATION, rows, hash);
	}
	return e;
}

static enum err derived_one(void *context, const char *name, const char *sql)
{
	struct exhibit_writer *w = context;
	unsigned char hash[32];
	int64_t rows;
	enum err e = seal_query(w->db, name, sql, &rows, hash);
	return e ? e : seal_put(w, name, true, rows, hash);
}

static enum err fulltext_make(struct exhibit_writer *w, void (*progress)(void *, double), void *context)
{
	enum err e = OK;
	for (int k = 0; !e && k < kind_count; k++) {
		struct buf sql = { 0 };
		schema_fulltext(&sql, &kinds[k]);
		if (!sql.size)
			continue;
		schema_fulltext_fill(&sql, &kinds[k], w->tables[TABLE_KINDS + k].seal.rows > 0, "");
		e = sql.failed ? ERR_NOMEM : run_sql(w, sql.data, "index");
		buf_free(&sql);
		if (progress)
			progress(context, 0.3 + 0.6 * (k + 1) / kind_count);
	}
	/* FTS5 holds its newest terms in memory until a commit; what is sealed must be what is in the file. */
	return e ? e : run_sql(w, "COMMIT; BEGIN;", "index");
}

static enum err folder_sync(const char *path)
{
	char *copy = strdup(path);
	if (!copy)
		return ERR_NOMEM;
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd < 0)
		return OK; /* a folder that may be written but not read: nothing to sync through */
	fsync(fd);
	close(fd);
	return OK;
}

static enum err file_finish(struct exhibit_writer *w)
{
	int fd = open(w->part, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0) {
		enum err e = err_errno("cannot finish %s", w->part);
		if (fd >= 0)
			close(fd);
		return e;
	}
	close(fd);
	/* link, not rename: it fails when somebody made the final name meanwhile, instead of replacing it. */
	if (link(w->part, w->path) == 0) {
		unlink(w->part);
	} else if (errno == EEXIST || access(w->path, F_OK) == 0) {
		return err_set(ERR_EXISTS, "%s was made by somebody else meanwhile; nothing was replaced", w->path);
	} else if (rename(w->part, w->path) != 0) { /* a file system without links */
		return err_errno("cannot rename %s to %s", w->part, w->path);
	}
	free(w->part);
	w->part = NULL;
	return folder_sync(w->path);
}

enum err exhibit_commit(struct exhibit_writer *w, void (*progress)(void *, double), void *context, struct exhibit_seal *ret)
{
	struct buf sql = { 0 };
	schema_indexes(&sql);
	schema_views(&sql);
	enum err e = sql.failed ? ERR_NOMEM : run_sql(w, sql.data, "index");
	buf_free(&sql);
	if (progress)
		progress(context, 0.3);
	if (!e)
		e = fulltext_make(w, progress, context);
	if (!e)
		e = tables_seal(w);
	if (!e)
		e = seal_derived(derived_one, w);
	if (!e)
		e = seal_combine(w->lines, w->line_count, ret);
	if (!e) {
		buf_printf(&sql, "INSERT INTO seal_root VALUES('%s','%s'); COMMIT;", ret->root, ret->whole);
		e = sql.failed ? ERR_NOMEM : run_sql(w, sql.data, "seal");
		buf_free(&sql);
	}
	for (int t = 0; t < TABLE_KINDS + kind_count; t++) {
		sqlite3_finalize(w->tables[t].insert);
		w->tables[t].insert = NULL;
	}
	if (!e && sqlite3_close(w->db) != SQLITE_OK)
		e = sql_failed(w, "close");
	else if (!e)
		w->db = NULL;
	if (!e)
		e = file_finish(w);
	exhibit_abort(w);
	return e;
}

void exhibit_abort(struct exhibit_writer *w)
{
	if (!w)
		return;
	for (int t = 0; t < TABLE_KINDS + kind_count; t++) {
		sqlite3_finalize(w->tables[t].insert);
		seal_free(&w->tables[t].seal);
	}
	sqlite3_close(w->db);
	if (w->part)
		unlink(w->part);
	free(w->part);
	free(w->path);
	free(w);
}
