/* Entries of indexes look like rows: what they look like is learnt from the live ones, so that they are not taken for rows.  And whose an
 * image of a page was that is not the live one: its type says table or index, its intact cells say which. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/sqlite_engine.h"

enum { CELLS_ASKED = 40, SAMPLED_MOST = 2000, WIDE = 12 };
#define OWNER_BONUS 0.5 /* pages mostly stay with their tree */
#define CERTAIN -0.1    /* mean of the logarithms of fits: nearly every cell fits well */
#define LEAST_BITS 16
#define POOR -0.6       /* less is no fit */
#define SAME_AS 0.02    /* two whose mean fits differ by less are not told apart */

static const struct table *shape_of(const struct recover *r, int owner)
{
	int i = owner_index(owner);
	return i >= 0 && i < r->shape_count ? r->shapes[i] : NULL;
}

bool entry_wanted(const struct recover *r, int owner)
{
	const struct table *t = shape_of(r, owner);
	return owner_index(owner) >= 0 && (!t || t->sampled < SAMPLED_MOST);
}

void entry_learn(struct recover *r, int owner, int count, const uint8_t *body, size_t size)
{
	int i = owner_index(owner);
	if (i < 0)
		return;
	if (i >= r->shape_count) {
		int room = i + 32;
		struct table **more = realloc(r->shapes, (size_t)room * sizeof(*more));
		if (!more) {
			r->nomem = true;
			return;
		}
		memset(more + r->shape_count, 0, (size_t)(room - r->shape_count) * sizeof(*more));
		r->shapes = more;
		r->shape_count = room;
	}
	struct table *t = r->shapes[i];
	if (!t) { /* the first entry says how many columns there are */
		t = r->shapes[i] = arena_new(&r->arena, struct table);
		if (!t || !(t->stats = arena_array(&r->arena, (size_t)count + 1, sizeof(*t->stats)))) {
			r->nomem = true;
			r->shapes[i] = NULL;
			return;
		}
		t->least_columns = UINT32_MAX;
		t->shadow = true;
		t->pub.schema.stored = count;
	}
	if (count == t->pub.schema.stored)
		table_learn(r, t, r->serials, count, body, size);
}

double fit_entry(struct recover *r, const struct table *t, int count, const uint8_t *body, size_t size)
{
	double fit = 1;
	size_t at = 0;
	if (!t || !t->sampled || count != t->pub.schema.stored)
		return 0;
	for (int i = 0; i < count; i++) {
		const struct column_stats *s = &t->stats[i];
		uint64_t serial = r->serials[i], n = serial_size(serial);
		uint32_t seen = serial == 0 ? s->nulls : serial_is_int(serial) ? s->ints : serial == 7 ? s->reals : serial_is_text(serial) ? s->texts : s->blobs;
		if (!seen)
			fit *= t->sampled < 12 ? 0.5 : 0.1;
		if (at + n <= size && serial_is_int(serial) && s->ints) {
			double v = (double)serial_integer(serial, body + at), span = (double)s->high - (double)s->low + 16;
			if (v < (double)s->low - span || v > (double)s->high + span)
				fit *= 0.5;
		} else if (serial >= 12 && seen && (n < s->text_low / 2 || n > 2 * (uint64_t)s->text_high + 8)) {
			fit *= 0.6;
		}
		if (serial_is_text(serial) && at < size && !s->strange && !text_fits(r, body + at, n < size - at ? (size_t)n : size - at, at + n <= size))
			fit *= 0.05;
		at += n;
	}
	return fit;
}

/* Of many columns some hold by chance what no row before did: what speaks against a wide row is weighed by the column, not summed up. */
double wide_share(int columns) { return columns > WIDE ? (double)WIDE / columns : 1; }

/* The mean of what the cells asked say about one table or index; -1: impossible. */
static double owner_score(struct recover *r, const struct page_header *h, const struct table *t, bool rowid, bool entries)
{
	uint32_t step = h->cells / CELLS_ASKED + 1, asked = 0;
	double sum = 0;
	for (uint32_t i = 0; i < h->cells; i += step) {
		struct cell c;
		uint32_t at = be16_at(r->page + h->pointers + 2 * i) + (h->type == PAGE_INDEX_INTERIOR ? 4 : 0);
		if (at < h->content || at + 4 > r->usable || !cell_read(r, r->page, at, r->page_have, rowid, rowid, &c) || c.cut)
			continue;
		size_t size = c.local - c.header;
		double fit = entries ? fit_entry(r, t, c.columns, r->page + c.body_at, size) : fit_table(r, t, c.columns, r->page + c.body_at, size);
		/* Where rows begin with NULL, it is likelier the alias of a rowid than an empty column. */
		if (!entries && rowid && r->serials[0] == 0 && t->pub.schema.order && t->pub.schema.order[0] != t->pub.schema.ipk)
			fit *= (t->stats[0].nulls + 0.5) / (t->sampled + 1.0);
		sum += fit > 0 ? log(fit > 1e-4 ? fit : 1e-4) * wide_share(c.columns) : log(1e-4);
		asked++;
	}
	return asked ? sum / asked : -1000;
}

/* Are these rather rows of a WITHOUT ROWID table than entries of an index that is not known? Those end with a rowid: a number, each another. */
static bool looks_like_rows(struct recover *r, const struct page_header *h, const struct table *t)
{
	uint32_t step = h->cells / CELLS_ASKED + 1, asked = 0;
	double bits = 0, numbers = 0;
	bool all = true;
	for (uint32_t i = 0; i < h->cells; i += step) {
		struct cell c;
		uint32_t at = be16_at(r->page + h->pointers + 2 * i) + (h->type == PAGE_INDEX_INTERIOR ? 4 : 0);
		if (at < h->content || at + 4 > r->usable || !cell_read(r, r->page, at, r->page_have, false, false, &c) || c.cut || c.columns > t->pub.schema.stored)
			continue;
		asked++;
		bits += row_bits(r, t, &c, r->page + c.body_at, c.local - c.header);
		const struct column_stats *s = &t->stats[c.columns - 1];
		all = all && serial_is_int(r->serials[c.columns - 1]);
		numbers += log2((s->ints + 0.5) / (t->sampled + 1.0));
	}
	return asked && bits / asked > LEAST_BITS && (!all || numbers > -7);
}

/* What a tree of its time leads to is that tree's, unless its cells cannot be: then images of that time are missing. */
static int owner_then(struct recover *r, const struct page_header *h, uint32_t page_no, uint32_t version)
{
	bool leaf = h->type == PAGE_TABLE_LEAF;
	int owner = then_owner(r, page_no, version);
	if (owner < 0)
		return owner < -1 && !leaf ? owner : -1;
	const struct table *t = r->tables[owner];
	if (!owner || t->pub.schema.without_rowid == leaf || !t->pub.schema.stored)
		return -1;
	double score = owner_score(r, h, t, leaf, false);
	return score > POOR || score < -999 ? owner : -1;
}

int image_owner(struct recover *r, const struct page_header *h, uint32_t page_no, uint32_t version)
{
	bool leaf = h->type == PAGE_TABLE_LEAF, tie = false;
	double best = POOR;
	r->alien = false;
	int owner = -1, now = r->owner[page_no];
	/* A root that was a leaf once has rows in its gap still: its tree's. */
	if (h->type == PAGE_TABLE_INTERIOR) {
		int then = then_owner(r, page_no, version), whose = then != -1 ? then : now;
		return whose > 0 && !r->tables[whose]->pub.schema.without_rowid ? whose : -1;
	}
	int then = owner_then(r, h, page_no, version);
	if (then != -1)
		return then;
	if (now >= 0 ? r->tables[now]->pub.schema.without_rowid != leaf : now < -1 && !leaf) {
		double score = owner_score(r, h, now >= 0 ? r->tables[now] : shape_of(r, now), leaf, now < 0);
		if (score > CERTAIN || score < -999)
			return now; /* what it is is what it was */
	}
	for (int i = 1; i < r->table_count; i++) {
		struct table *t = r->tables[i];
		if (t->pub.schema.without_rowid == leaf || !t->pub.schema.stored)
			continue;
		double score = owner_score(r, h, t, leaf, false);
		if (score <= POOR)
			continue;
		score += now == i ? OWNER_BONUS : 0;
		if (score > best - SAME_AS)
			tie = score < best + SAME_AS;
		if (score > best) {
			best = score;
			owner = i;
		}
	}
	for (int i = 0; i < r->shape_count && !leaf; i++) {
		double score = owner_score(r, h, r->shapes[i], false, true);
		if (score <= POOR)
			continue;
		score += now == index_owner(i) ? OWNER_BONUS : 0;
		if (score >= best) {
			best = score;
			owner = index_owner(i);
			tie = false;
		}
	}
	r->alien = owner == -1;
	if (!leaf && (owner == -1 || (owner >= 0 && !looks_like_rows(r, h, r->tables[owner]))))
		return OWNER_ENTRIES;
	return tie ? -1 : owner;
}
