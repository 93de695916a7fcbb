/* wire: how a worker and its parent write numbers and texts into frames (base/frames.h): numbers little-endian; a text is u32 size + UTF-8 bytes, size
 * 0xffffffff is NULL. What the frames mean is for those who use them. */
#ifndef CUSTOS_BASE_WIRE_H
#define CUSTOS_BASE_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/span.h"
#include "base/text.h"

enum { WIRE_TEXT_MOST = 16 << 20 };
#define WIRE_NULL 0xffffffffu

static inline void wire_bytes(struct buf *b, uint64_t v, int bytes)
{
	unsigned char *p = buf_reserve(b, (size_t)bytes);
	for (int i = 0; p && i < bytes; i++, v >>= 8)
		p[i] = (unsigned char)v;
	b->size += p ? (size_t)bytes : 0;
}

static inline void wire_u8(struct buf *b, uint8_t v) { wire_bytes(b, v, 1); }
static inline void wire_u16(struct buf *b, uint16_t v) { wire_bytes(b, v, 2); }
static inline void wire_u32(struct buf *b, uint32_t v) { wire_bytes(b, v, 4); }
static inline void wire_i64(struct buf *b, int64_t v) { wire_bytes(b, (uint64_t)v, 8); }

static inline void wire_real(struct buf *b, double v)
{
	uint64_t bits;
	memcpy(&bits, &v, 8);
	wire_i64(b, (int64_t)bits);
}

static inline void wire_text(struct buf *b, const char *text, size_t size)
{
	wire_u32(b, text ? (uint32_t)size : WIRE_NULL);
	if (text)
		buf_add(b, text, size);
}

static inline void wire_string(struct buf *b, const char *text) { wire_text(b, text, text ? strlen(text) : 0); }

/* Opens a frame in `b` and closes it again; *mark is where it began. */
static inline size_t wire_begin(struct buf *b, char type)
{
	size_t mark = b->size;
	wire_u32(b, 0);
	buf_char(b, type);
	return mark;
}

static inline void wire_end(struct buf *b, size_t mark)
{
	if (b->failed)
		return;
	uint32_t size = (uint32_t)(b->size - mark - 5);
	for (int i = 0; i < 4; i++)
		b->data[mark + (size_t)i] = (char)(size >> (8 * i));
}

/* A text of a frame: borrowed; *ret NULL for NULL. False (the span's flag set) when it is not there whole, too long or no UTF-8. */
static inline bool wire_take_text(struct span *s, const char **ret, size_t *ret_size)
{
	uint32_t size = span_le32(s);
	*ret = NULL;
	*ret_size = 0;
	if (size == WIRE_NULL)
		return span_ok(s);
	const uint8_t *p = size <= WIRE_TEXT_MOST ? span_bytes(s, size) : NULL;
	if (!p || utf8_valid(p, size) != size) {
		s->short_read = true;
		return false;
	}
	*ret = (const char *)p;
	*ret_size = size;
	return true;
}

#endif
