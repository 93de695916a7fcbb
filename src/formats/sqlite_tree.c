/* The live state: which page belongs to which table, index, overflow chain or freelist; hashes and statistics of live rows. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/sqlite_engine.h"

enum { SAMPLE_ALL = 2000, SAMPLE_EACH = 32, EXPECT_PAGES = 64 };

struct walk {
	uint32_t *pages;
	size_t count, room;
};

static bool walk_push(struct recover *r, struct walk *w, uint32_t page)
{
	if (page < 1 || page > r->page_count)
		return false;
	if (w->count == w->room) {
		size_t room = w->room ? w->room * 2 : 256;
		uint32_t *more = realloc(w->pages, room * sizeof(*more));
		if (!more) {
			r->nomem = true;
			return false;
		}
		w->pages = more;
		w->room = room;
	}
	w->pages[w->count++] = page;
	return true;
}

static bool tree_add(struct recover *r, uint32_t root, int table)
{
	if (r->tree_count == r->tree_room) {
		int room = r->tree_room ? r->tree_room * 2 : 64;
		struct tree *more = realloc(r->trees, (size_t)room * sizeof(*more));
		if (!more) {
			r->nomem = true;
			return false;
		}
		r->trees = more;
		r->tree_room = room;
	}
	r->trees[r->tree_count++] = (struct tree){ root, table };
	return true;
}

/* A row of sqlite_schema: r->serials and its content. */
static void schema_row(struct recover *r, int columns, const uint8_t *body, size_t size, bool live)
{
	const uint8_t *part[5];
	size_t at = 0;
	if (columns < 5)
		return;
	for (int i = 0; i < 5; i++) {
		uint64_t n = serial_size(r->serials[i]);
		if (at + n > size)
			return;
		part[i] = body + at;
		at += n;
	}
	size_t n, type_size;
	const char *type = schema_text(r, part[0], serial_size(r->serials[0]), &type_size);
	uint32_t root = serial_is_int(r->serials[3]) ? (uint32_t)serial_integer(r->serials[3], part[3]) : 0;
	if (!type)
		return;
	if (strcmp(type, "table") == 0) {
		const char *sql = schema_text(r, part[4], serial_size(r->serials[4]), &n);
		int t = sql ? table_add(r, sql, n, live ? root : 0, live) : -1;
		if (live && root && t >= 0)
			tree_add(r, root, t);
		else if (live && root)
			note_add(r, 0, "the schema row of the table at page %u could not be read", root);
	} else if (live && strcmp(type, "index") == 0 && root) {
		size_t name_size, table_size;
		const char *name = schema_text(r, part[1], serial_size(r->serials[1]), &name_size);
		const char *table = schema_text(r, part[2], serial_size(r->serials[2]), &table_size);
		const char *sql = schema_text(r, part[4], serial_size(r->serials[4]), &n);
		int i = name && table && sql ? index_add(r, name, table, sql, n) : -1;
		tree_add(r, root, i >= 0 ? index_owner(i) : OWNER_ENTRIES);
	}
}

static void live_cell(struct recover *r, const uint8_t *page, uint32_t page_no, uint32_t version, const struct cell *c, int table)
{
	size_t size;
	const uint8_t *body = cell_body(r, page, c, page_no, version, CHAIN_MARK, table, &size);
	if (table < 0) {
		entry_learn(r, table, c->columns, body, size);
		return;
	}
	struct table *t = r->tables[table];
	if (t->is_schema) {
		schema_row(r, c->columns, body, size, true);
		return;
	}
	uint64_t serials = serials_hash(r->serials, c->columns);
	hash_add_later(&r->live_rows, hash_bytes(serials, body, size));
	if (t->pub.schema.without_rowid) {
		size_t key = 0;
		for (int i = 0; i < t->pub.schema.keys && i < c->columns; i++)
			key += serial_size(r->serials[i]);
		hash_add(&r->live_keys, hash_bytes(serials_hash(r->serials, t->pub.schema.keys), body, key < size ? key : size));
	} else {
		if (size <= SMALL_ROW)
			hash_add(&r->live_small, hash_with_rowid(hash_bytes(serials, body, size), c->rowid));
		if (!runs_add(&t->rowids, c->rowid))
			r->nomem = true;
	}
	t->pub.rows++;
	if (t->pub.rows <= SAMPLE_ALL || t->pub.rows % SAMPLE_EACH == 0)
		table_learn(r, t, r->serials, c->columns, body, size);
}

/* One page of a tree: children are pushed, cells of tables hashed. False when it is no page of such a tree. */
static bool walk_page(struct recover *r, struct walk *w, uint32_t page_no, int table)
{
	uint32_t version = history_live(r, page_no);
	struct page_header h;
	uint32_t at = page_no == 1 ? 100 : 0;
	if (!history_read(r, page_no, version, r->page) || !page_header_read(r->page, r->usable, at, &h))
		return false;
	bool index = h.type == PAGE_INDEX_INTERIOR || h.type == PAGE_INDEX_LEAF;
	bool interior = h.type == PAGE_TABLE_INTERIOR || h.type == PAGE_INDEX_INTERIOR;
	if (table >= 0 && index != r->tables[table]->pub.schema.without_rowid)
		return false;
	r->use[page_no] = index && table < 0 ? PAGE_USE_INDEX : PAGE_USE_TABLE;
	r->owner[page_no] = table;
	bool sound = true;
	r->quiet[page_no] = be16_at(r->page + at + 1) == 0;
	for (uint32_t i = h.pointers + 2 * h.cells; i < h.content && r->quiet[page_no]; i++)
		r->quiet[page_no] = !r->page[i];
	for (uint32_t i = 0; i < h.cells; i++) {
		uint32_t cell = be16_at(r->page + h.pointers + 2 * i);
		if (cell < h.content || cell + 4 > r->usable) {
			sound = false;
			continue;
		}
		if (interior) {
			sound &= walk_push(r, w, be32_at(r->page + cell));
			if (!index)
				continue;
			cell += 4;
		}
		struct cell c;
		uint64_t payload;
		if (table < 0 && !entry_wanted(r, table) && varint_read(r->page + cell, r->page + r->usable, &payload) &&
		    payload_local(r->usable, payload, false) == payload)
			continue; /* an index's entry without overflow pages tells nothing here */
		if (cell_read(r, r->page, cell, r->usable, !index, !index, &c) && !c.cut) {
			if (table >= 0 || c.overflow || (table < -1 && entry_wanted(r, table)))
				live_cell(r, r->page, page_no, version, &c, table);
		} else {
			sound = false;
		}
	}
	if (interior)
		sound &= walk_push(r, w, h.right);
	if (!sound)
		r->quiet[page_no] = false;
	if (!sound)
		note_add(r, history_offset(r, page_no, version), "page %u is damaged: some of its cells or children could not be read",
			 page_no);
	return true;
}

static void walk_tree(struct recover *r, struct walk *w, uint32_t root, int table)
{
	w->count = 0;
	if (!walk_push(r, w, root)) {
		note_add(r, 0, "a tree begins at page %u, which is not there", root);
		r->damaged_trees = true;
		return;
	}
	while (w->count && !r->nomem) {
		uint32_t page = w->pages[--w->count];
		if (r->use[page] != PAGE_USE_UNKNOWN) {
			note_add(r, 0, "page %u belongs to two trees, or a tree to itself", page);
			r->damaged_trees = true;
		} else if (!walk_page(r, w, page, table)) {
			note_add(r, 0, "page %u is not what its tree says", page);
			r->damaged_trees = true;
		}
	}
}

static void freelist_walk(struct recover *r)
{
	uint32_t trunk = r->freelist;
	while (trunk) {
		if (trunk < 2 || trunk > r->page_count || r->use[trunk] != PAGE_USE_UNKNOWN ||
		    !history_read(r, trunk, history_live(r, trunk), r->page)) {
			note_add(r, 0, "the freelist leads to page %u, which is in use, not there or was met before", trunk);
			return;
		}
		r->use[trunk] = PAGE_USE_TRUNK;
		uint32_t leaves = be32_at(r->page + 4);
		if (leaves > r->usable / 4 - 2) {
			note_add(r, 0, "freelist page %u says it lists %u pages: too many", trunk, leaves);
			leaves = 0;
		}
		for (uint32_t i = 0; i < leaves; i++) {
			uint32_t leaf = be32_at(r->page + 8 + 4 * i);
			if (leaf >= 2 && leaf <= r->page_count && r->use[leaf] == PAGE_USE_UNKNOWN)
				r->use[leaf] = PAGE_USE_FREE;
		}
		trunk = be32_at(r->page);
	}
}

/* Without header nobody says where the freelist begins: a page that lists only pages which no tree has is taken for a trunk. */
static void freelist_guess(struct recover *r)
{
	for (uint32_t page = 2; page <= r->page_count; page++) {
		if (r->use[page] != PAGE_USE_UNKNOWN || !history_read(r, page, history_live(r, page), r->page))
			continue;
		uint32_t next = be32_at(r->page), leaves = be32_at(r->page + 4), i = 0;
		if (next > r->page_count || !leaves || leaves > r->usable / 4 - 2)
			continue;
		for (; i < leaves; i++) {
			uint32_t leaf = be32_at(r->page + 8 + 4 * i);
			if (leaf < 2 || leaf > r->page_count || r->use[leaf] != PAGE_USE_UNKNOWN || leaf == page)
				break;
		}
		if (i < leaves)
			continue;
		r->use[page] = PAGE_USE_TRUNK;
		for (i = 0; i < leaves; i++)
			r->use[be32_at(r->page + 8 + 4 * i)] = PAGE_USE_FREE;
	}
}

static void special_pages(struct recover *r)
{
	uint64_t lock = 0x40000000 / r->page_size + 1;
	if (lock <= r->page_count)
		r->use[lock] = PAGE_USE_LOCK;
	if (!r->auto_vacuum)
		return;
	uint64_t step = r->usable / 5 + 1;
	for (uint64_t page = 2; page <= r->page_count; page += step)
		r->use[page + (page == lock)] = PAGE_USE_POINTERS;
}

/* A damaged schema: pages that look like a tree's and are not free hold rows that were live, of a table whose name is lost. They are
 * not called deleted. */
static void lost_trees(struct recover *r)
{
	struct walk w = { 0 };
	uint32_t adopted = 0;
	for (uint32_t page = 2; page <= r->page_count && !r->nomem; page++) {
		struct page_header h;
		if (r->use[page] != PAGE_USE_UNKNOWN || !history_read(r, page, history_live(r, page), r->page) ||
		    !page_header_read(r->page, r->usable, 0, &h))
			continue;
		if (h.type != PAGE_TABLE_LEAF) {
			r->use[page] = h.type == PAGE_TABLE_INTERIOR ? PAGE_USE_TABLE : PAGE_USE_INDEX;
			continue;
		}
		int table = -1;
		for (uint32_t i = 0; i < h.cells && table < 0; i++) {
			struct cell c;
			uint32_t at = be16_at(r->page + h.pointers + 2 * i);
			if (at < h.content || at + 4 > r->usable || !cell_read(r, r->page, at, r->usable, true, true, &c))
				continue;
			double fit;
			int also;
			table = fit_best(r, c.columns, true, r->page + c.body_at, c.local - c.header, -1, &fit, &also);
			if (table == 0)
				table = -1; /* another schema page tells nothing here */
			if (table < 0 || fit < 0.2)
				table = table_add_unnamed(r, c.columns, r->serials[0] == 0);
		}
		if (table >= 0 && walk_page(r, &w, page, table))
			adopted++;
	}
	free(w.pages);
	if (adopted)
		note_add(r, 0, "the schema is damaged: rows of %u pages in trees without a name are taken as live, not as deleted", adopted);
}

/* What a CREATE TABLE or CREATE INDEX text tells. */
static void schema_text_use(struct recover *r, const char *text, size_t size)
{
	struct schema_index x;
	if (table_add(r, text, size, 0, false) < 0 && schema_read_index(&r->arena, text, size, &x))
		index_add(r, x.name, x.table, text, size);
}

/* CREATE texts in images of the schema's pages that are no live rows: dropped tables and indexes, and earlier schemas. */
static void schema_texts(struct recover *r, uint32_t page, uint32_t version)
{
	static const char word[] = "CREATE ";
	if (!history_read(r, page, version, r->page))
		return;
	uint8_t *text = r->page;
	size_t size = r->usable;
	for (int half = 0; half < (r->encoding == 1 ? 1 : 2); half++) {
		if (r->encoding != 1) { /* UTF-16, at even and odd offsets: the bytes of ASCII suffice to find it */
			size = 0;
			for (uint32_t i = (uint32_t)half; i + 1 < r->usable; i += 2)
				r->other[size++] = r->page[i + (r->encoding == 3)];
			text = r->other;
		}
		for (size_t at = 0; at + sizeof(word) < size;) {
			const uint8_t *hit = memmem(text + at, size - at, word, sizeof(word) - 1);
			if (!hit)
				break;
			const uint8_t *end = hit;
			while (end < text + size && *end)
				end++;
			schema_text_use(r, (const char *)hit, (size_t)(end - hit));
			at = (size_t)(hit - text) + sizeof(word) - 1;
		}
	}
}

static void schema_history(struct recover *r)
{
	for (uint32_t page = 1; page <= r->page_count; page++) {
		if (page != 1 && !(r->use[page] == PAGE_USE_TABLE && r->owner[page] == 0))
			continue;
		uint32_t first, end = history_of(r, page, &first);
		if (page <= r->db_pages)
			schema_texts(r, page, VERSION_DB);
		for (uint32_t i = first; i < end; i++)
			schema_texts(r, page, i);
	}
	/* Schema rows on free pages: a schema that grew beyond its page and shrank. */
	for (uint32_t page = 2; page <= r->page_count; page++) {
		struct page_header h;
		if ((r->use[page] != PAGE_USE_FREE && r->use[page] != PAGE_USE_UNKNOWN) ||
		    !history_read(r, page, history_live(r, page), r->page) || !page_header_read(r->page, r->usable, 0, &h) ||
		    h.type != PAGE_TABLE_LEAF)
			continue;
		for (uint32_t i = 0; i < h.cells; i++) {
			struct cell c;
			uint32_t at = be16_at(r->page + h.pointers + 2 * i);
			if (at < h.content || at + 4 > r->usable || !cell_read(r, r->page, at, r->usable, true, true, &c) ||
			    c.columns != 5 || c.overflow)
				break;
			if (fit_table(r, r->tables[0], c.columns, r->page + c.body_at, c.local - c.header) > 0.9)
				schema_row(r, c.columns, r->page + c.body_at, c.local - c.header, false);
		}
	}
}

/* About how many rows are live, by some pages: the set of them need not grow step by step. */
static void rows_expect(struct recover *r)
{
	uint64_t rows = 0, pages = 0;
	uint32_t step = r->page_count / EXPECT_PAGES + 1;
	for (uint32_t page = 2; page <= r->page_count; page += step, pages++) {
		struct page_header h;
		if (history_read(r, page, history_live(r, page), r->page) && page_header_read(r->page, r->usable, 0, &h) && h.type == PAGE_TABLE_LEAF)
			rows += h.cells;
	}
	if (pages)
		hash_expect(&r->live_rows, rows * r->page_count / pages);
}

enum err trees_walk(struct recover *r)
{
	struct walk w = { 0 };
	if (r->page_count > 4 * EXPECT_PAGES)
		rows_expect(r);
	special_pages(r);
	walk_tree(r, &w, 1, 0);
	r->schema_ok = !r->damaged_trees;
	if (!r->schema_ok)
		note_add(r, 0, "the schema could not be read");
	for (int i = 0; i < r->tree_count; i++) {
		r->sparse = r->trees[i].table < 0;
		walk_tree(r, &w, r->trees[i].root, r->trees[i].table);
	}
	r->sparse = false;
	free(w.pages);
	if (r->freelist)
		freelist_walk(r);
	else if (!r->header_ok)
		freelist_guess(r);
	schema_history(r);
	tables_settle(r);
	index_start(r);
	if (r->damaged_trees)
		lost_trees(r);
	for (uint32_t page = 1; page <= r->page_count; page++)
		if (r->use[page] == PAGE_USE_UNKNOWN)
			r->use[page] = PAGE_USE_ORPHAN;
	hash_flush(&r->live_rows);
	return r->nomem || r->arena.failed ? ERR_NOMEM : OK;
}

/* Of so few bytes that stand only those count that stand under the same rowid. */
static void short_starts(const struct recover *r, const struct cell *c, const struct hash_set *want, uint32_t lengths, struct hash_set *met)
{
	uint64_t serials = serials_hash(r->serials, c->columns);
	for (uint32_t n = 0; n < START_BYTES && n < c->local - c->header; n++) {
		if (!(lengths >> n & 1))
			continue;
		uint64_t start = hash_with_rowid(hash_bytes(serials, r->page + c->body_at, n), c->rowid);
		if (hash_has(want, start))
			hash_add(met, start);
	}
}

void trees_starts(struct recover *r, const struct hash_set *want, uint32_t lengths, struct hash_set *met)
{
	for (uint32_t page = 2; page <= r->page_count; page++) {
		struct page_header h;
		if (r->use[page] != PAGE_USE_TABLE || r->owner[page] < 1 || !history_read(r, page, history_live(r, page), r->page) ||
		    !page_header_read(r->page, r->usable, 0, &h) || h.type == PAGE_TABLE_INTERIOR)
			continue;
		bool leaf = h.type == PAGE_TABLE_LEAF;
		for (uint32_t i = 0; i < h.cells; i++) {
			struct cell c;
			uint32_t at = be16_at(r->page + h.pointers + 2 * i) + (h.type == PAGE_INDEX_INTERIOR ? 4 : 0);
			if (at < h.content || at + 4 > r->usable || !cell_read(r, r->page, at, r->usable, leaf, leaf, &c) || c.cut)
				continue;
			uint64_t start = hash_bytes(serials_hash(r->serials, c.columns), r->page + c.body_at,
						    start_size(&c, c.local - c.header));
			if (hash_has(want, start))
				hash_add(met, start);
			if (leaf && lengths)
				short_starts(r, &c, want, lengths, met);
		}
	}
}
