/* store_inside: what the store and its engines share. This room's own. */
#ifndef CUSTOS_CASEBOOK_STORE_INSIDE_H
#define CUSTOS_CASEBOOK_STORE_INSIDE_H

#include "casebook/store.h"

struct store_engine_ops {
	enum store_engine engine;
	/* `where` as in store_pool_open. Not in a transaction. */
	enum err (*open)(const char *where, struct store **ret);
	void (*close)(struct store *s);
	bool (*good)(struct store *s); /* the connection can be used */
	enum err (*begin)(struct store *s);
	enum err (*commit)(struct store *s);
	void (*rollback)(struct store *s);
	enum err (*query)(struct store *s, const char *sql, const struct store_value *values, int count, store_row_fn row, void *context, int64_t *ret_changes);
	enum err (*script)(struct store *s, const char *sql); /* several statements, no parameters */
	enum err (*lock)(struct store *s, enum store_lock lock);
	const char *types[7]; /* what {id} {int} {real} {text} {blob} {strict} {keyed} become; keyed: strict, and stored in the order of its primary key */
};

/* Begins each engine's own struct. */
struct store {
	const struct store_engine_ops *ops;
	bool transaction;
	struct store *next; /* of the idle ones in its pool */
};

extern const struct store_engine_ops store_sqlite, store_postgres;

/* Numbered migrations, compiled in (migrations/NNNN_name.sql), from 1 without gaps. */
struct migration {
	int number;
	const char *name, *sql;
};
extern const struct migration migrations[];
extern const int migration_count;

/* Brings a casebook up to date. ERR_UNSUPPORTED: it is newer than this program; ERR_CHANGED: a migration that was run is not the one of this program. */
enum err store_migrate(struct store *s);

#endif
