/* Cells as an SQLite record: header size, a serial type for each, then the values. */
#include <string.h>

#include "exhibit/tree.h"

static unsigned char *put_be(unsigned char *to, uint64_t v, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--, v >>= 8)
		to[i] = (unsigned char)v;
	return to + bytes;
}

/* The serial type of an integer, and its bytes. */
static unsigned int_serial(int64_t i)
{
	uint64_t magnitude = (uint64_t)(i < 0 ? ~i : i);
	if (magnitude <= 1 && i >= 0)
		return i ? 9 : 8;
	return magnitude < 1u << 7 ? 1 : magnitude < 1u << 15 ? 2 : magnitude < 1u << 23 ? 3 : magnitude < 1u << 31 ? 4 : magnitude < 1ull << 47 ? 5 : 6;
}

static const unsigned char int_bytes[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0 };

static uint64_t text_serial(const struct cell *c) { return (uint64_t)c->size * 2 + (c->type == CELL_TEXT ? 13 : 12); }

static unsigned varint_size(uint64_t v)
{
	unsigned n = 1;
	for (; v >= 0x80; v >>= 7)
		n++;
	return n;
}

void record_encode(struct buf *out, const struct cell *cells, int count, int rowid)
{
	/* Room for the longest form once; the header is written in front of the values when its size is known. */
	size_t most = 9;
	for (int i = 0; i < count; i++)
		most += 9 + (cells[i].type == CELL_TEXT || cells[i].type == CELL_BLOB ? cells[i].size : 8);
	unsigned char *p = buf_reserve(out, most), *from = p;
	if (!p)
		return;
	/* One byte for the header's size, or two: there are never more columns than give two. */
	size_t header = 0;
	for (int i = 0; i < count; i++) {
		const struct cell *c = &cells[i];
		if (c->type == CELL_TEXT || c->type == CELL_BLOB)
			header += varint_size(text_serial(c));
		else
			header++;
	}
	header += header < 127 ? 1 : 2;
	p += varint_put(p, header);
	unsigned char *value = from + header;
	for (int i = 0; i < count; i++) {
		const struct cell *c = &cells[i];
		unsigned serial;
		uint64_t bits;
		switch (i == rowid ? CELL_NULL : c->type) {
		case CELL_NULL:
			*p++ = 0;
			break;
		case CELL_INT:
			serial = int_serial(c->integer);
			*p++ = (unsigned char)serial;
			value = put_be(value, (uint64_t)c->integer, int_bytes[serial]);
			break;
		case CELL_REAL:
			memcpy(&bits, &c->real, 8);
			*p++ = 7;
			value = put_be(value, bits, 8);
			break;
		case CELL_TEXT:
		case CELL_BLOB:
			p += varint_put(p, text_serial(c));
			if (c->size)
				memcpy(value, c->bytes, c->size);
			value += c->size;
			break;
		}
	}
	out->size += (size_t)(value - from);
}
