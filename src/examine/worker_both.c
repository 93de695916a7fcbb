/* A table with its recovered rows beside the live ones, for look-ups from deleted rows: a UNION ALL view would be copied whole for each query,
 * with the table's indexes out of reach; this asks each half for what is wanted. A look-up gives recovered rows only where no live row answers, and
 * one alone where the table's keys allow no two: a deleted record must not become two for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examine/worker_inside.h"

enum { CONSTRAINTS_MOST = 8, WATCHED_MOST = 16, REUSED_TEXT_MOST = 300 };

struct both {
	sqlite3_vtab base; /* first: SQLite sees only this */
	struct worker *w;
	const struct recovered_table *t;
	char form; /* 't' rowid table, 'w' without */
	int watched[WATCHED_MOST], watched_count; /* columns by which two owners of one key are told apart */
	int columns; /* of the table; then those that a variant wants and the table lacks */
};

struct both_cursor {
	sqlite3_vtab_cursor base;
	sqlite3_stmt *halves[2], *others; /* others: were there rows of the same key with other values? */
	char *plan; /* of the statements at hand */
	int half, given; /* rows given of the look-up at hand */
	bool looked_up, single, recovered, end;
};

static int both_connect(sqlite3 *db, void *worker, int argc, const char *const *argv, sqlite3_vtab **ret, char **error)
{
	(void)error;
	struct worker *w = worker;
	/* Arguments: number of the recovered table, form, watched columns as "w_1_4", columns it lacks… */
	int number = argc > 5 ? atoi(argv[3]) : -1;
	if (number < 0 || number >= w->recovered_count)
		return SQLITE_ERROR;
	struct both *b = sqlite3_malloc(sizeof *b);
	struct buf sql = { 0 };
	if (!b)
		return SQLITE_NOMEM;
	*b = (struct both){ .w = w, .t = w->recovered[number], .form = argv[4][0], .columns = w->recovered[number]->column_count };
	buf_text(&sql, "CREATE TABLE both(_origin INTEGER");
	buf_add(&sql, b->t->declared.data, b->t->declared.size);
	for (const char *p = strchr(argv[5], '_'); p && b->watched_count < WATCHED_MOST; p = strchr(p + 1, '_'))
		if (atoi(p + 1) < b->columns)
			b->watched[b->watched_count++] = atoi(p + 1);
	for (int i = 6; i < argc; i++)
		buf_printf(&sql, ", %s", argv[i]);
	buf_char(&sql, ')');
	int rc = sql.failed ? SQLITE_NOMEM : sqlite3_declare_vtab(db, sql.data);
	buf_free(&sql);
	if (rc != SQLITE_OK) {
		sqlite3_free(b);
		return rc;
	}
	sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
	*ret = &b->base;
	return SQLITE_OK;
}

static int both_disconnect(sqlite3_vtab *v)
{
	sqlite3_free(v);
	return SQLITE_OK;
}

/* Do the columns hold all of a key? */
static bool unique_met(const struct recovered_table *t, const int *columns, int count)
{
	for (int u = 0; u < t->unique_count; u++) {
		int met = 0;
		for (int k = 0; k < t->uniques[u].count; k++)
			for (int i = 0; i < count; i++)
				if (columns[i] == t->uniques[u].columns[k]) {
					met++;
					break;
				}
		if (met && met == t->uniques[u].count)
			return true;
	}
	return false;
}

static int both_plan(sqlite3_vtab *v, sqlite3_index_info *info)
{
	struct both *b = (struct both *)v;
	char plan[CONSTRAINTS_MOST * 8] = "";
	int n = 0, columns[CONSTRAINTS_MOST];
	size_t size = 0;
	for (int i = 0; i < info->nConstraint && n < CONSTRAINTS_MOST; i++) {
		int c = info->aConstraint[i].iColumn;
		if (!info->aConstraint[i].usable || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ || c < 1 || c > b->columns)
			continue;
		columns[n] = c - 1;
		info->aConstraintUsage[i].argvIndex = ++n;
		size += (size_t)snprintf(plan + size, sizeof plan - size, "%d,", c - 1);
	}
	info->idxNum = unique_met(b->t, columns, n);
	info->idxStr = sqlite3_mprintf("%s", plan);
	info->needToFreeIdxStr = 1;
	info->estimatedCost = n ? 50 : 1e7;
	info->estimatedRows = n ? 5 : 1000000;
	return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

static int both_open(sqlite3_vtab *v, sqlite3_vtab_cursor **ret)
{
	(void)v;
	struct both_cursor *c = sqlite3_malloc(sizeof *c);
	if (!c)
		return SQLITE_NOMEM;
	memset(c, 0, sizeof *c);
	*ret = &c->base;
	return SQLITE_OK;
}

static void halves_free(struct both_cursor *c)
{
	for (int i = 0; i < 2; i++) {
		sqlite3_finalize(c->halves[i]);
		c->halves[i] = NULL;
	}
	sqlite3_free(c->plan);
	c->plan = NULL;
}

static int both_close(sqlite3_vtab_cursor *cursor)
{
	halves_free((struct both_cursor *)cursor);
	sqlite3_finalize(((struct both_cursor *)cursor)->others);
	sqlite3_free(cursor);
	return SQLITE_OK;
}

static int half_prepare(const struct both *b, int half, const char *plan, sqlite3_stmt **ret)
{
	struct buf sql = { 0 };
	buf_printf(&sql, "SELECT %s", half ? "_origin" : b->form == 't' ? b->t->rowid : "NULL");
	for (int i = 0; i < b->columns; i++) {
		buf_char(&sql, ',');
		name_quote(&sql, b->t->columns[i]);
	}
	if (half) {
		buf_printf(&sql, " FROM temp.\"%s\" WHERE _side", b->t->temp);
	} else {
		buf_text(&sql, " FROM main.");
		name_quote(&sql, b->t->name);
		buf_text(&sql, " WHERE 1");
	}
	int n = 0;
	for (const char *p = plan; *p; p = strchr(p, ',') + 1) {
		buf_text(&sql, " AND ");
		name_quote(&sql, b->t->columns[atoi(p)]);
		buf_printf(&sql, " = ?%d", ++n);
	}
	if (half)
		buf_text(&sql, " ORDER BY _origin DESC"); /* the latest first */
	int rc = sql.failed ? SQLITE_NOMEM : sqlite3_prepare_v2(b->w->db, sql.data, -1, ret, NULL);
	buf_free(&sql);
	return rc;
}

/* A key can be given to a new row when its old one was deleted: what is found by it now may be another's than what was meant. Says so where a row
 * of the same key had other values. */
static void reuse_check(struct both_cursor *c)
{
	const struct both *b = (const struct both *)c->base.pVtab;
	sqlite3_stmt *row = c->halves[c->half];
	int64_t key = sqlite3_column_int64(row, 0);
	if (!b->watched_count || b->form != 't' || b->w->reused.size > REUSED_TEXT_MOST)
		return;
	if (c->half) {
		const struct recovered_table *t;
		const struct recovered_row *back = recovery_row(b->w, key, &t);
		if (!back || !back->rowid_known)
			return;
		key = back->rowid;
	}
	if (!c->others) {
		struct buf sql = { 0 };
		buf_printf(&sql, "SELECT 1 FROM temp.\"%s\" WHERE _key = ?1 AND NOT (1", b->t->temp);
		for (int i = 0; i < b->watched_count; i++) {
			buf_text(&sql, " AND ");
			name_quote(&sql, b->t->columns[b->watched[i]]);
			buf_printf(&sql, " IS ?%d", i + 2);
		}
		buf_char(&sql, ')');
		if (sql.failed || sqlite3_prepare_v2(b->w->db, sql.data, -1, &c->others, NULL) != SQLITE_OK)
			c->others = NULL;
		buf_free(&sql);
	}
	sqlite3_bind_int64(c->others, 1, key);
	for (int i = 0; i < b->watched_count; i++)
		sqlite3_bind_value(c->others, i + 2, sqlite3_column_value(row, b->watched[i] + 1));
	if (sqlite3_step(c->others) == SQLITE_ROW) {
		buf_printf(&b->w->reused, "; row %lld of %s, which it refers to, had other values at another time", (long long)key, b->t->name);
		b->w->reused_count++;
	}
	sqlite3_reset(c->others);
}

static int both_next(sqlite3_vtab_cursor *cursor)
{
	struct both_cursor *c = (struct both_cursor *)cursor;
	for (; c->half < 2; c->half++) {
		if (c->given && (c->single || (c->looked_up && c->half == 1 && !c->recovered)))
			break;
		int rc = c->halves[c->half] ? sqlite3_step(c->halves[c->half]) : SQLITE_DONE;
		if (rc == SQLITE_ROW) {
			c->recovered = c->half == 1;
			c->given++;
			if (c->single)
				reuse_check(c);
			return SQLITE_OK;
		}
		if (rc != SQLITE_DONE)
			return rc;
	}
	c->end = true;
	return SQLITE_OK;
}

static int both_filter(sqlite3_vtab_cursor *cursor, int number, const char *plan, int argc, sqlite3_value **argv)
{
	struct both_cursor *c = (struct both_cursor *)cursor;
	const struct both *b = (const struct both *)cursor->pVtab;
	int rc = SQLITE_OK;
	if (!c->plan || strcmp(c->plan, plan) != 0) {
		halves_free(c);
		c->plan = sqlite3_mprintf("%s", plan);
		if (!c->plan)
			return SQLITE_NOMEM;
		if (b->form)
			rc = b->form == '-' ? SQLITE_OK : half_prepare(b, 0, plan, &c->halves[0]);
		if (rc == SQLITE_OK)
			rc = half_prepare(b, 1, plan, &c->halves[1]);
	}
	for (int i = 0; rc == SQLITE_OK && i < 2; i++) {
		sqlite3_reset(c->halves[i]);
		for (int k = 0; c->halves[i] && rc == SQLITE_OK && k < argc; k++)
			rc = sqlite3_bind_value(c->halves[i], k + 1, argv[k]);
	}
	c->half = c->given = 0;
	c->looked_up = argc > 0;
	c->single = number;
	c->recovered = c->end = false;
	return rc == SQLITE_OK ? both_next(cursor) : rc;
}

static int both_eof(sqlite3_vtab_cursor *cursor) { return ((struct both_cursor *)cursor)->end; }

static int both_column(sqlite3_vtab_cursor *cursor, sqlite3_context *to, int column)
{
	struct both_cursor *c = (struct both_cursor *)cursor;
	const struct both *b = (const struct both *)cursor->pVtab;
	if (c->half < 2 && column <= b->columns)
		sqlite3_result_value(to, sqlite3_column_value(c->halves[c->half], column));
	return SQLITE_OK;
}

static int both_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *ret)
{
	struct both_cursor *c = (struct both_cursor *)cursor;
	*ret = c->half < 2 ? sqlite3_column_int64(c->halves[c->half], 0) : 0;
	return SQLITE_OK;
}

int both_register(struct worker *w)
{
	static const sqlite3_module module = {
		.xCreate = both_connect, .xConnect = both_connect, .xBestIndex = both_plan, .xDisconnect = both_disconnect, .xDestroy = both_disconnect,
		.xOpen = both_open, .xClose = both_close, .xFilter = both_filter, .xNext = both_next, .xEof = both_eof, .xColumn = both_column,
		.xRowid = both_rowid,
	};
	return sqlite3_create_module(w->db, "custos_both", &module, w);
}
