/* Which finds are rows to show: copies of live rows go, the same row from several places becomes one. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/sqlite_engine.h"

enum { CHAINS_NOTED = 20 };

/* The upper half of the hash, so that most others are passed over without a look at them; and the position + 1. */
static uint64_t index_entry(uint64_t hash, uint32_t i) { return hash >> 32 << 32 | (i + 1); }

static bool index_grow(struct recover *r)
{
	uint32_t room = r->index_room ? r->index_room * 2 : 4096;
	uint64_t *index = calloc(room, sizeof(*index));
	if (!index) {
		r->nomem = true;
		return false;
	}
	for (uint32_t i = 0; i < r->found_count; i++) {
		uint32_t j = (uint32_t)r->found[i].hash & (room - 1);
		while (index[j])
			j = (j + 1) & (room - 1);
		index[j] = index_entry(r->found[i].hash, i);
	}
	free(r->index);
	r->index = index;
	r->index_room = room;
	return true;
}

/* The same content found before, under the same rowid or one of the two unknown; NULL: a new row, and *ret_slot is its place. */
static struct candidate *known(struct recover *r, uint64_t hash, const struct cell *c, uint32_t *ret_slot)
{
	uint32_t j = (uint32_t)hash & (r->index_room - 1);
	for (; r->index[j]; j = (j + 1) & (r->index_room - 1)) {
		if ((r->index[j] ^ hash) >> 32)
			continue;
		struct candidate *f = &r->found[(uint32_t)r->index[j] - 1];
		if (f->hash == hash && (!c->rowid_known || !f->cell.rowid_known || c->rowid == f->cell.rowid))
			return f;
	}
	*ret_slot = j;
	return NULL;
}

/* Is the row live, or found already, if its overwritten serial types were others of the same length? */
static bool otherwise_known(struct recover *r, const struct cell *c, const uint8_t *body, size_t size)
{
	uint64_t all = serial_size(c->lost_serial[0]) + (c->lost == 2 ? serial_size(c->lost_serial[1]) : 0);
	for (uint64_t first = c->lost == 2 ? 0 : all; first <= all; first++) {
		for (uint64_t s = 0; s < 12; s++) {
			uint64_t one = s < 10 ? s : s + 2 + 2 * first;
			if (serial_size(one) != first)
				continue;
			for (uint64_t u = 0; u < (c->lost == 2 ? 12 : 1); u++) {
				uint64_t two = u < 10 ? u : u + 2 + 2 * (all - first);
				if (c->lost == 2 && serial_size(two) != all - first)
					continue;
				r->serials[0] = one;
				if (c->lost == 2)
					r->serials[1] = two;
				uint64_t h = hash_bytes(serials_hash(r->serials, c->columns), body, size);
				uint32_t slot;
				if (hash_has(&r->live_rows, h) || known(r, h, c, &slot))
					return true;
			}
		}
	}
	return false;
}

/* Columns that cannot be shown whole. */
static int columns_lost(const struct recover *r, const struct cell *c, size_t size)
{
	size_t at = 0;
	int n = 0;
	for (int i = 0; i < c->columns; i++) {
		uint64_t part = serial_size(r->serials[i]);
		n += part && at + part > size && at < r->tail;
		at += part;
	}
	return n;
}

/* Is a row from before ALTER TABLE ADD COLUMN live, written again since with the new columns' defaults? */
static bool live_since(struct recover *r, const struct table *t, const struct cell *c, const uint8_t *body, size_t size)
{
	const struct schema_table *s = &t->pub.schema;
	uint8_t more[64], *all;
	size_t extra = 0;
	if (!c->rowid_known || !runs_has((struct runs *)&t->rowids, c->rowid))
		return false;
	for (int i = c->columns; i < s->stored; i++) {
		const char *initial = s->columns[s->order[i]].initial;
		r->serials[i] = 0;
		if (!initial || !*initial || strcasecmp(initial, "NULL") == 0)
			continue;
		char *end;
		long long v = strtoll(initial, &end, 10);
		if (*end)
			return false;
		uint64_t serial = v == 0 || v == 1 ? 8 + (uint64_t)v : 1;
		for (; serial < 6; serial++) {
			int bits = 8 * (int)serial_size(serial) - 1;
			if (v >= -(1ll << bits) && v < 1ll << bits)
				break;
		}
		size_t n = serial_size(serial);
		if (extra + n > sizeof(more))
			return false;
		for (size_t j = 0; j < n; j++)
			more[extra++] = (uint8_t)((uint64_t)v >> (8 * (n - 1 - j)));
		r->serials[i] = serial;
	}
	all = malloc(size + extra + 1);
	if (!all)
		return false;
	memcpy(all, body, size);
	memcpy(all + size, more, extra);
	bool live = hash_has(&r->live_rows, hash_bytes(serials_hash(r->serials, s->stored), all, size + extra));
	free(all);
	return live;
}

void candidate_add(struct recover *r, const uint8_t *page, const struct cell *c, uint32_t page_no, uint32_t version, int table,
		   int also, double fit, int state)
{
	size_t size;
	if (r->tables[table]->shadow || !cell_serials(r, page, c))
		return;
	if (r->index_room < 2 * (r->found_count + 2) && !index_grow(r))
		return;
	struct cell own = *c;
	own.pointed = r->context == REGION_CELL;
	own.shared = chain_shared(r, c, page_no, version, table);
	c = &own;
	r->claiming = true;
	const uint8_t *body = cell_body(r, page, c, page_no, version, CHAIN_OLD, table, &size);
	r->claiming = false;
	double bits = r->context == REGION_CELL ? row_bits(r, r->tables[table], c, body, size) : r->proof;
	uint64_t serials = serials_hash(r->serials, c->columns);
	bool whole = size == c->payload - c->header;
	uint64_t start = hash_bytes(serials, body, start_size(c, size));
	uint64_t hash = whole ? hash_bytes(serials, body, size) : start ^ 0x637574;
	if (whole && c->columns < r->tables[table]->pub.schema.stored && live_since(r, r->tables[table], c, body, size)) {
		r->copies++;
		return;
	}
	if (whole && hash_has(&r->live_rows, hash)) {
		r->copies++;
		if (!c->rowid_known || runs_has(&r->tables[table]->rowids, c->rowid))
			return;
		/* Another table's live row under this very rowid, unless the page's own pointer says that it is this one's. */
		bool pointed = r->context == REGION_CELL && r->image == table;
		if (size > SMALL_ROW || (!pointed && hash_has(&r->live_small, hash_with_rowid(hash, c->rowid)))) {
			r->moved++;
			return;
		}
	}
	if (r->stop == STOP_NEVER && !r->limits.fragments)
		return; /* no page had that number: the cell's end was overwritten, from where on nothing tells */
	int lost = columns_lost(r, c, size);
	/* Where only overflow pages are missing, what stands in the page is whole, and much. */
	if (!whole && !r->limits.fragments && c->cut && (lost > 1 || c->columns - lost < 2))
		return;
	uint32_t slot;
	struct candidate *f = known(r, hash, c, &slot);
	if (f) {
		f->origins += !r->second;
		bool better = (!f->cell.rowid_known && c->rowid_known) || (f->cell.damaged && !c->damaged);
		if (!whole && (size != f->have || f->cell.cut != c->cut))
			better = size > f->have;
		if (better) {
			f->cell = *c;
			f->page = page_no;
			f->version = version;
			f->have = (uint32_t)size;
			f->state = (uint8_t)state;
			f->fit = (float)fit;
			f->bits = (float)bits;
			f->context = (uint8_t)r->context;
			f->owned = r->image == table;
			f->table = table;
			f->also = also;
		}
		return;
	}
	if (c->doubt && otherwise_known(r, c, body, size))
		return;
	uint32_t most = r->limits.candidates;
	if (r->found_count >= most) {
		if (!r->truncated)
			note_add(r, history_offset(r, page_no, version), "more recovered rows than the limit of %u", most);
		r->truncated = true;
		return;
	}
	if (r->found_count == r->found_room) {
		uint32_t room = r->found_room ? r->found_room * 2 : 256;
		struct candidate *more = realloc(r->found, room * sizeof(*more));
		if (!more) {
			r->nomem = true;
			return;
		}
		r->found = more;
		r->found_room = room;
	}
	r->found[r->found_count++] = (struct candidate){ .cell = *c, .hash = hash, .page = page_no, .version = version,
							 .have = (uint32_t)size, .table = table,
							 .also = also, .fit = (float)fit, .bits = (float)bits, .context = (uint8_t)r->context, .owned = r->image == table, .origins = 1, .state = (uint8_t)state,
							 .whole = whole, .start = start };
	r->index[slot] = index_entry(hash, r->found_count - 1);
	if (!c->doubt || cell_serials(r, page, c)) /* other readings were tried in their place */
		index_want(r, r->found_count - 1, body, size);
	if (whole && !c->damaged && fit > 0.9 && r->tables[table]->sampled < 2000) {
		cell_serials(r, page, c);
		table_learn(r, r->tables[table], r->serials, c->columns, body, size);
	}
}

/* Which of a row's fates: whether its key is still in use. */
static uint8_t fate_of(struct recover *r, const struct candidate *f, const uint8_t *body, size_t size)
{
	struct table *t = r->tables[f->table];
	if (!t->pub.live)
		return RECOVER_DELETED;
	if (t->pub.schema.without_rowid) {
		size_t key = 0;
		for (int i = 0; i < t->pub.schema.keys && i < f->cell.columns; i++)
			key += serial_size(r->serials[i]);
		if (key > size || t->pub.schema.keys > f->cell.columns)
			return RECOVER_UNSURE;
		return hash_has(&r->live_keys, hash_bytes(serials_hash(r->serials, t->pub.schema.keys), body, key)) ? RECOVER_EARLIER :
																  RECOVER_DELETED;
	}
	if (!f->cell.rowid_known)
		return RECOVER_UNSURE;
	return runs_has(&r->tables[f->table]->rowids, f->cell.rowid) ? RECOVER_EARLIER : RECOVER_DELETED;
}

enum err settle_all(struct recover *r)
{
	chains_settle(r);
	/* A cut row is no row of its own when a whole one begins like it; a doubtful one when another reading of it was found whole. */
	struct hash_set starts = { 0 }, cut = { 0 };
	uint32_t lengths = 0; /* of those of which less than a start stands: by bit */
	for (uint32_t i = 0; i < r->found_count; i++) {
		const struct candidate *f = &r->found[i];
		if (f->whole)
			continue;
		hash_add(&cut, f->start);
		if (f->have < START_BYTES && f->cell.rowid_known) {
			hash_add(&cut, hash_with_rowid(f->start, f->cell.rowid));
			lengths |= 1u << f->have;
		}
	}
	for (uint32_t i = 0; i < r->found_count && cut.count; i++)
		if (r->found[i].whole && !r->found[i].cell.doubt)
			hash_add(&starts, r->found[i].start);
	if (cut.count)
		trees_starts(r, &cut, lengths, &starts);
	free(cut.slots);
	uint32_t page = 0, version = 0, broken_chains = 0;
	for (uint32_t i = 0; i < r->found_count; i++) {
		struct candidate *f = &r->found[i];
		size_t size = 0;
		if (!f->whole && (hash_has(&starts, f->start) || (f->cell.rowid_known && hash_has(&starts, hash_with_rowid(f->start, f->cell.rowid))))) {
			f->dropped = true;
			continue;
		}
		const uint8_t *body = NULL;
		bool broken = !f->whole && !f->cell.cut;
		if (broken || f->cell.doubt || r->tables[f->table]->pub.schema.without_rowid) { /* of others the rowid tells all */
			if ((f->page != page || f->version != version) && !history_read(r, f->page, f->version, r->page))
				continue;
			page = f->page;
			version = f->version;
			if (!cell_serials(r, r->page, &f->cell))
				continue;
			body = cell_body(r, r->page, &f->cell, page, version, CHAIN_OLD, f->table, &size);
		}
		f->fate = fate_of(r, f, body, size);
		if (f->cell.doubt) {
			uint64_t own = f->hash;
			f->hash = 0; /* not to find itself */
			f->dropped = otherwise_known(r, &f->cell, body, size);
			f->hash = own;
		}
		if (f->dropped)
			continue;
		r->tables[f->table]->pub.recovered++;
		if (broken && broken_chains++ < CHAINS_NOTED)
			note_add(r, history_offset(r, page, version) + f->cell.at, "the row at page %u, offset %u, has lost its end: overflow page %u %s",
				 page, f->cell.at, r->stop_page, chain_stop_name(r->stop));
	}
	if (broken_chains > CHAINS_NOTED)
		note_add(r, 0, "%u more rows have lost their end with an overflow page", broken_chains - CHAINS_NOTED);
	if (r->loose && !r->limits.brief)
		note_add(r, 0, "%llu freed overflow pages hold parts of values whose rows are gone", (unsigned long long)r->loose);
	free(starts.slots);
	if (r->zeroed_blocks || r->zeroed_pages)
		note_add(r, 0, "%llu freed blocks and %llu free pages hold zeros only: what was deleted there was overwritten (secure_delete) and is gone",
			 (unsigned long long)r->zeroed_blocks, (unsigned long long)r->zeroed_pages);
	if (r->copies && !r->limits.brief)
		note_add(r, 0, "%llu copies of live rows were passed over, %llu of them under another rowid", (unsigned long long)r->copies,
			 (unsigned long long)r->moved);
	return r->nomem ? ERR_NOMEM : OK;
}
