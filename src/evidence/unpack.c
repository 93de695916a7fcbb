/* tar.gz and its like. A compressed stream cannot be read at random, so it is decompressed once into an unlinked scratch file: it costs the
 * tar's full size in scratch space while the evidence is open, and one pass at the decompressor's speed. */
#include "evidence/tar.h"

#include <archive.h>
#include <inttypes.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const struct {
	const char *magic;
	size_t size;
	const char *kind;
} compressions[] = {
	{ "\x1f\x8b\x08", 3, "tar.gz" },     { "\x28\xb5\x2f\xfd", 4, "tar.zst" }, { "\xfd" "7zXZ\0", 6, "tar.xz" },
	{ "BZh", 3, "tar.bz2" }, { "\x04\x22\x4d\x18", 4, "tar.lz4" },
};

static const char *kind_of(const struct source *s)
{
	for (size_t i = 0; i < sizeof compressions / sizeof *compressions; i++)
		if (s->head_size >= compressions[i].size && memcmp(s->head, compressions[i].magic, compressions[i].size) == 0)
			return compressions[i].kind;
	return NULL;
}

bool unpack_probe(const struct source *s) { return !s->folder && kind_of(s) != NULL; }

/* How much may be written: a hostile stream of a few megabytes can stand for a disk full of zeros. Something is left for others. */
static uint64_t room_of(int fd)
{
	struct statvfs v;
	if (fstatvfs(fd, &v) < 0)
		return UINT64_MAX;
	uint64_t room = (uint64_t)v.f_bavail * v.f_frsize, keep = (uint64_t)256 << 20;
	return room > keep ? room - keep : 0;
}

static enum err copy_all(struct container *c, struct archive *a, int fd, uint64_t *ret_size)
{
	struct archive_entry *entry;
	const void *bytes;
	size_t size;
	la_int64_t offset;
	uint64_t room = room_of(fd);
	if (archive_read_next_header(a, &entry) != ARCHIVE_OK)
		return err_set(ERR_FORMAT, "%s cannot be decompressed: %s", c->source.path, archive_error_string(a) ? archive_error_string(a) : "no data");
	for (;;) {
		int r = archive_read_data_block(a, &bytes, &size, &offset);
		if (r == ARCHIVE_EOF)
			return OK;
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN) {
			const char *why = archive_error_string(a);
			if (!*ret_size)
				return err_set(ERR_FORMAT, "%s cannot be decompressed: %s", c->source.path, why ? why : "damaged");
			container_note(c, "", 0, "cannot be decompressed beyond %" PRIu64 " bytes of its content: %s", *ret_size, why ? why : "damaged");
			return OK;
		}
		if (size > room - *ret_size)
			return err_set(ERR_SPACE, "not enough scratch space to decompress %s (%" PRIu64 " bytes so far): set TMPDIR to a folder with more",
				       c->source.path, *ret_size);
		enum err x = scratch_write(fd, bytes, size);
		if (x)
			return x;
		*ret_size += size;
	}
}

enum err unpack(struct container *c, int *ret_fd, uint64_t *ret_size)
{
	int fd = -1;
	*ret_size = 0;
	enum err x = scratch_file(c, &fd);
	if (x)
		return x;
	/* Only the filters inside the library: some others would start programs. */
	struct archive *a = archive_read_new();
	if (!a || archive_read_support_format_raw(a) || archive_read_support_filter_gzip(a) || archive_read_support_filter_bzip2(a) ||
	    archive_read_support_filter_xz(a) || archive_read_support_filter_zstd(a) || archive_read_support_filter_lz4(a))
		x = err_set(ERR_NOMEM, "out of memory to decompress %s", c->source.path);
	else if (lseek(c->source.fd, 0, SEEK_SET) < 0)
		x = err_errno("cannot read %s", c->source.path);
	else if (archive_read_open_fd(a, c->source.fd, 256 * 1024) != ARCHIVE_OK)
		x = err_set(ERR_FORMAT, "%s cannot be decompressed: %s", c->source.path, archive_error_string(a) ? archive_error_string(a) : "damaged");
	else
		x = copy_all(c, a, fd, ret_size);
	if (a)
		archive_read_free(a);
	if (x) {
		close(fd);
		return x;
	}
	c->kind = kind_of(&c->source);
	*ret_fd = fd;
	return OK;
}
