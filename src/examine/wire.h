/* wire: what a worker tells the examination through its pipe.
 *
 * A stream of frames (base/frames.h); numbers and texts as in base/wire.h.
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
 *	'T' thumbnail        u16 width, u16 height, as many bytes of grey; the parent keeps it as
 *	't'                  u16 width, u16 height, u32 size and bytes of the blurred JPEG file, u32 size and bytes of the clear one
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
#include "base/wire.h"
#include "examine/limits.h"

enum { WIRE_FRAME_MOST = FRAME_MOST, WIRE_BATCH = 1 << 16, WIRE_LIST_MOST = 4096 };

enum wire_tag { WIRE_CELL_NULL, WIRE_CELL_INT, WIRE_CELL_REAL, WIRE_CELL_TEXT, WIRE_CELL_SELECTOR, WIRE_CELL_LIST };

/* The pipe (base/frames.h), with a worker's limits. */
typedef frames_fn wire_frame_fn;
typedef frames_stop_fn wire_stop_fn;
static inline bool wire_write(int fd, struct buf *b) { return frames_write(fd, b); }
static inline enum err wire_read(int fd, const struct worker_limits *limits, wire_frame_fn *take, wire_stop_fn *stop, void *context)
{
	return frames_read(fd, limits->silence_ms, limits->wait_ms, take, stop, context);
}

#endif
