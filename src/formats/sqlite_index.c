/* What entries of indexes tell about rows that are gone.
 *
 * An entry is a record of the indexed columns and the rowid.  SQLite removes it with its row, but its bytes stay like the row's: on free
 * pages, in older images, in freed blocks and gaps of the index's pages.  It gives a row the rowid that a freed block's header took
 * from it, confirms one that has it, and fills a column that the row lost.  An entry that belongs to no row is a row of its own only
 * where fragments are asked for.
 *
 * An entry and a row belong together when the indexed columns are equal, byte by byte.  That is no proof where many rows have the same
 * value, so indexes of such columns give no rowid, nor does a value that two rows without a rowid share.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/sqlite_engine.h"

enum { INDEXES_MOST = 2000, KEY_BYTES = 4, SAME_SHARE = 20, NEIGHBOURS = 8, QUIET_EACH = 16, PAIRS_ENOUGH = 2000, ROWIDS_BEYOND = 1 << 20, TRIES_MOST = 100000000 };

int index_add(struct recover *r, const char *name, const char *table, const char *sql, size_t size)
{
	struct schema_index x = { .name = name, .table = table };
	if (size && !schema_read_index(&r->arena, sql, size, &x))
		return -1;
	for (int i = 0; i < r->index_count; i++) {
		const struct schema_index *y = &r->indexes[i].schema;
		bool same = strcasecmp(x.table, y->table) == 0 && x.count == y->count && (x.count || strcasecmp(x.name, y->name) == 0);
		for (int j = 0; j < x.count && same; j++)
			same = x.columns[j] && y->columns[j] && strcasecmp(x.columns[j], y->columns[j]) == 0;
		if (same)
			return i;
	}
	if (r->index_count == INDEXES_MOST)
		return -1;
	if (r->index_count == r->index_more) {
		int room = r->index_more ? r->index_more * 2 : 32;
		struct index *more = realloc(r->indexes, (size_t)room * sizeof(*more));
		if (!more) {
			r->nomem = true;
			return -1;
		}
		r->indexes = more;
		r->index_more = room;
	}
	r->indexes[r->index_count] = (struct index){ .schema = x, .table = -1 };
	return r->index_count++;
}

/* Where its columns are in its table's records. */
static void index_resolve(struct recover *r, struct index *x)
{
	int found = -1;
	for (int i = 1; i < r->table_count; i++) {
		const struct table *t = r->tables[i];
		if (t->pub.name && strcasecmp(t->pub.name, x->schema.table) == 0 && (found < 0 || (t->pub.live && !r->tables[found]->pub.live)))
			found = i;
	}
	const struct table *t = found >= 0 ? r->tables[found] : NULL;
	if (!t || t->shadow || t->pub.schema.without_rowid)
		return;
	const struct schema_table *s = &t->pub.schema;
	const struct schema_key *key = NULL;
	if (!x->schema.count) {
		const char *number = strrchr(x->schema.name, '_');
		long n = number ? strtol(number + 1, NULL, 10) : 0;
		if (n < 1 || n > s->unique_count)
			return;
		key = &s->uniques[n - 1];
		x->schema.unique = true;
	}
	int count = key ? key->count : x->schema.count;
	if (count > INDEX_COLUMNS)
		return;
	for (int i = 0; i < count; i++) {
		int column = key ? key->columns[i] : -1, position = -1;
		for (int j = 0; !key && x->schema.columns[i] && j < s->count; j++)
			if (strcasecmp(s->columns[j].name, x->schema.columns[i]) == 0)
				column = j;
		for (int j = 0; column >= 0 && column != s->ipk && j < s->stored; j++)
			if (s->order[j] == column)
				position = j;
		if (position < 0)
			return;
		x->positions[i] = (uint16_t)position;
	}
	x->count = count;
	x->table = found;
}

/* A row whose indexed columns have this content. */
struct wanted {
	uint64_t key;
	uint32_t candidate;
	uint16_t index;
	uint8_t rowids; /* of the first of its key: how many different ones entries say; 2: too many */
	bool first;     /* of its key */
	int64_t rowid;
	uint32_t next;  /* position + 1 of another of the same key, or 0 */
};

struct match {
	struct recover *r;
	struct wanted *wanted;
	uint32_t count, room;
	uint64_t *slots; /* the first of each key: the upper half of the key, and its position + 1 */
	size_t slot_room;
	struct hash_set lost; /* (index, rowid) of rows that lost one column */
	struct wanted *lost_at;
	uint32_t lost_count, lost_room;
	struct candidate *only; /* entries without a row */
	uint32_t only_count, only_room;
	struct hash_set only_seen;
	uint32_t page, version;
	uint64_t tries; /* what was compared so far: a file made for it could ask for any number */
	bool *tables; /* has an index: by table */
	int tables_count;
};

static int wanted_order(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;
	return x->key < y->key ? -1 : x->key > y->key ? 1 : x->candidate < y->candidate ? -1 : x->candidate > y->candidate;
}

static uint64_t key_hash(int index, const uint8_t *bytes, size_t size) { return hash_bytes((uint64_t)index + 77, bytes, size); }

static bool list_add(struct recover *r, struct wanted **list, uint32_t *count, uint32_t *room, struct wanted w)
{
	if (*count == *room) {
		uint32_t more = *room ? *room * 2 : 1024;
		struct wanted *grown = (uint64_t)more * sizeof(w) > r->limits.memory / 4 ? NULL : realloc(*list, more * sizeof(w));
		if (!grown)
			return false;
		*list = grown;
		*room = more;
	}
	(*list)[(*count)++] = w;
	return true;
}

void index_want(struct recover *r, uint32_t candidate, const uint8_t *body, size_t size)
{
	struct match *m = r->match;
	const struct candidate *f = &r->found[candidate];
	uint8_t key[256];
	if (!m || f->table >= m->tables_count || !m->tables[f->table])
		return;
	for (int i = 0; i < r->index_count; i++) {
		const struct index *x = &r->indexes[i];
		size_t n = 0;
		bool whole = x->table == f->table;
		for (int j = 0; j < x->count && whole; j++) {
			size_t at = 0;
			for (int k = 0; k < x->positions[j] && k < f->cell.columns; k++)
				at += serial_size(r->serials[k]);
			uint64_t part = x->positions[j] < f->cell.columns ? serial_size(r->serials[x->positions[j]]) : size;
			whole = at + part <= size && n + part <= sizeof(key) && x->positions[j] < f->cell.columns;
			if (whole && part)
				memcpy(key + n, body + at, part);
			n += whole ? part : 0;
		}
		if (whole && n >= KEY_BYTES) {
			uint64_t hash = key_hash(i, key, n);
			if (!list_add(r, &m->wanted, &m->count, &m->room, (struct wanted){ .key = hash, .candidate = candidate, .index = (uint16_t)i }))
				return;
		} else if (x->table == f->table && !f->whole && f->cell.rowid_known) {
			uint64_t hash = hash_bytes((uint64_t)i + 78, &f->cell.rowid, 8);
			if (list_add(r, &m->lost_at, &m->lost_count, &m->lost_room, (struct wanted){ .key = hash, .candidate = candidate, .index = (uint16_t)i }))
				hash_add(&m->lost, hash);
		}
	}
}

static struct wanted *wanted_find(struct wanted *list, uint32_t count, uint64_t key)
{
	uint32_t low = 0, high = count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (list[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && list[low].key == key ? &list[low] : NULL;
}

/* Rowids count up from 1 but where the app chose them: then live ones show it. [low, high] of what a row's may be. */
static struct run rowids_likely(const struct table *t)
{
	struct run likely = { 1, t->rowids.count ? 0 : INT32_MAX };
	for (size_t i = 0; i < t->rowids.count; i += t->rowids.count > 1 ? t->rowids.count - 1 : 1) { /* the first and the last */
		likely.low = t->rowids.at[i].low < likely.low ? t->rowids.at[i].low : likely.low;
		likely.high = t->rowids.at[i].high > likely.high ? t->rowids.at[i].high : likely.high;
	}
	if (t->rowids.count)
		likely.high = likely.high > INT64_MAX / 16 - ROWIDS_BEYOND ? INT64_MAX : likely.high * 16 + ROWIDS_BEYOND;
	return likely;
}

static bool keys_build(struct match *m)
{
	size_t room = 1024;
	while (room < 2 * (size_t)m->count)
		room *= 2;
	m->slots = calloc(room, sizeof(*m->slots));
	if (!m->slots)
		return false;
	m->slot_room = room;
	for (uint32_t i = 0; i < m->count; i++) {
		struct wanted *w = &m->wanted[i];
		size_t j = w->key & (room - 1);
		while (m->slots[j] && m->wanted[(uint32_t)m->slots[j] - 1].key != w->key)
			j = (j + 1) & (room - 1);
		if (m->slots[j]) {
			struct wanted *first = &m->wanted[(uint32_t)m->slots[j] - 1];
			w->next = first->next;
			first->next = i + 1;
		} else {
			w->first = true;
			m->slots[j] = w->key >> 32 << 32 | (i + 1);
		}
	}
	return true;
}

static struct wanted *key_find(struct match *m, uint64_t key)
{
	for (size_t j = key & (m->slot_room - 1); m->slots[j]; j = (j + 1) & (m->slot_room - 1))
		if (!((m->slots[j] ^ key) >> 32) && m->wanted[(uint32_t)m->slots[j] - 1].key == key)
			return &m->wanted[(uint32_t)m->slots[j] - 1];
	return NULL;
}

/* An entry with this key and rowid was found. True when a row has the key. */
static bool key_met(struct match *m, int index, uint64_t key, int64_t rowid)
{
	struct recover *r = m->r;
	const struct run *likely = &r->indexes[index].likely;
	struct wanted *first = rowid < likely->low || rowid > likely->high ? NULL : key_find(m, key);
	if (!first || first->index != index || runs_has(&r->tables[r->indexes[index].table]->rowids, rowid))
		return false;
	bool known = false;
	for (struct wanted *w = first; w; w = w->next ? &m->wanted[w->next - 1] : NULL) {
		struct candidate *f = &r->found[w->candidate];
		if (f->cell.rowid_known && f->cell.rowid == rowid)
			known = f->confirmed = true;
	}
	if (!known && (!first->rowids || first->rowid != rowid)) {
		first->rowid = rowid;
		first->rowids += first->rowids < 2;
	}
	return true;
}

/* The content of a row's lost column, out of an entry with its rowid. */
static void column_fill(struct match *m, int index, int64_t rowid, const uint8_t *body, size_t size)
{
	struct recover *r = m->r;
	const struct index *x = &r->indexes[index];
	uint64_t hash = hash_bytes((uint64_t)index + 78, &rowid, 8);
	if (!hash_has(&m->lost, hash))
		return;
	struct wanted *w = wanted_find(m->lost_at, m->lost_count, hash);
	for (; w && w < m->lost_at + m->lost_count && w->key == hash; w++) {
		struct candidate *f = &r->found[w->candidate];
		int last = f->cell.columns - 1;
		size_t at = 0;
		for (int i = 0; i < x->count; i++) {
			size_t n = serial_size(r->serials[i]);
			if (x->positions[i] == last && at + n <= size && n) { /* a row is cut at its end */
				struct patch *p = f->patch;
				if (p) {
					p->torn |= p->size != n || memcmp(p->bytes, body + at, n) != 0;
				} else if ((p = arena_new(&r->arena, struct patch))) {
					*p = (struct patch){ .position = last, .serial = r->serials[i], .size = n,
							     .bytes = (const uint8_t *)arena_copy(&r->arena, body + at, n) };
					f->patch = p->bytes ? p : NULL;
				}
			}
			at += n;
		}
	}
}

/* Could the index hold this entry? By the types that its columns have been seen to have. */
static bool entry_fits(const struct recover *r, const struct index *x, const struct cell *c, const uint8_t *body, size_t size)
{
	const struct table *t = r->tables[x->table];
	size_t at = 0;
	for (int i = 0; i < x->count; i++) {
		const struct schema_column *column = &t->pub.schema.columns[t->pub.schema.order[x->positions[i]]];
		const struct column_stats *s = &t->stats[x->positions[i]];
		uint64_t serial = r->serials[i], n = serial_size(serial);
		uint32_t seen = serial == 0 ? s->nulls : serial_is_int(serial) ? s->ints : serial == 7 ? s->reals : serial_is_text(serial) ? s->texts : s->blobs;
		if ((serial == 0 && column->not_null) || (serial_is_text(serial) && column->affinity >= AFFINITY_NUMERIC && !s->texts) ||
		    ((serial_is_int(serial) || serial == 7) && column->affinity == AFFINITY_TEXT) || (t->sampled > 20 && !seen))
			return false;
		if (serial_is_text(serial) && at + n <= size && !text_fits(r, body + at, n, true))
			return false;
		at += n;
	}
	return c->columns == x->count + 1 && serial_is_int(r->serials[x->count]);
}

static void only_add(struct match *m, int index, const struct cell *c, int64_t rowid, const uint8_t *body, size_t size)
{
	struct recover *r = m->r;
	const struct index *x = &r->indexes[index];
	uint64_t hash = hash_bytes(serials_hash(r->serials, c->columns) + (uint64_t)index, body, size);
	if (runs_has(&r->tables[x->table]->rowids, rowid) || !hash_add(&m->only_seen, hash))
		return;
	if (m->only_count == m->only_room) {
		uint32_t room = m->only_room ? m->only_room * 2 : 64;
		struct candidate *more = realloc(m->only, room * sizeof(*more));
		if (!more)
			return;
		m->only = more;
		m->only_room = room;
	}
	struct candidate f = { .cell = *c, .hash = hash, .page = m->page, .version = m->version, .table = x->table, .also = -1, .fit = 1,
			       .origins = 1, .index = (uint16_t)(index + 1), .state = RECOVER_INDEX_ONLY, .fate = RECOVER_DELETED, .whole = true };
	f.cell.rowid = rowid;
	f.cell.rowid_known = true;
	m->only[m->only_count++] = f;
}

static bool tries_left(struct match *m)
{
	if (m->tries == TRIES_MOST)
		note_add(m->r, 0, "too much looks like entries of indexes: the rest was not compared with rows");
	return m->tries++ < TRIES_MOST;
}

/* An entry that stands whole, of one of the indexes it can be of. `owner`: whose the page is, or -1. */
static bool entry_met(struct match *m, const uint8_t *page, const struct cell *c, int owner)
{
	struct recover *r = m->r;
	int n = c->columns - 1, fits = 0, which = -1;
	if (n < 1 || c->cut || !serial_is_int(r->serials[n]))
		return false;
	size_t size;
	const uint8_t *body = cell_body(r, page, c, m->page, m->version, CHAIN_OLD, -1, &size);
	size_t last = serial_size(r->serials[n]);
	if (size != c->payload - c->header || size < last)
		return false;
	int64_t rowid = serial_integer(r->serials[n], body + size - last);
	bool met = false;
	for (int i = owner >= 0 ? owner : 0; i < (owner >= 0 ? owner + 1 : r->index_count); i++) {
		const struct index *x = &r->indexes[i];
		if (x->table < 0 || x->count != n || !tries_left(m) || !entry_fits(r, x, c, body, size))
			continue;
		fits++;
		which = i;
		if (size - last >= KEY_BYTES)
			met |= key_met(m, i, key_hash(i, body, size - last), rowid);
		column_fill(m, i, rowid, body, size - last);
	}
	if (r->limits.fragments && fits == 1 && !met)
		only_add(m, which, c, rowid, body, size);
	return fits > 0;
}

/* A freed block of `size` bytes at `at` that was one entry: its first four bytes are gone, so that the division is tried until a row
 * has that key. The byte before the content is the rowid's serial type, unless it is gone as well. */
static bool freed_met(struct match *m, const uint8_t *page, uint32_t at, uint32_t size, int index)
{
	static const uint8_t sizes[10] = { 0, 1, 2, 3, 4, 6, 8, 0, 0, 0 };
	const struct index *x = &m->r->indexes[index];
	const struct run *likely = &x->likely;
	uint32_t first = at + 3 + (uint32_t)x->count, end = at + size;
	for (uint32_t slop = 0; slop < 4; slop++) {
		for (uint32_t body = first; body <= first + (uint32_t)x->count + 1; body++) {
			for (unsigned serial = 1; serial < 10; serial++) {
				if (serial == 7 || body < at + 4 || (body == at + 4 && serial > 7) || (body > at + 4 && page[body - 1] != serial))
					continue;
				uint32_t tail = sizes[serial] + slop;
				if (body + KEY_BYTES + tail > end)
					continue;
				uint32_t stop = end - tail;
				int64_t rowid = serial_integer(serial, page + stop);
				if (rowid >= likely->low && rowid <= likely->high && tries_left(m) &&
				    key_met(m, index, key_hash(index, page + body, stop - body), rowid))
					return true;
			}
		}
	}
	return false;
}

/* Bytes [from, to) of a page that no cell has. */
static void region_scan(struct match *m, const uint8_t *page, uint32_t from, uint32_t to, bool block, int owner)
{
	struct recover *r = m->r;
	for (uint32_t at = from; at + 4 <= to;) {
		struct cell c;
		uint32_t size = block && at == from ? to - from : block_size(page, at, to, r->usable), after = 0;
		if (owner >= 0 && size && size < 512 && at + size <= to && freed_met(m, page, at, size, owner))
			after = at + size;
		if (!after && !(block && at == from) && page[at] && cell_read(r, page, at, to, false, false, &c) && entry_met(m, page, &c, owner))
			after = c.end;
		at = after > at ? after : at + 1;
	}
}

static void image_scan(struct match *m, uint32_t page, uint32_t version, bool live)
{
	struct recover *r = m->r;
	int owner = owner_index(r->owner[page]);
	struct page_header h;
	if (live && r->use[page] == PAGE_USE_TRUNK && history_read(r, page, version, r->page)) { /* the list took its header */
		uint32_t leaves = be32_at(r->page + 4);
		m->page = page;
		m->version = version;
		region_scan(m, r->page, leaves <= r->usable / 4 - 2 ? 8 + 4 * leaves : 8, r->usable, false, -1);
		return;
	}
	bool index = live && r->use[page] == PAGE_USE_INDEX;
	if (index && r->quiet[page] && (page % QUIET_EACH || (owner >= 0 && r->indexes[owner].pairs > PAIRS_ENOUGH)))
		return; /* nothing but live entries: only some are looked at, for what they say about their neighbours */
	if ((live && !index && r->use[page] != PAGE_USE_FREE && r->use[page] != PAGE_USE_ORPHAN) || (index && (owner < 0 || r->indexes[owner].table < 0)) ||
	    !history_read(r, page, version, r->page) || !page_header_read(r->page, r->usable, page == 1 ? 100 : 0, &h) ||
	    (h.type != PAGE_INDEX_LEAF && h.type != PAGE_INDEX_INTERIOR))
		return;
	if (owner >= 0 && r->indexes[owner].table < 0)
		owner = -1;
	m->page = page;
	m->version = version;
	uint32_t skip = h.type == PAGE_INDEX_INTERIOR ? 4 : 0;
	uint64_t before = 0;
	for (uint32_t i = 0; i < h.cells; i++) {
		struct cell c;
		uint32_t at = be16_at(r->page + h.pointers + 2 * i);
		if (at < h.content || at + 4 + skip > r->usable || (index && (skip || i >= NEIGHBOURS)))
			continue;
		if (!cell_read(r, r->page, at + skip, r->usable, false, false, &c) || c.cut)
			continue;
		if (index && c.columns > 1 && !c.overflow) { /* how often neighbours are alike */
			struct index *x = &r->indexes[owner];
			size_t n = c.local - c.header - serial_size(r->serials[c.columns - 1]);
			uint64_t key = hash_bytes(1, r->page + c.body_at, n);
			x->pairs += before != 0;
			x->same += before == key;
			before = key;
		} else if (!index) {
			entry_met(m, r->page, &c, owner);
		}
	}
	uint32_t block = h.first_free;
	while (block) { /* ascending, or damaged */
		uint32_t next = be16_at(r->page + block), size = be16_at(r->page + block + 2);
		if (size < 4 || block + size > r->usable || (next && (next < block + size || next + 4 > r->usable)))
			break;
		region_scan(m, r->page, block, block + size, true, owner);
		block = next;
	}
	region_scan(m, r->page, h.pointers + 2 * h.cells, h.content, false, owner);
}

/* Gives rows the rowids that were found for them, where nothing speaks against it. */
static uint64_t rowids_give(struct match *m)
{
	struct recover *r = m->r;
	uint32_t *groups = calloc((size_t)r->index_count + 1, 2 * sizeof(*groups)), *shared = groups ? groups + r->index_count + 1 : NULL;
	uint64_t given = 0;
	if (!groups)
		return 0;
	for (int turn = 0; turn < 2; turn++) {
		for (uint32_t i = 0; i < m->count; i++) {
			uint32_t without = 0, which = 0, rows = 0, index = m->wanted[i].index;
			for (struct wanted *w = m->wanted[i].first ? &m->wanted[i] : NULL; w; w = w->next ? &m->wanted[w->next - 1] : NULL) {
				struct candidate *f = &r->found[w->candidate];
				if (f->dropped)
					continue;
				rows++;
				without += !f->cell.rowid_known || f->cell.rowid_inferred;
				which = w->candidate;
			}
			if (!rows)
				continue;
			if (turn == 0) {
				groups[index]++;
				shared[index] += rows > 1;
				continue;
			}
			const struct index *x = &r->indexes[index];
			struct candidate *f = &r->found[which];
			bool telling = x->schema.unique || (x->same + shared[index]) * SAME_SHARE <= x->pairs + groups[index];
			if (rows != 1 || !without || m->wanted[i].rowids != 1 || !telling)
				continue;
			if (f->cell.rowid_inferred && f->cell.rowid != m->wanted[i].rowid) { /* two indexes disagree */
				f->cell.rowid_known = f->cell.rowid_inferred = false;
				f->fate = RECOVER_UNSURE;
				m->wanted[i].rowids = 2;
				continue;
			}
			f->cell.rowid = m->wanted[i].rowid;
			f->cell.rowid_known = f->cell.rowid_inferred = true;
			f->fate = RECOVER_DELETED;
			given++;
		}
	}
	free(groups);
	return given;
}

/* Entries whose rowid no row has, and whose key no row has either. */
static void only_give(struct match *m)
{
	struct recover *r = m->r;
	struct hash_set rows = { 0 };
	if (!m->only_count)
		return;
	for (uint32_t i = 0; i < r->found_count; i++)
		if (!r->found[i].dropped && r->found[i].cell.rowid_known)
			hash_add(&rows, hash_bytes((uint64_t)r->found[i].table, &r->found[i].cell.rowid, 8));
	for (uint32_t i = 0; i < m->only_count; i++) {
		const struct candidate *f = &m->only[i];
		if (hash_has(&rows, hash_bytes((uint64_t)f->table, &f->cell.rowid, 8)) || r->found_count >= r->limits.candidates)
			continue;
		if (r->found_count == r->found_room) {
			uint32_t room = r->found_room ? r->found_room * 2 : 256;
			struct candidate *more = realloc(r->found, room * sizeof(*more));
			if (!more)
				break;
			r->found = more;
			r->found_room = room;
		}
		r->found[r->found_count++] = *f;
		r->tables[f->table]->pub.recovered++;
	}
	free(rows.slots);
}

void index_start(struct recover *r)
{
	struct match *m = NULL;
	for (int i = 0; i < r->index_count; i++) {
		index_resolve(r, &r->indexes[i]);
		if (r->indexes[i].table < 0)
			continue;
		if (!m) {
			m = arena_new(&r->arena, struct match);
			bool *tables = arena_array(&r->arena, (size_t)r->table_count, sizeof(*tables));
			if (!m || !tables)
				return;
			*m = (struct match){ .r = r, .tables = tables, .tables_count = r->table_count };
		}
		m->tables[r->indexes[i].table] = true;
	}
	r->match = m;
}

enum err index_use(struct recover *r)
{
	struct match *m = r->match;
	if (!m || (!r->found_count && !r->limits.fragments))
		return OK;
	if (!keys_build(m))
		return ERR_NOMEM;
	if (m->lost_count)
		qsort(m->lost_at, m->lost_count, sizeof(*m->lost_at), wanted_order);
	for (int i = 0; i < r->index_count; i++)
		if (r->indexes[i].table >= 0)
			r->indexes[i].likely = rowids_likely(r->tables[r->indexes[i].table]);
	r->sparse = true;
	for (uint32_t page = 2; page <= r->page_count && !r->nomem; page++) {
		uint32_t live = history_live(r, page), first, end = history_of(r, page, &first);
		if (page <= r->db_pages)
			image_scan(m, page, VERSION_DB, live == VERSION_DB);
		for (uint32_t i = first; i < end; i++)
			image_scan(m, page, i, i == live);
	}
	r->sparse = false;
	uint64_t given = rowids_give(m);
	only_give(m);
	if (given && !r->limits.brief)
		note_add(r, 0, "%llu rows have their rowid from an entry of an index", (unsigned long long)given);
	index_end(r);
	return r->nomem || r->arena.failed ? ERR_NOMEM : OK;
}

void index_end(struct recover *r)
{
	struct match *m = r->match;
	if (!m)
		return;
	free(m->wanted);
	free(m->lost_at);
	free(m->only);
	free(m->slots);
	free(m->lost.slots);
	free(m->only_seen.slots);
	r->match = NULL;
}
