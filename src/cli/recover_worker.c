/* In the sandbox: reads the files and tells what was found. Frames as in examine/wire.h, with types of its own:
 *
 *	'G' progress   i64 bytes read, i64 of about how many
 *	'N' note       i64 offset, text reason
 *	'T' table      u8 live, i64 live rows, i64 recovered, text name, u16 columns, each: text name        numbered from 0
 *	'C' counts     u32 table, 7 × i64 rows by state
 *	'B' begin      u32 page size, u32 pages: all tables and counts were told
 *	'P' pages      u32 first, u32 count, each: u8 use, u32 owner (table; -1 none, -2 the schema)
 *	'R' row        u32 table, u32 also (-1: none), u8 rowid known, i64 rowid, u8 state, u8 fate, f64 confidence, text reason, u8 file, u32 page,
 *	               i64 offset, u32 frame, u32 sequence, u32 origins, u16 count, each: u8 type, u8 marks, then i64, f64 or text
 *	'F' failed     u32 -err, text reason
 *	'Z' done
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/recover.h"
#include "examine/wire.h"

enum { FLUSH = 1 << 16, VALUE_MOST = WIRE_TEXT_MOST, ROW_MOST = 48 << 20, PAGES_BATCH = 8192, PROGRESS_MS = 100 };

struct place { /* of a table in the list */
	const struct recover_table *table;
	uint32_t number;
};

struct worker {
	struct recover_order order;
	struct buf out;
	bool broken;
	uint64_t read, all; /* bytes */
	int64_t told;       /* when progress was told last, ms */
	struct recover *r;
	struct place *places; /* by address */
	int tables;
	uint64_t counts[RECOVER_STATES];
	uint64_t cut_values;
	int fd;
};

struct input {
	struct worker *w;
	int fd;
};

static void flush(struct worker *w, size_t least)
{
	if (w->out.size >= least && !w->broken)
		w->broken = !wire_write(w->fd, &w->out);
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Sent at once, so that the reader sees life; what else waits goes along. */
static void progress_tell(struct worker *w)
{
	int64_t now = now_ms();
	if (now - w->told < PROGRESS_MS)
		return;
	w->told = now;
	size_t mark = wire_begin(&w->out, 'G');
	wire_i64(&w->out, (int64_t)w->read);
	wire_i64(&w->out, (int64_t)w->all);
	wire_end(&w->out, mark);
	flush(w, 1);
}

static int64_t file_read(void *context, void *to, uint64_t offset, size_t size)
{
	struct input *in = context;
	ssize_t n = pread(in->fd, to, size, (off_t)offset);
	if (n > 0)
		in->w->read += (uint64_t)n;
	progress_tell(in->w);
	return n < 0 ? ERR_IO : n;
}

static void text_tell(struct buf *b, const char *text, size_t size)
{
	if (!text || utf8_valid(text, size) == size) {
		wire_text(b, text, size);
		return;
	}
	struct buf clean = { 0 };
	buf_scrub(&clean, text, size);
	wire_text(b, clean.data ? clean.data : "", clean.size);
	b->failed |= clean.failed;
	buf_free(&clean);
}

static void string_tell(struct buf *b, const char *text) { text_tell(b, text, text ? strlen(text) : 0); }

static void note_tell(void *context, uint64_t offset, const char *reason)
{
	struct worker *w = context;
	size_t mark = wire_begin(&w->out, 'N');
	wire_i64(&w->out, (int64_t)offset);
	string_tell(&w->out, reason);
	wire_end(&w->out, mark);
}

static int place_order(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t)((const struct place *)a)->table, y = (uintptr_t)((const struct place *)b)->table;
	return x < y ? -1 : x > y;
}

/* The table's number; -2: it is none of the list, so the schema. */
static uint32_t table_number(const struct worker *w, const struct recover_table *t)
{
	struct place key = { t, 0 }, *p = t ? bsearch(&key, w->places, (size_t)w->tables, sizeof key, place_order) : NULL;
	return p ? p->number : t ? (uint32_t)RECOVER_OWNER_SCHEMA : (uint32_t)RECOVER_OWNER_NONE;
}

static void value_tell(struct worker *w, const struct recover_value *v, size_t *room)
{
	size_t size = v->size;
	bool cut = v->cut;
	if ((v->type == RECOVER_TEXT || v->type == RECOVER_BLOB) && (size > VALUE_MOST || size > *room)) {
		size = *room < VALUE_MOST ? *room : VALUE_MOST;
		size = v->type == RECOVER_TEXT ? utf8_valid(v->bytes, size) : size;
		cut = true;
		w->cut_values++;
	}
	wire_u8(&w->out, (uint8_t)v->type);
	wire_u8(&w->out, (uint8_t)(v->lost | cut << 1 | v->inferred << 2 | v->absent << 3));
	if (v->type == RECOVER_INT) {
		wire_i64(&w->out, v->integer);
	} else if (v->type == RECOVER_REAL) {
		wire_real(&w->out, v->real);
	} else if (v->type == RECOVER_TEXT) {
		text_tell(&w->out, v->bytes ? v->bytes : "", size);
	} else if (v->type == RECOVER_BLOB) {
		wire_text(&w->out, v->bytes ? v->bytes : "", size);
	}
	*room -= v->type == RECOVER_TEXT || v->type == RECOVER_BLOB ? size : 0;
}

static enum err row_tell(void *context, const struct recover_row *row)
{
	struct worker *w = context;
	size_t room = ROW_MOST, mark = wire_begin(&w->out, 'R');
	wire_u32(&w->out, table_number(w, row->table));
	wire_u32(&w->out, table_number(w, row->also));
	wire_u8(&w->out, row->rowid_known);
	wire_i64(&w->out, row->rowid);
	wire_u8(&w->out, (uint8_t)row->state);
	wire_u8(&w->out, (uint8_t)row->fate);
	wire_real(&w->out, row->confidence);
	string_tell(&w->out, row->reason ? row->reason : "");
	wire_u8(&w->out, (uint8_t)row->file);
	wire_u32(&w->out, row->page);
	wire_i64(&w->out, (int64_t)row->offset);
	wire_u32(&w->out, row->frame);
	wire_u32(&w->out, row->sequence);
	wire_u32(&w->out, row->origins);
	wire_u16(&w->out, (uint16_t)row->count);
	for (int i = 0; i < row->count; i++)
		value_tell(w, &row->values[i], &room);
	wire_end(&w->out, mark);
	if (w->out.failed)
		return ERR_NOMEM;
	flush(w, FLUSH);
	return w->broken ? ERR_CANCELLED : OK;
}

static enum err row_count(void *context, const struct recover_row *row)
{
	struct worker *w = context;
	w->counts[row->state]++;
	return OK;
}

static bool wanted(const struct worker *w, const struct recover_table *t)
{
	return !w->order.table || (t->name && strcasecmp(t->name, w->order.table) == 0);
}

/* Anything to give of this table? */
static bool rows_there(const struct worker *w, const struct recover_table *t) { return wanted(w, t) && (t->recovered || (w->order.live && t->rows)); }

static enum err tables_tell(struct worker *w)
{
	enum err e = OK;
	w->tables = recover_tables(w->r);
	w->places = calloc((size_t)w->tables + 1, sizeof *w->places);
	if (!w->places)
		return ERR_NOMEM;
	for (int i = 0; i < w->tables; i++) {
		const struct recover_table *t = recover_table_at(w->r, i);
		w->places[i] = (struct place){ t, (uint32_t)i };
		size_t mark = wire_begin(&w->out, 'T');
		wire_u8(&w->out, t->live);
		wire_i64(&w->out, (int64_t)t->rows);
		wire_i64(&w->out, (int64_t)t->recovered);
		string_tell(&w->out, t->name);
		wire_u16(&w->out, (uint16_t)t->schema.count);
		for (int c = 0; c < t->schema.count; c++)
			string_tell(&w->out, t->schema.columns[c].name);
		wire_end(&w->out, mark);
		flush(w, FLUSH);
	}
	for (int i = 0; !e && w->order.counts && i < w->tables; i++) {
		const struct recover_table *t = recover_table_at(w->r, i);
		if (!rows_there(w, t))
			continue;
		memset(w->counts, 0, sizeof w->counts);
		e = recover_rows(w->r, t, row_count, w);
		size_t mark = wire_begin(&w->out, 'C');
		wire_u32(&w->out, (uint32_t)i);
		for (int s = 0; s < RECOVER_STATES; s++)
			wire_i64(&w->out, (int64_t)w->counts[s]);
		wire_end(&w->out, mark);
	}
	qsort(w->places, (size_t)w->tables, sizeof *w->places, place_order);
	size_t mark = wire_begin(&w->out, 'B');
	wire_u32(&w->out, recover_page_size(w->r));
	wire_u32(&w->out, recover_page_count(w->r));
	wire_end(&w->out, mark);
	return e;
}

static void pages_tell(struct worker *w)
{
	uint32_t count = recover_page_count(w->r);
	for (uint32_t first = 1; first <= count && !w->broken; first += PAGES_BATCH) {
		uint32_t n = count - first + 1 < PAGES_BATCH ? count - first + 1 : PAGES_BATCH;
		size_t mark = wire_begin(&w->out, 'P');
		wire_u32(&w->out, first);
		wire_u32(&w->out, n);
		for (uint32_t i = 0; i < n; i++) {
			const struct recover_table *owner;
			wire_u8(&w->out, (uint8_t)recover_page_use(w->r, first + i, &owner));
			wire_u32(&w->out, table_number(w, owner));
		}
		wire_end(&w->out, mark);
		flush(w, FLUSH);
		if (count - first < PAGES_BATCH)
			break;
	}
}

static enum err rows_tell(struct worker *w)
{
	enum err e = OK;
	if (!w->order.grouped && !w->order.table)
		return recover_rows(w->r, NULL, row_tell, w);
	for (int i = 0; !e && i < w->tables; i++) {
		const struct recover_table *t = recover_table_at(w->r, i);
		if (rows_there(w, t))
			e = recover_rows(w->r, t, row_tell, w);
	}
	return e;
}

static bool order_read(struct recover_order *o, const void *job, size_t size)
{
	struct span s = span_of(job, size);
	const char *table;
	size_t n;
	o->db = span_u8(&s);
	o->wal = span_u8(&s);
	o->journal = span_u8(&s);
	uint8_t flags = span_u8(&s);
	o->live = flags & 1;
	o->fragments = flags & 2;
	o->hot_journal = flags & 4;
	o->grouped = flags & 8;
	o->counts = flags & 16;
	o->pages = flags & 32;
	wire_take_text(&s, &table, &n);
	o->table = table && n ? strndup(table, n) : NULL;
	return span_ok(&s);
}

static struct sqlite_input input_open(struct input *in, struct worker *w, uint8_t place, const int *fds, int fd_count)
{
	struct stat st;
	if (place >= fd_count || fstat(fds[place], &st) != 0)
		return (struct sqlite_input){ 0 };
	*in = (struct input){ w, fds[place] };
	w->all += 2 * (uint64_t)st.st_size; /* once for what is live, once for what is not: about */
	return (struct sqlite_input){ file_read, in, (uint64_t)st.st_size };
}

int recover_worker(const void *job, size_t size, const int *fds, int fd_count, int out)
{
	struct worker w = { .fd = out };
	struct input in[3];
	if (!order_read(&w.order, job, size))
		return 3;
	struct recover_limits limits = { .with_live = w.order.live, .fragments = w.order.fragments, .hot_journal = w.order.hot_journal };
	struct sqlite_input db = input_open(&in[0], &w, w.order.db, fds, fd_count), wal = input_open(&in[1], &w, w.order.wal, fds, fd_count),
			    journal = input_open(&in[2], &w, w.order.journal, fds, fd_count);
	enum err e = recover_open(db, wal, journal, &limits, note_tell, &w, &w.r);
	if (!e)
		e = tables_tell(&w);
	if (!e && w.order.pages)
		pages_tell(&w);
	if (!e)
		e = rows_tell(&w);
	if (!e && w.cut_values)
		note_tell(&w, 0, "values of more than 16 MB, or beyond 48 MB of a row, are given cut");
	size_t mark = wire_begin(&w.out, e ? 'F' : 'Z');
	if (e) {
		wire_u32(&w.out, (uint32_t)-e);
		string_tell(&w.out, err_message()[0] ? err_message() : err_text(e));
	}
	wire_end(&w.out, mark);
	flush(&w, 1);
	/* The process ends here: nothing is given back first. */
	return w.broken ? 4 : 0;
}
