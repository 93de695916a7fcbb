/* Rows in bytes that no pointer leads to: freed blocks, gaps, what is left over. */
#include <string.h>

#include "formats/sqlite_engine.h"

/* Fits below these are chance, not rows. What continues a row just found needs less proof than what stands alone. */
enum { AGAIN_MOST = 1 << 16, NESTED_BITS = 24 };
#define FIT_ANCHORED 0.1
#define FIT_ALONE 0.3

/* An intact cell of some table at `at`. Few, short or empty columns prove little: those need an anchor. */
static bool intact_read(struct recover *r, const uint8_t *page, uint32_t at, uint32_t to, bool anchored, int owner, struct cell *ret,
			int *ret_table, int *ret_also, double *ret_fit)
{
	double best = 0;
	for (int rowid = 1; rowid >= 0; rowid--) {
		struct cell c;
		double fit;
		int also;
		if (!rowid && !r->has_without_rowid)
			break;
		if (!cell_read(r, page, at, to, rowid, rowid, &c))
			continue;
		if (c.cut && c.body_at + (c.local - c.header) / 2 > c.end)
			continue;
		size_t size = c.end > c.body_at ? c.end - c.body_at : 0;
		if (size > c.local - c.header)
			size = c.local - c.header;
		int table = fit_best(r, c.columns, rowid, page + c.body_at, size, owner, &fit, &also);
		if (table < 0)
			continue;
		if (!anchored && c.payload - c.header < 4)
			fit *= 0.2;
		if (c.rowid_known && c.rowid < 0 && !anchored)
			fit *= 0.9;
		if (c.cut)
			fit *= 0.6;
		if (fit > best) {
			best = fit;
			*ret = c;
			*ret_table = table;
			*ret_also = also;
		}
	}
	*ret_fit = best;
	return best >= (anchored ? FIT_ANCHORED : FIT_ALONE);
}

/* Bits for a cell that lies within another; 0: there is none. */
static double nested_bits(struct recover *r, const uint8_t *page, int owner, const struct cell *in)
{
	double fit;
	int also;
	size_t n = in->local - in->header, there = in->end > in->body_at ? in->end - in->body_at : 0;
	if (in->payload - in->header < 4 || !cell_serials(r, page, in))
		return 0;
	if (n > there)
		n = there;
	int table = fit_best(r, in->columns, true, page + in->body_at, n, owner, &fit, &also);
	return table < 0 || fit <= 0.5 ? 0 : row_bits(r, r->tables[table], in, page + in->body_at, n);
}

/* A cell within that ends with it, freed itself or not: it took the end of the space that this one had left, overflow page's number and all.
 * Cuts the row at the first such. */
static bool cut_nested(struct recover *r, const uint8_t *page, uint32_t to, int owner, struct cell *c)
{
	uint32_t end = c->end, least = c->body_at + 1;
	for (uint32_t at = end; at-- > least;) {
		struct cell in;
		double fit;
		int also, table;
		/* Sizes of one byte say at once where the cell would end, but for the length of the rowid; a freed block names its end. */
		uint32_t size = page[at], stop = at + 1 + size, block = at + 4 <= end ? at + be16_at(page + at + 2) : 0;
		bool meets = false;
		if (size >= 0x80 || (size >= 7 && stop + 9 >= end - 3 && stop + 1 <= end))
			meets = cell_read(r, page, at, to, true, true, &in) && !in.cut && in.end <= end && in.end + 3 >= end &&
				nested_bits(r, page, owner, &in) >= NESTED_BITS;
		if (!meets && block <= end && block + 3 >= end && block_size(page, at, to, r->usable) > 8)
			meets = damaged_read(r, page, at, to, false, false, owner, &in, &table, &also, &fit) && in.end <= end && in.end + 3 >= end &&
				nested_bits(r, page, owner, &in) >= NESTED_BITS;
		end = meets ? at : end;
	}
	c->cut = c->cut || end < c->end;
	c->end = end;
	return c->cut;
}

/* Later cells were written into space that this one had before it was freed, and were freed in their turn: its own header still stands, its
 * end does not. Shown by a cell that begins inside it and reaches as far or farther. Cuts the row there. */
static void cut_overwritten(struct recover *r, const uint8_t *page, uint32_t to, int owner, struct cell *c)
{
	if (c->cut || cut_nested(r, page, to, owner, c) || c->overflow || (r->encoding == 1 && cell_boundary(r, page, c->end, to, owner) > 0.8))
		return;
	for (uint32_t at = c->body_at + 1; at < c->end; at++) {
		struct cell in;
		double fit;
		int also, table;
		bool crosses = cell_read(r, page, at, to, true, true, &in) && in.end >= c->end && in.payload - in.header >= 4;
		if (crosses && in.cut) { /* its own end was overwritten, too */
			crosses = nested_bits(r, page, owner, &in) >= NESTED_BITS;
			if (crosses) {
				c->cut = true;
				c->end = at;
				return;
			}
		}
		/* It may have been overwritten itself: then its header alone is proof, if it has columns enough. */
		crosses = crosses && ((fit_best(r, in.columns, true, page + in.body_at, in.local - in.header, owner, &fit, &also) >= 0 && fit > 0.5) ||
				      (in.columns >= 4 && in.body_at >= c->end && fit_best(r, in.columns, true, page + in.body_at, 0, owner, &fit, &also) >= 0 && fit > 0.5));
		uint32_t block = block_size(page, at, to, r->usable);
		if (!crosses && (be16_at(page + at) ? block : block > 8 && at + block >= c->end)) /* the last block of a chain has no next */
			crosses = damaged_read(r, page, at, to, false, false, owner, &in, &table, &also, &fit) && in.end > c->end && fit > 0.5;
		if (crosses) {
			c->cut = true;
			c->end = at;
			return;
		}
	}
}

/* The image is read once more when all is known: a table had too few rows to tell what its rows look like. */
static void read_again(struct recover *r, uint32_t page_no, uint32_t version)
{
	if (r->second || (r->again_count && r->again[r->again_count - 1].page == page_no && r->again[r->again_count - 1].version == version))
		return;
	if (r->again_count < AGAIN_MOST && slack_grow(r, &r->again, r->again_count, &r->again_room))
		r->again[r->again_count++] = (struct slack){ .page = page_no, .version = version };
}

/* Is this rather an entry of an index? Between a cell's start and its serial types stands, then, a payload size that fits. `little`: not much else
 * speaks for a row. */
static bool is_entry(struct recover *r, const uint8_t *page, const struct cell *c, uint32_t to, bool little)
{
	for (uint32_t at = c->serials_at > c->at + 12 ? c->serials_at - 12 : c->at; at < c->serials_at; at++) {
		struct cell e;
		if (!cell_read(r, page, at, to, false, false, &e) || e.serials_at != c->serials_at || e.body_at != c->body_at || e.columns < 2)
			continue;
		if (little)
			return true;
		for (int i = 0; i < r->shape_count; i++)
			if (fit_entry(r, r->shapes[i], e.columns, page + e.body_at, e.local - e.header) > 0.2)
				return true;
	}
	return false;
}

/* Is a header read from the middle of a text? Those of less than 32 columns hold bytes that no text does. */
static bool within_text(const struct recover *r, const uint8_t *page, const struct cell *c, uint32_t from)
{
	uint32_t start = c->at + (c->damaged ? 4 : 0), before = start >= from + 32 ? 32 : start - from;
	for (int skip = 0; r->encoding == 1 && skip < 3 && before > 8 && (page[start - before] & 0xc0) == 0x80; skip++)
		before--;
	if (r->encoding == 1)
		return before >= 8 && text_fits(r, page + start - before, before + (c->body_at - start), false);
	/* In UTF-16 every second byte of a text is mostly the same. */
	for (uint32_t half = 0; half < 2; half++) {
		uint32_t other = 0, all = 0;
		uint8_t high = page[start - before + half];
		for (uint32_t i = start - before + half; i + 1 < c->body_at; i += 2, all++) {
			uint8_t low = r->encoding == 3 ? page[i + 1] : i > start - before ? page[i - 1] : 0x20;
			other += page[i] != high || (!high && low < 0x20);
		}
		if (all > 8 && !other && high < 0x20)
			return true;
	}
	return false;
}

/* What stands must prove a row, the more so the less the place says: in a block that its table's page freed nearly anything is one; in a gap
 * can be parts of whatever the page was before, entries of indexes above all, which rows of WITHOUT ROWID tables look like.
 * `before`: another row ends where this begins. */
static bool proved(struct recover *r, const uint8_t *page, const struct cell *c, uint32_t from, uint32_t to, bool before, int table)
{
	const struct table *t = r->tables[table];
	size_t size = c->end > c->body_at ? c->end - c->body_at : 0;
	if (size > c->local - c->header)
		size = c->local - c->header;
	bool own = table == r->image, without = t->pub.schema.without_rowid;
	double after = c->cut || c->doubt ? 0 : cell_boundary(r, page, c->end, to, r->image);
	if (!cell_serials(r, page, c) || (r->context != REGION_CHAIN && within_text(r, page, c, from)))
		return false;
	double bits = row_bits(r, t, c, page + c->body_at, size);
	bits += before ? 5 : 0;
	bits += after > 0.93 ? 7 : after > 0.8 ? 6 : after > 0.5 ? 3 : 0;
	r->proof = bits;
	if (c->cut && bits < 30)
		return false;
	if (own && r->context == REGION_CHAIN)
		return bits >= (c->doubt == 2 ? 6 : c->lost == c->columns ? 5 : c->doubt ? t->sampled < 4 ? 6 : 0 : c->lost ? 7 : c->damaged ? 14 : 4);
	if (own)
		return bits >= (c->doubt == 2 ? 6 : c->lost == c->columns ? 12 : c->doubt ? t->sampled < 4 ? 8 : 2 : c->lost ? 8 : c->damaged ? 14 : 4);
	if (r->context == REGION_CHAIN)
		return bits >= (c->doubt == 2 ? 16 : c->doubt ? 8 : c->damaged ? 12 : 18);
	if (without && r->image < -1)
		return false;
	if (without) {
		double fit = fit_table(r, t, c->columns, page + c->body_at, size);
		for (int i = 0; i < r->shape_count; i++)
			if (fit_entry(r, r->shapes[i], c->columns, page + c->body_at, size) >= fit)
				return false;
		bits -= 10;
	} else if (is_entry(r, page, c, to, bits < 45)) {
		return false;
	}
	return bits >= (c->doubt == 2 ? 28 : c->damaged ? 25 : 20) + (r->foreign ? 20 : 0);
}

void carve_region(struct recover *r, const uint8_t *page, uint32_t page_no, uint32_t version, uint32_t from, uint32_t to,
		  bool freed_block, int state)
{
	int owner = r->image;
	bool anchored = freed_block;
	uint32_t at = from;
	boundaries_forget(r, page, from, to, owner);
	while (at + 4 <= to && !r->nomem) {
		if (!anchored && at + 8 <= to) {
			uint64_t word;
			memcpy(&word, page + at, 8);
			if (!word) {
				at += 4; /* a cell begins with no zero, a damaged one has at most two */
				continue;
			}
		}
		struct cell c;
		int table, also = -1;
		double fit;
		bool found = false;
		bool first = freed_block && at == from;
		if (!first)
			found = intact_read(r, page, at, to, anchored, owner, &c, &table, &also, &fit);
		if (!found)
			found = damaged_read(r, page, at, to, anchored, first, owner, &c, &table, &also, &fit);
		/* Standing alone, a damaged cell can seem to begin a few bytes early. */
		for (uint32_t skip = 1; found && c.damaged && !anchored && skip <= 4; skip++) {
			struct cell c2;
			int table2, also2;
			double fit2;
			if (damaged_read(r, page, at + skip, to, false, false, owner, &c2, &table2, &also2, &fit2) && fit2 > fit + 0.1) {
				c = c2;
				table = table2;
				also = also2;
				fit = fit2;
			}
		}
		if (found && !proved(r, page, &c, from, to, anchored && at > from, table)) {
			found = false;
			if (r->tables[table]->sampled < 12)
				read_again(r, page_no, version);
		}
		if (found) {
			cut_overwritten(r, page, to, owner, &c);
			candidate_add(r, page, &c, page_no, version, table, also, fit, state);
			at = c.end;
			anchored = true;
			boundaries_forget(r, page, at, to, owner);
		} else {
			at++;
			anchored = false;
		}
	}
}
