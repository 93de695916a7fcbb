/* What workers send, checked again and written. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "examine/drain.h"
#include "media/thumb.h"
#include "formats/sqlite_recover.h"
#include "media/pdq.h"

enum { SOURCES_MOST = 4096, TEXTS_MOST = 256 << 20 };

static enum err nonsense(const char *what) { return err_set(ERR_FORMAT, "the parser sent %s", what); }

enum err note_put(struct drain *d, int64_t file, int64_t offset, const char *about, const char *reason, size_t reason_size)
{
	struct cell cells[5] = { cell_int(++d->next_id[TABLE_NOTE]), { 0 }, { 0 }, cell_text(about, strlen(about)), cell_text(reason, reason_size) };
	if (file > 0)
		cells[1] = cell_int(file);
	if (offset > 0)
		cells[2] = cell_int(offset);
	atomic_fetch_add(&d->x->notes, 1);
	return exhibit_put(d->x->writer, TABLE_NOTE, cells, 5);
}

/* Room for one more in a growing array. */
static bool grown(void *array, uint32_t *room, uint32_t count, size_t size)
{
	void **p = array;
	if (count < *room)
		return true;
	uint32_t more = *room ? *room * 2 : 256;
	void *bigger = more > *room && more <= (64u << 20) ? realloc(*p, (size_t)more * size) : NULL;
	if (!bigger)
		return false;
	*p = bigger;
	*room = more;
	return true;
}

static enum err run_begin(struct drain *d, struct span s)
{
	struct run_state *r = &d->run;
	uint16_t number = span_le16(&s), variant = span_le16(&s);
	uint8_t recovered = span_u8(&s);
	const char *table;
	size_t size;
	if (!wire_take_text(&s, &table, &size) || span_left(&s) || r->open || recovered > 1 || number >= d->x->o->artifacts->count)
		return nonsense("a wrong beginning of a run");
	bool asked = false;
	for (int i = 0; i < d->job->artifact_count; i++)
		asked |= d->job->artifacts[i].artifact == number;
	if (!asked)
		return nonsense("records of an artifact that was not asked for");
	r->open = true;
	r->artifact = d->x->o->artifacts->list[number];
	r->kind = (int)(r->artifact->kind - kinds);
	r->own = kind_columns(r->artifact->kind);
	r->variant = variant;
	r->recovered = recovered;
	r->id = ++d->next_id[TABLE_RUN];
	r->last_source = -1;
	buf_clear(&r->table);
	if (table)
		buf_add(&r->table, table, size);
	return OK;
}

static enum err selector_take(struct drain *d, struct span s)
{
	struct run_state *r = &d->run;
	const char *text[4];
	size_t size[4];
	for (int i = 0; i < 4; i++)
		if (!wire_take_text(&s, &text[i], &size[i]) || (!text[i] && i < 3) || size[i] > 8192)
			return nonsense("a wrong selector");
	if (span_left(&s) || !r->open)
		return nonsense("a selector outside a run");
	if (!grown(&r->selectors, &r->selector_room, r->selector_count, sizeof *r->selectors))
		return err_set(ERR_LIMIT, "the parser sent too many selectors");
	int64_t id = tally_selector(d->tally, d->x->writer, text, size);
	if (!id)
		return ERR_IO;
	r->selectors[r->selector_count++] = id;
	return OK;
}

static enum err list_take(struct drain *d, struct span s)
{
	struct run_state *r = &d->run;
	struct run_list l = { .first = r->member_count };
	const char *json;
	if (!wire_take_text(&s, &json, &l.json_size) || !json || !r->open)
		return nonsense("a wrong list");
	l.json_at = r->texts.size;
	r->texts.limit = TEXTS_MOST;
	buf_add(&r->texts, json, l.json_size);
	l.count = span_le16(&s);
	for (uint32_t i = 0; i < l.count; i++) {
		uint32_t number = span_le32(&s);
		if (!number || number > r->selector_count)
			return nonsense("a list of unknown selectors");
		if (!grown(&r->members, &r->member_room, r->member_count, sizeof *r->members))
			return err_set(ERR_LIMIT, "the parser sent too many selectors");
		r->members[r->member_count++] = r->selectors[number - 1];
	}
	if (r->texts.failed)
		return err_set(ERR_LIMIT, "the parser sent more than 256 MiB of lists");
	if (!span_ok(&s) || span_left(&s))
		return nonsense("a wrong list");
	if (!grown(&r->lists, &r->list_room, r->list_count, sizeof *r->lists))
		return err_set(ERR_LIMIT, "the parser sent too many lists");
	r->lists[r->list_count++] = l;
	return OK;
}

static enum err use_count(struct run_state *r, int column, uint32_t number, int64_t at)
{
	if (number >= r->use_room[column]) {
		uint32_t room = r->use_room[column] ? r->use_room[column] : 256;
		while (room <= number)
			room *= 2;
		struct tally_use *u = realloc(r->use[column], sizeof *u * room);
		if (!u)
			return err_set(ERR_NOMEM, "too many selectors");
		for (uint32_t i = r->use_room[column]; i < room; i++)
			u[i] = (struct tally_use){ 0, TIME_NONE, TIME_NONE };
		r->use[column] = u;
		r->use_room[column] = room;
	}
	struct tally_use *u = &r->use[column][number];
	u->count++;
	if (at != TIME_NONE) {
		if (u->first == TIME_NONE || at < u->first)
			u->first = at;
		if (u->last == TIME_NONE || at > u->last)
			u->last = at;
	}
	return OK;
}

/* The source row of this app and account; made when it is the first record of it. */
static enum err source_of(struct drain *d, const char *app, size_t app_size, uint32_t account, int64_t *ret)
{
	struct run_state *r = &d->run;
	int64_t account_id = account ? r->selectors[account - 1] : 0;
	bool own_app = app != NULL;
	if (!app) {
		app = r->artifact->app ? r->artifact->app : r->artifact->name;
		app_size = strlen(app);
	}
	/* The last one is nearly always the one again, and rows come in runs of the same: look backwards from it. */
	for (int i = 0; i < r->source_count; i++) {
		int k = (r->last_source + r->source_count - i) % r->source_count;
		struct source_slot *s = &r->sources[k];
		if (s->account == account_id && s->app.size == app_size && memcmp(s->app.data, app, app_size) == 0) {
			r->last_source = k;
			*ret = s->id;
			return OK;
		}
	}
	if (r->source_count >= SOURCES_MOST && (account_id || own_app)) {
		/* No record is lost for it: the rest goes without account and with the artifact's own app, and a note says so. */
		if (!r->sources_full) {
			static const char line[] = "more than 4,096 apps or accounts in one file: the records of the rest are kept without them";
			r->sources_full = true;
			enum err e = note_put(d, d->file, 0, r->artifact->name, line, sizeof line - 1);
			if (e)
				return e;
		}
		return source_of(d, NULL, 0, 0, ret);
	}
	struct source_slot *more = realloc(r->sources, sizeof *more * (size_t)(r->source_count + 1));
	if (!more)
		return ERR_NOMEM;
	r->sources = more;
	struct source_slot *s = &more[r->source_count];
	*s = (struct source_slot){ .account = account_id, .id = ++d->next_id[TABLE_SOURCE] };
	buf_add(&s->app, app, app_size);
	r->last_source = r->source_count++;
	char profile_room[64];
	const char *profile = profile_of(d->path, profile_room, sizeof profile_room);
	struct cell cells[5] = { cell_int(s->id), cell_int(r->id), cell_text(app, app_size), { 0 }, cell_text(profile, profile ? strlen(profile) : 0) };
	if (account_id)
		cells[3] = cell_int(account_id);
	*ret = s->id;
	return exhibit_put(d->x->writer, TABLE_SOURCE, cells, 5);
}

/* Live rows in the pass over live rows, recovered ones in the other. */
static bool origin_take(const struct run_state *r, struct span *s, struct cell *cells)
{
	int64_t row = (int64_t)span_le64(s);
	uint8_t state = span_u8(s);
	if (row != INT64_MIN)
		cells[RECORD_ROW] = cell_int(row);
	if (state > RECOVER_INDEX_ONLY || (state != RECOVER_LIVE) != r->recovered)
		return false;
	const char *word = recover_state_name((enum recover_state)state);
	cells[RECORD_STATE] = cell_text(word, strlen(word));
	uint32_t page = span_le32(s);
	uint64_t offset = span_le64(s);
	uint32_t frame = span_le32(s);
	if (page)
		cells[RECORD_PAGE] = cell_int(page);
	if (offset)
		cells[RECORD_OFFSET] = cell_int((int64_t)(offset & INT64_MAX));
	if (frame)
		cells[RECORD_FRAME] = cell_int(frame);
	if (!state)
		return true;
	uint8_t fate = span_u8(s);
	uint16_t confidence = span_le16(s);
	if (fate > RECOVER_UNSURE || confidence > 1000)
		return false;
	word = recover_fate_name((enum recover_fate)fate);
	cells[RECORD_FATE] = cell_text(word, strlen(word));
	cells[RECORD_CONFIDENCE] = (struct cell){ .type = CELL_REAL, .real = confidence / 1000.0 };
	const char *reason;
	size_t size;
	bool ok = wire_take_text(s, &reason, &size);
	cells[RECORD_REASON] = cell_text(reason, size);
	return ok;
}

/* One value of the wire into its cell, if it is of the column's type. */
static bool value_take(struct drain *d, struct span *s, const struct column *c, struct cell *cell, uint32_t *ret_number)
{
	struct run_state *r = &d->run;
	uint8_t tag = span_u8(s);
	const char *text;
	size_t size;
	uint64_t bits;
	double real;
	*ret_number = 0;
	switch (tag) {
	case WIRE_CELL_NULL:
		return span_ok(s);
	case WIRE_CELL_INT:
		*cell = cell_int((int64_t)span_le64(s));
		return c->type == COLUMN_INT || c->type == COLUMN_TIME || (c->type == COLUMN_BOOL && (cell->integer == 0 || cell->integer == 1));
	case WIRE_CELL_REAL:
		bits = span_le64(s);
		memcpy(&real, &bits, 8);
		*cell = (struct cell){ .type = CELL_REAL, .real = real };
		return c->type == COLUMN_REAL && isfinite(real) && !(real == 0 && signbit(real));
	case WIRE_CELL_TEXT:
		if (!wire_take_text(s, &text, &size) || !text)
			return false;
		*cell = cell_text(text, size);
		return c->type == COLUMN_TEXT || c->type == COLUMN_PATH;
	case WIRE_CELL_SELECTOR:
		*ret_number = span_le32(s);
		if (!*ret_number || *ret_number > r->selector_count || c->type != COLUMN_SELECTOR)
			return false;
		*cell = cell_int(r->selectors[*ret_number - 1]);
		return true;
	case WIRE_CELL_LIST:
		*ret_number = span_le32(s);
		if (!*ret_number || *ret_number > r->list_count || c->type != COLUMN_SELECTORS)
			return false;
		*cell = cell_text(r->texts.data + r->lists[*ret_number - 1].json_at, r->lists[*ret_number - 1].json_size);
		return true;
	default:
		return false;
	}
}

static enum err record_take(struct drain *d, struct span *s)
{
	struct run_state *r = &d->run;
	struct cell cells[RECORD_OWN + 2 * KIND_COLUMNS_MOST] = { 0 };
	uint32_t numbers[KIND_COLUMNS_MOST];
	const char *app;
	size_t app_size;
	int table = TABLE_KINDS + r->kind, n = RECORD_OWN;
	if (!origin_take(r, s, cells))
		return nonsense("a wrong origin");
	if (!wire_take_text(s, &app, &app_size) || app_size > 256)
		return nonsense("a wrong app name");
	uint32_t account = span_le32(s);
	if (account > r->selector_count)
		return nonsense("an unknown account");
	int64_t at = TIME_NONE, source;
	for (int k = 0; k < r->own; k++) {
		const struct column *c = &r->artifact->kind->columns[k];
		if (!value_take(d, s, c, &cells[n], &numbers[k]))
			return nonsense("a value that is not of its column's type");
		if (c->flags & COLUMN_WHEN && cells[n].type == CELL_INT)
			at = cells[n].integer;
		n++;
		if (c->type == COLUMN_PATH) {
			int64_t found = cells[n - 1].type == CELL_TEXT ? attach_find(d->attach, cells[n - 1].bytes, cells[n - 1].size, d->path) : -1;
			if (found >= 0)
				cells[n] = cell_int(found + 1);
			n++;
		}
	}
	if (!span_ok(s) || span_left(s))
		return nonsense("a record of a wrong size");
	enum err e = source_of(d, app, app_size, account, &source);
	for (int k = 0; !e && k < r->own; k++)
		if (numbers[k])
			e = use_count(r, k, numbers[k], at);
	if (e)
		return e;
	cells[RECORD_ID] = cell_int(++d->next_id[table]);
	cells[RECORD_SOURCE] = cell_int(source);
	r->records++;
	e = exhibit_put(d->x->writer, table, cells, n);
	if (!e)
		atomic_fetch_add_explicit(&d->x->records, 1, memory_order_relaxed);
	return e;
}

static enum err records_take(struct drain *d, struct span s)
{
	if (!d->run.open)
		return nonsense("records outside a run");
	uint32_t count = span_le32(&s);
	enum err e = OK;
	for (uint32_t i = 0; !e && i < count; i++) {
		struct span row = span_take(&s, span_le32(&s));
		e = span_ok(&s) ? record_take(d, &row) : nonsense("a batch that is too short");
	}
	return e ? e : span_left(&s) ? nonsense("a batch that is too long") : OK;
}

static enum err uses_tally(struct drain *d)
{
	struct run_state *r = &d->run;
	enum err e = OK;
	for (int k = 0; !e && k < r->own; k++) {
		bool lists = r->artifact->kind->columns[k].type == COLUMN_SELECTORS;
		uint32_t most = lists ? r->list_count : r->selector_count;
		for (uint32_t i = 1; !e && i < r->use_room[k] && i <= most; i++) {
			if (!lists)
				e = tally_add(d->tally, r->selectors[i - 1], r->kind, k, &r->use[k][i]);
			for (uint32_t m = 0; lists && !e && m < r->lists[i - 1].count; m++)
				e = tally_add(d->tally, r->members[r->lists[i - 1].first + m], r->kind, k, &r->use[k][i]);
		}
	}
	for (int i = 0; !e && i < r->source_count; i++)
		if (r->sources[i].account)
			e = tally_add(d->tally, r->sources[i].account, r->kind, -1, &(struct tally_use){ 1, TIME_NONE, TIME_NONE });
	return e;
}

enum err run_close(struct drain *d, int64_t rows, int64_t used, bool broken)
{
	struct run_state *r = &d->run;
	if (!r->open)
		return OK;
	/* Every picture is asked for a place, and few have one. */
	bool nothing = r->artifact->content && !r->records;
	d->next_id[TABLE_RUN] -= nothing;
	const char *omits = r->artifact->omits;
	const char *of = r->recovered ? "recovered" : "live";
	struct cell cells[11] = { cell_int(r->id), cell_int(d->file), cell_int(r->artifact->id + 1), cell_int(r->variant),
				  cell_text(r->table.size ? r->table.data : NULL, r->table.size), { 0 }, { 0 }, { 0 }, cell_int(r->records), cell_text(of, strlen(of)),
				  cell_text(omits, omits ? strlen(omits) : 0) };
	if (rows >= 0)
		cells[5] = cell_int(rows);
	if (used >= 0)
		cells[6] = cell_int(used);
	if (rows >= 0 && used >= 0)
		cells[7] = cell_int(rows - used);
	enum err e = nothing ? OK : exhibit_put(d->x->writer, TABLE_RUN, cells, 11);
	if (!e)
		e = uses_tally(d);
	if (!e && !broken && rows >= 0 && used >= 0 && rows > used && !omits) {
		struct buf line = { 0 };
		buf_printf(&line, "%lld of %lld %s rows of table %s gave no record, and the artifact does not say why", (long long)(rows - used),
			   (long long)rows, of, r->table.data ? r->table.data : "?");
		e = note_put(d, d->file, 0, r->artifact->name, line.data, line.size);
		buf_free(&line);
	}
	for (int k = 0; k < KIND_COLUMNS_MOST; k++)
		free(r->use[k]);
	for (int i = 0; i < r->source_count; i++)
		buf_free(&r->sources[i].app);
	free(r->sources);
	free(r->selectors);
	free(r->lists);
	free(r->members);
	buf_free(&r->texts);
	buf_free(&r->table);
	*r = (struct run_state){ 0 };
	return e;
}

static enum err run_end(struct drain *d, struct span s)
{
	int64_t rows = (int64_t)span_le64(&s), used = (int64_t)span_le64(&s), records = (int64_t)span_le64(&s);
	if (!span_ok(&s) || span_left(&s) || !d->run.open || records != d->run.records || rows < -1 || used < -1)
		return nonsense("a wrong end of a run");
	return run_close(d, rows, used, false);
}

static enum err note_take(struct drain *d, struct span s)
{
	int64_t offset = (int64_t)span_le64(&s);
	const char *about, *reason;
	size_t about_size, reason_size;
	if (!wire_take_text(&s, &about, &about_size) || !about || !wire_take_text(&s, &reason, &reason_size) || !reason || span_left(&s))
		return nonsense("a wrong note");
	struct buf name = { .limit = 8192 };
	buf_add(&name, about, about_size);
	enum err e = name.failed ? nonsense("a wrong note") : note_put(d, d->file, offset < 0 ? 0 : offset, name.size ? name.data : "file", reason, reason_size);
	buf_free(&name);
	return e;
}

static enum err hash_take(struct drain *d, struct span s)
{
	uint32_t frame = span_le32(&s);
	uint64_t bits = span_le64(&s);
	uint8_t quality = span_u8(&s);
	const uint8_t *hash = span_bytes(&s, PDQ_BYTES);
	double at;
	memcpy(&at, &bits, 8);
	if (!hash || span_left(&s) || quality > 100 || !isfinite(at) || d->job != &d->x->media)
		return nonsense("a wrong perceptual hash");
	struct cell cells[6] = { cell_int(++d->next_id[TABLE_MEDIA_HASH]), cell_int(d->file), { 0 }, { 0 }, cell_blob(hash, PDQ_BYTES), cell_int(quality) };
	if (frame != WIRE_NULL) {
		cells[2] = cell_int(frame);
		cells[3] = (struct cell){ .type = CELL_REAL, .real = at };
	}
	enum err e = exhibit_put(d->x->writer, TABLE_MEDIA_HASH, cells, 6);
	return e ? e : listed_hash(d->listed, d->file, frame, quality, hash);
}

/* Made by ourselves, but perhaps in an examination that was interrupted since. */
static enum err thumb_take(struct drain *d, struct span s)
{
	struct cell cells[6] = { cell_int(++d->next_id[TABLE_THUMBNAIL]), cell_int(d->file) };
	for (int i = 0; i < 2; i++) {
		cells[2 + i] = cell_int(span_le16(&s));
		if (cells[2 + i].integer < 1 || cells[2 + i].integer > THUMB_SIDE)
			return nonsense("a wrong thumbnail");
	}
	for (int i = 0; i < 2; i++) {
		uint32_t size = span_le32(&s);
		const uint8_t *bytes = span_bytes(&s, size);
		if (!bytes || size < 4 || bytes[0] != 0xff || bytes[1] != 0xd8)
			return nonsense("a wrong thumbnail");
		cells[4 + i] = cell_blob(bytes, size);
	}
	if (!span_ok(&s) || span_left(&s) || d->job != &d->x->media || d->thumb_of == d->file)
		return nonsense("a wrong thumbnail");
	d->thumb_of = d->file;
	return exhibit_put(d->x->writer, TABLE_THUMBNAIL, cells, 6);
}

enum err frame_take(struct drain *d, char type, struct span payload)
{
	switch (type) {
	case 'R':
		return run_begin(d, payload);
	case 'S':
		return selector_take(d, payload);
	case 'L':
		return list_take(d, payload);
	case 'D':
		return records_take(d, payload);
	case 'E':
		return run_end(d, payload);
	case 'N':
		return note_take(d, payload);
	case 'H':
		return hash_take(d, payload);
	case 't':
		return thumb_take(d, payload);
	case 'Z':
		d->done = true;
		return OK;
	default:
		return nonsense("a frame of an unknown type");
	}
}
