#include "web/tool.h"

#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "casebook/copy.h"
#include "casebook/log_export.h"

enum { OPT_DATA = 256, OPT_DATABASE };

struct tool {
	const char *data, *database, *out;
	struct store_pool *pool;
	struct store *store;
	struct note_key key;
	struct buf made;
	int64_t now;
};

static enum err checkpoint_keep(void *context, struct store *s)
{
	struct tool *t = context;
	buf_clear(&t->made);
	return log_checkpoint_make(s, &t->key, t->now, &t->made);
}

static enum err checkpoint_run(struct tool *t, const char *argument)
{
	(void)argument;
	enum err e = store_transact(t->store, checkpoint_keep, t);
	if (!e)
		fputs(t->made.data, stdout);
	return e;
}

static enum err key_run(struct tool *t, const char *argument)
{
	(void)argument;
	note_key_write(&t->key, false, &t->made);
	fputs(t->made.data ? t->made.data : "", stdout);
	return t->made.failed ? ERR_NOMEM : OK;
}

static enum err proof_run(struct tool *t, const char *argument)
{
	char *end;
	long long number = strtoll(argument, &end, 10);
	if (end == argument || *end || number < 0)
		return err_set(ERR_USAGE, "%s: the number of an entry is expected", argument);
	enum err e = log_proof_write(t->store, &t->key, number, t->now, &t->made);
	if (!e)
		fputs(t->made.data, stdout);
	return e;
}

static enum err export_run(struct tool *t, const char *argument)
{
	int64_t size = 0;
	enum err e = log_export(t->store, &t->key, argument, t->now, &size);
	if (!e)
		printf("%s: %lld entries, signed by %s\n", argument, (long long)size, t->key.name);
	return e;
}

/* Into PostgreSQL, or into a new SQLite file. */
static enum err copy_run(struct tool *t, const char *argument)
{
	struct store_pool *pool = NULL;
	struct store *to = NULL;
	int64_t rows = 0;
	enum err e = store_pool_open(argument, 1, &pool);
	if (!e)
		e = store_get(pool, 1000, &to);
	if (!e)
		e = casebook_copy(t->store, to, &rows);
	store_put(pool, to);
	store_pool_free(pool);
	if (!e)
		printf("%lld rows copied; every number and the log's proofs are the same\n", (long long)rows);
	return e;
}

/* A row a word. */
static const struct word {
	const char *name;
	bool argument;
	enum err (*run)(struct tool *t, const char *argument);
} words[] = { { "checkpoint", false, checkpoint_run }, { "key", false, key_run }, { "proof", true, proof_run }, { "export", true, export_run }, { "copy", true, copy_run } };

static enum err options_read(int argc, char **argv, struct tool *t)
{
	static const struct option longs[] = { { "data", required_argument, NULL, OPT_DATA }, { "database", required_argument, NULL, OPT_DATABASE }, { 0 } };
	for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;)
		if (c == '?')
			return err_set(ERR_USAGE, "see custos casebook --help");
		else
			*(c == OPT_DATA ? &t->data : &t->database) = optarg;
	return optind < argc ? OK : err_set(ERR_USAGE, "what is to be done? checkpoint, key, proof N, export FOLDER or copy TO");
}

static enum err opened(struct tool *t)
{
	char where[PATH_MAX];
	snprintf(where, sizeof where, "%s/casebook.db", t->data);
	if (!t->database && access(where, R_OK | W_OK))
		return err_errno("%s: no casebook that could be opened; name its folder with --data", where);
	enum err e = store_pool_open(t->database ? t->database : where, 1, &t->pool);
	if (!e)
		e = store_get(t->pool, 1000, &t->store);
	return e ? e : log_key_open(t->data, &t->key);
}

int tool_main(int argc, char **argv)
{
	struct tool t = { .data = ".", .now = time_now() };
	const struct word *w = NULL;
	enum err e = options_read(argc, argv, &t);
	for (size_t i = 0; !e && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].name, argv[optind]) == 0)
			w = &words[i];
	if (!e && (!w || argc - optind != 1 + (int)w->argument))
		e = err_set(ERR_USAGE, "%s: see custos casebook --help", argv[optind]);
	if (!e)
		e = opened(&t);
	if (!e)
		e = w->run(&t, argv[optind + 1]);
	store_put(t.pool, t.store);
	store_pool_free(t.pool);
	buf_free(&t.made);
	if (e)
		fprintf(stderr, "custos casebook: %s\n", err_message()[0] ? err_message() : err_text(e));
	return e == ERR_USAGE ? 2 : e ? 1 : 0;
}
