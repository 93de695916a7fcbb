/* Cells: the record of one row, whole or damaged, in a page and its overflow pages. */
#include <stdlib.h>
#include <string.h>

#include "formats/sqlite_engine.h"

bool cell_read(struct recover *r, const uint8_t *page, uint32_t at, uint32_t limit, bool with_rowid, bool table_leaf, struct cell *ret)
{
	const uint8_t *end = page + limit, *p = page + at;
	uint64_t payload, rowid = 0, header;
	unsigned n = varint_read(p, end, &payload);
	if (!n || payload < 2 || payload > INT32_MAX)
		return false;
	p += n;
	if (with_rowid) {
		n = varint_read(p, end, &rowid);
		if (!n)
			return false;
		p += n;
	}
	uint32_t start = (uint32_t)(p - page);
	n = varint_read(p, end, &header);
	if (!n || header <= n || header > payload || header > (uint64_t)(end - p) || header > 3 * SCHEMA_COLUMNS)
		return false;
	const uint8_t *stop = p + header;
	uint64_t size = header;
	int count = 0;
	for (p += n; p < stop;) {
		uint64_t serial;
		n = varint_read(p, stop, &serial);
		if (!n || serial_reserved(serial) || count == SCHEMA_COLUMNS)
			return false;
		p += n;
		size += serial_size(serial);
		if (size > payload)
			return false;
		r->serials[count++] = serial;
	}
	if (size != payload)
		return false;
	uint32_t local = payload_local(r->usable, payload, table_leaf);
	if (header > local)
		return false;
	*ret = (struct cell){ .at = at, .serials_at = (uint32_t)(stop - page) - (uint32_t)header + varint_size(header), .rowid = (int64_t)rowid,
			      .body_at = (uint32_t)(stop - page), .local = local, .payload = payload, .header = (uint32_t)header,
			      .columns = (uint16_t)count, .rowid_known = with_rowid };
	ret->serials_at = start + varint_size(header);
	uint64_t last = (uint64_t)start + local;
	if (payload > local) {
		if (last + 4 <= limit)
			ret->overflow = be32_at(page + last);
		last += 4;
	}
	ret->cut = last > limit;
	if (last < at + 4) /* a cell never takes less */
		last = at + 4;
	ret->end = last > limit ? limit : (uint32_t)last;
	return true;
}

bool cell_serials(struct recover *r, const uint8_t *page, const struct cell *c)
{
	const uint8_t *p = page + c->serials_at, *end = page + c->body_at;
	int i = 0;
	for (; i < c->lost; i++)
		r->serials[i] = c->lost_serial[i];
	for (; i < c->columns; i++) {
		unsigned n = varint_read(p, end, &r->serials[i]);
		if (!n)
			return false;
		p += n;
	}
	return true;
}

uint64_t serials_hash(const uint64_t *serials, int columns) { return hash_bytes(1, serials, (size_t)columns * sizeof(*serials)); }

/* The image of overflow page `page` that a cell of an image with that age most likely meant: the newest that is no newer, else the
 * next; never one that is in other use now. */
static bool chain_image(struct recover *r, uint32_t page, uint64_t age, enum chain chain, uint8_t *to)
{
	uint32_t first, end = history_of(r, page, &first), before = 0, after = 0;
	bool has_before = false, has_after = false;
	if (chain != CHAIN_OLD)
		return history_read(r, page, history_live(r, page), to);
	uint32_t live = history_live(r, page);
	for (uint32_t i = first; i <= end; i++) {
		uint32_t v = i == end ? VERSION_DB : i;
		if (v == VERSION_DB && page > r->db_pages)
			continue;
		if (v == live && r->use[page] != PAGE_USE_FREE && r->use[page] != PAGE_USE_ORPHAN && r->use[page] != PAGE_USE_UNKNOWN)
			continue;
		uint64_t a = v == VERSION_DB ? r->db_age : r->versions[v].age;
		uint64_t best = !has_before ? 0 : before == VERSION_DB ? r->db_age : r->versions[before].age;
		if (a <= age && a >= best) {
			before = v;
			has_before = true;
		} else if (a > age && !has_after) {
			after = v;
			has_after = true;
		}
	}
	return (has_before || has_after) && history_read(r, page, has_before ? before : after, to);
}

static bool payload_room(struct recover *r, size_t size)
{
	if (size <= r->payload_room)
		return true;
	uint8_t *more = size <= r->limits.memory / 4 ? realloc(r->payload, size) : NULL;
	if (!more)
		return false;
	r->payload = more;
	r->payload_room = size;
	return true;
}

static void slack_add(struct recover *r, uint32_t page, uint32_t used)
{
	if (used + 32 > r->usable)
		return;
	if (r->slack_count == r->slack_room) {
		uint32_t room = r->slack_room ? r->slack_room * 2 : 64;
		struct slack *more = realloc(r->slack, room * sizeof(*more));
		if (!more) {
			r->nomem = true;
			return;
		}
		r->slack = more;
		r->slack_room = room;
	}
	r->slack[r->slack_count++] = (struct slack){ page, used };
}

const uint8_t *cell_body(struct recover *r, const uint8_t *page, const struct cell *c, uint32_t page_no, uint32_t version, enum chain chain,
			 int table, size_t *ret_size)
{
	uint32_t there = c->local - c->header;
	if (c->body_at + there > r->page_size)
		there = r->page_size - c->body_at;
	if (c->cut && c->body_at + there > c->end)
		there = c->end - c->body_at;
	*ret_size = there;
	uint64_t whole = c->payload - c->header;
	if (c->cut || whole <= there || !c->overflow)
		return page + c->body_at;
	if (!payload_room(r, whole)) {
		note_add(r, history_offset(r, page_no, version), "a row of %llu bytes is too large to be put together",
			 (unsigned long long)whole);
		return page + c->body_at;
	}
	memcpy(r->payload, page + c->body_at, there);
	uint64_t got = there, age = version == VERSION_DB ? r->db_age : r->versions[version].until;
	uint32_t next = c->overflow;
	while (got < whole) {
		if (next < 2 || next > r->page_count || !chain_image(r, next, age, chain, r->other))
			break;
		if (chain == CHAIN_MARK) {
			if (r->use[next] != PAGE_USE_UNKNOWN)
				break; /* a loop, or a page with two owners */
			r->use[next] = PAGE_USE_OVERFLOW;
			r->owner[next] = table;
		}
		uint64_t part = whole - got < r->usable - 4 ? whole - got : r->usable - 4;
		uint32_t after = be32_at(r->other);
		if (after > r->page_count || (got + part < whole ? after < 2 : after != 0))
			break; /* this page has been written over */
		memcpy(r->payload + got, r->other + 4, part);
		got += part;
		if (chain == CHAIN_MARK && got == whole)
			slack_add(r, next, (uint32_t)part + 4);
		next = after;
	}
	*ret_size = got;
	return r->payload;
}
