/* Cells: the record of one row, whole or damaged, in a page. What lies in overflow pages: sqlite_chain.c. */
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
