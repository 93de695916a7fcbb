/* Recovered rows as a database: a table for each table, its columns without a type so that every value stands as it was found, and beside
 * them where and how each row was found. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/recover.h"

enum { OWN = 12 };

/* The columns of our own, behind a table's. */
static const char *const own_names[OWN] = { "_rowid", "_state", "_fate", "_confidence", "_file", "_page", "_offset", "_frame", "_sequence", "_also", "_marks", "_reason" };

struct recover_sqlite {
	struct output_file file;
	sqlite3 *db;
	const struct recover_table *table; /* whose rows `put` puts */
	sqlite3_stmt *put;
	int columns; /* of it that are kept */
	struct buf sql, marks;
	uint32_t notes;
};

static enum err sql_failed(struct recover_sqlite *s)
{
	int code = sqlite3_errcode(s->db) & 0xff;
	return err_set(code == SQLITE_FULL ? ERR_SPACE : code == SQLITE_NOMEM ? ERR_NOMEM : code == SQLITE_IOERR ? ERR_IO : ERR_SQL, "cannot write %s: %s", s->file.path,
		       sqlite3_errmsg(s->db));
}

static enum err sql_run(struct recover_sqlite *s, const char *sql)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : sql_failed(s);
}

static void name_add(struct buf *out, const char *name)
{
	char *quoted = sqlite3_mprintf("\"%w\"", name);
	buf_text(out, quoted);
	out->failed |= !quoted;
	sqlite3_free(quoted);
}

/* What SQLite does not allow to be made again, and what is taken (two schemas of a table, names that differ in case), gets a number behind it. */
static enum err table_name(struct recover_sqlite *s, const struct recover_table *t, struct buf *ret)
{
	sqlite3_stmt *q = NULL;
	bool taken = true;
	if (t->name && *t->name)
		buf_printf(ret, "%s%s", strncasecmp(t->name, "sqlite_", 7) == 0 ? "_" : "", t->name);
	else
		buf_printf(ret, "no name, %d columns", t->schema.count);
	size_t bare = ret->size;
	if (sqlite3_prepare_v2(s->db, "SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE", -1, &q, NULL) != SQLITE_OK)
		return sql_failed(s);
	for (int n = 2; taken && n < 100000; n++) {
		sqlite3_bind_text(q, 1, ret->data, -1, SQLITE_STATIC);
		taken = sqlite3_step(q) == SQLITE_ROW;
		sqlite3_reset(q);
		if (taken) {
			ret->size = bare;
			buf_printf(ret, " %d", n);
		}
	}
	sqlite3_finalize(q);
	return ret->failed ? ERR_NOMEM : OK;
}

static uint64_t name_hash(const char *name)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (; *name; name++)
		h = (h ^ (uint64_t)(*name >= 'A' && *name <= 'Z' ? *name + 32 : *name)) * 0x100000001b3u;
	return h ? h : 1;
}

/* Adds a column's name, with a number behind it when there is such a one. `seen`: hashes of names, a power of two of slots. */
static void column_add(struct buf *sql, const char *name, uint64_t *seen, uint32_t slots)
{
	struct buf own = { 0 };
	buf_text(&own, name);
	size_t bare = own.size;
	for (int n = 2;; n++) {
		uint64_t h = name_hash(own.data ? own.data : "");
		uint32_t at = (uint32_t)(h >> 20) & (slots - 1);
		while (seen[at] && seen[at] != h)
			at = (at + 1) & (slots - 1);
		if (!seen[at] || own.failed) {
			seen[at] = h;
			break;
		}
		own.size = bare;
		buf_printf(&own, " %d", n);
	}
	name_add(sql, own.data ? own.data : "");
	sql->failed |= own.failed;
	buf_free(&own);
}

static enum err table_make(struct recover_sqlite *s, const struct recover_table *t)
{
	enum { SLOTS = 8192 };
	char room[40];
	struct buf name = { 0 };
	uint64_t *seen = calloc(SLOTS, sizeof *seen);
	int most = sqlite3_limit(s->db, SQLITE_LIMIT_COLUMN, -1) - OWN;
	enum err e = seen ? table_name(s, t, &name) : ERR_NOMEM;
	sqlite3_finalize(s->put);
	s->put = NULL;
	s->table = t;
	s->columns = t->schema.count < most ? t->schema.count : most;
	if (!e) {
		buf_clear(&s->sql);
		buf_text(&s->sql, "CREATE TABLE ");
		name_add(&s->sql, name.data);
		for (int i = 0; i < s->columns; i++) {
			buf_text(&s->sql, i ? "," : "(");
			column_add(&s->sql, recover_column_label(t, i, room, sizeof room), seen, SLOTS);
		}
		for (int i = 0; i < OWN; i++) {
			buf_text(&s->sql, i || s->columns ? "," : "(");
			column_add(&s->sql, own_names[i], seen, SLOTS);
		}
		buf_char(&s->sql, ')');
		e = s->sql.failed ? ERR_NOMEM : sql_run(s, s->sql.data);
	}
	if (!e) {
		buf_clear(&s->sql);
		buf_text(&s->sql, "INSERT INTO ");
		name_add(&s->sql, name.data);
		buf_text(&s->sql, " VALUES(?");
		for (int i = 1; i < s->columns + OWN; i++)
			buf_text(&s->sql, ",?");
		buf_char(&s->sql, ')');
		e = s->sql.failed ? ERR_NOMEM : sqlite3_prepare_v2(s->db, s->sql.data, -1, &s->put, NULL) == SQLITE_OK ? OK : sql_failed(s);
	}
	free(seen);
	buf_free(&name);
	return e;
}

static void value_bind(sqlite3_stmt *q, int at, const struct recover_value *v)
{
	switch (v->type) {
	case RECOVER_INT:
		sqlite3_bind_int64(q, at, v->integer);
		break;
	case RECOVER_REAL:
		sqlite3_bind_double(q, at, v->real);
		break;
	case RECOVER_TEXT:
		sqlite3_bind_text64(q, at, v->bytes, v->size, SQLITE_STATIC, SQLITE_UTF8);
		break;
	case RECOVER_BLOB:
		sqlite3_bind_blob64(q, at, v->bytes, v->size, SQLITE_STATIC);
		break;
	case RECOVER_NULL:
	default:
		sqlite3_bind_null(q, at);
	}
}

static void own_bind(struct recover_sqlite *s, const struct recover_row *row)
{
	sqlite3_stmt *q = s->put;
	int at = s->columns;
	buf_clear(&s->marks);
	recover_marks(&s->marks, row);
	row->rowid_known ? sqlite3_bind_int64(q, ++at, row->rowid) : sqlite3_bind_null(q, ++at);
	sqlite3_bind_text(q, ++at, recover_state_name(row->state), -1, SQLITE_STATIC);
	sqlite3_bind_text(q, ++at, row->state == RECOVER_LIVE ? NULL : recover_fate_name(row->fate), -1, SQLITE_STATIC);
	sqlite3_bind_double(q, ++at, (double)(int)(row->confidence * 1000 + 0.5) / 1000);
	sqlite3_bind_text(q, ++at, recover_file_name(row->file), -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, ++at, row->page);
	sqlite3_bind_int64(q, ++at, (int64_t)row->offset);
	row->frame ? sqlite3_bind_int64(q, ++at, row->frame) : sqlite3_bind_null(q, ++at);
	sqlite3_bind_int64(q, ++at, row->sequence);
	sqlite3_bind_text(q, ++at, row->also ? row->also->name : NULL, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, ++at, s->marks.size ? s->marks.data : NULL, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, ++at, row->reason, -1, SQLITE_STATIC);
}

static enum err sqlite_row(void *context, const struct recover_row *row)
{
	struct recover_sqlite *s = context;
	enum err e = row->table == s->table ? OK : table_make(s, row->table);
	if (e)
		return e;
	for (int i = 0; i < s->columns; i++) {
		static const struct recover_value none = { .type = RECOVER_NULL };
		value_bind(s->put, i + 1, i < row->count ? &row->values[i] : &none);
	}
	own_bind(s, row);
	int rc = sqlite3_step(s->put);
	sqlite3_reset(s->put);
	if (rc != SQLITE_DONE)
		return sql_failed(s);
	if (row->count > s->columns && s->notes++ == 0)
		fprintf(stderr, "a table has more columns than %s can hold: those after the %dth are left out there (--jsonl gives all)\n", s->file.path, s->columns);
	return OK;
}

static enum err sqlite_end(void *context)
{
	struct recover_sqlite *s = context;
	sqlite3_finalize(s->put);
	s->put = NULL;
	enum err e = sql_run(s, "COMMIT");
	if (!e && sqlite3_close(s->db) != SQLITE_OK)
		e = sql_failed(s);
	if (!e) {
		s->db = NULL;
		e = output_commit(&s->file);
	}
	return e;
}

enum err recover_sqlite_new(const char *path, struct recover_sqlite **ret, struct recover_sink *ret_sink)
{
	struct recover_sqlite *s = calloc(1, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	s->file.fd = -1;
	*ret = s;
	enum err e = output_open(&s->file, path);
	if (!e && sqlite3_open_v2(s->file.part, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		e = sql_failed(s);
	/* Not there before and thrown away after a failure: no journal is needed. Values found to be text must stay so in any locale: UTF-8. */
	if (!e)
		e = sql_run(s, "PRAGMA encoding='UTF-8'; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; BEGIN");
	*ret_sink = (struct recover_sink){ .context = s, .row = sqlite_row, .end = sqlite_end };
	return e;
}

void recover_sqlite_free(struct recover_sqlite *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->put);
	sqlite3_close(s->db);
	output_drop(&s->file);
	buf_free(&s->sql);
	buf_free(&s->marks);
	free(s);
}
