/* wire: what a worker tells the examination through its pipe.
 *
 * A stream of frames: u32 payload size, u8 type, payload; numbers little-endian; a text is u32 size + UTF-8 bytes, size 0xffffffff is NULL.
 *
 *	'R' run begins       u16 artifact, u16 variant, u8 rows (0 live, 1 recovered), text driving table
 *	'S' selector         text type, text value, text raw, text service           numbered from 1 within the run
 *	'L' selector list    text JSON array of their values, u16 count, count × u32 selector     numbered from 1 within the run
 *	'D' records          u32 count, then each: u32 size of the rest, i64 row, u8 state, u32 page (0 not known), u64 offset, u32 frame,
 *	                     [state ≠ 0: u8 fate, u16 confidence in 1/1000, text reason], text app, u32 account (selector), then the kind's columns: u8 tag (0 NULL, 1 i64, 2 f64, 3 text, 4 u32 selector, 5 u32 list)
 *	'E' run ends         i64 rows of the driving table, or of it recovered (-1 not known), i64 rows used (-1), i64 records
 *	'N' note             u64 offset, text about, text reason
 *	'Z' the worker is done
 * of media also
 *	'B' item begins      u16 its place in the job; what follows is of it
 *	'H' perceptual hash  u32 frame (0xffffffff: a picture has but one), f64 seconds from the beginning, u8 quality, 32 bytes
 *	'F' item is finished
 *
 * The worker is not trusted: the reading side checks every size, number and text again.
 */
#ifndef CUSTOS_EXAMINE_WIRE_H
#define CUSTOS_EXAMINE_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/frames.h"
#include "base/span.h"
#include "base/text.h"
#include "examine/limits.h"

enum { WIRE_FRAME_MOST = FRAME_MOST, WIRE_TEXT_MOST = 16 << 20, WIRE_BATCH = 1 << 16, WIRE_LIST_MOST = 4096 };
#define WIRE_NULL 0xffffffffu

enum wire_tag { WIRE_CELL_NULL, WIRE_CELL_INT, WIRE_CELL_REAL, WIRE_CELL_TEXT, WIRE_CELL_SELECTOR, WIRE_CELL_LIST };

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

/* The pipe (base/frames.h), with a worker's limits. */
typedef frames_fn wire_frame_fn;
typedef frames_stop_fn wire_stop_fn;
static inline bool wire_write(int fd, struct buf *b) { return frames_write(fd, b); }
static inline enum err wire_read(int fd, const struct worker_limits *limits, wire_frame_fn *take, wire_stop_fn *stop, void *context)
{
	return frames_read(fd, limits->silence_ms, limits->wait_ms, take, stop, context);
}

#endif
