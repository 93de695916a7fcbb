/* The rows that no query sees any more, as tables beside the live ones: each table that an artifact names and of which rows came back gets a
 * temporary table of them. Its keys are negative and stand for where and how a row was found; they ascend with rowid and time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examine/worker_inside.h"

/* Above all keys, so that none is ever positive; tables take stretches of what lies below. */
static const int64_t KEY_FIRST = -((int64_t)1 << 40);

enum { RECOVER_MEMORY = 192 << 20, COLUMNS_NAMED_MOST = 12, FEW_ROWS = 64, INDEXES_MOST = 8, KEYS_NAMED_MOST = 20 };

static void recover_note(void *context, uint64_t offset, const char *reason)
{
	struct worker *w = context;
	struct buf line = { .limit = 1000 };
	buf_printf(&line, "deleted rows: %s", reason);
	send_note(w, "", offset, line.data ? line.data : reason);
	buf_free(&line);
}

void recovery_open(struct worker *w)
{
	/* As the views read: a hot journal is rolled back. */
	static const struct recover_limits limits = { .memory = RECOVER_MEMORY, .brief = true, .hot_journal = true };
	enum err e = recover_open(w->inputs[0], w->inputs[1], w->inputs[2], &limits, recover_note, w, &w->engine);
	if (e) {
		w->engine = NULL;
		recover_note(w, 0, err_message()[0] ? err_message() : err_text(e));
	}
}

int64_t recovery_rows(const struct worker *w, const char *table)
{
	int64_t n = 0;
	for (int i = 0; w->engine && i < recover_tables(w->engine); i++) {
		const struct recover_table *t = recover_table_at(w->engine, i);
		if (t->name && sqlite3_stricmp(t->name, table) == 0)
			n += (int64_t)t->recovered;
	}
	return n;
}

/* --- gathering --- */

struct gather {
	struct recovered_table *t;
	sqlite3_stmt *insert;
	int *column_of; /* table's column → parameter, of the engine's table at work; -1: none */
	int column_room;
	int64_t arrived;
	int64_t *rank; /* arrival → place */
	bool failed;
};

static enum err row_note(void *context, const struct recover_row *row)
{
	struct gather *g = context;
	struct recovered_table *t = g->t;
	if (t->count == t->room) {
		int64_t room = t->room ? t->room * 2 : 64;
		struct recovered_row *rows = realloc(t->rows, sizeof *rows * (size_t)room);
		if (!rows)
			return ERR_NOMEM;
		t->rows = rows;
		t->room = room;
	}
	struct recovered_row *r = &t->rows[t->count];
	*r = (struct recovered_row){ .rowid = row->rowid, .rowid_known = row->rowid_known, .state = (uint8_t)row->state, .fate = (uint8_t)row->fate,
				     .confidence = (uint16_t)(row->confidence * 1000 + 0.5), .page = row->page, .frame = row->frame, .offset = row->offset,
				     .sequence = row->sequence, .arrival = t->count, .keyed = row->rowid_known };
	t->count++;
	struct buf why = { .limit = 1500 };
	buf_text(&why, row->reason);
	if (row->also && row->also->name)
		buf_printf(&why, "; fits table %s as well", row->also->name);
	int named = 0;
	for (int i = 0; i < row->count; i++) {
		const struct recover_value *v = &row->values[i];
		if (!v->lost && !v->cut && !v->inferred)
			continue;
		r->cut |= v->cut;
		if (named++ == COLUMNS_NAMED_MOST) {
			buf_text(&why, "; …");
			break;
		}
		buf_printf(&why, "; %s %s", row->table->schema.columns[i].name, v->lost ? "lost" : v->cut ? "cut" : "of a concluded type");
	}
	r->reason_at = t->reasons.size;
	buf_add(&t->reasons, why.data ? why.data : "", why.size);
	r->reason_size = (uint32_t)(t->reasons.size - r->reason_at);
	buf_free(&why);
	return t->reasons.failed ? ERR_NOMEM : OK;
}

/* By rowid, then time, then place: versions of a row follow one another. */
static int by_row(const void *a, const void *b)
{
	const struct recovered_row *x = a, *y = b;
	if (x->rowid_known != y->rowid_known)
		return x->rowid_known ? -1 : 1;
	if (x->rowid != y->rowid)
		return x->rowid < y->rowid ? -1 : 1;
	if (x->sequence != y->sequence)
		return x->sequence < y->sequence ? -1 : 1;
	return x->arrival < y->arrival ? -1 : 1;
}

static int value_bind(sqlite3_stmt *q, int i, const struct recover_value *v)
{
	switch (v->type) {
	case RECOVER_INT:
		return sqlite3_bind_int64(q, i, v->integer);
	case RECOVER_REAL:
		return sqlite3_bind_double(q, i, v->real);
	case RECOVER_TEXT:
		return sqlite3_bind_text64(q, i, v->bytes ? v->bytes : "", v->size, SQLITE_STATIC, SQLITE_UTF8);
	case RECOVER_BLOB:
		return v->size ? sqlite3_bind_blob64(q, i, v->bytes, v->size, SQLITE_STATIC) : sqlite3_bind_zeroblob(q, i, 0);
	default:
		return sqlite3_bind_null(q, i);
	}
}

static enum err row_insert(void *context, const struct recover_row *row)
{
	struct gather *g = context;
	if (g->arrived >= g->t->count)
		return ERR_LIMIT;
	int64_t place = g->rank[g->arrived++];
	sqlite3_clear_bindings(g->insert);
	sqlite3_bind_int64(g->insert, 1, g->t->first + place);
	if (row->rowid_known)
		sqlite3_bind_int64(g->insert, 2, row->rowid);
	/* A row that fits another table as well is looked up by none. */
	sqlite3_bind_int(g->insert, 3, row->fate != RECOVER_EARLIER && !row->also);
	for (int i = 0; i < row->count && i < g->column_room; i++)
		if (g->column_of[i] > 0)
			value_bind(g->insert, g->column_of[i], &row->values[i]);
	int rc = sqlite3_step(g->insert);
	sqlite3_reset(g->insert);
	return rc == SQLITE_DONE ? OK : err_set(ERR_SQL, "a row of %s cannot be kept: result code %d", g->t->name, rc);
}

/* Calls `fn` for all rows of the tables of this name: of the present one and of those that earlier schemas had. */
static enum err rows_each(struct worker *w, struct gather *g, recover_row_fn *fn)
{
	enum err e = OK;
	for (int i = 0; !e && i < recover_tables(w->engine); i++) {
		const struct recover_table *t = recover_table_at(w->engine, i);
		if (!t->name || sqlite3_stricmp(t->name, g->t->name) != 0 || !t->recovered)
			continue;
		for (int c = 0; c < t->schema.count && c < g->column_room; c++) {
			g->column_of[c] = -1;
			for (int k = 0; k < g->t->column_count; k++)
				if (sqlite3_stricmp(t->schema.columns[c].name, g->t->columns[k]) == 0)
					g->column_of[c] = k + 4;
		}
		e = recover_rows(w->engine, t, fn, g);
	}
	return e;
}

static const char *affinity_name(const char *declared)
{
	/* SQLite's own rules, in their order (datatype3.html, 3.1). */
	static const char *const rules[][2] = { { "INT", "INTEGER" }, { "CHAR", "TEXT" }, { "CLOB", "TEXT" }, { "TEXT", "TEXT" }, { "BLOB", "BLOB" },
						{ "REAL", "REAL" }, { "FLOA", "REAL" }, { "DOUB", "REAL" } };
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		for (const char *p = declared; *p; p++)
			if (sqlite3_strnicmp(p, rules[i][0], (int)strlen(rules[i][0])) == 0)
				return rules[i][1];
	return *declared ? "NUMERIC" : "BLOB";
}

static bool column_add(struct recovered_table *t, const char *name, const char *type)
{
	char **columns = realloc(t->columns, sizeof *columns * (size_t)(t->column_count + 1));
	if (!columns)
		return false;
	t->columns = columns;
	if (!(columns[t->column_count] = strdup(name)))
		return false;
	t->column_count++;
	buf_text(&t->declared, ", ");
	name_quote(&t->declared, name);
	buf_printf(&t->declared, " %s", affinity_name(type ? type : ""));
	return !t->declared.failed;
}

static bool rowid_there(struct worker *w, const char *table)
{
	struct buf sql = { 0 };
	sqlite3_stmt *q = NULL;
	buf_printf(&sql, "SELECT %s FROM main.", rowid_word(w, "main", table));
	name_quote(&sql, table);
	bool there = !sql.failed && sqlite3_prepare_v2(w->db, sql.data, -1, &q, NULL) == SQLITE_OK;
	sqlite3_finalize(q);
	buf_free(&sql);
	return there;
}

/* The columns that `SELECT *` of the live table gives; of a table that is gone, those of its last schema. */
static bool columns_read(struct worker *w, struct recovered_table *t)
{
	sqlite3_stmt *q = NULL;
	bool ok = sqlite3_prepare_v2(w->db, "SELECT name, type FROM pragma_table_xinfo(?1, 'main') WHERE hidden <> 1 ORDER BY cid", -1, &q, NULL) == SQLITE_OK;
	if (ok)
		sqlite3_bind_text(q, 1, t->name, -1, SQLITE_STATIC);
	while (ok && sqlite3_step(q) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(q, 0);
		ok = name && column_add(t, name, (const char *)sqlite3_column_text(q, 1));
	}
	sqlite3_finalize(q);
	t->live = t->column_count > 0;
	t->with_rowid = ok && t->live && rowid_there(w, t->name);
	t->rowid = rowid_word(w, "main", t->name);
	for (int i = 0; ok && !t->live && !t->column_count && i < recover_tables(w->engine); i++) {
		const struct recover_table *gone = recover_table_at(w->engine, i);
		if (gone->name && sqlite3_stricmp(gone->name, t->name) == 0 && gone->recovered)
			for (int c = 0; ok && c < gone->schema.count; c++)
				ok = column_add(t, gone->schema.columns[c].name, gone->schema.columns[c].type);
	}
	return ok && t->column_count;
}

static enum err table_fill(struct worker *w, struct recovered_table *t)
{
	struct buf sql = { 0 };
	struct gather g = { .t = t, .column_room = SCHEMA_COLUMNS };
	enum err e = OK;
	if (!columns_read(w, t))
		return err_set(ERR_SQL, "its columns cannot be read");
	buf_printf(&sql, "CREATE TEMP TABLE \"%s\"(_origin INTEGER PRIMARY KEY, _key INTEGER, _side INTEGER", t->temp);
	buf_add(&sql, t->declared.data, t->declared.size);
	buf_char(&sql, ')');
	if (sql.failed || sqlite3_exec(w->db, sql.data, NULL, NULL, NULL) != SQLITE_OK)
		e = err_set(ERR_SQL, "%s", sqlite3_errmsg(w->db));
	buf_clear(&sql);
	buf_printf(&sql, "INSERT INTO temp.\"%s\" VALUES(?,?,?", t->temp);
	for (int i = 0; i < t->column_count; i++)
		buf_text(&sql, ",?");
	buf_char(&sql, ')');
	if (!e && (sql.failed || sqlite3_prepare_v2(w->db, sql.data, -1, &g.insert, NULL) != SQLITE_OK))
		e = err_set(ERR_SQL, "%s", sqlite3_errmsg(w->db));
	buf_free(&sql);
	g.column_of = calloc(SCHEMA_COLUMNS, sizeof *g.column_of);
	if (!e)
		e = g.column_of ? rows_each(w, &g, row_note) : ERR_NOMEM;
	if (!e && t->count)
		qsort(t->rows, (size_t)t->count, sizeof *t->rows, by_row);
	g.rank = malloc(sizeof *g.rank * (size_t)(t->count + 1));
	for (int64_t i = 0; g.rank && i < t->count; i++)
		g.rank[t->rows[i].arrival] = i;
	t->first = w->recovered_next;
	w->recovered_next += t->count;
	if (!e)
		e = g.rank ? rows_each(w, &g, row_insert) : ERR_NOMEM;
	sqlite3_finalize(g.insert);
	free(g.column_of);
	free(g.rank);
	return e;
}

bool recovered_column(const struct recovered_table *t, const char *name)
{
	for (int i = 0; i < t->column_count; i++)
		if (sqlite3_stricmp(t->columns[i], name) == 0)
			return true;
	return false;
}

/* The column sets of which no two rows have the same: a look-up by one finds one row. */
static void uniques_read(struct worker *w, struct recovered_table *t)
{
	/* The rowid's alias has no index of its own. */
	static const char sets[] = "SELECT -1, name FROM pragma_table_xinfo(?1, 'main') x WHERE pk AND NOT EXISTS (SELECT 1 FROM pragma_index_list(?1, 'main') WHERE origin = 'pk')"
				   " UNION ALL SELECT l.seq, i.name FROM pragma_index_list(?1, 'main') l, pragma_index_info(l.name, 'main') i WHERE l.\"unique\" AND NOT l.partial"
				   " ORDER BY 1";
	sqlite3_stmt *q = NULL;
	int last = -2;
	struct unique *u = NULL;
	if (sqlite3_prepare_v2(w->db, sets, -1, &q, NULL) != SQLITE_OK)
		return;
	sqlite3_bind_text(q, 1, t->name, -1, SQLITE_STATIC);
	while (sqlite3_step(q) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(q, 1);
		int k = 0;
		while (name && k < t->column_count && sqlite3_stricmp(name, t->columns[k]) != 0)
			k++;
		if (sqlite3_column_int(q, 0) != last) {
			last = sqlite3_column_int(q, 0);
			u = t->unique_count < UNIQUE_MOST ? &t->uniques[t->unique_count++] : NULL;
		}
		if (!u)
			continue;
		if (u->count == UNIQUE_COLUMNS_MOST)
			u->columns[0] = -1; /* wider than we keep: never met */
		else
			u->columns[u->count++] = name ? k : -1;
	}
	sqlite3_finalize(q);
}

static bool unique_whole(const struct unique *u)
{
	for (int i = 0; i < u->count; i++)
		if (u->columns[i] < 0)
			return false;
	return u->count > 0;
}

/* Rows whose rowid was destroyed, but of which a key of another kind stands: where a live row has it, this is an earlier version of that one, else
 * its row is gone. */
static enum err keys_settle(struct worker *w, struct recovered_table *t, const struct unique *u)
{
	struct buf sql = { 0 };
	sqlite3_stmt *q = NULL, *set = NULL;
	buf_printf(&sql, "SELECT r._origin, (SELECT o.%s FROM main.", t->rowid);
	name_quote(&sql, t->name);
	buf_text(&sql, " o WHERE 1");
	for (int i = 0; i < u->count; i++) {
		buf_text(&sql, " AND o.");
		name_quote(&sql, t->columns[u->columns[i]]);
		buf_text(&sql, " = r.");
		name_quote(&sql, t->columns[u->columns[i]]);
	}
	buf_printf(&sql, ") FROM temp.\"%s\" r WHERE r._key IS NULL", t->temp);
	for (int i = 0; i < u->count; i++) {
		buf_text(&sql, " AND r.");
		name_quote(&sql, t->columns[u->columns[i]]);
		buf_text(&sql, " IS NOT NULL");
	}
	bool ok = !sql.failed && sqlite3_prepare_v2(w->db, sql.data, -1, &q, NULL) == SQLITE_OK;
	while (ok && sqlite3_step(q) == SQLITE_ROW) {
		int64_t place = sqlite3_column_int64(q, 0) - t->first;
		if (place < 0 || place >= t->count || t->rows[place].cut || t->rows[place].fate != RECOVER_UNSURE)
			continue;
		bool live = sqlite3_column_type(q, 1) != SQLITE_NULL;
		t->rows[place].fate = live ? RECOVER_EARLIER : RECOVER_DELETED;
		t->rows[place].rowid_known = live;
		t->rows[place].rowid = live ? sqlite3_column_int64(q, 1) : 0;
	}
	sqlite3_finalize(q);
	buf_clear(&sql);
	buf_printf(&sql, "UPDATE temp.\"%s\" SET _key = ?2, _side = 0 WHERE _origin = ?1", t->temp);
	ok = ok && !sql.failed && sqlite3_prepare_v2(w->db, sql.data, -1, &set, NULL) == SQLITE_OK;
	for (int64_t i = 0; ok && i < t->count; i++)
		if (t->rows[i].fate == RECOVER_EARLIER && !t->rows[i].keyed) {
			t->rows[i].keyed = true;
			sqlite3_bind_int64(set, 1, t->first + i);
			sqlite3_bind_int64(set, 2, t->rows[i].rowid);
			ok = sqlite3_step(set) == SQLITE_DONE;
			sqlite3_reset(set);
		}
	sqlite3_finalize(set);
	buf_free(&sql);
	return ok ? OK : err_set(ERR_SQL, "%s", sqlite3_errmsg(w->db));
}

struct recovered_table *recovery_table(struct worker *w, const char *name)
{
	for (int i = 0; i < w->recovered_count; i++)
		if (sqlite3_stricmp(w->recovered[i]->name, name) == 0)
			return w->recovered[i]->failed ? NULL : w->recovered[i];
	if (!recovery_rows(w, name))
		return NULL;
	struct recovered_table **more = realloc(w->recovered, sizeof *more * (size_t)(w->recovered_count + 1));
	struct recovered_table *t = more ? calloc(1, sizeof *t) : NULL;
	if (more)
		w->recovered = more;
	if (!t || !(t->name = strdup(name))) {
		free(t);
		return NULL;
	}
	if (!w->recovered_next)
		w->recovered_next = KEY_FIRST;
	snprintf(t->temp, sizeof t->temp, "custos recovered %d", w->recovered_count);
	t->number = w->recovered_count;
	more[w->recovered_count++] = t;
	enum err e = table_fill(w, t);
	if (!e && t->live)
		uniques_read(w, t);
	for (int i = 0; !e && i < t->unique_count; i++)
		if (t->with_rowid && unique_whole(&t->uniques[i]))
			e = keys_settle(w, t, &t->uniques[i]);
	if (e) {
		struct buf line = { 0 };
		buf_printf(&line, "%lld deleted rows of table %s cannot be shown: %s", (long long)recovery_rows(w, name), name, err_message()[0] ? err_message() : err_text(e));
		send_note(w, "", 0, line.data ? line.data : "deleted rows cannot be shown");
		buf_free(&line);
		t->failed = true;
		return NULL;
	}
	return t;
}

const struct recovered_row *recovery_row(const struct worker *w, int64_t key, const struct recovered_table **ret)
{
	for (int i = 0; i < w->recovered_count; i++) {
		const struct recovered_table *t = w->recovered[i];
		if (!t->failed && key >= t->first && key - t->first < t->count) {
			*ret = t;
			return &t->rows[key - t->first];
		}
	}
	return NULL;
}

/* --- which recovered rows may be looked up beside the live ones --- */

bool recovery_side(struct worker *w, struct recovered_table *t)
{
	if (t->side_ready)
		return t->side_ok;
	t->side_ready = true;
	/* Of the versions of a deleted row the last one. */
	struct buf sql = { 0 };
	buf_printf(&sql, "CREATE INDEX temp.\"%s keys\" ON \"%s\"(_key); UPDATE temp.\"%s\" AS r SET _side = 0 WHERE _side"
		   " AND EXISTS (SELECT 1 FROM temp.\"%s\" o WHERE o._key = r._key AND o._side AND o._origin > r._origin)", t->temp, t->temp, t->temp, t->temp);
	t->side_ok = !sql.failed && sqlite3_exec(w->db, sql.data, NULL, NULL, NULL) == SQLITE_OK;
	buf_free(&sql);
	return t->side_ok;
}

void recovery_index(struct worker *w, const struct recovered_table *t, const struct need_table *needs)
{
	if (t->count < FEW_ROWS)
		return;
	int made = 0;
	/* The columns that the variant names; where it names none, the first ones: keys stand there. */
	for (int k = 0; k < t->column_count && made < INDEXES_MOST; k++) {
		bool named = !needs->columns;
		for (const struct need_column *c = needs->columns; c && !named; c = c->next)
			named = sqlite3_stricmp(c->name, t->columns[k]) == 0;
		if (!named)
			continue;
		struct buf sql = { 0 };
		buf_printf(&sql, "CREATE INDEX IF NOT EXISTS temp.\"%s column %d\" ON \"%s\"(", t->temp, k, t->temp);
		name_quote(&sql, t->columns[k]);
		buf_char(&sql, ')');
		if (!sql.failed)
			sqlite3_exec(w->db, sql.data, NULL, NULL, NULL); /* without it, it is only slower */
		buf_free(&sql);
		made++;
	}
}

void recovery_reused(struct worker *w, struct recovered_table *t, const struct need_table *needs)
{
	if (t->reuse_told || !t->with_rowid || !needs->columns)
		return;
	t->reuse_told = true;
	struct buf sql = { 0 }, line = { 0 };
	sqlite3_stmt *q = NULL;
	buf_printf(&sql, "SELECT DISTINCT r._key FROM temp.\"%s\" r JOIN main.", t->temp);
	name_quote(&sql, t->name);
	buf_printf(&sql, " o ON o.%s = r._key WHERE NOT (1", t->rowid);
	for (const struct need_column *c = needs->columns; c; c = c->next)
		if (recovered_column(t, c->name)) {
			buf_text(&sql, " AND r.");
			name_quote(&sql, c->name);
			buf_text(&sql, " IS o.");
			name_quote(&sql, c->name);
		}
	buf_char(&sql, ')');
	int64_t n = 0;
	if (!sql.failed && sqlite3_prepare_v2(w->db, sql.data, -1, &q, NULL) == SQLITE_OK)
		while (sqlite3_step(q) == SQLITE_ROW)
			if (n++ < KEYS_NAMED_MOST)
				buf_printf(&line, "%s%lld", n > 1 ? ", " : "", sqlite3_column_int64(q, 0));
	sqlite3_finalize(q);
	if (n) {
		struct buf whole = { 0 };
		buf_printf(&whole, "rows of %s had other values before, or their numbers belonged to others (%s%s): whom a deleted record names by one of them may not be whom it meant",
			   t->name, line.data ? line.data : "", n > KEYS_NAMED_MOST ? ", …" : "");
		send_note(w, "", 0, whole.data ? whole.data : "");
		buf_free(&whole);
	}
	buf_free(&line);
	buf_free(&sql);
}

void recovery_unread(struct worker *w)
{
	struct buf line = { .limit = 1500 };
	uint64_t all = 0;
	for (int i = 0; w->engine && i < recover_tables(w->engine); i++) {
		const struct recover_table *t = recover_table_at(w->engine, i);
		bool shown = false;
		for (int k = 0; t->name && k < w->recovered_count; k++)
			shown |= w->recovered[k]->drove && sqlite3_stricmp(w->recovered[k]->name, t->name) == 0;
		if (!t->recovered || shown)
			continue;
		all += t->recovered;
		struct buf clean = { .limit = 200 };
		buf_scrub(&clean, t->name ? t->name : "no known table", strnlen(t->name ? t->name : "no known table", 150));
		if (line.size < 1200)
			buf_printf(&line, "%s%s (%llu)", line.size ? ", " : "", clean.data, (unsigned long long)t->recovered);
		else if (line.data[line.size - 1] != 's')
			buf_text(&line, " and others");
		buf_free(&clean);
	}
	if (all) {
		struct buf whole = { 0 };
		buf_printf(&whole, "%llu deleted rows or earlier versions came back that no artifact shows: %s. custos recover on this file lists them", (unsigned long long)all,
			   line.data ? line.data : "");
		send_note(w, "", 0, whole.data ? whole.data : "");
		buf_free(&whole);
	}
	buf_free(&line);
}
