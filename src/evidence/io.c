/* Bytes of evidence and scratch files: whole reads, pieces, and unlinked files that nobody else can open. */
#include "evidence/container.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "evidence/list.h"
#include "evidence/work.h"

enum { PIECE = 256 * 1024 };

enum err file_read_some(int fd, void *out, size_t size, uint64_t offset, size_t *ret_size)
{
	size_t got = 0;
	*ret_size = 0;
	if (offset > INT64_MAX || size > INT64_MAX - offset)
		return OK;
	while (got < size) {
		ssize_t n = pread(fd, (char *)out + got, size - got, (off_t)(offset + got));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno("cannot read at offset %" PRIu64, offset + got);
		if (n == 0)
			break;
		got += (size_t)n;
	}
	*ret_size = got;
	return OK;
}

enum err file_read(int fd, void *out, size_t size, uint64_t offset)
{
	size_t got;
	enum err e = file_read_some(fd, out, size, offset, &got);
	return e ? e : got == size ? OK : ERR_TRUNCATED;
}

enum err file_deliver(int fd, uint64_t offset, uint64_t size, const char *path, evidence_sink *sink, void *context)
{
	struct work *w = work_take();
	enum err e = w && work_room(&w->in, &w->in_room, PIECE) ? OK : err_set(ERR_NOMEM, "out of memory for %s", path);
	while (!e && size) {
		size_t want = size < PIECE ? (size_t)size : PIECE, got;
		e = file_read_some(fd, w->in, want, offset, &got);
		if (!e && got)
			e = sink(context, w->in, got);
		offset += got;
		size -= got;
		if (!e && got < want)
			e = err_set(ERR_TRUNCATED, "%s ends at offset %" PRIu64 ", %" PRIu64 " bytes too early", path, offset, size);
	}
	work_give(w);
	return e;
}

enum err scratch_file(struct container *c, int *ret_fd) { return scratch_open(c->evidence->scratch, ret_fd); }
