/* Connections on evidence. See sql.h. */
#include "sql/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sql/evidence_vfs.h"
#include "sql/phone.h"

int sql_startup(void)
{
	/* Refused with SQLITE_MISUSE when SQLite is running already: then its own default for URIs has to do. */
	sqlite3_config(SQLITE_CONFIG_URI, 1);
	int rc = sqlite3_initialize();
	if (rc != SQLITE_OK)
		return rc;
	unsigned char seed;
	sqlite3_randomness(1, &seed); /* seeds from /dev/urandom */
	tzset();		      /* 'localtime' would read /etc/localtime */
	phone_startup();	      /* a machine without it still reads everything else */
	return evidence_vfs_register();
}

static void context_note(const struct sql_context *context, const char *path, const char *reason)
{
	if (context && context->note)
		context->note(context->note_context, path ? path : context->path, 0, reason);
}

static int bytes_compare(void *unused, int a_size, const void *a, int b_size, const void *b)
{
	(void)unused;
	int order = memcmp(a, b, (size_t)(a_size < b_size ? a_size : b_size));
	return order ? order : a_size - b_size;
}

/* Apps bring collations of their own (Android's LOCALIZED and PHONEBOOK). Without any, every query that sorts by such a
 * column fails. */
static void collation_missing(void *context, sqlite3 *db, int encoding, const char *name)
{
	(void)encoding;
	char reason[200];
	if (sqlite3_create_collation(db, name, SQLITE_UTF8, NULL, bytes_compare) == SQLITE_OK) {
		snprintf(reason, sizeof reason,
			 "collation %.60s is the app's own: text is compared byte by byte, and sorted so", name);
		context_note(context, NULL, reason);
	}
}

/* What a hostile file could use against the reader is switched off. */
static int harden(sqlite3 *db)
{
	static const struct {
		int option, value;
	} options[] = {
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 }, /* both: in evidence only, TEMP ones stay allowed */
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
	};
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		int rc = sqlite3_db_config(db, options[i].option, options[i].value, NULL);
		if (rc != SQLITE_OK)
			return rc;
	}
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1000000000);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 8);
	sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
	/* Virtual tables of evidence (FTS, R-Tree) cannot run code on its shadow tables; those stay readable as plain
	 * tables. */
	static const char *kept[] = { "json_each", "json_tree", NULL };
	int rc = sqlite3_drop_modules(db, kept);
	if (rc != SQLITE_OK)
		return rc;
	return sqlite3_exec(
		db, "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON; PRAGMA cache_size=-16384",
		NULL, NULL, NULL);
}

static enum err sql_err(sqlite3 *db, const char *what)
{
	int rc = db ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM;
	enum err e = rc == SQLITE_NOMEM				   ? ERR_NOMEM
		     : rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB ? ERR_FORMAT
		     : rc == SQLITE_IOERR			   ? ERR_IO
								   : ERR_SQL;
	return err_set(e, "%s: %s", what, db ? sqlite3_errmsg(db) : "out of memory");
}

/* Makes SQLite parse the schema of database `name`. One damaged entry of it makes every query fail, unless the schema
 * is said to be writable: then the others are kept (and nothing can be written here anyway). */
static enum err schema_load(sqlite3 *db, const char *name, const char *path, const struct sql_context *context)
{
	char *sql = sqlite3_mprintf("SELECT 1 FROM \"%w\".sqlite_schema LIMIT 1", name);
	if (!sql)
		return err_set(ERR_NOMEM, "no memory to open a database");
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	if (rc != SQLITE_OK && rc != SQLITE_NOMEM) {
		char reason[240];
		snprintf(reason, sizeof reason, "schema is damaged, its sound entries are used: %.160s",
			 sqlite3_errmsg(db));
		sqlite3_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
		for (int i = 0; i < 2 && rc != SQLITE_OK; i++)
			rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
		if (rc == SQLITE_OK)
			context_note(context, path, reason);
	}
	sqlite3_free(sql);
	return rc == SQLITE_OK ? OK : sql_err(db, "database cannot be read");
}

/* An index in the order of a collation that is not known here would be searched in another order, and rows would be
 * missed. SQLite puts an index out of use when it finds its collation missing, until the schema is read again: so each
 * is asked for once while it is. */
static void indexes_retire(sqlite3 *db, const char *schema)
{
	char *sql = sqlite3_mprintf(
		"SELECT m.tbl_name, m.name, x.coll FROM \"%w\".sqlite_schema m, pragma_index_xinfo(m.name, %Q) x"
		" WHERE m.type = 'index' AND x.key AND upper(x.coll) NOT IN ('BINARY', 'NOCASE', 'RTRIM')"
		" AND EXISTS (SELECT 1 FROM \"%w\".sqlite_schema WHERE sql LIKE '%%collate%%')",
		schema, schema, schema);
	char **cells = NULL;
	int rows = 0, columns = 0;
	/* As a table, because a collation cannot be removed while a statement runs. */
	if (sql && sqlite3_get_table(db, sql, &cells, &rows, &columns, NULL) == SQLITE_OK && columns == 3) {
		for (char **row = cells + 3; row < cells + 3 * (rows + 1); row += 3) {
			char *ask = sqlite3_mprintf("SELECT 1 FROM \"%w\".\"%w\" INDEXED BY \"%w\"", schema, row[0],
						    row[1]);
			sqlite3_stmt *asked = NULL;
			sqlite3_create_collation(db, row[2], SQLITE_UTF8, NULL, NULL);
			if (ask)
				sqlite3_prepare_v2(db, ask, -1, &asked, NULL);
			sqlite3_finalize(asked);
			sqlite3_free(ask);
		}
	}
	sqlite3_free_table(cells);
	sqlite3_free(sql);
}

/* For all databases of the connection (a failed ATTACH makes SQLite forget all schemas), then missing collations are
 * supplied. */
static int collations_set(sqlite3 *db, const struct sql_context *context)
{
	int rc = sqlite3_collation_needed(db, NULL, NULL);
	for (int i = 0; rc == SQLITE_OK && i < 12; i++) {
		const char *schema = sqlite3_db_name(db, i);
		if (schema && i != 1)
			indexes_retire(db, schema);
	}
	return rc == SQLITE_OK ? sqlite3_collation_needed(db, (void *)context, collation_missing) : rc;
}

enum err sql_open_evidence(const struct sql_evidence *files, const struct sql_context *context, sqlite3 **ret)
{
	*ret = NULL;
	char name[EVIDENCE_NAME_ROOM];
	enum err e = evidence_announce(files, context, name);
	if (e < 0)
		return e;
	sqlite3 *db = NULL;
	if (sqlite3_open_v2(name, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, EVIDENCE_VFS) !=
	    SQLITE_OK)
		e = sql_err(db, "database cannot be opened");
	else if (harden(db) != SQLITE_OK || sql_register(db, context) != SQLITE_OK)
		e = sql_err(db, "database cannot be set up");
	else
		e = schema_load(db, "main", files->path, context);
	if (e == OK && collations_set(db, context) != SQLITE_OK)
		e = sql_err(db, "database cannot be set up");
	evidence_withdraw(name);
	if (e < 0)
		sqlite3_close(db);
	else
		*ret = db;
	return e;
}

enum err sql_attach_evidence(sqlite3 *db, const char *name, const struct sql_evidence *files,
			     const struct sql_context *context)
{
	char uri[EVIDENCE_NAME_ROOM];
	enum err e = evidence_announce(files, context, uri);
	if (e < 0)
		return e;
	char *attach = sqlite3_mprintf("ATTACH %Q AS \"%w\"", uri, name),
	     *detach = sqlite3_mprintf("DETACH \"%w\"", name);
	if (!attach || !detach)
		e = err_set(ERR_NOMEM, "no memory to attach a database");
	else if (sqlite3_exec(db, attach, NULL, NULL, NULL) != SQLITE_OK)
		e = sql_err(db, "database cannot be attached");
	else if ((e = schema_load(db, name, files->path, context)) < 0)
		sqlite3_exec(db, detach, NULL, NULL, NULL);
	sqlite3_free(attach);
	sqlite3_free(detach);
	evidence_withdraw(uri);
	if (collations_set(db, context) != SQLITE_OK && e == OK)
		e = sql_err(db, "database cannot be set up");
	return e;
}
