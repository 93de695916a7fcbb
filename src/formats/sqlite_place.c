/* Live rows' places. See sqlite_place.h. */
#include "formats/sqlite_place.h"

#include <stdlib.h>

#include "formats/sqlite_page.h"

enum {
	DEPTH_MOST = 20,       /* SQLite's own limit for a tree's depth */
	LEAVES_MOST = 8 << 20, /* 128 MB of list, 32 GB of table at the usual page size; rows behind it have no place */
};

struct leaf {
	int64_t last; /* no rowid in it is greater */
	uint32_t page;
};

struct placer {
	struct sqlite_file *file;
	uint32_t page_size, usable;
	uint64_t visits; /* interior pages that may still be read: what bounds a tree that leads back to itself */
	int64_t passed; /* rowids up to here are listed */
	struct leaf *leaves;
	size_t count, room;
	uint8_t *page; /* the leaf in hand */
	size_t leaf;   /* its number; `count`: none */
	bool sound;    /* it is a leaf */
	struct page_header header;
	struct sqlite_spot spot;
	uint32_t cell; /* the one found last */
};

static bool page_load(struct placer *p, uint32_t page, uint8_t *to, struct page_header *ret)
{
	return page && page <= sqlite_file_pages(p->file) &&
	       sqlite_file_read(p->file, to, (uint64_t)(page - 1) * p->page_size, p->page_size) == (int64_t)p->page_size &&
	       page_header_read(to, p->usable, page == 1 ? 100 : 0, ret);
}

static enum err leaf_add(struct placer *p, uint32_t page, int64_t last)
{
	if (p->count == LEAVES_MOST)
		return ERR_LIMIT;
	if (p->count == p->room) {
		size_t room = p->room ? p->room * 2 : 16;
		struct leaf *more = realloc(p->leaves, room * sizeof *more);
		if (!more)
			return err_set(ERR_NOMEM, "no memory for a table's %zu pages", room);
		p->leaves = more;
		p->room = room;
	}
	p->leaves[p->count++] = (struct leaf){ last, page };
	return OK;
}

/* The first byte of a page: what kind it is. */
static uint8_t page_kind(const struct placer *p, uint32_t page)
{
	uint8_t kind = 0;
	if (page && sqlite_file_read(p->file, &kind, (uint64_t)(page - 1) * p->page_size + (page == 1 ? 100 : 0), 1) != 1)
		return 0;
	return kind;
}

/* The children of interior page `page`, which holds rowids up to `last`. A page whose keys do not ascend beyond all that were listed
 * is damaged, or was met before: such children are left out. */
static enum err interior_list(struct placer *p, uint32_t page, int64_t last, int depth)
{
	if (depth == DEPTH_MOST || !p->visits)
		return OK;
	p->visits--;
	uint8_t *bytes = malloc(p->page_size);
	if (!bytes)
		return err_set(ERR_NOMEM, "no memory for a page");
	struct page_header h;
	enum err e = OK;
	if (!page_load(p, page, bytes, &h) || h.type != PAGE_TABLE_INTERIOR) {
		free(bytes);
		return OK;
	}
	int leaves = -1; /* a tree is equally deep everywhere: the first child tells for all */
	for (uint32_t i = 0; e == OK && i <= h.cells; i++) {
		uint32_t child = h.right, at = i < h.cells ? be16_at(bytes + h.pointers + 2 * i) : 0;
		uint64_t key = (uint64_t)last;
		if (i < h.cells) {
			if (at < h.content || at + 5 > p->usable || !varint_read(bytes + at + 4, bytes + p->usable, &key))
				continue;
			child = be32_at(bytes + at);
		}
		if ((int64_t)key > last || (int64_t)key <= p->passed)
			continue;
		if (leaves < 0)
			leaves = page_kind(p, child) == PAGE_TABLE_LEAF;
		e = leaves ? leaf_add(p, child, (int64_t)key) : interior_list(p, child, (int64_t)key, depth + 1);
		p->passed = (int64_t)key;
	}
	free(bytes);
	return e;
}

enum err placer_open(struct sqlite_file *f, uint32_t root, struct placer **ret)
{
	*ret = NULL;
	struct placer *p = calloc(1, sizeof *p);
	if (!p)
		return err_set(ERR_NOMEM, "no memory to place rows");
	p->file = f;
	p->page_size = sqlite_file_page_size(f);
	p->visits = sqlite_file_pages_there(f);
	p->passed = INT64_MIN;
	p->page = malloc(p->page_size);
	uint8_t reserved = 0;
	enum err e = p->page ? OK : err_set(ERR_NOMEM, "no memory to place rows");
	if (e == OK && sqlite_file_read(f, &reserved, 20, 1) != 1)
		e = err_set(ERR_FORMAT, "the database is empty");
	p->usable = p->page_size - reserved >= 480 ? p->page_size - reserved : p->page_size;
	if (e == OK && (!page_load(p, root, p->page, &p->header) ||
			(p->header.type != PAGE_TABLE_LEAF && p->header.type != PAGE_TABLE_INTERIOR)))
		e = err_set(ERR_FORMAT, "page %u begins no table with rowids", root);
	if (e == OK)
		e = p->header.type == PAGE_TABLE_LEAF ? leaf_add(p, root, INT64_MAX) : interior_list(p, root, INT64_MAX, 0);
	if (e == ERR_LIMIT)
		e = OK;
	p->leaf = p->count;
	if (e < 0) {
		placer_free(p);
		return e;
	}
	*ret = p;
	return OK;
}

void placer_free(struct placer *p)
{
	if (!p)
		return;
	free(p->leaves);
	free(p->page);
	free(p);
}

/* Brings the leaf that would hold `rowid` into hand. */
static bool leaf_seek(struct placer *p, int64_t rowid)
{
	size_t low = 0, high = p->count;
	if (p->leaf < p->count) { /* mostly the same one, or the next */
		if (rowid > p->leaves[p->leaf].last)
			low = p->leaf + 1;
		else if (!p->leaf || rowid > p->leaves[p->leaf - 1].last)
			return p->sound;
		else
			high = p->leaf;
		if (low < p->count && low == p->leaf + 1 && rowid <= p->leaves[low].last)
			high = low;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (p->leaves[middle].last < rowid)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == p->count)
		return false;
	p->leaf = low;
	p->cell = UINT32_MAX;
	p->sound = page_load(p, p->leaves[low].page, p->page, &p->header) && p->header.type == PAGE_TABLE_LEAF;
	p->spot = sqlite_file_spot(p->file, p->leaves[low].page);
	return p->sound;
}

/* The rowid of cell `i`, and where the cell begins. */
static bool cell_rowid(const struct placer *p, uint32_t i, int64_t *ret_rowid, uint32_t *ret_at)
{
	uint32_t at = be16_at(p->page + p->header.pointers + 2 * i);
	const uint8_t *end = p->page + p->usable;
	uint64_t payload, rowid;
	if (at < p->header.content || at >= p->usable)
		return false;
	unsigned n = varint_read(p->page + at, end, &payload);
	/* No payload is so short: these are zeros, such as stand for what a cut file lacks. */
	if (!n || payload < 2 || !varint_read(p->page + at + n, end, &rowid))
		return false;
	*ret_rowid = (int64_t)rowid;
	*ret_at = at;
	return true;
}

bool place_find(struct placer *p, int64_t rowid, struct place *ret)
{
	if (!leaf_seek(p, rowid))
		return false;
	int64_t here;
	uint32_t at, next = p->cell + 1;
	bool found = next < p->header.cells && cell_rowid(p, next, &here, &at) && here == rowid;
	if (found)
		p->cell = next;
	for (uint32_t low = 0, high = p->header.cells; !found && low < high;) {
		uint32_t middle = low + (high - low) / 2;
		if (!cell_rowid(p, middle, &here, &at))
			return false;
		if (here == rowid) {
			found = true;
			p->cell = middle;
		} else if (here < rowid) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (found)
		*ret = (struct place){ p->spot.part, p->leaves[p->leaf].page, p->spot.frame, p->spot.offset + at };
	return found;
}
