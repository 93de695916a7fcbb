#include "formats/sqlite_page.h"

#include <string.h>

int64_t serial_integer(uint64_t serial, const uint8_t *p)
{
	if (serial == 8 || serial == 9)
		return (int64_t)serial - 8;
	unsigned n = (unsigned)serial_size(serial);
	uint64_t v = n && p[0] >= 0x80 ? UINT64_MAX : 0;
	for (unsigned i = 0; i < n; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

double serial_real(const uint8_t *p)
{
	uint64_t v = 0;
	for (unsigned i = 0; i < 8; i++)
		v = v << 8 | p[i];
	double d;
	memcpy(&d, &v, sizeof(d));
	return d;
}

bool page_header_read(const uint8_t *page, uint32_t usable, uint32_t at, struct page_header *ret)
{
	const uint8_t *p = page + at;
	if (p[0] != PAGE_INDEX_INTERIOR && p[0] != PAGE_TABLE_INTERIOR && p[0] != PAGE_INDEX_LEAF &&
	    p[0] != PAGE_TABLE_LEAF)
		return false;
	bool interior = p[0] == PAGE_INDEX_INTERIOR || p[0] == PAGE_TABLE_INTERIOR;
	struct page_header h = { .type = p[0], .first_free = be16_at(p + 1), .cells = be16_at(p + 3),
				 .content = be16_at(p + 5), .fragments = p[7] };
	if (!h.content)
		h.content = 65536;
	h.right = interior ? be32_at(p + 8) : 0;
	h.pointers = at + (interior ? 12 : 8);
	if (h.content > usable || h.pointers + 2 * h.cells > h.content || (interior && !h.right))
		return false;
	if (h.first_free && (h.first_free < h.content || h.first_free + 4 > usable))
		h.first_free = 0; /* the chain lies; what else stands is still read */
	*ret = h;
	return true;
}

uint32_t payload_local(uint32_t usable, uint64_t payload, bool table_leaf)
{
	uint32_t min = (usable - 12) * 32 / 255 - 23;
	uint32_t max = table_leaf ? usable - 35 : (usable - 12) * 64 / 255 - 23;
	if (payload <= max)
		return (uint32_t)payload;
	uint32_t k = min + (uint32_t)((payload - min) % (usable - 4));
	return k <= max ? k : min;
}
