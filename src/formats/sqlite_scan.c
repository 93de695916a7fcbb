/* All images of all pages, and what is in them beside live rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/sqlite_engine.h"

enum { ZEROED_BLOCK = 12 }; /* fewer zeros can be chance */

struct extent {
	uint32_t from, to;
};

static int extent_order(const void *a, const void *b)
{
	uint32_t x = ((const struct extent *)a)->from, y = ((const struct extent *)b)->from;
	return x < y ? -1 : x > y;
}

/* Where the chain of freed blocks is broken, all that no cell covers is looked at as if a freed block began there. */
static void scan_uncovered(struct recover *r, const struct page_header *h, uint32_t page_no, uint32_t version, uint32_t from, int state)
{
	struct extent *cells = calloc((size_t)h->cells + 1, sizeof(*cells));
	uint32_t count = 0;
	if (!cells) {
		r->nomem = true;
		return;
	}
	bool leaf = h->type == PAGE_TABLE_LEAF, interior = h->type == PAGE_TABLE_INTERIOR || h->type == PAGE_INDEX_INTERIOR;
	for (uint32_t i = 0; i < h->cells; i++) {
		struct cell c;
		uint32_t at = be16_at(r->page + h->pointers + 2 * i), skip = interior ? 4 : 0;
		if (at < h->content || at + 4 + skip > r->usable)
			continue;
		if (h->type == PAGE_TABLE_INTERIOR)
			cells[count++] = (struct extent){ at, at + 5 };
		else if (cell_read(r, r->page, at + skip, r->usable, leaf, leaf, &c))
			cells[count++] = (struct extent){ at, c.end };
	}
	qsort(cells, count, sizeof(*cells), extent_order);
	cells[count] = (struct extent){ r->usable, r->usable };
	for (uint32_t i = 0; i <= count; i++) {
		if (cells[i].from >= from + 4)
			carve_region(r, r->page, page_no, version, from, cells[i].from, true, state);
		if (cells[i].to > from)
			from = cells[i].to;
	}
	free(cells);
}

static bool all_zero(const uint8_t *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (p[i])
			return false;
	return true;
}

/* The gap between cell pointers and content, and the chain of freeblocks. Freed blocks lie in ascending order: a chain that does not
 * is damaged, or loops. The chain begins anew when a page is given to another tree, so it holds only what its tree, or at least trees of the
 * page's type, had freed; the gap can hold anything that the page ever was. */
static void scan_unused(struct recover *r, const struct page_header *h, uint32_t page_no, uint32_t version, int gap_state, int block_state)
{
	uint32_t block = h->first_free, least = h->content;
	int owner = r->image;
	bool broken = false, entries = h->type == PAGE_TABLE_INTERIOR || owner < -1;
	r->only = owner >= 0 ? owner : -1;
	r->context = REGION_CHAIN;
	r->only_type = h->type == PAGE_TABLE_LEAF ? PAGE_TABLE_LEAF : PAGE_INDEX_LEAF;
	while (block && !entries) {
		uint32_t next = be16_at(r->page + block), size = be16_at(r->page + block + 2);
		if (size < 4 || block + size > r->usable || (next && (next < block + size || next + 4 > r->usable))) {
			broken = true;
			break;
		}
		if (size >= ZEROED_BLOCK && all_zero(r->page + block + 4, size - 4))
			r->zeroed_blocks += block_state == RECOVER_FREE_BLOCK; /* in the page as it stands */
		else
			carve_region(r, r->page, page_no, version, block, block + size, true, block_state);
		least = block + size;
		block = next;
	}
	if (!entries && (broken || (!h->first_free && be16_at(r->page + h->pointers - (h->right ? 12 : 8) + 1)))) {
		note_add(r, history_offset(r, page_no, version) + block, "the chain of freed blocks of page %u is broken or loops", page_no);
		scan_uncovered(r, h, page_no, version, least, block_state);
	}
	r->only = -1;
	r->only_type = 0;
	r->context = REGION_GAP;
	then_before(r, page_no, version);
	carve_region(r, r->page, page_no, version, h->pointers + 2 * h->cells, h->content, false, gap_state);
	r->before_count = 0;
}

/* An intact row of a page whose table is not known: is it rather another table's? Its types decide. Numbers beyond those of the rows that are left
 * do not speak against it: who deletes the most of a table leaves a narrow range. */
static bool types_differ(struct recover *r, int table, const struct cell *c)
{
	r->any_number = true;
	double fit = fit_table(r, r->tables[table], c->columns, r->page + c->body_at, c->local - c->header);
	r->any_number = false;
	return pow(fit, wide_share(c->columns)) < 0.6;
}

enum { ALIASES_LEAST = 4 };

/* All rows of the page begin with NULL: an INTEGER PRIMARY KEY is stored so, and hardly anything else is empty in every row. */
static bool all_aliases(struct recover *r, const struct page_header *h)
{
	uint32_t asked = 0;
	for (uint32_t i = 0; i < h->cells; i++) {
		struct cell c;
		uint32_t at = be16_at(r->page + h->pointers + 2 * i);
		if (at < h->content || at + 4 > r->usable || !cell_read(r, r->page, at, r->page_have, true, true, &c) || c.cut)
			continue;
		if (r->serials[0] != 0)
			return false;
		asked++;
	}
	return asked >= ALIASES_LEAST;
}

/* The table has no such alias, and is not known for empty first columns. */
static bool no_alias(const struct table *t)
{
	const struct schema_table *s = &t->pub.schema;
	return s->order && s->stored && s->order[0] != s->ipk && t->stats[0].nulls < 0.9 * t->sampled + 0.5;
}

/* Cells that a page's own pointers name, on a page that is not live. */
static void scan_cells(struct recover *r, const struct page_header *h, uint32_t page_no, uint32_t version, int state)
{
	bool index = h->type == PAGE_INDEX_LEAF || h->type == PAGE_INDEX_INTERIOR;
	int owner = r->image;
	uint32_t have = r->page_have; /* history_read() of overflow pages changes it */
	if (h->type == PAGE_TABLE_INTERIOR || (index && !r->has_without_rowid) || owner < -1)
		return;
	bool aliases = r->alien && !index && all_aliases(r, h);
	int unnamed = -1;
	r->only = owner;
	r->only_type = 0;
	r->context = REGION_CELL;
	for (uint32_t i = 0; i < h->cells; i++) {
		struct cell c;
		uint32_t at = be16_at(r->page + h->pointers + 2 * i);
		if (at < h->content || at + 4 > r->usable)
			continue;
		if (h->type == PAGE_INDEX_INTERIOR)
			at += 4;
		if (!cell_read(r, r->page, at, have, !index, !index, &c) || c.cut)
			continue;
		double fit;
		int also, table = fit_best(r, c.columns, !index, r->page + c.body_at, c.local - c.header, owner, &fit, &also);
		if ((table < 0 || (r->alien && types_differ(r, table, &c)) || (aliases && no_alias(r->tables[table]))) && !index)
			table = unnamed = table_add_unnamed(r, c.columns, r->serials[0] == 0);
		if (table >= 0)
			candidate_add(r, r->page, &c, page_no, version, table, also, fit > 0.5 ? 1 : 0.5 + fit, state);
	}
	r->only = -1;
	if (aliases && unnamed >= 0) /* so are those in its gap */
		r->image = unnamed;
}

static int page_state(const struct recover *r, uint32_t version, bool live)
{
	return live ? RECOVER_FREE_PAGE : version != VERSION_DB && r->versions[version].file == RECOVER_IN_JOURNAL ? RECOVER_JOURNAL : RECOVER_WAL_OLD;
}

/* A page that no b-tree page's header begins: a trunk of the freelist, which may have been anything, or a freed overflow page. Those hold no cells,
 * but for what the last one of a chain has left over. */
static void scan_bare(struct recover *r, uint32_t page_no, uint32_t version)
{
	const struct claim *claim = claim_of(r, page_no, version);
	bool live = version == history_live(r, page_no);
	if (!history_read(r, page_no, version, r->page))
		return;
	uint32_t next = be32_at(r->page), at = 0;
	r->foreign = false;
	if (claim) {
		at = claim->used;
	} else if (page_is_trunk(r, r->page, page_no, version)) {
		uint32_t leaves = be32_at(r->page + 4);
		at = leaves <= r->usable / 4 - 2 ? 8 + 4 * leaves : 8;
		history_read(r, page_no, version, r->page); /* page_is_trunk() read others: r->page_have */
	} else if (next >= 2 && next <= r->stated && next != page_no) {
		r->loose += live;
		return;
	} else {
		r->foreign = !next;
	}
	r->image = -1;
	r->context = REGION_BARE;
	carve_region(r, r->page, page_no, version, at, r->page_have, false, page_state(r, version, live));
	r->foreign = false;
}

static void scan_image(struct recover *r, uint32_t page_no, uint32_t version, bool live)
{
	uint8_t use = live || r->use[page_no] == PAGE_USE_POINTERS || r->use[page_no] == PAGE_USE_LOCK ? r->use[page_no] : PAGE_USE_ORPHAN;
	if (page_no == 1)
		return; /* the schema's own page never held rows of another table */
	if ((live && r->quiet[page_no]) || use == PAGE_USE_POINTERS || use == PAGE_USE_LOCK || use == PAGE_USE_OVERFLOW || !history_read(r, page_no, version, r->page))
		return;
	if (live && use == PAGE_USE_FREE && all_zero(r->page, r->page_have)) {
		r->zeroed_pages++;
		return;
	}
	int state = page_state(r, version, live);
	uint32_t at = page_no == 1 ? 100 : 0;
	struct page_header h;
	if (use == PAGE_USE_TRUNK || !page_header_read(r->page, r->usable, at, &h)) {
		if (r->second)
			scan_bare(r, page_no, version);
		else if (slack_grow(r, &r->bare, r->bare_count, &r->bare_room))
			r->bare[r->bare_count++] = (struct slack){ .page = page_no, .version = version };
		return;
	}
	r->alien = false;
	bool in_tree = use == PAGE_USE_TABLE || use == PAGE_USE_INDEX;
	r->image = in_tree && r->owner[page_no] != -1 ? r->owner[page_no] : image_owner(r, &h, page_no, version);
	if (in_tree) {
		scan_unused(r, &h, page_no, version, RECOVER_UNALLOCATED, RECOVER_FREE_BLOCK);
	} else {
		scan_cells(r, &h, page_no, version, state);
		scan_unused(r, &h, page_no, version, state, state);
	}
}

enum err scan_all(struct recover *r)
{
	for (int i = 0; i < r->table_count; i++)
		r->has_without_rowid |= r->tables[i]->pub.schema.without_rowid;
	/* Pages that tables left whole teach what a damaged cell may look like, so they come before pages in use. */
	for (int turn = 0; turn < 2; turn++) {
		for (uint32_t page = 1; page <= r->page_count && !r->nomem; page++) {
			bool used = r->use[page] == PAGE_USE_TABLE || r->use[page] == PAGE_USE_INDEX;
			uint32_t live = history_live(r, page), first, end = history_of(r, page, &first);
			if (page <= r->db_pages && (live == VERSION_DB && used) == (turn == 1))
				scan_image(r, page, VERSION_DB, live == VERSION_DB);
			for (uint32_t i = first; i < end; i++)
				if ((i == live && used) == (turn == 1))
					scan_image(r, page, i, i == live);
		}
	}
	/* Now it is known which overflow pages are of rows that were found. */
	claims_sort(r);
	for (uint32_t i = 0; i < r->bare_count && !r->nomem; i++)
		scan_bare(r, r->bare[i].page, r->bare[i].version);
	claims_sort(r);
	r->second = true;
	for (uint32_t i = 0; i < r->again_count && !r->nomem; i++)
		scan_image(r, r->again[i].page, r->again[i].version, r->again[i].version == history_live(r, r->again[i].page));
	for (uint32_t i = 0; i < r->slack_count; i++) {
		const struct slack *s = &r->slack[i];
		r->image = -1;
		r->context = REGION_GAP;
		if (history_read(r, s->page, s->version, r->page))
			carve_region(r, r->page, s->page, s->version, s->used, r->usable, false, RECOVER_UNALLOCATED);
	}
	return r->nomem ? ERR_NOMEM : OK;
}
