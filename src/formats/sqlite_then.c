/* Whose a page image was at its time: the tree that led to it then, by the images of the schema and of interior pages of that time. What its cells look like decides
 * only where that is not known. */
#include <stdlib.h>
#include <string.h>

#include "formats/sqlite_engine.h"

enum { DEPTH_MOST = 24, LINKS_MOST = 8 << 20, LOOKED_BACK = 16 };

/* From `from` on until before `until`, `parent` led to `page`; of a root (parent 0): the schema said that it is `table`'s. */
struct link {
	uint32_t page, parent;
	uint64_t from, until;
	int table;
};

struct then {
	struct link *links; /* by page, then by `from` */
	size_t count, room;
	bool full;
};

/* One image of a page with its time: [from, until). The oldest image that is known stands also for what was before. */
struct image {
	uint32_t version;
	uint64_t from, until;
};

static uint32_t images_of(struct recover *r, uint32_t page, struct image **list, uint32_t *room)
{
	uint32_t first, end = history_of(r, page, &first), count = 0;
	bool db = page <= r->db_pages;
	if (end - first + 1 > *room) {
		struct image *more = realloc(*list, (end - first + 1) * sizeof(*more));
		if (!more) {
			r->nomem = true;
			return 0;
		}
		*list = more;
		*room = end - first + 1;
	}
	for (uint32_t i = first; i < end; i++) {
		if (db && r->versions[i].age > r->db_age) {
			(*list)[count++] = (struct image){ VERSION_DB, r->db_age, 0 };
			db = false;
		}
		(*list)[count++] = (struct image){ i, r->versions[i].age, 0 };
	}
	if (db)
		(*list)[count++] = (struct image){ VERSION_DB, r->db_age, 0 };
	for (uint32_t i = 0; i < count; i++) {
		(*list)[i].until = i + 1 < count ? (*list)[i + 1].from : UINT64_MAX;
		if (i == 0)
			(*list)[i].from = 0;
	}
	return count;
}

static void link_add(struct recover *r, struct then *t, struct link l)
{
	if (t->count == t->room) {
		size_t room = t->room ? 2 * t->room : 1024;
		struct link *more = room <= LINKS_MOST && room * sizeof(*more) <= r->limits.memory / 4 ? realloc(t->links, room * sizeof(*more)) : NULL;
		if (!more) {
			t->full = true;
			return;
		}
		t->links = more;
		t->room = room;
	}
	t->links[t->count++] = l;
}

static int by_page(const void *a, const void *b)
{
	const struct link *x = a, *y = b;
	if (x->page != y->page)
		return x->page < y->page ? -1 : 1;
	return x->from < y->from ? -1 : x->from > y->from;
}

/* The image before led there, too: one link, longer. `old` are the links that end where this image begins, by page. */
static void link_go_on(struct recover *r, struct then *t, size_t old, size_t old_end, struct link l)
{
	size_t low = old, high = old_end;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->links[middle].page < l.page)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < old_end && t->links[low].page == l.page && t->links[low].until == l.from && t->links[low].table == l.table) {
		t->links[low].until = l.until;
		/* Moved behind the others, so that the next image finds it among the last. */
		l.from = t->links[low].from;
		t->links[low].until = t->links[low].from; /* empty: taken out at the end */
	}
	link_add(r, t, l);
}

/* Where an interior page's image leads. */
static void children_add(struct recover *r, struct then *t, const struct page_header *h, uint32_t page, const struct image *v, size_t old, size_t old_end)
{
	for (uint32_t i = 0; i <= h->cells && !t->full; i++) {
		uint32_t child = h->right;
		if (i < h->cells) {
			uint32_t cell = be16_at(r->page + h->pointers + 2 * i);
			if (cell + 4 > r->usable)
				continue;
			child = be32_at(r->page + cell);
		}
		if (child >= 2 && child <= r->page_count && child != page)
			link_go_on(r, t, old, old_end, (struct link){ child, page, v->from, v->until, -1 });
	}
}

/* What a schema page's image says of roots. */
static void roots_add(struct recover *r, struct then *t, const struct page_header *h, const struct image *v)
{
	for (uint32_t i = 0; i < h->cells && !t->full; i++) {
		struct cell c;
		uint32_t at = be16_at(r->page + h->pointers + 2 * i);
		size_t size, offset[6] = { 0 };
		if (at < h->content || at + 4 > r->usable || !cell_read(r, r->page, at, r->usable, true, true, &c) || c.columns != 5 || c.cut)
			continue;
		size = c.local - c.header;
		for (int k = 0; k < 5; k++)
			offset[k + 1] = offset[k] + (size_t)serial_size(r->serials[k]);
		const uint8_t *body = r->page + c.body_at;
		if (!serial_is_int(r->serials[3]) || offset[4] > size || fit_table(r, r->tables[0], 5, body, size) <= 0)
			continue;
		uint32_t root = (uint32_t)serial_integer(r->serials[3], body + offset[3]);
		if (root < 2 || root > r->page_count)
			continue;
		int table = OWNER_ENTRIES;
		if (body[r->encoding == 3] == 't') { /* "table"; "index" is the other kind with a root */
			size_t n, name_size;
			const char *sql = offset[5] <= size ? schema_text(r, body + offset[4], offset[5] - offset[4], &n) : NULL;
			const char *name = schema_text(r, body + offset[1], offset[2] - offset[1], &name_size);
			table = sql ? table_add(r, sql, n, 0, false) : -1;
			for (int k = 1; k < r->table_count && table < 0 && name; k++) /* its text is too long for the page */
				if (r->tables[k]->pub.name && strcmp(r->tables[k]->pub.name, name) == 0)
					table = k;
			if (table < 0)
				continue;
		}
		link_add(r, t, (struct link){ root, 0, v->from, v->until, table });
	}
}

/* Pages that were the schema's at some time: page 1 and what it led to. */
static void schema_pages(const struct recover *r, const struct then *t, uint8_t *schema)
{
	schema[1] = 1;
	for (int turn = 0; turn < 3; turn++)
		for (size_t i = 0; i < t->count; i++)
			if (t->links[i].parent && schema[t->links[i].parent] && t->links[i].page <= r->page_count)
				schema[t->links[i].page] = 1;
}

void then_build(struct recover *r)
{
	struct image *images = NULL;
	uint32_t room = 0;
	struct page_header h;
	if (!r->version_count)
		return; /* one time only: the trees are walked */
	struct then *t = calloc(1, sizeof(*t));
	uint8_t *schema = calloc((size_t)r->page_count + 2, 1);
	if (!t || !schema) {
		r->nomem = true;
		free(t);
		free(schema);
		return;
	}
	for (uint32_t page = 1; page <= r->page_count && !r->nomem && !t->full; page++) {
		uint32_t count = images_of(r, page, &images, &room);
		size_t old = t->count, old_end = t->count;
		for (uint32_t i = 0; i < count && !t->full; i++) {
			size_t begin = t->count;
			if (history_read(r, page, images[i].version, r->page) && page_header_read(r->page, r->usable, page == 1 ? 100 : 0, &h) &&
			    (h.type == PAGE_TABLE_INTERIOR || h.type == PAGE_INDEX_INTERIOR)) {
				children_add(r, t, &h, page, &images[i], old, old_end);
				if (t->count > begin)
					qsort(t->links + begin, t->count - begin, sizeof(*t->links), by_page);
			}
			old = begin;
			old_end = t->count;
		}
	}
	schema_pages(r, t, schema);
	for (uint32_t page = 1; page <= r->page_count && !r->nomem && !t->full; page++) {
		uint32_t count = schema[page] ? images_of(r, page, &images, &room) : 0;
		for (uint32_t i = 0; i < count; i++)
			if (history_read(r, page, images[i].version, r->page) && page_header_read(r->page, r->usable, page == 1 ? 100 : 0, &h) && h.type == PAGE_TABLE_LEAF)
				roots_add(r, t, &h, &images[i]);
	}
	free(images);
	free(schema);
	size_t kept = 0;
	for (size_t i = 0; i < t->count; i++)
		if (t->links[i].from < t->links[i].until)
			t->links[kept++] = t->links[i];
	t->count = kept;
	if (kept)
		qsort(t->links, kept, sizeof(*t->links), by_page);
	if (t->full) {
		note_add(r, 0, "more links between pages of different times than the memory limit allows: whose a page was is concluded from its rows");
		t->count = 0;
	}
	r->owners_then = t;
}

void then_free(struct recover *r)
{
	if (r->owners_then)
		free(r->owners_then->links);
	free(r->owners_then);
	r->owners_then = NULL;
}

/* The owner of a page at a time, or -1. */
static int owner_at(const struct recover *r, uint32_t page, uint64_t at, int depth)
{
	const struct then *t = r->owners_then;
	size_t low = 0, high = t->count;
	if (page == 1 || depth > DEPTH_MOST)
		return page == 1 ? 0 : -1;
	while (low < high) { /* behind the last link that began at that time or before */
		size_t middle = low + (high - low) / 2;
		if (t->links[middle].page < page || (t->links[middle].page == page && t->links[middle].from <= at))
			low = middle + 1;
		else
			high = middle;
	}
	for (int back = 0; back < LOOKED_BACK && low-- && t->links[low].page == page; back++) {
		const struct link *l = &t->links[low];
		if (at >= l->until)
			continue;
		int owner = l->parent ? owner_at(r, l->parent, at, depth + 1) : l->table;
		if (owner != -1)
			return owner;
	}
	return -1;
}

int then_owner(const struct recover *r, uint32_t page, uint32_t version)
{
	if (!r->owners_then)
		return -1;
	int owner = owner_at(r, page, version == VERSION_DB ? r->db_age : r->versions[version].until, 0);
	/* Written and given back in one transaction: whose it was before. */
	return owner != -1 || version == VERSION_DB || !r->versions[version].since ? owner : owner_at(r, page, r->versions[version].since, 0);
}

void then_before(struct recover *r, uint32_t page, uint32_t version)
{
	const struct then *t = r->owners_then;
	uint64_t at = version == VERSION_DB ? r->db_age : r->versions[version].until;
	size_t low = 0, high = t ? t->count : 0;
	r->before_count = 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->links[middle].page < page)
			low = middle + 1;
		else
			high = middle;
	}
	for (int looked = 0; t && looked < 4 * LOOKED_BACK && low < t->count && t->links[low].page == page && t->links[low].from <= at; looked++, low++) {
		const struct link *l = &t->links[low];
		int owner = l->parent ? owner_at(r, l->parent, l->from, 1) : l->table, i = 0;
		while (i < r->before_count && r->before[i] != owner)
			i++;
		if (owner > 0 && i == r->before_count && i < (int)(sizeof(r->before) / sizeof(*r->before)))
			r->before[r->before_count++] = owner;
	}
}
