/* frames: how a sandboxed worker's answer travels through its pipe: u32 size (little-endian), u8 type, payload; again and again. What the types mean,
 * and whether a payload makes sense, is for those who use it. */
#ifndef CUSTOS_BASE_FRAMES_H
#define CUSTOS_BASE_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "base/text.h"

enum { FRAME_MOST = 64 << 20 };

/* Writes all of `b` to the pipe and clears it. False when it failed before, or the pipe is gone. */
bool frames_write(int fd, struct buf *b);

/* The reading side: gives each frame until the pipe's end. ERR_FORMAT: a frame that is too large; ERR_LIMIT: it was silent for `silence_ms`, or waited
 * for longer than `wait_ms` in all; ERR_CANCELLED: `stop` (may be NULL), asked several times a second, said so; else what `take` returned. */
typedef enum err frames_fn(void *context, char type, struct span payload);
typedef bool frames_stop_fn(void *context);
enum err frames_read(int fd, uint64_t silence_ms, uint64_t wait_ms, frames_fn *take, frames_stop_fn *stop, void *context);

/* The same of frames that lie in memory: whole ones, or ERR_FORMAT. */
enum err frames_each(struct span frames, frames_fn *take, void *context);

#endif
