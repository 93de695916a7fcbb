/* Cells whose first four bytes a freeblock header replaced.
 *
 * A cell is: payload size, rowid, header size, serial types, content.  Where payload size and rowid take four bytes or more, all that
 * says how to read the row still stands.  With three, the header size is gone, and the schema's number of columns replaces it.
 * With two, the first column's serial type is gone too: its length follows from where the cell ends, its type from the schema and
 * from the other rows.  WITHOUT ROWID cells have no rowid, so that two serial types can be gone: then the content is divided where
 * the columns' usual lengths and the text itself say, and the row is marked as concluded.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/sqlite_engine.h"

#define FIT_ANCHORED 0.12
#define FIT_ALONE 0.4
#define FIT_CONCLUDED 0.25 /* where a type had to be concluded */
#define FIT_DIVIDED 0.45 /* where two columns had to be divided */

struct attempt {
	struct recover *r;
	const uint8_t *page;
	uint32_t at, limit;
	uint32_t block; /* what the freeblock header says, or 0 */
	bool first;     /* a block of the page's chain begins here: its header is current */
	bool anchored;
	bool sure; /* the lost columns' length is certain */
	bool headless; /* the record header's size is gone, too */
	int owner;
	double best, fit; /* with and without what the page's owner weighs */
	struct cell cell;
	int table, also;
};

uint32_t block_size(const uint8_t *page, uint32_t at, uint32_t limit, uint32_t usable)
{
	if (at + 4 > limit)
		return 0;
	uint32_t next = be16_at(page + at), size = be16_at(page + at + 2);
	return size >= 4 && at + size <= usable && (!next || (next > at + size && next + 4 <= usable)) ? size : 0;
}

/* Every table's every number of columns asks for the same ends: each is judged once. */
struct ends {
	const uint8_t *page;
	uint32_t from, limit;
	int owner;
	uint8_t known[65536]; /* 0: not yet; else 1 + percent */
	uint16_t next[65536]; /* 0, or where the next place is that is not known to be none */
	/* Serial types that stand from the cell's fourth or fifth byte on, read as far as some table asked: all tables try the same ones. */
	struct standing {
		int count;
		bool over; /* what follows is no serial type */
		uint64_t serials[SCHEMA_COLUMNS], sizes[SCHEMA_COLUMNS + 1]; /* sizes: of the values of so many of them */
		uint32_t ends[SCHEMA_COLUMNS + 1];
	} standing[2];
};

void boundaries_forget(struct recover *r, const uint8_t *page, uint32_t from, uint32_t limit, int owner)
{
	if (!r->ends && !(r->ends = calloc(1, sizeof(*r->ends)))) {
		r->nomem = true;
		return;
	}
	r->ends->page = page;
	r->ends->from = from;
	r->ends->limit = limit;
	r->ends->owner = owner;
	if (from < limit && limit <= sizeof(r->ends->known)) {
		memset(r->ends->known + from, 0, limit - from);
		memset(r->ends->next + from, 0, (limit - from) * sizeof(*r->ends->next));
	}
}

static double boundary_judge(struct recover *r, const uint8_t *page, uint32_t at, uint32_t limit, int owner)
{
	struct cell c;
	double fit;
	int also;
	for (int rowid = 1; rowid >= 0; rowid--) {
		if (!rowid && !r->has_without_rowid)
			break;
		if (cell_read(r, page, at, limit, rowid, rowid, &c) && !c.cut &&
		    fit_best(r, c.columns, rowid, page + c.body_at, c.local - c.header, owner, &fit, &also) >= 0 && fit > 0.3)
			return 0.9;
	}
	uint32_t size = block_size(page, at, limit, r->usable);
	return !size ? 0 : at + size <= limit ? 0.6 : 0.52;
}

double cell_boundary(struct recover *r, const uint8_t *page, uint32_t at, uint32_t limit, int owner)
{
	struct ends *e = r->ends;
	if (at >= limit)
		return at == limit ? 0.95 : 0;
	if (!e || e->page != page || e->limit != limit || e->owner != owner || at < e->from || limit > sizeof(e->known))
		return boundary_judge(r, page, at, limit, owner);
	if (!e->known[at])
		e->known[at] = (uint8_t)(1.5 + 100 * boundary_judge(r, page, at, limit, owner));
	return (e->known[at] - 1) / 100.0;
}

static double boundary(const struct attempt *a, uint32_t at)
{
	return cell_boundary(a->r, a->page, at, a->limit, a->owner);
}

#define BOUNDARY 0.5 /* from here on a place may well be a cell's end */

/* The first such place from `at` on, or `stop` when there is none before. */
static uint32_t boundary_next(const struct attempt *a, uint32_t at, uint32_t stop)
{
	struct ends *e = a->r->ends;
	bool kept = e && e->page == a->page && e->limit == a->limit && e->owner == a->owner && at >= e->from && a->limit < 65536;
	uint32_t found = at;
	while (found < stop) {
		if (kept && found < a->limit && e->next[found])
			found = e->next[found];
		else if (boundary(a, found) < BOUNDARY)
			found++;
		else
			break;
	}
	for (uint32_t i = at; kept && i < found && i < a->limit && !e->next[i]; i++)
		e->next[i] = (uint16_t)(found < a->limit ? found : a->limit);
	return found < stop ? found : stop;
}

static double end_quality(struct attempt *a, const struct cell *c)
{
	uint64_t last = a->r->serials[c->columns - 1]; /* what follows writes over them */
	if (c->cut)
		return a->first ? 0.3 : 0;
	uint32_t size = c->end - a->at;
	if (a->block && size == a->block)
		return 1;
	if (a->block && size < a->block && size + 3 >= a->block)
		return 0.9;
	if (a->block && size > a->block)
		return 0;
	double q = boundary(a, c->end);
	for (uint32_t gap = 1; q < 0.5 && gap <= 3; gap++)
		q = boundary(a, c->end + gap) * 0.8;
	if (q > 0.25)
		return q;
	/* Another number of columns can be read into what stands of the header: then the last text goes on behind its end. */
	bool reads_on = a->headless && c->end < a->limit && serial_is_text(last) && a->page[c->end] >= 0x20 && a->page[c->end] < 0x7f;
	return (a->anchored ? 0.25 : 0.1) * (reads_on ? 0.3 : 1);
}

/* How usual a serial type is for that column, where it had to be concluded. */
static double usual(const struct table *t, int i, uint64_t serial)
{
	const struct column_stats *s = &t->stats[i];
	const struct schema_column *c = &t->pub.schema.columns[t->pub.schema.order[i]];
	double all = t->sampled + 2.0, seen;
	if (serial < 10)
		seen = s->serial[serial];
	else if (serial_is_text(serial))
		seen = s->texts;
	else
		seen = s->blobs;
	double f = (seen + 0.3) / all;
	if (serial >= 12 && t->sampled >= 8) {
		uint64_t n = serial_size(serial);
		if (n < s->text_low || n > s->text_high)
			f *= 0.1;
	}
	if (!t->sampled && serial == 7 && c->affinity != AFFINITY_REAL)
		f *= 0.5;
	if (!t->sampled && serial_is_blob(serial) && c->affinity != AFFINITY_BLOB)
		f *= 0.5;
	if (!t->sampled && serial == 6 && c->affinity == AFFINITY_REAL)
		f *= 0.5;
	return f > 1 ? 1 : f;
}

static bool any_set(const uint8_t *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (p[i])
			return true;
	return false;
}

/* A number behind a text, whose bytes are letters and digits, is most likely that text, divided wrongly. `sure`: the division is not in
 * question. In UTF-16 every second byte of text is mostly zero, which numbers of six bytes and more seldom are. */
static bool numbers_read_like_text(const struct recover *r, const struct cell *c, const uint8_t *p, size_t size, bool sure)
{
	size_t at = 0;
	for (int i = 0; i < c->columns; i++) {
		uint64_t n = serial_size(r->serials[i]);
		if (at + n > size)
			return false;
		bool wide = r->encoding != 1 && n >= 6;
		bool letters = i && serial_is_text(r->serials[i - 1]) && r->serials[i] >= 4 && r->serials[i] <= 7 && (!sure || wide);
		unsigned zeros = 0;
		for (uint64_t j = 0; letters && j < n; j++) {
			uint8_t b = p[at + j];
			bool zero = wide && !b;
			zeros += zero;
			letters = zero || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == ' ' ||
				  (wide && b == '.');
		}
		if (letters && (!wide || zeros * 2 == n))
			return true;
		at += n;
	}
	return false;
}

/* Completes `c` from r->serials, and keeps it when it is the best so far. */
static void judge(struct attempt *a, struct cell *c, int table, int also, double weight)
{
	struct recover *r = a->r;
	uint64_t payload = c->header;
	for (int i = 0; i < c->columns; i++)
		payload += serial_size(r->serials[i]);
	if (payload > INT32_MAX)
		return;
	bool with_rowid = table < 0 || !r->tables[table]->pub.schema.without_rowid;
	uint32_t before = c->body_at - a->at - c->header; /* bytes of payload size and rowid */
	unsigned n = varint_size(payload);
	if (with_rowid ? before < n + 1 || before > n + 9 : before != n)
		return;
	c->payload = payload;
	c->local = payload_local(r->usable, payload, with_rowid);
	if (c->header > c->local)
		return;
	uint64_t end = (uint64_t)c->body_at - c->header + c->local;
	if (payload > c->local) {
		c->overflow = end + 4 <= a->limit ? be32_at(a->page + end) : 0;
		end += 4;
		if (!c->overflow || c->overflow > r->ever)
			return;
	}
	if (end < a->at + 4)
		end = a->at + 4;
	uint32_t limit = a->first && a->block && a->at + a->block < a->limit ? a->at + a->block : a->limit;
	c->cut = end > limit;
	c->end = c->cut ? limit : (uint32_t)end;
	if (c->body_at > c->end)
		return;
	size_t size = c->end - c->body_at;
	if (size > c->local - c->header)
		size = c->local - c->header;
	if (c->cut && size * 2 < c->local - c->header)
		return;
	if (size < c->columns / 2u + 2 || !any_set(a->page + c->body_at, size))
		return; /* a stretch of zeros reads like this */
	double fit = 0;
	if (table >= 0)
		fit = fit_table(r, r->tables[table], c->columns, a->page + c->body_at, size);
	else
		table = fit_best(r, c->columns, true, a->page + c->body_at, size, a->owner, &fit, &also);
	if (table < 0)
		return;
	if (numbers_read_like_text(r, c, a->page + c->body_at, size, a->sure))
		return;
	fit *= weight;
	double boost = table == a->owner ? 2 : 1;
	if (fit * boost <= a->best)
		return;
	fit *= end_quality(a, c); /* dear, and writes over r->serials: last */
	if (fit * boost > a->best) {
		a->best = fit * boost;
		a->fit = fit;
		a->cell = *c;
		a->table = table;
		a->also = also;
	}
}

/* At least `count` of the types that stand from `at` on; NULL when there are not so many. */
static const struct standing *standing_read(struct attempt *a, uint32_t at, int count)
{
	struct standing *s = &a->r->ends->standing[at != a->at + 4];
	while (s->count < count && !s->over) {
		uint64_t serial;
		uint32_t from = s->ends[s->count];
		unsigned n = from < a->limit ? varint_read(a->page + from, a->page + a->limit, &serial) : 0;
		if (!n || serial_reserved(serial) || serial > 2 * (uint64_t)INT32_MAX) {
			s->over = true;
			break;
		}
		s->serials[s->count] = serial;
		s->sizes[s->count + 1] = s->sizes[s->count] + serial_size(serial);
		s->ends[++s->count] = from + n;
	}
	return s->count >= count ? s : NULL;
}

/* Reads `count` serial types at `at` into r->serials[from…]; where they end, or 0. */
static uint32_t serials_read(struct attempt *a, uint32_t at, int from, int count)
{
	for (int i = 0; i < count; i++) {
		uint64_t serial;
		unsigned n = varint_read(a->page + at, a->page + a->limit, &serial);
		if (!n || serial_reserved(serial) || serial > 2 * (uint64_t)INT32_MAX)
			return 0;
		a->r->serials[from + i] = serial;
		at += n;
	}
	return at;
}

/* The record header stands whole, `before` bytes behind the cell's start. */
static void try_whole_header(struct attempt *a, uint32_t before)
{
	const uint8_t *end = a->page + a->limit;
	uint64_t header;
	uint32_t at = a->at + before;
	/* What stands of the rowid's varint: all its bytes but the last have the high bit, unless it is a ninth. */
	for (uint32_t i = a->at + 4; i < at && i < a->limit; i++)
		if ((a->page[i] >= 0x80) != (i + 1 < at) && !(i + 1 == at && before >= 10))
			return;
	unsigned n = at < a->limit ? varint_read(a->page + at, end, &header) : 0;
	if (!n || header <= n || header > a->limit - at)
		return;
	uint32_t stop = at + (uint32_t)header, p = at + n;
	int count = 0;
	while (p < stop && count < SCHEMA_COLUMNS) {
		p = serials_read(a, p, count, 1);
		if (!p)
			return;
		count++;
	}
	if (p != stop)
		return;
	struct cell c = { .at = a->at, .serials_at = at + n, .body_at = stop, .header = (uint32_t)header, .columns = (uint16_t)count,
			  .damaged = true };
	a->sure = true;
	a->headless = false;
	judge(a, &c, -1, -1, 0.9);
}

/* Types of `size` bytes: fixed ones, blob, text. */
static int types_of(uint64_t size, uint64_t *to)
{
	static const uint8_t none[] = { 9, 8, 0 };
	int n = 0;
	if (!size)
		for (size_t i = 0; i < sizeof(none); i++)
			to[n++] = none[i];
	for (uint64_t s = 1; s <= 7; s++)
		if (size && serial_size(s) == size)
			to[n++] = s;
	to[n++] = 13 + 2 * size;
	to[n++] = 12 + 2 * size;
	return n;
}

/* A record of `stored` columns, of which `lost` leading serial types are gone, which took `lost_bytes`; the others stand from `at`. `low`: the last byte of the last of them that
 * still stands, or -1. */
static void try_lost(struct attempt *a, int table, int stored, uint32_t before, int lost, uint32_t lost_bytes, uint32_t at, int low)
{
	struct recover *r = a->r;
	const struct table *t = r->tables[table];
	if (stored < lost)
		return;
	bool alias = t->pub.schema.order[0] == t->pub.schema.ipk; /* then what is lost is known: a NULL */
	const struct standing *s = standing_read(a, at, stored - lost);
	if (!s)
		return;
	uint64_t known = s->sizes[stored - lost];
	uint32_t body = s->ends[stored - lost];
	struct cell c = { .at = a->at, .serials_at = at, .body_at = body, .header = 1 + lost_bytes + (body - at),
			  .columns = (uint16_t)stored, .lost = (uint8_t)lost, .damaged = true };
	if (c.header > 127 || body - a->at - c.header != before)
		return;
	a->headless = true;
	a->sure = true;
	if (!lost) {
		memcpy(r->serials, s->serials, (size_t)stored * sizeof(*s->serials));
		judge(a, &c, table, -1, 0.9);
		return;
	}
	uint64_t room = a->limit > body ? a->limit - body : 0;
	for (uint64_t d = 0; known + d <= room && d < 16384; d++) {
		uint32_t end = body + (uint32_t)(known + d), size = end - a->at;
		if (a->block && size > a->block)
			break;
		bool exact = a->block && size <= a->block && size + 3 >= a->block;
		if (!exact && boundary(a, end) < BOUNDARY) {
			/* Straight to the next place, or to where the block ends. */
			uint64_t stop = a->block && a->block > 3 ? a->at + a->block - 3 : (uint64_t)a->limit + 1;
			d += (stop > end + 1 ? boundary_next(a, end + 1, (uint32_t)stop) : end + 1) - end - 1;
			continue;
		}
		a->sure = (exact && lost == 1) || alias;
		for (uint64_t d1 = lost == 2 ? 0 : d; d1 <= d; d1++) {
			uint64_t one[8], two[8] = { 0 };
			int n1 = types_of(d1, one), n2 = lost == 2 ? types_of(d - d1, two) : 1;
			for (int i = 0; i < n1; i++) {
				for (int j = 0; j < n2; j++) {
					if (varint_size(one[i]) + (lost == 2 ? varint_size(two[j]) : 0) != lost_bytes)
						continue;
					if (low >= 0 && (int)((lost == 2 ? two[j] : one[i]) & 0x7f) != low)
						continue;
					memcpy(r->serials + lost, s->serials, (size_t)(stored - lost) * sizeof(*s->serials));
					c.lost_serial[0] = r->serials[0] = one[i];
					if (lost == 2)
						c.lost_serial[1] = r->serials[1] = two[j];
					c.doubt = alias ? 0 : (uint8_t)lost;
					double weight = alias ? 1 : usual(t, 0, one[i]);
					if (lost == 2)
						weight = sqrt(weight * usual(t, 1, two[j]));
					judge(a, &c, table, -1, lost == 2 ? 0.3 + 0.55 * weight : 0.5 + 0.35 * weight);
				}
			}
		}
	}
}

static void try_table(struct attempt *a, int table, int stored)
{
	struct recover *r = a->r;
	const struct schema_table *s = &r->tables[table]->pub.schema;
	uint32_t at = a->at;
	/* The rowid's alias is stored as a NULL: nothing of it can be lost but its one byte. */
	bool null_first = s->order[0] == s->ipk;
	int fifth = a->page[at + 4] < 0x80 ? a->page[at + 4] : -1; /* the second byte of a varint, if it is one */
	try_lost(a, table, stored, 3, 0, 0, at + 4, -1);
	try_lost(a, table, stored, 2, 1, 1, at + 4, -1);
	if (!null_first && fifth >= 0)
		try_lost(a, table, stored, 2, 1, 2, at + 5, fifth);
	if (s->without_rowid && stored >= 2) {
		try_lost(a, table, stored, 1, 1, 2, at + 4, -1);
		try_lost(a, table, stored, 1, 2, 2, at + 4, -1);
		if (fifth >= 0)
			try_lost(a, table, stored, 1, 2, 3, at + 5, fifth);
	}
}

bool damaged_read(struct recover *r, const uint8_t *page, uint32_t at, uint32_t limit, bool anchored, bool first, int owner,
		  struct cell *ret, int *ret_table, int *ret_also, double *ret_fit)
{
	struct attempt a = { .r = r, .page = page, .at = at, .limit = limit, .first = first, .anchored = anchored, .owner = owner,
			     .table = -1, .also = -1 };
	a.block = block_size(page, at, limit, r->usable);
	if (at + 8 > limit || (!a.block && !first))
		return false;
	if (first)
		a.block = limit - at;
	else if (a.block > limit - at)
		a.block = 0; /* a stale header: what it described has been used again at its end */
	if (!r->ends && !(r->ends = calloc(1, sizeof(*r->ends)))) {
		r->nomem = true;
		return false;
	}
	for (int i = 0; i < 2; i++) {
		r->ends->standing[i].count = 0;
		r->ends->standing[i].over = false;
		r->ends->standing[i].sizes[0] = 0;
		r->ends->standing[i].ends[0] = at + 4 + (uint32_t)i;
	}
	for (uint32_t before = 4; before <= 12; before++)
		try_whole_header(&a, before);
	for (int i = 0; i < r->table_count; i++) {
		const struct table *t = r->tables[i];
		int stored = t->pub.schema.stored;
		if (t->shadow || !stored || !table_allowed(r, i))
			continue;
		try_table(&a, i, stored);
		/* Records older than columns that ALTER TABLE added. */
		for (int n = stored - 1, tries = 0; n >= 1 && (uint32_t)n >= t->least_columns && tries < 8; n--, tries++)
			try_table(&a, i, n);
	}
	if (a.table >= 0 && a.cell.doubt == 2 && !anchored && a.cell.end - a.cell.at != a.block)
		return false; /* nothing holds it up */
	if (a.table < 0 || a.fit < (a.cell.doubt == 2 ? FIT_DIVIDED : !anchored ? FIT_ALONE : a.cell.doubt ? FIT_CONCLUDED : FIT_ANCHORED))
		return false;
	*ret = a.cell;
	*ret_table = a.table;
	*ret_also = a.also;
	*ret_fit = a.fit;
	return true;
}
