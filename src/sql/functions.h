/* functions: the tables of SQL functions, one for each file fn_*.c, and what they share. Internal to sql/.
 *
 * Compiled twice: into the program (SQLITE_CORE) and into the loadable extension, where every sqlite3_… call goes
 * through the host's table of routines. Such files include this header instead of sqlite3.h. */
#ifndef CUSTOS_SQL_FUNCTIONS_H
#define CUSTOS_SQL_FUNCTIONS_H

#include <sqlite3ext.h>

#include "base/text.h"
#include "formats/value.h"
#include "sql/sql.h"

SQLITE_EXTENSION_INIT3

struct function {
	const char *name;
	int arguments; /* -1: any number */
	int flags;     /* one of FUNCTION_… */
	void (*call)(sqlite3_context *c, int count, sqlite3_value **values);
	void *own; /* NULL: the function's user data is the struct sql_context */
};

/* Cheap, total and without any effect: may stand in anybody's schema. */
#define FUNCTION_PURE (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)
/* Parses a blob: not out of an untrusted schema. */
#ifdef SQLITE_RESULT_SUBTYPE /* 3.45: must be declared to mark JSON as such */
#define FUNCTION_FORMAT (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_RESULT_SUBTYPE)
#else
#define FUNCTION_FORMAT (SQLITE_UTF8 | SQLITE_DETERMINISTIC)
#endif
/* Tells of the examination: only in a query's own text and in temporary views. */
#define FUNCTION_CONTEXT (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY)

/* Each ends with a row whose name is NULL. */
extern const struct function context_functions[], format_functions[], selector_functions[], text_functions[],
	time_functions[], xml_functions[];

enum { FUNCTION_OUTPUT_MOST = 64 << 20, FUNCTION_ARENA_MOST = 128 << 20 };

/* The blob (or text) of an argument; empty for NULL. Valid as long as the value. */
struct span function_span(sqlite3_value *v);

/* Sets the result: the buffer's text, or NULL when it failed (and a note when there is a context). */
void function_text(sqlite3_context *c, const struct buf *b);
/* Text where it is printable UTF-8, else a blob. */
void function_printable(sqlite3_context *c, const void *bytes, size_t size);
/* A node: scalars as SQL values (dates in µs), containers as JSON. NULL gives NULL. */
void function_value(sqlite3_context *c, const struct value *v);

/* A note on the context's file. At most NOTES_MOST for one context, so that a million damaged rows do not make a
 * million notes. */
enum { NOTES_MOST = 100 };
void function_note(const struct sql_context *context, uint64_t offset, const char *function, const char *reason);

bool text_printable(const void *bytes, size_t size);

/* Adds the table functions (tab.c). */
int tabs_register(sqlite3 *db, const struct sql_context *context);

#endif
