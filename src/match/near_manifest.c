#include "match/near_manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/span.h"
#include "match/near_segment.h"

enum { VERSION = 1, HEAD = 32, RECORD = 16, SIZE_MOST = HEAD + MANIFEST_SEGMENTS * RECORD + 4 };
static const char magic[9] = "CUSTNEAM";

static enum err damaged(const char *name, size_t offset, const char *what) { return err_set(ERR_FORMAT, "%s/manifest is damaged at offset %zu: %s", name, offset, what); }

enum err manifest_parse(const uint8_t *bytes, size_t size, const char *name, struct manifest *m)
{
	struct span s = span_of(bytes, size);
	*m = (struct manifest){ 0 };
	if (size < HEAD + 4)
		return err_set(ERR_TRUNCATED, "%s/manifest is damaged at offset %zu: it ends within its head", name, size);
	if (memcmp(span_bytes(&s, 8), magic, 8) != 0)
		return damaged(name, 0, "this is no manifest of an index");
	uint32_t version = span_le32(&s);
	if (version > VERSION)
		return err_set(ERR_UNSUPPORTED, "%s/manifest is of version %u (offset 8); this program reads version %d", name, version, VERSION);
	m->count = span_le32(&s);
	m->born = span_le64(&s);
	m->next = span_le64(&s);
	if (m->count > MANIFEST_SEGMENTS)
		return damaged(name, 12, "too many segments");
	if (size != HEAD + m->count * RECORD + 4)
		return err_set(size < HEAD + m->count * RECORD + 4 ? ERR_TRUNCATED : ERR_FORMAT, "%s/manifest is damaged at offset %zu: it has %zu bytes and should have %u", name, size,
			       size, HEAD + m->count * RECORD + 4);
	for (uint32_t i = 0; i < m->count; i++) {
		m->segments[i].number = span_le64(&s);
		m->segments[i].count = span_le64(&s);
	}
	if (libdeflate_crc32(0, bytes, size - 4) != span_le32(&s))
		return damaged(name, size - 4, "the checksum differs");
	for (uint32_t i = 0; i < m->count; i++)
		if (m->segments[i].number >= m->next)
			return damaged(name, HEAD + i * RECORD, "a segment that is not made yet");
	return version == VERSION ? OK : damaged(name, 8, "no such version");
}

enum err manifest_read(int folder, const char *name, struct manifest *ret)
{
	uint8_t bytes[SIZE_MOST + 1];
	size_t size = 0;
	ssize_t n = 0;
	int fd = openat(folder, "manifest", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return err_errno("cannot open %s/manifest", name);
	while (size < sizeof bytes && ((n = read(fd, bytes + size, sizeof bytes - size)) > 0 || (n < 0 && errno == EINTR)))
		size += n > 0 ? (size_t)n : 0;
	enum err e = n < 0 ? err_errno("cannot read %s/manifest", name) : manifest_parse(bytes, size, name, ret);
	close(fd);
	return e;
}

enum err manifest_write(int folder, const char *name, const struct manifest *m)
{
	uint8_t bytes[SIZE_MOST];
	size_t size = HEAD;
	memcpy(bytes, magic, 8);
	put_le32(bytes + 8, VERSION);
	put_le32(bytes + 12, m->count);
	put_le64(bytes + 16, m->born);
	put_le64(bytes + 24, m->next);
	for (uint32_t i = 0; i < m->count; i++, size += RECORD) {
		put_le64(bytes + size, m->segments[i].number);
		put_le64(bytes + size + 8, m->segments[i].count);
	}
	put_le32(bytes + size, libdeflate_crc32(0, bytes, size));
	size += 4;
	char path[4096];
	snprintf(path, sizeof path, "%s/manifest", name);
	int fd = openat(folder, "manifest.part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return err_errno("cannot write %s", path);
	enum err e = near_write(fd, path, 0, bytes, size);
	if (!e && fsync(fd) != 0)
		e = err_errno("cannot write %s", path);
	close(fd);
	if (!e && renameat(folder, "manifest.part", folder, "manifest") != 0)
		e = err_errno("cannot write %s", path);
	return e;
}

bool manifest_equal(const struct manifest *a, const struct manifest *b)
{
	if (a->born != b->born || a->next != b->next || a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (a->segments[i].number != b->segments[i].number || a->segments[i].count != b->segments[i].count)
			return false;
	return true;
}
