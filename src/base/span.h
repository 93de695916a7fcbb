/* span: a view of bytes that is read only through checked accessors.
 *
 * Every byte of evidence is read through this type.  A read beyond the end
 * gives 0 and sets the sticky flag `short_read`; parsers check it once per
 * record instead of once per field.  A span never owns its memory.
 *
 * Offsets are bytes from `start`.  Nothing here allocates or fails otherwise.
 */
#ifndef CUSTOS_BASE_SPAN_H
#define CUSTOS_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *start; /* first byte of the view */
	const uint8_t *at;    /* next byte to read */
	const uint8_t *end;   /* one past the last byte */
	bool short_read;      /* sticky: some read went beyond `end` */
};

static inline struct span span_of(const void *data, size_t size)
{
	static const uint8_t nothing[1];
	const uint8_t *p = data ? data : nothing;
	return (struct span){ p, p, p + (data ? size : 0), false };
}

static inline size_t span_size(const struct span *s) { return (size_t)(s->end - s->start); }
static inline size_t span_left(const struct span *s) { return (size_t)(s->end - s->at); }
static inline size_t span_pos(const struct span *s) { return (size_t)(s->at - s->start); }
static inline bool span_ok(const struct span *s) { return !s->short_read; }

/* True when `size` bytes lie at `offset`; never overflows. */
static inline bool span_has(const struct span *s, uint64_t offset, uint64_t size)
{
	uint64_t all = span_size(s);
	return offset <= all && size <= all - offset;
}

/* Moves to `offset`; beyond the end: stays at the end and sets the flag. */
static inline void span_seek(struct span *s, uint64_t offset)
{
	if (offset > span_size(s)) {
		s->at = s->end;
		s->short_read = true;
	} else {
		s->at = s->start + offset;
	}
}

/* Takes the next `size` bytes as pointer, or NULL (flag set) when fewer are left. */
static inline const uint8_t *span_bytes(struct span *s, uint64_t size)
{
	if (size > span_left(s)) {
		s->at = s->end;
		s->short_read = true;
		return NULL;
	}
	const uint8_t *p = s->at;
	s->at += size;
	return p;
}

static inline void span_skip(struct span *s, uint64_t size) { (void)span_bytes(s, size); }

/* Takes the next `size` bytes as a span of their own; empty (flag set in both) when fewer are left. */
static inline struct span span_take(struct span *s, uint64_t size)
{
	const uint8_t *p = span_bytes(s, size);
	struct span part = span_of(p, p ? (size_t)size : 0);
	part.short_read = p == NULL;
	return part;
}

/* The bytes [offset, offset+size) as a span of their own; empty with the flag set when they are not all there.
 * Does not move or flag `s`. */
static inline struct span span_part(const struct span *s, uint64_t offset, uint64_t size)
{
	bool there = span_has(s, offset, size);
	struct span part = span_of(there ? s->start + offset : NULL, there ? (size_t)size : 0);
	part.short_read = !there;
	return part;
}

#define SPAN_READ(name, type, expression)                     \
	static inline type name(struct span *s)               \
	{                                                     \
		const uint8_t *p = span_bytes(s, sizeof(type)); \
		return p ? (type)(expression) : 0;            \
	}
SPAN_READ(span_u8, uint8_t, p[0])
SPAN_READ(span_be16, uint16_t, p[0] << 8 | p[1])
SPAN_READ(span_le16, uint16_t, p[1] << 8 | p[0])
SPAN_READ(span_be32, uint32_t, (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3])
SPAN_READ(span_le32, uint32_t, (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0])
#undef SPAN_READ

static inline uint64_t span_be64(struct span *s)
{
	const uint8_t *p = span_bytes(s, 8);
	uint64_t v = 0;
	for (int i = 0; p && i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

static inline uint64_t span_le64(struct span *s)
{
	const uint8_t *p = span_bytes(s, 8);
	uint64_t v = 0;
	for (int i = 7; p && i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

/* Big-endian unsigned integer of 1 to 8 bytes; other widths give 0 and set the flag. */
static inline uint64_t span_be(struct span *s, unsigned width)
{
	const uint8_t *p = width >= 1 && width <= 8 ? span_bytes(s, width) : NULL;
	uint64_t v = 0;
	if (!p)
		s->short_read = true;
	for (unsigned i = 0; p && i < width; i++)
		v = v << 8 | p[i];
	return v;
}

/* Little-endian base-128 varint (protobuf, LevelDB), at most 10 bytes; longer ones set the flag. */
static inline uint64_t span_leb128(struct span *s)
{
	uint64_t v = 0;
	for (unsigned shift = 0; shift < 70; shift += 7) {
		uint8_t b = span_u8(s);
		if (shift < 64)
			v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v;
	}
	s->short_read = true;
	return 0;
}

/* True (and moved past it) when the next bytes are `magic`. */
static inline bool span_match(struct span *s, const void *magic, size_t size)
{
	if (span_left(s) < size || memcmp(s->at, magic, size) != 0)
		return false;
	s->at += size;
	return true;
}

#endif
