#include "casebook/store_inside.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TURNS_MOST = 20, TURN_PAUSE_US = 500 };

struct store_value store_null(void) { return (struct store_value){ .type = STORE_NULL }; }
struct store_value store_int(int64_t n) { return (struct store_value){ .type = STORE_INT, .integer = n }; }
struct store_value store_real(double n) { return (struct store_value){ .type = STORE_REAL, .real = n }; }
struct store_value store_text_n(const char *text, size_t size) { return (struct store_value){ .type = text ? STORE_TEXT : STORE_NULL, .bytes = text, .size = size }; }
struct store_value store_text(const char *text) { return store_text_n(text, text ? strlen(text) : 0); }
struct store_value store_word(const char *text) { return store_text(text && *text ? text : NULL); }
struct store_value store_blob(const void *bytes, size_t size) { return (struct store_value){ .type = bytes ? STORE_BLOB : STORE_NULL, .bytes = bytes, .size = size }; }

static const struct store_value *cell(const struct store_row *row, int i, enum store_type type)
{
	return i >= 0 && i < row->count && row->values[i].type == type ? &row->values[i] : NULL;
}

int64_t store_row_int(const struct store_row *row, int i)
{
	const struct store_value *v = cell(row, i, STORE_INT);
	return v ? v->integer : 0;
}

double store_row_real(const struct store_row *row, int i)
{
	const struct store_value *v = cell(row, i, STORE_REAL);
	return v ? v->real : 0;
}

const char *store_row_text(const struct store_row *row, int i)
{
	const struct store_value *v = cell(row, i, STORE_TEXT);
	return v ? v->bytes : "";
}

struct store_value store_row_blob(const struct store_row *row, int i)
{
	const struct store_value *v = cell(row, i, STORE_BLOB);
	return v ? *v : (struct store_value){ .type = STORE_BLOB, .bytes = "" };
}

bool store_row_null(const struct store_row *row, int i) { return cell(row, i, STORE_NULL) || i < 0 || i >= row->count; }

/* --- connections --- */

struct store_pool {
	const struct store_engine_ops *ops;
	char *where;
	pthread_mutex_t lock;
	pthread_cond_t given_back;
	struct store *idle;
	int open, most;
};

static bool store_is_postgres(const char *where) { return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0; }

enum err store_pool_open(const char *where, int most, struct store_pool **ret_pool)
{
	*ret_pool = NULL;
	struct store_pool *p = calloc(1, sizeof *p);
	if (!p || !(p->where = strdup(where))) {
		free(p);
		return ERR_NOMEM;
	}
	p->ops = store_is_postgres(where) ? &store_postgres : &store_sqlite;
	p->most = most < 1 ? 1 : most;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC); /* a clock that jumps does not lengthen a wait */
	pthread_cond_init(&p->given_back, &attributes);
	pthread_condattr_destroy(&attributes);
	struct store *first = NULL;
	enum err e = p->ops->open(where, &first);
	if (!e)
		e = store_migrate(first);
	if (e) {
		if (first)
			p->ops->close(first);
		store_pool_free(p);
		return e;
	}
	p->idle = first;
	p->open = 1;
	*ret_pool = p;
	return OK;
}

void store_pool_free(struct store_pool *pool)
{
	if (!pool)
		return;
	while (pool->idle) {
		struct store *s = pool->idle;
		pool->idle = s->next;
		pool->ops->close(s);
	}
	pthread_cond_destroy(&pool->given_back);
	pthread_mutex_destroy(&pool->lock);
	free(pool->where);
	free(pool);
}

enum store_engine store_pool_engine(const struct store_pool *pool) { return pool->ops->engine; }
enum store_engine store_engine_of(const struct store *store) { return store->ops->engine; }

enum err store_get(struct store_pool *pool, int wait_ms, struct store **ret_store)
{
	struct timespec until;
	enum err e = OK;
	bool make = false;
	*ret_store = NULL;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&pool->lock);
	while (!e && !pool->idle && pool->open >= pool->most)
		if (pthread_cond_timedwait(&pool->given_back, &pool->lock, &until) == ETIMEDOUT)
			e = err_set(ERR_BUSY, "all %d connections to the casebook are in use", pool->most);
	if (pool->idle) {
		e = OK;
		*ret_store = pool->idle;
		pool->idle = pool->idle->next;
		(*ret_store)->next = NULL;
	} else if (!e) {
		pool->open++;
		make = true;
	}
	pthread_mutex_unlock(&pool->lock);
	if (*ret_store && !pool->ops->good(*ret_store)) {
		pool->ops->close(*ret_store);
		*ret_store = NULL;
		make = true;
	}
	if (make && (e = pool->ops->open(pool->where, ret_store))) {
		pthread_mutex_lock(&pool->lock);
		pool->open--;
		pthread_cond_signal(&pool->given_back);
		pthread_mutex_unlock(&pool->lock);
	}
	return e;
}

void store_put(struct store_pool *pool, struct store *store)
{
	if (!store)
		return;
	if (store->transaction) { /* of a caller that forgot it: nothing half done stays */
		pool->ops->rollback(store);
		store->transaction = false;
	}
	pthread_mutex_lock(&pool->lock);
	store->next = pool->idle;
	pool->idle = store;
	pthread_cond_signal(&pool->given_back);
	pthread_mutex_unlock(&pool->lock);
}

/* --- statements --- */

enum err store_query(struct store *store, const char *sql, const struct store_value *values, int count, store_row_fn row, void *context, int64_t *ret_changes)
{
	if (ret_changes)
		*ret_changes = 0;
	return store->ops->query(store, sql, values, count, row, context, ret_changes);
}

struct one {
	int64_t value;
	bool has;
};

static enum err one_take(void *context, const struct store_row *row)
{
	struct one *o = context;
	if (!o->has)
		*o = (struct one){ store_row_int(row, 0), true };
	return OK;
}

enum err store_query_int(struct store *store, const char *sql, const struct store_value *values, int count, int64_t *ret_value)
{
	struct one o = { 0 };
	enum err e = store_query(store, sql, values, count, one_take, &o, NULL);
	*ret_value = o.value;
	return e ? e : o.has ? OK : ERR_NOT_FOUND;
}

enum err store_transact(struct store *store, store_work_fn work, void *context)
{
	if (store->transaction)
		return err_set(ERR_USAGE, "a transaction within a transaction");
	enum err e = ERR_BUSY;
	for (int turn = 0; e == ERR_BUSY && turn < TURNS_MOST; turn++) {
		if (turn) { /* longer each time, so that those who met go apart */
			struct timespec pause = { 0, (long)TURN_PAUSE_US * 1000 * turn };
			nanosleep(&pause, NULL);
		}
		e = store->ops->begin(store);
		if (e)
			continue;
		store->transaction = true;
		e = work(context, store);
		if (!e)
			e = store->ops->commit(store);
		if (e)
			store->ops->rollback(store);
		store->transaction = false;
	}
	return e;
}

enum err store_lock(struct store *store, enum store_lock lock)
{
	if (!store->transaction)
		return err_set(ERR_USAGE, "a lock outside a transaction");
	return store->ops->lock(store, lock);
}
