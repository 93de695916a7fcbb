#include "examine/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { READ_PIECE = 1 << 18, SILENCE_MS = 120000, POLL_MS = 200 };

bool wire_write(int fd, struct buf *b)
{
	size_t at = 0;
	while (at < b->size && !b->failed) {
		ssize_t n = write(fd, b->data + at, b->size - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	if (b->failed)
		return false;
	buf_clear(b);
	return true;
}

/* Whole frames out of the buffer; what is left moves to its front. */
static enum err frames_take(wire_frame_fn *take, void *context, struct buf *b)
{
	size_t at = 0;
	enum err e = OK;
	while (!e && b->size - at >= 5) {
		struct span s = span_of(b->data + at, b->size - at);
		uint32_t size = span_le32(&s);
		char type = (char)span_u8(&s);
		if (size > WIRE_FRAME_MOST)
			e = err_set(ERR_FORMAT, "the parser sent a frame of %u bytes", size);
		else if (span_left(&s) < size)
			break;
		else
			e = take(context, type, span_take(&s, size));
		at += 5 + (size_t)size;
	}
	if (at && !e) {
		memmove(b->data, b->data + at, b->size - at);
		b->size -= at;
	}
	return e;
}

enum err wire_read(int fd, wire_frame_fn *take, wire_stop_fn *stop, void *context)
{
	struct buf b = { .limit = WIRE_FRAME_MOST + (64 << 10) + READ_PIECE };
	char *piece = malloc(READ_PIECE);
	enum err e = piece ? OK : ERR_NOMEM;
	int silent = 0;
	while (!e) {
		struct pollfd p = { fd, POLLIN, 0 };
		int ready = poll(&p, 1, POLL_MS);
		if (stop(context)) {
			e = ERR_CANCELLED;
		} else if (ready == 0) {
			silent += POLL_MS;
			if (silent >= SILENCE_MS)
				e = err_set(ERR_LIMIT, "the parser sent nothing for %d s", SILENCE_MS / 1000);
		} else if (ready > 0) {
			ssize_t n = read(fd, piece, READ_PIECE);
			silent = 0;
			if (n == 0)
				break;
			if (n < 0 && errno != EINTR)
				e = err_errno("cannot read from a worker");
			if (n > 0) {
				buf_add(&b, piece, (size_t)n);
				e = b.failed ? err_set(ERR_NOMEM, "no memory for a worker's frames") : frames_take(take, context, &b);
			}
		}
	}
	free(piece);
	buf_free(&b);
	return e;
}
