/* The store in a file. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "casebook/store_inside.h"

enum { STATEMENTS = 64, COLUMNS_MOST = 64, BUSY_MS = 10000, CASEBOOK_ID = 0x43757362 /* "Cusb" */ };

/* A statement that is kept, by the address of its text. */
struct kept {
	const char *sql;
	sqlite3_stmt *q;
	uint64_t used;
};

struct sqlite_store {
	struct store base;
	sqlite3 *db;
	struct kept kept[STATEMENTS];
	uint64_t clock;
};

static struct sqlite_store *own(struct store *s) { return (struct sqlite_store *)s; }

static enum err failed(sqlite3 *db, const char *what)
{
	int code = sqlite3_extended_errcode(db), plain = code & 0xff;
	enum err e = plain == SQLITE_BUSY || plain == SQLITE_LOCKED ? ERR_BUSY :
		     plain == SQLITE_FULL		? ERR_SPACE :
		     plain == SQLITE_NOMEM		? ERR_NOMEM :
		     plain == SQLITE_IOERR || plain == SQLITE_CANTOPEN ? ERR_IO :
		     plain == SQLITE_READONLY || plain == SQLITE_PERM || plain == SQLITE_AUTH ? ERR_ACCESS :
		     plain == SQLITE_CORRUPT || plain == SQLITE_NOTADB ? ERR_FORMAT :
		     code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID ? ERR_EXISTS :
		     plain == SQLITE_CONSTRAINT ? ERR_CHANGED : ERR_SQL;
	return err_set(e, "the casebook: %s: %s", what, sqlite3_errmsg(db));
}

static void sqlite_close(struct store *base)
{
	struct sqlite_store *s = own(base);
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s->kept[i].q);
	sqlite3_close(s->db);
	free(s);
}

static enum err script_run(struct store *base, const char *sql) { return sqlite3_exec(own(base)->db, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : failed(own(base)->db, "a script"); }

/* Somebody else's database is not taken for a casebook and changed. */
static enum err kind_check(struct sqlite_store *s, const char *where)
{
	sqlite3_stmt *q = NULL;
	int64_t id = -1, tables = -1;
	if (sqlite3_prepare_v2(s->db, "SELECT (SELECT * FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)", -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW) {
		id = sqlite3_column_int64(q, 0);
		tables = sqlite3_column_int64(q, 1);
	}
	enum err e = id < 0 ? failed(s->db, where) : OK;
	sqlite3_finalize(q);
	if (!e && id != CASEBOOK_ID && (id || tables))
		return err_set(ERR_FORMAT, "%s is a database, but no casebook: name another file", where);
	return e;
}

static enum err sqlite_open(const char *where, struct store **ret)
{
	struct sqlite_store *s = calloc(1, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	/* Made by us, so that nobody else can read it in the meantime. A file that is there is not opened: closing it would drop the locks that this process's other connections hold on it (POSIX),
	 * and another process that ends would then take the WAL away from under them. */
	int fd = open(where, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat st;
	if (fd < 0 && errno == EEXIST && lstat(where, &st) == 0 && S_ISLNK(st.st_mode))
		errno = ELOOP;
	if (fd < 0 && errno != EEXIST) {
		free(s);
		return err_errno("cannot open the casebook %s", where);
	}
	if (fd >= 0)
		close(fd);
	s->base.ops = &store_sqlite;
	enum err e = sqlite3_open_v2(where, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL) == SQLITE_OK ? OK : failed(s->db, where);
	if (!e) {
		sqlite3_busy_timeout(s->db, BUSY_MS);
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		e = kind_check(s, where);
	}
	if (!e)
		e = script_run(&s->base, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA application_id=1131770722;");
	if (e) {
		sqlite_close(&s->base);
		return e;
	}
	*ret = &s->base;
	return OK;
}

static bool sqlite_good(struct store *base) { return (void)base, true; }
static enum err sqlite_begin(struct store *base) { return script_run(base, "BEGIN IMMEDIATE"); }
static enum err sqlite_commit(struct store *base) { return script_run(base, "COMMIT"); }

static void sqlite_rollback(struct store *base)
{
	if (!sqlite3_get_autocommit(own(base)->db))
		(void)sqlite3_exec(own(base)->db, "ROLLBACK", NULL, NULL, NULL);
}

/* The statement for a text, prepared once; the one that was used longest ago makes room. */
static enum err statement(struct sqlite_store *s, const char *sql, sqlite3_stmt **ret)
{
	struct kept *oldest = &s->kept[0];
	for (int i = 0; i < STATEMENTS; i++) {
		struct kept *k = &s->kept[i];
		if (k->sql == sql && !sqlite3_stmt_busy(k->q)) {
			k->used = ++s->clock;
			*ret = k->q;
			return OK;
		}
		if (!k->q || (!sqlite3_stmt_busy(k->q) && k->used < oldest->used) || (oldest->q && sqlite3_stmt_busy(oldest->q)))
			oldest = k;
	}
	if (oldest->q && sqlite3_stmt_busy(oldest->q))
		return err_set(ERR_USAGE, "more than %d queries within one another", STATEMENTS);
	sqlite3_finalize(oldest->q);
	*oldest = (struct kept){ 0 };
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &oldest->q, NULL) != SQLITE_OK)
		return failed(s->db, sql);
	oldest->sql = sql;
	oldest->used = ++s->clock;
	*ret = oldest->q;
	return OK;
}

static int bind(sqlite3_stmt *q, int i, const struct store_value *v)
{
	switch (v->type) {
	case STORE_INT:
		return sqlite3_bind_int64(q, i, v->integer);
	case STORE_REAL:
		return sqlite3_bind_double(q, i, v->real);
	case STORE_TEXT:
		return sqlite3_bind_text64(q, i, v->bytes, v->size, SQLITE_STATIC, SQLITE_UTF8);
	case STORE_BLOB:
		return v->size ? sqlite3_bind_blob64(q, i, v->bytes, v->size, SQLITE_STATIC) : sqlite3_bind_zeroblob(q, i, 0);
	default:
		return sqlite3_bind_null(q, i);
	}
}

static void column(sqlite3_stmt *q, int i, struct store_value *v)
{
	*v = (struct store_value){ 0 };
	switch (sqlite3_column_type(q, i)) {
	case SQLITE_INTEGER:
		*v = store_int(sqlite3_column_int64(q, i));
		break;
	case SQLITE_FLOAT:
		*v = store_real(sqlite3_column_double(q, i));
		break;
	case SQLITE_TEXT:
		*v = store_text_n((const char *)sqlite3_column_text(q, i), (size_t)sqlite3_column_bytes(q, i));
		break;
	case SQLITE_BLOB:
		v->bytes = sqlite3_column_blob(q, i);
		*v = (struct store_value){ .type = STORE_BLOB, .bytes = v->bytes ? v->bytes : "", .size = (size_t)sqlite3_column_bytes(q, i) };
		break;
	}
}

static enum err sqlite_query(struct store *base, const char *sql, const struct store_value *values, int count, store_row_fn row, void *context, int64_t *ret_changes)
{
	struct sqlite_store *s = own(base);
	struct store_value cells[COLUMNS_MOST];
	const char *names[COLUMNS_MOST];
	sqlite3_stmt *q = NULL;
	enum err e = statement(s, sql, &q);
	if (e)
		return e;
	int columns = sqlite3_column_count(q), rc = SQLITE_DONE, before = sqlite3_total_changes(s->db);
	if (sqlite3_bind_parameter_count(q) > count || columns > COLUMNS_MOST)
		return err_set(ERR_USAGE, "a statement with too few parameters, or too many columns: %s", sql);
	for (int i = 0; !e && i < count && i < sqlite3_bind_parameter_count(q); i++)
		if (bind(q, i + 1, &values[i]) != SQLITE_OK)
			e = failed(s->db, sql);
	while (!e && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		if (!row)
			continue;
		for (int i = 0; i < columns; i++) {
			names[i] = sqlite3_column_name(q, i); /* not before the first step, which may prepare the statement anew */
			column(q, i, &cells[i]);
		}
		e = row(context, &(struct store_row){ columns, cells, names });
	}
	if (!e && rc != SQLITE_DONE)
		e = failed(s->db, sql);
	else if (!e && ret_changes)
		*ret_changes = sqlite3_total_changes(s->db) - before;
	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
	return e;
}

/* A writing transaction excludes all others. */
static enum err sqlite_lock(struct store *base, enum store_lock lock) { return (void)base, (void)lock, OK; }

const struct store_engine_ops store_sqlite = {
	.engine = STORE_SQLITE, .open = sqlite_open, .close = sqlite_close, .good = sqlite_good, .begin = sqlite_begin, .commit = sqlite_commit, .rollback = sqlite_rollback,
	.query = sqlite_query, .script = script_run, .lock = sqlite_lock,
	.types = { "INTEGER PRIMARY KEY", "INTEGER", "REAL", "TEXT", "BLOB", "STRICT", "STRICT, WITHOUT ROWID" },
};
