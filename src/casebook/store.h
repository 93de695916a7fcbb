/* store: one interface to the casebook's database, two engines: SQLite (a file) and PostgreSQL.
 *
 * Statements are written once, in the SQL both engines share: parameters `?1` … `?N`, RETURNING, ON CONFLICT, no type
 * names (those stand in the migrations, where {id} {int} {real} {text} {blob} {strict} and {keyed} become the engine's own).
 * A statement is prepared once a connection and kept, so its text must be a constant, never made from input.
 *
 * A `struct store` is one connection, for one thread at a time; a `struct store_pool` lends them out.
 *
 * A query's rows are in memory before the first is given (PostgreSQL), or while it runs (SQLite): ask for a page of them, not for a million. After a statement that
 * failed within a transaction the work must end with an error: in PostgreSQL nothing more can be asked, and nothing is committed. Sums are cast to BIGINT.
 *
 * Writing goes through store_transact() alone. It runs the work in a transaction (SQLite: BEGIN IMMEDIATE;
 * PostgreSQL: READ COMMITTED with the locks that store_lock() takes) and, where the engine says that another was faster
 * (busy, serialisation failure, dead-lock), runs it again from the start: so the work must have no effect outside the
 * transaction. What was committed is on disk: SQLite in WAL mode with synchronous=FULL, PostgreSQL with
 * synchronous_commit=on.
 *
 * Times are integer microseconds UTC; identities are 64-bit integers, equal in both engines, kept by a copy.
 */
#ifndef CUSTOS_CASEBOOK_STORE_H
#define CUSTOS_CASEBOOK_STORE_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum store_engine { STORE_SQLITE, STORE_POSTGRES };

enum store_type { STORE_NULL, STORE_INT, STORE_REAL, STORE_TEXT, STORE_BLOB };

/* A parameter or a column. Text and blobs are not owned: a parameter's bytes live until the call returns, a column's
 * until the row function returns. Column text is followed by a zero byte that `size` does not count. */
struct store_value {
	enum store_type type;
	int64_t integer;
	double real;
	const void *bytes;
	size_t size;
};

struct store_value store_null(void);
struct store_value store_int(int64_t n);
struct store_value store_real(double n);
struct store_value store_text(const char *text); /* NULL becomes SQL's NULL */
struct store_value store_word(const char *text); /* "" becomes SQL's NULL, too */
struct store_value store_text_n(const char *text, size_t size);
struct store_value store_blob(const void *bytes, size_t size); /* bytes NULL becomes SQL's NULL */

struct store_row {
	int count;
	const struct store_value *values;
	const char *const *names; /* as the statement calls its columns */
};

/* Column `i` of a row: what is not there, or of another type, is 0, "" or an empty blob. */
int64_t store_row_int(const struct store_row *row, int i);
double store_row_real(const struct store_row *row, int i);
const char *store_row_text(const struct store_row *row, int i);
struct store_value store_row_blob(const struct store_row *row, int i);
bool store_row_null(const struct store_row *row, int i);

struct store;
struct store_pool;

/* Opens `where`: "postgresql://…" (also "postgres://"), else the path of a SQLite file, made where it is absent
 * (mode 0600). At most `most` connections at once. Migrations are run (numbered, forward only, each in a transaction,
 * under a lock that other processes wait for at most 60 s). A casebook newer than this program is ERR_UNSUPPORTED.
 * Errors: ERR_ACCESS, ERR_IO, ERR_FORMAT (no casebook), ERR_OFFLINE (PostgreSQL does not answer). */
enum err store_pool_open(const char *where, int most, struct store_pool **ret_pool);
void store_pool_free(struct store_pool *pool);
enum store_engine store_pool_engine(const struct store_pool *pool);

/* Borrows a connection, waiting for a free one at most `wait_ms` (ERR_BUSY). A connection that PostgreSQL dropped is
 * opened again (ERR_OFFLINE where that fails). Give it back on every path; store_put(pool, NULL) does nothing. */
enum err store_get(struct store_pool *pool, int wait_ms, struct store **ret_store);
void store_put(struct store_pool *pool, struct store *store);
enum store_engine store_engine_of(const struct store *store);

/* The row as a JSON object, a member a column by its name: integers, reals, strings (not UTF-8: U+FFFD), null; blobs as hexadecimal. NULL: out of memory. */
json_t *store_row_json(const struct store_row *row);

/* Called for each row; what it returns other than OK ends the query and is the query's result. */
typedef enum err (*store_row_fn)(void *context, const struct store_row *row);

/* Runs one statement. `row` may be NULL. `ret_changes` (may be NULL) counts the rows written.
 * Errors: ERR_EXISTS (unique constraint), ERR_CHANGED (another constraint), ERR_BUSY, ERR_OFFLINE, ERR_SPACE, ERR_SQL. */
enum err store_query(struct store *store, const char *sql, const struct store_value *values, int count, store_row_fn row, void *context, int64_t *ret_changes);

/* store_query with the parameters as a literal list: STORE_RUN(s, "…?1…", NULL, NULL, store_int(7)). */
#define STORE_RUN(store, sql, row, context, ...)                                                                     \
	store_query((store), (sql), (const struct store_value[]){ __VA_ARGS__ },                                     \
		    (int)(sizeof((const struct store_value[]){ __VA_ARGS__ }) / sizeof(struct store_value)), (row), (context), NULL)

/* One value of the first row: ERR_NOT_FOUND where there is no row. */
enum err store_query_int(struct store *store, const char *sql, const struct store_value *values, int count, int64_t *ret_value);

/* A store_row_fn whose context is a json_t array: the row's object is added to it. */
enum err store_json_add(void *array, const struct store_row *row);
/* The same where one row is wanted: context is a json_t **, which must point to NULL; a second row is ignored. */
enum err store_json_one(void *ret_object, const struct store_row *row);

/* object[name] becomes the array of the rows of a statement with one parameter, `id`. */
enum err store_json_list(struct store *store, json_t *object, const char *name, const char *sql, int64_t id);

typedef enum err (*store_work_fn)(void *context, struct store *store);

/* Runs `work` in a transaction, commits where it returns OK, else rolls back. See above. Not nested: within a
 * transaction ERR_USAGE. The result is that of the work or of the commit. ERR_OFFLINE from a commit means that nobody
 * knows whether it was done; work that must not happen twice carries an identity of its own (see jobs). */
enum err store_transact(struct store *store, store_work_fn work, void *context);

/* Within a transaction: nobody else holds the same lock until it ends (PostgreSQL: advisory lock; SQLite: the
 * transaction itself is such a lock). */
enum store_lock { STORE_LOCK_MIGRATE = 1, STORE_LOCK_LOG = 2, STORE_LOCK_QUEUE = 3 };
enum err store_lock(struct store *store, enum store_lock lock);

#endif
