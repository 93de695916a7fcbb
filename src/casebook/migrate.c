/* Migrations: each once, in order, in a transaction that nobody else can be in at the same time. What was run stays known by its checksum: a program whose
 * migrations are others is not let near. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/text.h"
#include "base/time.h"
#include "casebook/store_inside.h"

static const char *const places[] = { "{id}", "{int}", "{real}", "{text}", "{blob}", "{strict}", "{keyed}" };
enum { PLACES = sizeof places / sizeof *places };

/* The migration in the engine's own words. */
static void words_put(struct buf *out, const struct store_engine_ops *ops, const char *sql)
{
	while (*sql) {
		int i = 0;
		while (i < PLACES && (*sql != '{' || strncmp(sql, places[i], strlen(places[i])) != 0))
			i++;
		if (i < PLACES) {
			buf_text(out, ops->types[i]);
			sql += strlen(places[i]);
		} else {
			buf_char(out, *sql++);
		}
	}
}

static bool checksum(const char *sql, char ret[65])
{
	unsigned char digest[32];
	if (EVP_Digest(sql, strlen(sql), digest, NULL, EVP_sha256(), NULL) != 1)
		return false;
	for (int i = 0; i < 32; i++)
		snprintf(ret + 2 * i, 3, "%02x", digest[i]);
	return true;
}

struct done {
	int64_t last;
	enum err wrong;
};

static enum err done_take(void *context, const struct store_row *row)
{
	struct done *d = context;
	char own[65];
	int64_t number = store_row_int(row, 0);
	if (number != d->last + 1 || number > migration_count)
		return err_set(ERR_UNSUPPORTED, "this casebook is newer than custos %s: its migration %lld is not known here; use a newer custos", CUSTOS_VERSION, (long long)number);
	if (!checksum(migrations[number - 1].sql, own))
		return ERR_NOMEM;
	if (strcmp(own, store_row_text(row, 1)) != 0)
		return err_set(ERR_CHANGED, "migration %lld of this casebook is another than this program's: it was made by a program that is not this custos's forerunner", (long long)number);
	d->last = number;
	return OK;
}

static enum err migrate(void *context, struct store *s)
{
	struct done done = { 0 };
	struct buf sql = { 0 };
	(void)context;
	buf_printf(&sql, "CREATE TABLE IF NOT EXISTS migration (number %s PRIMARY KEY, name %s NOT NULL, sha256 %s NOT NULL, at %s NOT NULL) %s", s->ops->types[1], s->ops->types[3], s->ops->types[3],
		   s->ops->types[1], s->ops->types[5]);
	enum err e = store_lock(s, STORE_LOCK_MIGRATE);
	if (!e)
		e = sql.failed ? ERR_NOMEM : s->ops->script(s, sql.data);
	if (!e)
		e = store_query(s, "SELECT number, sha256 FROM migration ORDER BY number", NULL, 0, done_take, &done, NULL);
	for (int i = (int)done.last; !e && i < migration_count; i++) {
		char sum[65];
		buf_clear(&sql);
		words_put(&sql, s->ops, migrations[i].sql);
		e = sql.failed || !checksum(migrations[i].sql, sum) ? ERR_NOMEM : s->ops->script(s, sql.data);
		if (!e)
			e = STORE_RUN(s, "INSERT INTO migration (number, name, sha256, at) VALUES (?1, ?2, ?3, ?4)", NULL, NULL, store_int(migrations[i].number), store_text(migrations[i].name),
				      store_text(sum), store_int(time_now()));
	}
	buf_free(&sql);
	return e;
}

enum err store_migrate(struct store *s) { return store_transact(s, migrate, NULL); }
