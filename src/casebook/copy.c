#include "casebook/copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "casebook/log.h"

enum { COLUMNS_MOST = 32 };

/* In the order in which they refer to one another. `numbered`: ids are given by the database, and go on behind the copied ones. What is not here stays behind: sessions, links, and the
 * passwords of examinations that wait, which are asked for again. */
static const struct table {
	const char *name, *where;
	bool numbered;
} tables[] = {
	{ "setting", "", false },       { "establishment", "", false }, { "officer", "", true },         { "officer_role", "", false },  { "sign_in_failure", "", false },
	{ "person", " WHERE merged_into IS NULL", true },               { "person", " WHERE merged_into IS NOT NULL", true },            { "person_number", "", false },
	{ "exhibit", "", true },        { "hand_over", "", true },      { "evidence", "", true },        { "job", "", true },            { "examination", "", true },
	{ "exhibit_file", "", true },   { "selector", "", false },      { "casefile", "", true },        { "case_person", "", false },   { "case_exhibit", "", false },
	{ "case_officer", "", false },  { "case_note", "", true },      { "case_attachment", "", true }, { "task", "", true },           { "log_entry", "", false },
	{ "log_detail", "", false },    { "log_subject", "", false },   { "log_node", "", false },       { "log_checkpoint", "", false }, { "log_stamp", "", false },
};
enum { TABLES = sizeof tables / sizeof tables[0] };

/* A store knows a statement by its address: these are made once and kept. */
static char *inserts[TABLES], *selects[TABLES], *numbers[TABLES];

struct copy {
	struct store *from, *to;
	const struct table *table;
	int64_t rows;
	struct merkle_hash root;
	int64_t size;
};

static enum err row_put(void *context, const struct store_row *row)
{
	struct copy *c = context;
	char **insert = &inserts[c->table - tables];
	if (!*insert) { /* names of our own columns, in the order in which they came */
		struct buf sql = { 0 };
		buf_printf(&sql, "INSERT INTO %s (", c->table->name);
		for (int i = 0; i < row->count; i++)
			buf_printf(&sql, "%s%s", i ? ", " : "", row->names[i]);
		buf_text(&sql, ") VALUES (");
		for (int i = 0; i < row->count; i++)
			buf_printf(&sql, "%s?%d", i ? ", " : "", i + 1);
		buf_char(&sql, ')');
		if (sql.failed || !(*insert = sql.data))
			return ERR_NOMEM;
	}
	c->rows++;
	return store_query(c->to, *insert, row->values, row->count, NULL, NULL, NULL);
}

static enum err table_copy(struct copy *c, int i)
{
	c->table = &tables[i];
	if (!selects[i] && asprintf(&selects[i], "SELECT * FROM %s%s", c->table->name, c->table->where) < 0)
		return selects[i] = NULL, ERR_NOMEM;
	enum err e = store_query(c->from, selects[i], NULL, 0, row_put, c, NULL);
	if (e || !c->table->numbered || store_engine_of(c->to) != STORE_POSTGRES)
		return e; /* SQLite goes on behind the largest by itself */
	if (!numbers[i] && asprintf(&numbers[i], "SELECT setval(pg_get_serial_sequence('%s', 'id'), GREATEST((SELECT max(id) FROM %s), 1), (SELECT max(id) FROM %s) IS NOT NULL)", c->table->name, c->table->name, c->table->name) < 0)
		return numbers[i] = NULL, ERR_NOMEM;
	int64_t last;
	return store_query_int(c->to, numbers[i], NULL, 0, &last);
}

static enum err write_all(void *context, struct store *to)
{
	struct copy *c = context;
	int64_t there = 0;
	struct merkle_hash root;
	c->rows = 0;
	enum err e = store_query_int(to, "SELECT (SELECT count(*) FROM officer) + (SELECT count(*) FROM log_entry) + (SELECT count(*) FROM exhibit)", NULL, 0, &there);
	if (!e && there)
		return err_set(ERR_EXISTS, "the casebook to copy into is not empty");
	for (int i = 0; i < TABLES && !e; i++)
		e = table_copy(c, i);
	if (!e)
		e = log_tree_root(to, c->size, &root);
	return e || merkle_same(&root, &c->root) ? e : err_set(ERR_CHANGED, "the copied log is not the original: nothing was kept");
}

/* Within a transaction of the original, behind the lock that every change takes for its entry in the log: what is read is of one moment. */
static enum err read_all(void *context, struct store *from)
{
	struct copy *c = context;
	enum err e = store_lock(from, STORE_LOCK_LOG);
	if (!e)
		e = log_size(from, &c->size);
	if (!e)
		e = log_tree_root(from, c->size, &c->root);
	return e ? e : store_transact(c->to, write_all, c);
}

enum err casebook_copy(struct store *from, struct store *to, int64_t *ret_rows)
{
	struct copy c = { .from = from, .to = to };
	enum err e = store_transact(from, read_all, &c);
	if (!e && ret_rows)
		*ret_rows = c.rows;
	return e;
}
