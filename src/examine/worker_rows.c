#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examine/wire.h"
#include "examine/worker_inside.h"
#include "formats/sqlite_place.h"

enum { RESULT_COLUMNS_MOST = 40, SEEN_PAGE = 1 << 15, SEEN_PAGES = 1 << 16, ROW_MOST = 32 << 20 };

/* Which rowids gave a record: a bitmap of pages made on demand, for rowids below 2^31. */
struct seen {
	uint64_t **pages;
	int64_t count;
	bool partial; /* some rowid was too large to be counted */
};

static void seen_add(struct seen *s, int64_t row)
{
	if (row < 0 || row >= (int64_t)SEEN_PAGE * SEEN_PAGES || (!s->pages && !(s->pages = calloc(SEEN_PAGES, sizeof *s->pages)))) {
		s->partial = true;
		return;
	}
	uint64_t **page = &s->pages[row / SEEN_PAGE];
	if (!*page && !(*page = calloc(SEEN_PAGE / 64, 8))) {
		s->partial = true;
		return;
	}
	uint64_t *word = &(*page)[row % SEEN_PAGE / 64], bit = 1ull << (row % 64);
	s->count += !(*word & bit);
	*word |= bit;
}

static void seen_free(struct seen *s)
{
	for (int i = 0; s->pages && i < SEEN_PAGES; i++)
		free(s->pages[i]);
	free(s->pages);
}

/* Which contents were shown of which row: 64-bit hashes of both. */
struct shown {
	uint64_t *slots; /* 0: free */
	size_t room, count;
};

/* True when it was not there before. Out of memory: always. */
static bool shown_add(struct shown *s, uint64_t hash)
{
	hash += !hash;
	if (s->count * 2 >= s->room) {
		struct shown more = { .room = s->room ? s->room * 2 : 1024, .count = s->count };
		more.slots = calloc(more.room, sizeof *more.slots);
		if (!more.slots)
			return true;
		for (size_t i = 0; i < s->room; i++) {
			size_t at = s->slots[i] & (more.room - 1);
			while (s->slots[i] && more.slots[at])
				at = (at + 1) & (more.room - 1);
			if (s->slots[i])
				more.slots[at] = s->slots[i];
		}
		free(s->slots);
		*s = more;
	}
	size_t at = hash & (s->room - 1);
	for (; s->slots[at]; at = (at + 1) & (s->room - 1))
		if (s->slots[at] == hash)
			return false;
	s->slots[at] = hash;
	s->count++;
	return true;
}

/* What a result column is for. */
enum { TO_NOTHING = -1, TO_ORIGIN = -2, TO_APP = -3, TO_ACCOUNT = -4 };

struct rows {
	struct worker *w;
	const struct artifact *a;
	const struct recovered_table *rows; /* NULL: live ones */
	struct placer *placer; /* of the driving table's live rows; NULL: they have no place */
	sqlite3_stmt *q;
	int columns;                          /* of the result */
	int to[RESULT_COLUMNS_MOST];          /* kind column, or one of TO_* */
	int from[KIND_COLUMNS_MOST];          /* kind column → result column, or -1 */
	int origin, app, account, own;        /* result columns, or -1; own: the kind's count */
	int64_t unfit[KIND_COLUMNS_MOST];     /* values dropped because they do not fit the column */
	int64_t records, in_batch;
	size_t mark, count_at;                /* the open 'D' frame */
	struct buf row;
	size_t content; /* where in `row` the record's own content begins */
	struct seen seen;
	struct shown shown; /* of recovered rows and of the live ones under their keys */
	bool back;          /* the row at hand is a recovered one */
	int64_t strange;    /* rows of the recovered pass that are none */
	int64_t alike;      /* versions that differ only in what the record does not hold */
	bool looking;       /* the pass that learns what the live rows show */
};

static enum err columns_map(struct rows *r)
{
	r->columns = sqlite3_column_count(r->q);
	if (r->columns > RESULT_COLUMNS_MOST)
		return err_set(ERR_SQL, "the query has more than %d columns", RESULT_COLUMNS_MOST);
	r->origin = r->app = r->account = -1;
	r->own = kind_columns(r->a->kind);
	for (int k = 0; k < KIND_COLUMNS_MOST; k++)
		r->from[k] = -1;
	for (int i = 0; i < r->columns; i++) {
		const char *name = sqlite3_column_name(r->q, i);
		int k = name ? kind_column(r->a->kind, name) : -1;
		if (name && strcmp(name, "_origin") == 0)
			r->origin = i;
		else if (name && strcmp(name, "app") == 0)
			r->app = i;
		else if (name && strcmp(name, "account") == 0)
			r->account = i;
		else if (k < 0 || r->from[k] >= 0)
			return err_set(ERR_SQL, "column %s is %s of the record kind %s", name ? name : "?", k < 0 ? "none" : "given twice", r->a->kind->name);
		else
			r->from[k] = i;
	}
	return r->origin >= 0 ? OK : err_set(ERR_SQL, "the query does not select _origin");
}

static void put_text(struct rows *r, const char *text, size_t size)
{
	/* All texts of a row fit into a frame together; what had to be cut is said by unfit_note(). */
	size_t most = r->row.size < ROW_MOST ? ROW_MOST - r->row.size : 0;
	if (most > WIRE_TEXT_MOST)
		most = WIRE_TEXT_MOST;
	if (size > most) {
		size = utf8_valid(text, most);
		r->w->cut++;
	}
	wire_u8(&r->row, WIRE_CELL_TEXT);
	if (utf8_valid(text, size) == size) {
		wire_text(&r->row, text, size);
		return;
	}
	struct buf clean = { 0 };
	buf_scrub(&clean, text, size);
	if (clean.size > most) {
		clean.size = utf8_valid(clean.data, most);
		r->w->cut++;
	}
	wire_text(&r->row, clean.data, clean.size);
	buf_free(&clean);
}

static void put_number(struct rows *r, int k, sqlite3_value *v)
{
	const struct column *c = &r->a->kind->columns[k];
	int type = sqlite3_value_numeric_type(v);
	if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) {
		r->unfit[k]++;
		wire_u8(&r->row, WIRE_CELL_NULL);
		return;
	}
	if (c->type == COLUMN_REAL) {
		double d = sqlite3_value_double(v);
		if (!isfinite(d)) {
			r->unfit[k]++;
			wire_u8(&r->row, WIRE_CELL_NULL);
			return;
		}
		wire_u8(&r->row, WIRE_CELL_REAL);
		wire_real(&r->row, d == 0 ? 0 : d); /* no negative zero: SQLite would not keep it */
		return;
	}
	double d = type == SQLITE_FLOAT ? sqlite3_value_double(v) : 0;
	if (type == SQLITE_FLOAT && !(fabs(d) < 9e18)) {
		r->unfit[k]++;
		wire_u8(&r->row, WIRE_CELL_NULL);
		return;
	}
	int64_t i = type == SQLITE_FLOAT ? (int64_t)d : sqlite3_value_int64(v);
	wire_u8(&r->row, WIRE_CELL_INT);
	wire_i64(&r->row, c->type == COLUMN_BOOL ? i != 0 : i);
}

static void put_value(struct rows *r, int k)
{
	const struct column *c = &r->a->kind->columns[k];
	sqlite3_value *v = r->from[k] < 0 ? NULL : sqlite3_column_value(r->q, r->from[k]);
	if (!v || sqlite3_value_type(v) == SQLITE_NULL) {
		wire_u8(&r->row, WIRE_CELL_NULL);
		return;
	}
	if (c->type == COLUMN_INT || c->type == COLUMN_BOOL || c->type == COLUMN_TIME || c->type == COLUMN_REAL) {
		put_number(r, k, v);
		return;
	}
	/* A blob where text is expected is text in an unknown coding: kept when it is UTF-8, said so when it is not. */
	const char *text = sqlite3_value_type(v) == SQLITE_BLOB ? sqlite3_value_blob(v) : (const char *)sqlite3_value_text(v);
	size_t size = (size_t)sqlite3_value_bytes(v);
	if (!text || (c->type == COLUMN_TEXT && sqlite3_value_type(v) == SQLITE_BLOB && utf8_valid(text, size) != size))
		r->unfit[k]++;
	uint32_t number = 0;
	if (text && c->type == COLUMN_SELECTOR)
		number = send_selector(r->w, r->a, c, text, size);
	else if (text && c->type == COLUMN_SELECTORS)
		number = send_list(r->w, r->a, c, text, size);
	else if (text) {
		put_text(r, text, size);
		return;
	}
	wire_u8(&r->row, !number ? WIRE_CELL_NULL : c->type == COLUMN_SELECTOR ? WIRE_CELL_SELECTOR : WIRE_CELL_LIST);
	if (number)
		wire_u32(&r->row, number);
}

static void batch_end(struct rows *r)
{
	if (!r->in_batch)
		return;
	struct buf *f = &r->w->frame;
	if (!f->failed)
		for (int i = 0; i < 4; i++)
			f->data[r->count_at + (size_t)i] = (char)((uint64_t)r->in_batch >> (8 * i));
	wire_end(f, r->mark);
	r->in_batch = 0;
	r->w->batch_open = false;
	buf_add(f, r->w->later.data, r->w->later.size);
	buf_clear(&r->w->later);
	send_flush(r->w, 1);
}

/* Where the row lies, and how it was found. */
static void put_origin(struct rows *r, int64_t *ret_row)
{
	bool located = sqlite3_column_type(r->q, r->origin) != SQLITE_NULL;
	int64_t row = located ? sqlite3_column_int64(r->q, r->origin) : INT64_MIN;
	const struct recovered_table *t = NULL;
	const struct recovered_row *back = r->rows && located && !r->looking ? recovery_row(r->w, row, &t) : NULL;
	r->back = back != NULL;
	if (located && !r->looking)
		seen_add(&r->seen, back ? row - r->rows->first : row);
	if (back)
		row = back->rowid_known ? back->rowid : INT64_MIN;
	*ret_row = row;
	struct place place = { 0 };
	if (back)
		place = (struct place){ .page = back->page, .frame = back->frame, .offset = back->offset };
	else if (r->placer && located && !place_find(r->placer, row, &place))
		place = (struct place){ 0 };
	wire_i64(&r->row, row);
	wire_u8(&r->row, back ? back->state : 0);
	wire_u32(&r->row, place.page);
	wire_i64(&r->row, place.part == SQLITE_PART_JOURNAL ? 0 : (int64_t)place.offset);
	wire_u32(&r->row, place.frame);
	if (!back)
		return;
	wire_u8(&r->row, back->fate);
	wire_u16(&r->row, back->confidence);
	/* Where the results were sorted, all look-ups came before the first: then a note says it. */
	bool sorted = sqlite3_stmt_status(r->q, SQLITE_STMTSTATUS_SORT, 0) > 0;
	wire_u32(&r->row, back->reason_size + (uint32_t)(sorted ? 0 : r->w->reused.size));
	buf_add(&r->row, t->reasons.data + back->reason_at, back->reason_size);
	if (!sorted)
		buf_add(&r->row, r->w->reused.data, r->w->reused.size);
}

static void row_send(struct rows *r)
{
	struct worker *w = r->w;
	/* The row is built aside, because a new selector's own frame goes first. */
	int64_t rowid;
	buf_clear(&r->row);
	put_origin(r, &rowid);
	r->content = r->row.size;
	const char *app = r->app >= 0 ? (const char *)sqlite3_column_text(r->q, r->app) : NULL;
	size_t app_size = app ? (size_t)sqlite3_column_bytes(r->q, r->app) : 0;
	wire_text(&r->row, app && app_size < 256 && utf8_valid(app, app_size) == app_size ? app : NULL, app_size);
	const char *account = r->account >= 0 ? (const char *)sqlite3_column_text(r->q, r->account) : NULL;
	struct buf rows_frame = w->frame;
	bool open = r->in_batch > 0;
	if (open) { /* park the open batch: frames of new selectors must not land inside it */
		w->frame = (struct buf){ 0 };
		w->batch_open = false;
	}
	wire_u32(&r->row, account ? send_selector(w, r->a, NULL, account, (size_t)sqlite3_column_bytes(r->q, r->account)) : 0);
	for (int k = 0; k < r->own; k++)
		put_value(r, k);
	if (open) {
		struct buf new = w->frame;
		w->frame = rows_frame;
		w->batch_open = true;
		if (new.size) {
			batch_end(r);
			buf_add(&w->frame, new.data, new.size);
		}
		buf_free(&new);
	}
	if (r->rows && !r->looking && !r->back) {
		r->strange++; /* a query whose _origin is none of the recovered rows' */
		return;
	}
	if (r->rows && rowid != INT64_MIN && !r->row.failed) {
		uint64_t hash = text_hash(r->row.data + r->content, r->row.size - r->content) ^ (uint64_t)rowid * 0x9e3779b97f4a7c15u;
		bool new = shown_add(&r->shown, hash);
		r->alike += !new && !r->looking;
		if (!new)
			return;
	}
	if (r->looking)
		return;
	if (!r->in_batch) {
		r->mark = wire_begin(&w->frame, 'D');
		r->count_at = w->frame.size;
		w->batch_open = true;
		wire_u32(&w->frame, 0);
	}
	wire_u32(&w->frame, (uint32_t)r->row.size);
	buf_add(&w->frame, r->row.data, r->row.size);
	w->frame.failed |= r->row.failed;
	r->in_batch++;
	r->records++;
	if (w->frame.size >= WIRE_BATCH)
		batch_end(r);
}

static int64_t table_rows(struct worker *w, const char *table)
{
	struct buf sql = { 0 };
	sqlite3_stmt *q = NULL;
	int64_t n = -1;
	buf_text(&sql, "SELECT count(*) FROM main.");
	name_quote(&sql, table);
	if (!sql.failed && sqlite3_prepare_v2(w->db, sql.data, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	buf_free(&sql);
	return n;
}

static void unfit_note(struct rows *r)
{
	if (r->w->cut) {
		char line[120];
		snprintf(line, sizeof line, "%lld values were too long and are kept cut", (long long)r->w->cut);
		send_note(r->w, r->a->name, 0, line);
		r->w->cut = 0;
	}
	for (int k = 0; k < r->own; k++)
		if (r->unfit[k]) {
			char line[200];
			snprintf(line, sizeof line, "%lld values do not fit column %s and were left out of it", (long long)r->unfit[k],
				 r->a->kind->columns[k].name);
			send_note(r->w, r->a->name, 0, line);
		}
}

/* A way to where the driving table's live rows lie. Rows are shown without it where there is none. */
static struct placer *placer_of(struct worker *w, const char *table)
{
	static const char sql[] = "SELECT rootpage FROM main.sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE";
	struct placer *p = NULL;
	sqlite3_stmt *q = NULL;
	if (w->laid_over && sqlite3_prepare_v2(w->db, sql, -1, &q, NULL) == SQLITE_OK) {
		sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC);
		int64_t root = sqlite3_step(q) == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
		if (root > 0 && root <= UINT32_MAX && placer_open(w->laid_over, (uint32_t)root, &p))
			p = NULL;
	}
	sqlite3_finalize(q);
	return p;
}

/* Runs the query once over the views as they stand. */
static enum err rows_query(struct rows *r, const struct variant *v)
{
	struct worker *w = r->w;
	if (sqlite3_prepare_v2(w->db, v->sql, -1, &r->q, NULL) != SQLITE_OK)
		return err_set(ERR_SQL, "%s:%d: %s", r->a->path, v->line, sqlite3_errmsg(w->db));
	enum err e = r->q ? columns_map(r) : err_set(ERR_SQL, "%s:%d: there is no query", r->a->path, v->line);
	int rc = SQLITE_DONE;
	while (!e && !w->broken) {
		buf_clear(&w->reused);
		if ((rc = sqlite3_step(r->q)) != SQLITE_ROW)
			break;
		row_send(r);
	}
	batch_end(r);
	if (!e && rc != SQLITE_DONE && rc != SQLITE_ROW) {
		char line[600];
		snprintf(line, sizeof line, "reading stopped after %lld records: %s", (long long)r->records, sqlite3_errmsg(w->db));
		send_note(w, r->a->name, 0, line);
	}
	sqlite3_finalize(r->q);
	r->q = NULL;
	return e;
}

static enum err rows_pass(struct rows *r, const struct job_artifact *j, const struct variant *v, enum views views)
{
	r->looking = views == VIEWS_LIVE_OF_RECOVERED;
	enum err e = views_make(r->w, v, views, r->rows);
	if (!e)
		e = siblings_attach(r->w, r->a, j);
	if (!e)
		e = rows_query(r, v);
	views_drop(r->w, r->a);
	return e;
}

enum err rows_send(struct worker *w, const struct job_artifact *j, const struct variant *v, int number, const struct recovered_table *rows)
{
	struct rows r = { .w = w, .a = w->set->list[j->id], .rows = rows };
	size_t mark = wire_begin(&w->frame, 'R');
	wire_u16(&w->frame, (uint16_t)r.a->id);
	wire_u16(&w->frame, (uint16_t)number);
	wire_u8(&w->frame, rows != NULL);
	wire_string(&w->frame, v->needs ? v->needs->name : NULL);
	wire_end(&w->frame, mark);
	if (!rows && v->needs)
		r.placer = placer_of(w, v->needs->name);
	if (rows && rows->with_rowid)
		rows_pass(&r, j, v, VIEWS_LIVE_OF_RECOVERED); /* where it fails, versions that look alike are shown too */
	enum err e = rows_pass(&r, j, v, rows ? VIEWS_RECOVERED : VIEWS_LIVE);
	unfit_note(&r);
	if (r.alike) {
		char line[160];
		snprintf(line, sizeof line, "%lld earlier versions of rows differ from those shown only in columns that the record does not hold", (long long)r.alike);
		send_note(w, r.a->name, 0, line);
	}
	if (w->reused_count) {
		char line[200];
		snprintf(line, sizeof line, "%lld times a deleted record refers to a row whose key had other values at another time: who or what it names may be the later one",
			 (long long)w->reused_count);
		send_note(w, r.a->name, 0, line);
		w->reused_count = 0;
	}
	if (r.strange) {
		char line[160];
		snprintf(line, sizeof line, "%lld results over deleted rows name no row of the table and were left out", (long long)r.strange);
		send_note(w, r.a->name, 0, line);
	}
	mark = wire_begin(&w->frame, 'E');
	wire_i64(&w->frame, rows ? rows->count : v->needs ? table_rows(w, v->needs->name) : r.records);
	wire_i64(&w->frame, v->needs && (r.seen.partial || (!r.seen.count && r.records)) ? -1 : v->needs ? r.seen.count : r.records);
	wire_i64(&w->frame, r.records);
	wire_end(&w->frame, mark);
	placer_free(r.placer);
	seen_free(&r.seen);
	free(r.shown.slots);
	buf_free(&r.row);
	send_forget(w);
	send_flush(w, 1);
	return e;
}
