/* The reading side: the worker is not trusted, so every number, size and text is checked again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/progress.h"
#include "cli/recover.h"
#include "examine/wire.h"

struct reader {
	const struct recover_sink *sinks;
	int sink_count;
	struct recover_tables tables;
	struct arena arena; /* names */
	bool began, done, pages; /* pages: were asked for */
	uint64_t bytes_left; /* that the worker may send */
	uint32_t next_page;
	enum err failed; /* the worker says so */
	char reason[400];
	struct recover_value *values;
	uint8_t *use;
	int32_t *owner;
	uint32_t owner_room;
};

static enum err nonsense(char type) { return err_set(ERR_FORMAT, "the parser sent a frame '%c' that makes no sense", type); }

static const char *name_take(struct reader *r, struct span *s)
{
	const char *text;
	size_t size;
	return wire_take_text(s, &text, &size) && text ? arena_copy(&r->arena, text, size) : NULL;
}

static enum err table_take(struct reader *r, struct span *s)
{
	struct recover_tables *all = &r->tables;
	if (all->count == all->room) {
		uint32_t room = all->room ? all->room * 2 : 64;
		struct recover_table *list = realloc(all->list, room * sizeof *list);
		if (list)
			all->list = list;
		uint64_t(*counts)[RECOVER_STATES] = list ? realloc(all->counts, room * sizeof *counts) : NULL;
		if (!counts)
			return ERR_NOMEM;
		all->counts = counts;
		all->room = room;
	}
	struct recover_table *t = &all->list[all->count];
	memset(t, 0, sizeof *t);
	memset(all->counts[all->count], 0, sizeof *all->counts);
	t->live = span_u8(s) == 1;
	t->rows = span_le64(s);
	t->recovered = span_le64(s);
	t->name = name_take(r, s);
	t->schema.count = span_le16(s);
	if (t->schema.count > SCHEMA_COLUMNS)
		return nonsense('T');
	t->schema.columns = arena_array(&r->arena, (size_t)t->schema.count + 1, sizeof *t->schema.columns);
	for (int i = 0; t->schema.columns && i < t->schema.count; i++)
		t->schema.columns[i].name = name_take(r, s);
	if (!t->schema.columns)
		return ERR_NOMEM;
	all->count++;
	return OK;
}

static enum err counts_take(struct reader *r, struct span *s)
{
	uint32_t table = span_le32(s);
	if (table >= r->tables.count)
		return nonsense('C');
	for (int i = 0; i < RECOVER_STATES; i++)
		r->tables.counts[table][i] = span_le64(s);
	return OK;
}

static enum err begin_take(struct reader *r, struct span *s)
{
	enum err e = OK;
	r->tables.page_size = span_le32(s);
	r->tables.page_count = span_le32(s);
	r->began = true;
	for (int i = 0; !e && i < r->sink_count; i++)
		if (r->sinks[i].begin)
			e = r->sinks[i].begin(r->sinks[i].context, &r->tables);
	return e;
}

static enum err pages_take(struct reader *r, struct span *s)
{
	uint32_t first = span_le32(s), count = span_le32(s);
	enum err e = OK;
	if (first != r->next_page + 1 || !count || count > r->tables.page_count - r->next_page || count != span_left(s) / 5)
		return nonsense('P');
	if (count > r->owner_room) {
		uint8_t *use = realloc(r->use, count);
		if (use)
			r->use = use;
		int32_t *owner = use ? realloc(r->owner, count * sizeof *owner) : NULL;
		if (!owner)
			return ERR_NOMEM;
		r->owner = owner;
		r->owner_room = count;
	}
	for (uint32_t i = 0; i < count; i++) {
		r->use[i] = span_u8(s);
		uint32_t owner = span_le32(s);
		if (r->use[i] >= RECOVER_PAGE_USES)
			return nonsense('P');
		r->owner[i] = owner < r->tables.count ? (int32_t)owner : owner == (uint32_t)RECOVER_OWNER_SCHEMA ? RECOVER_OWNER_SCHEMA : RECOVER_OWNER_NONE;
	}
	r->next_page += count;
	for (int i = 0; !e && i < r->sink_count; i++)
		if (r->sinks[i].pages)
			e = r->sinks[i].pages(r->sinks[i].context, first, count, r->use, r->owner);
	return e;
}

static double real_take(struct span *s)
{
	uint64_t bits = span_le64(s);
	double d;
	memcpy(&d, &bits, 8);
	return d;
}

static bool value_take(struct span *s, struct recover_value *v)
{
	uint8_t type = span_u8(s), marks = span_u8(s);
	*v = (struct recover_value){ .type = (enum recover_type)type, .lost = marks & 1, .cut = marks & 2, .inferred = marks & 4, .absent = marks & 8 };
	switch (type) {
	case RECOVER_NULL:
		break;
	case RECOVER_INT:
		v->integer = (int64_t)span_le64(s);
		break;
	case RECOVER_REAL:
		v->real = real_take(s);
		break;
	case RECOVER_TEXT:
		wire_take_text(s, &v->bytes, &v->size);
		break;
	case RECOVER_BLOB:
		v->size = span_le32(s);
		v->bytes = (const char *)span_bytes(s, v->size);
		break;
	default:
		return false;
	}
	return (type != RECOVER_TEXT && type != RECOVER_BLOB) || v->bytes;
}

static enum err row_take(struct reader *r, struct span *s)
{
	struct recover_row row = { 0 };
	char reason[300];
	const char *text;
	size_t size;
	uint32_t table = span_le32(s), also = span_le32(s);
	row.rowid_known = span_u8(s) == 1;
	row.rowid = (int64_t)span_le64(s);
	uint8_t state = span_u8(s), fate = span_u8(s);
	row.confidence = real_take(s);
	wire_take_text(s, &text, &size);
	uint8_t file = span_u8(s);
	row.page = span_le32(s);
	row.offset = span_le64(s);
	row.frame = span_le32(s);
	row.sequence = span_le32(s);
	row.origins = span_le32(s);
	row.count = span_le16(s);
	if (!span_ok(s) || table >= r->tables.count || state >= RECOVER_STATES || fate > RECOVER_UNSURE || file > RECOVER_IN_JOURNAL || !(row.confidence >= 0 && row.confidence <= 1) ||
	    row.count > r->tables.list[table].schema.count)
		return nonsense('R');
	snprintf(reason, sizeof reason, "%.*s", text ? (int)(size < sizeof reason ? utf8_valid(text, size) : utf8_valid(text, sizeof reason - 1)) : 0, text ? text : "");
	row.table = &r->tables.list[table];
	row.also = also < r->tables.count ? &r->tables.list[also] : NULL;
	row.state = (enum recover_state)state;
	row.fate = (enum recover_fate)fate;
	row.file = (enum recover_file)file;
	row.reason = reason;
	row.values = r->values;
	for (int i = 0; i < row.count; i++)
		if (!value_take(s, &r->values[i]) || !span_ok(s))
			return nonsense('R');
	enum err e = OK;
	for (int i = 0; !e && i < r->sink_count; i++)
		if (r->sinks[i].row)
			e = r->sinks[i].row(r->sinks[i].context, &row);
	return e;
}

static void note_take(struct reader *r, struct span *s)
{
	const char *text;
	size_t size;
	char reason[400];
	uint64_t offset = span_le64(s);
	wire_take_text(s, &text, &size);
	snprintf(reason, sizeof reason, "%.*s", text ? (int)utf8_valid(text, size < sizeof reason ? size : sizeof reason - 1) : 0, text ? text : "");
	for (int i = 0; i < r->sink_count; i++)
		if (r->sinks[i].note)
			r->sinks[i].note(r->sinks[i].context, offset, reason);
}

static enum err failed_take(struct reader *r, struct span *s)
{
	uint32_t number = span_le32(s);
	const char *text;
	size_t size;
	wire_take_text(s, &text, &size);
	if (!number || number > (uint32_t)-ERR_SPACE)
		return nonsense('F');
	r->failed = (enum err)(-(int)number);
	snprintf(r->reason, sizeof r->reason, "%.*s", text ? (int)utf8_valid(text, size < sizeof r->reason ? size : sizeof r->reason - 1) : 0, text ? text : "");
	return OK;
}

static enum err frame_take(void *context, char type, struct span s)
{
	struct reader *r = context;
	enum err e = OK;
	bool ordered = r->done || r->failed ? false : type == 'T' || type == 'C' || type == 'B' ? !r->began : type == 'P' || type == 'R' || type == 'Z' ? r->began : true;
	if (!ordered)
		return nonsense(type);
	if (span_left(&s) + 5 > r->bytes_left)
		return err_set(ERR_LIMIT, "the parser sent far more than the files hold; what came before is given");
	r->bytes_left -= span_left(&s) + 5;
	switch (type) {
	case 'T':
		e = table_take(r, &s);
		break;
	case 'C':
		e = counts_take(r, &s);
		break;
	case 'B':
		e = begin_take(r, &s);
		break;
	case 'P':
		e = pages_take(r, &s);
		break;
	case 'R':
		e = row_take(r, &s);
		break;
	case 'N':
		note_take(r, &s);
		break;
	case 'G': {
		uint64_t done = span_le64(&s), all = span_le64(&s);
		for (int i = 0; i < r->sink_count; i++)
			if (r->sinks[i].progress)
				r->sinks[i].progress(r->sinks[i].context, done, all);
		break;
	}
	case 'F':
		e = failed_take(r, &s);
		break;
	case 'Z':
		if (r->pages && r->next_page != r->tables.page_count)
			return nonsense('Z');
		r->done = true;
		break;
	default:
		return nonsense(type);
	}
	return e ? e : span_ok(&s) ? OK : nonsense(type);
}

static bool stopped(void *context)
{
	(void)context;
	return atomic_load(&cancelled);
}

static void order_write(struct buf *b, const struct recover_order *o)
{
	wire_u8(b, o->db);
	wire_u8(b, o->wal);
	wire_u8(b, o->journal);
	wire_u8(b, (uint8_t)(o->live | o->fragments << 1 | o->hot_journal << 2 | o->grouped << 3 | o->counts << 4 | o->pages << 5));
	wire_string(b, o->table);
}

/* What the worker's end means. */
static enum err worker_end(struct sandbox *box, uint32_t id, const struct worker_limits *limits, struct reader *r, enum err e)
{
	struct sandbox_result result = { 0 };
	struct buf line = { 0 };
	buf_text(&line, err_message());
	enum err waited = sandbox_end(box, id, e ? 0 : limits->end_ms, &result);
	if (waited == ERR_LIMIT)
		waited = OK; /* it was killed: result says so */
	if (e)
		err_set(e, "%s", line.data && *line.data ? line.data : err_text(e));
	buf_free(&line);
	if (e || waited)
		return e ? e : waited;
	if (result.end == SANDBOX_REFUSED)
		return err_set(ERR_SANDBOX, "the parser refused to run without its sandbox: %s", result.reason);
	if (r->failed)
		return err_set(r->failed, "%s", r->reason);
	if (result.end != SANDBOX_EXITED || result.status != 0 || !r->done)
		return err_set(ERR_FORMAT, "the parser ended early: %s", result.end == SANDBOX_EXITED && !result.status ? "it did not say that it was done" : result.reason);
	return OK;
}

static void reader_free(struct reader *r)
{
	free(r->tables.list);
	free(r->tables.counts);
	free(r->values);
	free(r->use);
	free(r->owner);
	arena_free(&r->arena);
}

enum err recover_read(struct sandbox *box, const struct recover_order *order, const int *fds, int fd_count, uint64_t bytes,
		      const struct recover_sink *sinks, int sink_count)
{
	struct reader r = { .sinks = sinks, .sink_count = sink_count, .arena = arena_make(256 << 20), .pages = order->pages };
	struct buf job = { 0 };
	uint32_t id;
	int out;
	r.values = calloc(SCHEMA_COLUMNS, sizeof *r.values);
	order_write(&job, order);
	struct worker_limits usual = worker_limits_of(bytes, bytes);
	/* Some bytes for each page and row; the engine's own limit of 1 GiB is reached first. */
	struct sandbox_limits limits = { usual.memory_bytes > 4ull << 30 ? usual.memory_bytes : 4ull << 30, usual.cpu_seconds };
	r.bytes_left = usual.output_bytes;
	enum err e = !r.values || job.failed ? ERR_NOMEM : sandbox_start(box, 0, job.data, job.size, fds, fd_count, &limits, &out, &id);
	buf_free(&job);
	if (!e) {
		e = wire_read(out, &usual, frame_take, stopped, &r);
		close(out);
		e = worker_end(box, id, &usual, &r, e);
	}
	for (int i = 0; !e && i < sink_count; i++)
		if (sinks[i].end)
			e = sinks[i].end(sinks[i].context);
	reader_free(&r);
	return e;
}
