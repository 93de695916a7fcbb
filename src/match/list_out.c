#include "match/list_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/scratch.h"

struct list_spool list_spool_make(const char *folder) { return (struct list_spool){ .folder = folder, .fd = -1 }; }

void list_spool_free(struct list_spool *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->piece);
	free(s->read);
	*s = (struct list_spool){ .fd = -1 };
}

static enum err spool_write(struct list_spool *s)
{
	enum err e = s->fd < 0 ? scratch_open(s->folder, &s->fd) : OK;
	if (!e)
		e = scratch_write(s->fd, s->piece, s->held);
	s->held = 0;
	return e;
}

enum err list_spool_add(struct list_spool *s, const void *bytes, size_t size)
{
	const uint8_t *p = bytes;
	if (!s->piece && !(s->piece = malloc(LIST_PIECE)))
		return ERR_NOMEM;
	while (size) {
		size_t part = LIST_PIECE - s->held < size ? LIST_PIECE - s->held : size;
		memcpy(s->piece + s->held, p, part);
		s->held += part;
		s->bytes += part;
		p += part;
		size -= part;
		enum err e = s->held == LIST_PIECE ? spool_write(s) : OK;
		if (e)
			return e;
	}
	return OK;
}

enum err list_spool_read(struct list_spool *s, uint64_t at, void *to, size_t size)
{
	uint8_t *p = to;
	if (!s->read && !(s->read = malloc(LIST_PIECE)))
		return ERR_NOMEM;
	for (size_t done = 0; done < size;) {
		uint64_t want = at + done, written = s->bytes - s->held;
		if (want >= s->bytes)
			return err_set(ERR_TRUNCATED, "a scratch file ends too early");
		if (want >= written) { /* not written yet */
			size_t from = (size_t)(want - written), part = s->held - from < size - done ? s->held - from : size - done;
			memcpy(p + done, s->piece + from, part);
			done += part;
			continue;
		}
		if (want < s->read_at || want >= s->read_at + s->read_size) {
			size_t most = written - want < LIST_PIECE ? (size_t)(written - want) : LIST_PIECE;
			ssize_t n = pread(s->fd, s->read, most, (off_t)want);
			if (n < 0 && errno == EINTR)
				continue;
			if (n <= 0)
				return err_errno("cannot read a scratch file");
			s->read_at = want;
			s->read_size = (size_t)n;
		}
		size_t from = (size_t)(want - s->read_at), part = s->read_size - from < size - done ? s->read_size - from : size - done;
		memcpy(p + done, s->read + from, part);
		done += part;
	}
	return OK;
}

struct list_out {
	int fd;
	char *name; /* of a file system without nameless files; else NULL */
	const char *folder;
	size_t head, held;
	uint64_t at;
	EVP_MD_CTX *digest;
	uint8_t piece[4 * LIST_PIECE];
};

uint64_t list_out_at(const struct list_out *o) { return o->at; }

enum err list_out_new(const char *folder, size_t head, struct list_out **ret)
{
	struct list_out *o = calloc(1, sizeof *o);
	*ret = NULL;
	if (!o)
		return ERR_NOMEM;
	o->folder = folder;
	o->head = head;
	o->at = head;
	o->digest = EVP_MD_CTX_new();
	o->fd = -1;
	enum err e = o->digest && EVP_DigestInit_ex(o->digest, EVP_sha256(), NULL) == 1 ? OK : ERR_NOMEM;
	if (!e) {
		o->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		if (o->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
			if (asprintf(&o->name, "%s/.new-XXXXXX", folder) < 0)
				o->name = NULL;
			o->fd = o->name ? mkostemp(o->name, O_CLOEXEC) : -1;
			if (o->fd < 0) {
				free(o->name);
				o->name = NULL;
			}
		}
		if (o->fd < 0)
			e = err_errno("cannot write in %s", folder);
		else if (lseek(o->fd, (off_t)head, SEEK_SET) < 0)
			e = err_errno("cannot write in %s", folder);
	}
	if (e) {
		list_out_free(o);
		return e;
	}
	*ret = o;
	return OK;
}

void list_out_free(struct list_out *o)
{
	if (!o)
		return;
	if (o->fd >= 0)
		close(o->fd);
	if (o->name)
		unlink(o->name);
	free(o->name);
	EVP_MD_CTX_free(o->digest);
	free(o);
}

static enum err all_write(const struct list_out *o, const uint8_t *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = write(o->fd, bytes + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno("cannot write the list in %s", o->folder);
		done += (size_t)n;
	}
	return OK;
}

static enum err out_flush(struct list_out *o)
{
	EVP_DigestUpdate(o->digest, o->piece, o->held);
	enum err e = all_write(o, o->piece, o->held);
	o->held = 0;
	return e;
}

enum err list_out_add(struct list_out *o, const void *bytes, size_t size)
{
	const uint8_t *p = bytes;
	while (size) {
		size_t part = sizeof o->piece - o->held < size ? sizeof o->piece - o->held : size;
		memcpy(o->piece + o->held, p, part);
		o->held += part;
		o->at += part;
		p += part;
		size -= part;
		enum err e = o->held == sizeof o->piece ? out_flush(o) : OK;
		if (e)
			return e;
	}
	return OK;
}

enum err list_out_pad(struct list_out *o, size_t align)
{
	static const uint8_t nothing[256];
	return list_out_add(o, nothing, (align - o->at % align) % align);
}

enum err list_out_spool(struct list_out *o, struct list_spool *s)
{
	uint8_t part[4096];
	enum err e = OK;
	for (uint64_t at = 0; !e && at < s->bytes; at += sizeof part) {
		size_t size = s->bytes - at < sizeof part ? (size_t)(s->bytes - at) : sizeof part;
		e = list_spool_read(s, at, part, size);
		if (!e)
			e = list_out_add(o, part, size);
	}
	return e;
}

enum err list_out_end(struct list_out *o, uint8_t *head, size_t size, size_t checksum, const char *path)
{
	char self[64];
	enum err e = out_flush(o);
	if (e)
		return e;
	EVP_DigestUpdate(o->digest, head, size);
	EVP_DigestFinal_ex(o->digest, head + checksum, NULL);
	if (lseek(o->fd, 0, SEEK_SET) < 0)
		return err_errno("cannot write the list in %s", o->folder);
	e = all_write(o, head, size);
	if (!e && fsync(o->fd) != 0)
		e = err_errno("cannot write the list in %s", o->folder);
	if (e)
		return e;
	/* linkat never replaces a file that is there. */
	snprintf(self, sizeof self, "/proc/self/fd/%d", o->fd);
	if (o->name ? link(o->name, path) != 0 : linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0)
		return errno == EEXIST ? err_set(ERR_EXISTS, "%s exists already", path) : err_errno("cannot make %s", path);
	int folder = open(o->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder >= 0) {
		fsync(folder);
		close(folder);
	}
	return OK;
}
