/* sqlite_page: the smallest pieces of SQLite's file format, read from untrusted bytes.
 * Specification: sqlite.org/fileformat2.html; notes: docs/formats/sqlite_recover.md.
 */
#ifndef CUSTOS_FORMATS_SQLITE_PAGE_H
#define CUSTOS_FORMATS_SQLITE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum page_type { PAGE_INDEX_INTERIOR = 2, PAGE_TABLE_INTERIOR = 5, PAGE_INDEX_LEAF = 10, PAGE_TABLE_LEAF = 13 };

struct page_header {
	enum page_type type;
	uint32_t first_free; /* offset of the first freeblock, or 0 */
	uint32_t cells;
	uint32_t content; /* start of the cell content area */
	uint32_t fragments;
	uint32_t right;    /* interior pages: right-most child */
	uint32_t pointers; /* offset of the cell pointer array */
};

static inline uint32_t be16_at(const uint8_t *p) { return (uint32_t)p[0] << 8 | p[1]; }

static inline uint32_t be32_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A varint of 1 to 9 bytes at `p`; its length, or 0 when it runs beyond `end`. */
static inline unsigned varint_read(const uint8_t *p, const uint8_t *end, uint64_t *ret)
{
	uint64_t v = 0;
	for (unsigned i = 0; i < 9 && p + i < end; i++) {
		if (i == 8) {
			*ret = v << 8 | p[8];
			return 9;
		}
		v = v << 7 | (p[i] & 0x7f);
		if (p[i] < 0x80) {
			*ret = v;
			return i + 1;
		}
	}
	return 0;
}

static inline unsigned varint_size(uint64_t v)
{
	unsigned n = 1;
	while (n < 9 && v >> (7 * n))
		n++;
	return n;
}

static inline unsigned varint_write(uint8_t *to, uint64_t v)
{
	unsigned n = varint_size(v);
	if (n == 9) {
		to[8] = (uint8_t)v;
		v >>= 8;
		for (int i = 7; i >= 0; i--, v >>= 7)
			to[i] = (uint8_t)(v | 0x80);
		return 9;
	}
	for (unsigned i = n; i-- > 0; v >>= 7)
		to[i] = (uint8_t)((v & 0x7f) | (i + 1 < n ? 0x80 : 0));
	return n;
}

/* Bytes of content a serial type stands for; 10 and 11 are reserved and never in a file. */
static inline uint64_t serial_size(uint64_t serial)
{
	static const uint8_t fixed[12] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0 };
	return serial < 12 ? fixed[serial] : (serial - 12) / 2;
}

static inline bool serial_reserved(uint64_t serial) { return serial == 10 || serial == 11; }
static inline bool serial_is_int(uint64_t serial) { return (serial >= 1 && serial <= 6) || serial == 8 || serial == 9; }
static inline bool serial_is_text(uint64_t serial) { return serial >= 13 && serial % 2 == 1; }
static inline bool serial_is_blob(uint64_t serial) { return serial >= 12 && serial % 2 == 0; }

/* Integer content of serial types 1 to 6, 8, 9 (sign-extended). `p` holds serial_size() bytes. */
int64_t serial_integer(uint64_t serial, const uint8_t *p);
double serial_real(const uint8_t *p);

/* The b-tree page header at `at` (100 on page 1, else 0). False when the bytes are no such header. */
bool page_header_read(const uint8_t *page, uint32_t usable, uint32_t at, struct page_header *ret);

/* How many bytes of a payload lie in the cell itself; the rest is in overflow pages. */
uint32_t payload_local(uint32_t usable, uint64_t payload, bool table_leaf);

#endif
