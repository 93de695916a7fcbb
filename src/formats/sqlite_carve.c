/* Rows in bytes that no pointer leads to: freed blocks, gaps, what is left over. */
#include <string.h>

#include "formats/sqlite_engine.h"

/* Fits below these are chance, not rows. What continues a row just found needs less proof than what stands alone. */
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

/* Later cells were written into space that this one had before it was freed, and were freed in their turn: its own header still stands, its
 * end does not. Shown by a cell that begins inside it and reaches as far or farther. Cuts the row there. */
static void cut_overwritten(struct recover *r, const uint8_t *page, uint32_t to, int owner, struct cell *c)
{
	if (c->cut || c->overflow || (r->encoding == 1 && cell_boundary(r, page, c->end, to, owner) > 0.5))
		return;
	for (uint32_t at = c->body_at + 1; at < c->end; at++) {
		struct cell in;
		double fit;
		int also, table;
		bool crosses = cell_read(r, page, at, to, true, true, &in) && !in.cut && in.end >= c->end && in.payload - in.header >= 4;
		/* It may have been overwritten itself: then its header alone is proof, if it has columns enough. */
		crosses = crosses && ((fit_best(r, in.columns, true, page + in.body_at, in.local - in.header, owner, &fit, &also) >= 0 && fit > 0.5) ||
				      (in.columns >= 4 && in.body_at >= c->end && fit_best(r, in.columns, true, page + in.body_at, 0, owner, &fit, &also) >= 0 && fit > 0.5));
		if (!crosses && be16_at(page + at) && block_size(page, at, to, r->usable))
			crosses = damaged_read(r, page, at, to, false, false, owner, &in, &table, &also, &fit) && in.end > c->end && fit > 0.5;
		if (crosses) {
			c->cut = true;
			c->end = at;
			return;
		}
	}
}

void carve_region(struct recover *r, const uint8_t *page, uint32_t page_no, uint32_t version, uint32_t from, uint32_t to,
		  bool freed_block, int state)
{
	int owner = r->owner[page_no];
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
