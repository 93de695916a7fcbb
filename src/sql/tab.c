/* Eponymous virtual tables over row-sources. See tab.h. */
#include "sql/tab.h"

#include <stdlib.h>

#include "base/time.h"

struct module {
	const struct tab *tab;
	const struct sql_context *context;
};

struct table {
	sqlite3_vtab base;
	const struct module *module;
	int columns; /* visible ones; the arguments follow */
};

struct cursor {
	sqlite3_vtab_cursor base;
	struct arena arena;
	sqlite3_value *arguments[2];
	struct tab_rows rows;
	struct cell cells[TAB_COLUMNS_MOST];
	int64_t rowid;
	bool end;
};

/* Rows gathered by tab_gather: `state` of such a source. */
struct gathered {
	struct row *first, **last, *at;
	int64_t count;
};
struct row {
	struct row *next;
	int count;
	struct cell cells[];
};

enum err tab_gather(struct tab_rows *r, const struct cell *cells, int count)
{
	struct gathered *g = r->state;
	if (!g) {
		r->state = g = arena_new(r->arena, struct gathered);
		if (!g)
			return err_set(ERR_LIMIT, "no room for rows");
		g->last = &g->first;
	}
	struct row *row = arena_alloc(r->arena, sizeof *row + (size_t)count * sizeof *cells);
	if (!row || ++g->count > TAB_ROWS_MOST)
		return err_set(ERR_LIMIT, "more rows than fit into memory: the rest is left out");
	row->count = count;
	memcpy(row->cells, cells, (size_t)count * sizeof *cells);
	*g->last = row;
	g->last = &row->next;
	return OK;
}

bool tab_gathered_next(struct tab_rows *r)
{
	struct gathered *g = r->state;
	if (!g)
		return false;
	g->at = g->at ? g->at->next : g->first;
	if (!g->at) {
		g->first = NULL;
		return false;
	}
	memcpy(r->cells, g->at->cells, (size_t)g->at->count * sizeof *r->cells);
	return true;
}

int64_t tab_gathered_count(const struct tab_rows *r)
{
	const struct gathered *g = r->state;
	return g ? g->count : 0;
}

void tab_note(const struct tab_rows *r, uint64_t offset, const char *reason)
{
	function_note(r->context, offset, r->name, reason);
}

struct cell cell_time(int64_t us) { return us == TIME_NONE ? (struct cell){ .type = CELL_NULL } : cell_int(us); }

static int tab_connect(sqlite3 *db, void *own, int count, const char *const *words, sqlite3_vtab **ret,
		       char **ret_error)
{
	(void)count, (void)words, (void)ret_error;
	const struct module *m = own;
	char *sql = sqlite3_mprintf("CREATE TABLE x(%s, \"blob\" HIDDEN%s%s%s)", m->tab->columns,
				    m->tab->optional ? ", \"" : "", m->tab->optional ? m->tab->optional : "",
				    m->tab->optional ? "\" HIDDEN" : "");
	if (!sql)
		return SQLITE_NOMEM;
	int rc = sqlite3_declare_vtab(db, sql);
	sqlite3_free(sql);
	if (rc != SQLITE_OK)
		return rc;
	struct table *t = sqlite3_malloc(sizeof *t);
	if (!t)
		return SQLITE_NOMEM;
	*t = (struct table){ .module = m, .columns = 1 };
	for (const char *p = m->tab->columns; *p; p++)
		t->columns += *p == ',';
	*ret = &t->base;
	return SQLITE_OK;
}

static int tab_disconnect(sqlite3_vtab *vtab)
{
	sqlite3_free(vtab);
	return SQLITE_OK;
}

/* idxNum: how many arguments are given; they come in their order. */
static int tab_best(sqlite3_vtab *vtab, sqlite3_index_info *info)
{
	const struct table *t = (const struct table *)vtab;
	int place[2] = { -1, -1 };
	bool unusable = false;
	for (int i = 0; i < info->nConstraint; i++) {
		int argument = info->aConstraint[i].iColumn - t->columns;
		if (argument < 0 || argument > 1 || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
			continue;
		if (info->aConstraint[i].usable)
			place[argument] = i;
		else
			unusable = true;
	}
	/* An argument that comes from a table further right in the plan: another order is needed. */
	if (unusable && (place[0] < 0 || (t->module->tab->optional && place[1] < 0)))
		return SQLITE_CONSTRAINT;
	info->idxNum = place[0] < 0 ? 0 : place[1] < 0 ? 1 : 2;
	for (int i = 0; i < info->idxNum; i++) {
		info->aConstraintUsage[place[i]].argvIndex = i + 1;
		info->aConstraintUsage[place[i]].omit = 1;
	}
	info->estimatedCost = place[0] < 0 ? 1e9 : 1000;
	info->estimatedRows = 100;
	return SQLITE_OK;
}

static int tab_open(sqlite3_vtab *vtab, sqlite3_vtab_cursor **ret)
{
	(void)vtab;
	struct cursor *c = sqlite3_malloc(sizeof *c);
	if (!c)
		return SQLITE_NOMEM;
	memset(c, 0, sizeof *c);
	c->arena = arena_make(TAB_ARENA_MOST);
	c->end = true;
	*ret = &c->base;
	return SQLITE_OK;
}

static void cursor_clear(struct cursor *c)
{
	arena_free(&c->arena);
	for (int i = 0; i < 2; i++) {
		sqlite3_value_free(c->arguments[i]);
		c->arguments[i] = NULL;
	}
	c->rowid = 0;
	c->end = true;
}

static int tab_close(sqlite3_vtab_cursor *base)
{
	cursor_clear((struct cursor *)base);
	sqlite3_free(base);
	return SQLITE_OK;
}

static int tab_next(sqlite3_vtab_cursor *base)
{
	struct cursor *c = (struct cursor *)base;
	const struct tab *tab = ((const struct table *)base->pVtab)->module->tab;
	memset(c->cells, 0, sizeof c->cells);
	c->end = !tab->next(&c->rows);
	if (!c->end && c->rowid++ >= TAB_ROWS_MOST) {
		tab_note(&c->rows, 0, "too many rows: the rest is left out");
		c->end = true;
	}
	return SQLITE_OK;
}

static int tab_filter(sqlite3_vtab_cursor *base, int count, const char *plan, int argument_count,
		      sqlite3_value **arguments)
{
	(void)plan, (void)argument_count;
	struct cursor *c = (struct cursor *)base;
	const struct module *m = ((const struct table *)base->pVtab)->module;
	cursor_clear(c);
	if (count == 0 || sqlite3_value_type(arguments[0]) == SQLITE_NULL)
		return SQLITE_OK;
	c->rows = (struct tab_rows){
		.arena = &c->arena, .cells = c->cells, .context = m->context, .name = m->tab->name
	};
	struct span blob = function_span(arguments[0]);
	/* The whole file stands anyway; everything else must be kept, as arguments live during this call only. */
	bool stands = m->context && blob.start == m->context->file.start && blob.end == m->context->file.end;
	for (int i = stands; i < count; i++) {
		c->arguments[i] = sqlite3_value_dup(arguments[i]);
		if (!c->arguments[i])
			return SQLITE_NOMEM;
	}
	c->rows.blob = stands ? blob : function_span(c->arguments[0]);
	if (count == 2 && sqlite3_value_type(c->arguments[1]) != SQLITE_NULL)
		c->rows.argument = (const char *)sqlite3_value_text(c->arguments[1]);
	enum err e = m->tab->open(&c->rows);
	if (e < 0)
		tab_note(&c->rows, 0, err_message());
	return tab_next(base);
}

static int tab_eof(sqlite3_vtab_cursor *base) { return ((struct cursor *)base)->end; }

static int tab_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *ret)
{
	*ret = ((struct cursor *)base)->rowid;
	return SQLITE_OK;
}

static int tab_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int i)
{
	struct cursor *c = (struct cursor *)base;
	int columns = ((const struct table *)base->pVtab)->columns;
	if (i >= columns) {
		if (i - columns < 2 && c->arguments[i - columns])
			sqlite3_result_value(context, c->arguments[i - columns]);
		return SQLITE_OK;
	}
	const struct cell *cell = &c->cells[i];
	struct buf clean = { .limit = FUNCTION_OUTPUT_MOST };
	switch (cell->type) {
	case CELL_NULL:
		break;
	case CELL_INT:
		sqlite3_result_int64(context, cell->integer);
		break;
	case CELL_TEXT:
		if (utf8_valid(cell->bytes, cell->size) == cell->size) {
			sqlite3_result_text64(context, cell->size ? cell->bytes : "", cell->size, SQLITE_TRANSIENT,
					      SQLITE_UTF8);
		} else {
			buf_scrub(&clean, cell->bytes, cell->size);
			function_text(context, &clean);
			buf_free(&clean);
		}
		break;
	case CELL_BLOB:
		sqlite3_result_blob64(context, cell->size ? cell->bytes : "", cell->size, SQLITE_TRANSIENT);
		break;
	case CELL_PRINTABLE:
		function_printable(context, cell->bytes, cell->size);
		break;
	case CELL_VALUE:
		function_value(context, cell->value);
		break;
	}
	return SQLITE_OK;
}

static const sqlite3_module tab_module = {
	.xConnect = tab_connect, /* and no xCreate: nobody's schema can make such a table */
	.xBestIndex = tab_best,
	.xDisconnect = tab_disconnect,
	.xOpen = tab_open,
	.xClose = tab_close,
	.xFilter = tab_filter,
	.xNext = tab_next,
	.xEof = tab_eof,
	.xColumn = tab_column,
	.xRowid = tab_rowid,
};

int tabs_register(sqlite3 *db, const struct sql_context *context)
{
	static const struct tab *const tabs[] = {
		&abx_each_tab, &cookies_tab, &file_lines_tab, &leveldb_tab, &nskeyed_each_tab, &plist_each_tab,
		&plist_tree_tab, &protobuf_each_tab, &segb_tab, &xml_each_tab,
	};
	int rc = SQLITE_OK;
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs && rc == SQLITE_OK; i++) {
		struct module *m = malloc(sizeof *m);
		if (!m)
			return SQLITE_NOMEM;
		*m = (struct module){ tabs[i], context };
		rc = sqlite3_create_module_v2(db, tabs[i]->name, &tab_module, m, free); /* frees it on failure too */
	}
	return rc;
}
