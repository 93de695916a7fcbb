#include "base/frames.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { READ_PIECE = 1 << 18, POLL_MS = 200 };

bool frames_write(int fd, struct buf *b)
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
static enum err frames_take(frames_fn *take, void *context, struct buf *b)
{
	size_t at = 0;
	enum err e = OK;
	while (!e && b->size - at >= 5) {
		struct span s = span_of(b->data + at, b->size - at);
		uint32_t size = span_le32(&s);
		char type = (char)span_u8(&s);
		if (size > FRAME_MOST)
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

static uint64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Only the time counts in which this thread waits for the worker: a worker itself waits while the records of others are written. */
enum err frames_read(int fd, uint64_t silence_ms, uint64_t wait_ms, frames_fn *take, frames_stop_fn *stop, void *context)
{
	struct buf b = { .limit = FRAME_MOST + (64 << 10) + READ_PIECE };
	char *piece = malloc(READ_PIECE);
	enum err e = piece ? OK : ERR_NOMEM;
	uint64_t silent = 0, waited = 0;
	while (!e) {
		struct pollfd p = { fd, POLLIN, 0 };
		uint64_t before = now_ms();
		int ready = poll(&p, 1, POLL_MS);
		uint64_t spent = now_ms() - before;
		if (spent > POLL_MS) /* this program itself was stopped meanwhile */
			spent = POLL_MS;
		silent = ready > 0 ? 0 : silent + spent;
		waited += spent;
		if (stop && stop(context)) {
			e = ERR_CANCELLED;
		} else if (silent >= silence_ms) {
			e = err_set(ERR_LIMIT, "the parser sent nothing for %llu s", (unsigned long long)silence_ms / 1000);
		} else if (waited >= wait_ms) {
			e = err_set(ERR_LIMIT, "the parser kept the examination waiting for more than %llu s", (unsigned long long)wait_ms / 1000);
		} else if (ready > 0) {
			ssize_t n = read(fd, piece, READ_PIECE);
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

enum err frames_each(struct span s, frames_fn *take, void *context)
{
	enum err e = OK;
	while (!e && span_left(&s)) {
		uint32_t size = span_le32(&s);
		char type = (char)span_u8(&s);
		struct span payload = span_take(&s, size);
		e = span_ok(&s) ? take(context, type, payload) : err_set(ERR_FORMAT, "a frame that is not whole");
	}
	return e;
}
