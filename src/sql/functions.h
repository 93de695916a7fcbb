/* functions: the tables of SQL functions, one for each file fn_*.c and tab_*.c. Internal to sql/.
 *
 * Compiled twice: into the program (SQLITE_CORE) and into the loadable extension, where every sqlite3_… call goes
 * through the caller's table of routines. Include this header instead of sqlite3.h in such files. */
#ifndef CUSTOS_SQL_FUNCTIONS_H
#define CUSTOS_SQL_FUNCTIONS_H

#include <sqlite3ext.h>

#include "sql/sql.h"

SQLITE_EXTENSION_INIT3

struct function {
	const char *name;
	int arguments; /* -1: any number */
	int flags;     /* SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, … */
	void (*call)(sqlite3_context *c, int count, sqlite3_value **values);
	void *own; /* NULL: the function's user data is the struct sql_context */
};

/* Cheap, total and without any effect: may stand in anybody's schema. */
#define FUNCTION_PURE (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)
/* Parses a blob: not out of an untrusted schema. */
#define FUNCTION_FORMAT (SQLITE_UTF8 | SQLITE_DETERMINISTIC)
/* Tells of the examination: only in a query's own text. */
#define FUNCTION_CONTEXT (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY)

/* Each ends with a row whose name is NULL. */
extern const struct function time_functions[];

#endif
