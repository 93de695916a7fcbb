#include "match/near_segment.h"

#include <errno.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/span.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tables are mapped as they stand");

enum { PAGE = 4096, WRITTEN_AT_ONCE = 64 << 20 };
/* The head: where its fields stand. */
enum { AT_MAGIC = 0, AT_VERSION = 8, AT_CHUNKS = 12, AT_BUCKET_BITS = 16, AT_COUNT = 20, AT_ENTRIES = 24, AT_COPIES = 28, AT_BORN = 32, AT_NUMBER = 40, AT_SIZE = 48,
       AT_SUMS = 56, AT_SUM = SEGMENT_HEAD - 4 };
enum { HASHES, IDS, REPEATED, COPIES, STARTS /* of each chunk; then tails and numbers of each */ };
static const char magic[9] = "CUSTNEAR";

void put_le32(uint8_t *to, uint32_t v) { memcpy(to, &v, sizeof v); }
void put_le64(uint8_t *to, uint64_t v) { memcpy(to, &v, sizeof v); }

void segment_name(uint64_t number, char ret[SEGMENT_NAME]) { snprintf(ret, SEGMENT_NAME, "%016llx.segment", (unsigned long long)number); }

int segment_sections(const struct near_index *n, struct section ret[SEGMENT_SECTIONS], uint64_t *ret_size)
{
	uint64_t count = n->count, entries = n->entries, at = SEGMENT_HEAD;
	int tails = STARTS + n->chunk_count, sections = tails + 2 * n->chunk_count;
	ret[HASHES] = (struct section){ .size = count * sizeof(struct pdq), .what = "hashes", .chunk = -1 };
	ret[IDS] = (struct section){ .size = count * sizeof(uint64_t), .what = "ids", .chunk = -1 };
	ret[REPEATED] = (struct section){ .size = n->copy_count ? (count / 64 + 1) * sizeof(uint64_t) : 0, .what = "marks of copies", .chunk = -1, .checked = true };
	ret[COPIES] = (struct section){ .size = (uint64_t)n->copy_count * sizeof(uint64_t), .what = "copies", .chunk = -1, .checked = true };
	for (int i = 0; i < n->chunk_count; i++) {
		ret[STARTS + i] = (struct section){ .size = chunk_starts(&n->chunks[i]) * sizeof(uint32_t), .what = "buckets", .chunk = i, .checked = true };
		ret[tails + 2 * i] = (struct section){ .size = entries * sizeof(uint16_t), .what = "tails", .chunk = i };
		ret[tails + 2 * i + 1] = (struct section){ .size = entries * sizeof(uint32_t), .what = "numbers", .chunk = i };
	}
	for (int i = 0; i < sections; i++) {
		ret[i].offset = at;
		at += (ret[i].size + PAGE - 1) / PAGE * PAGE;
	}
	*ret_size = at;
	return sections;
}

/* --- reading --- */

static enum err damaged(const char *path, uint64_t offset, const char *what)
{
	return err_set(ERR_FORMAT, "%s is damaged at offset %llu: %s", path, (unsigned long long)offset, what);
}

static enum err section_damaged(const struct segment *s, const struct section *x)
{
	char what[96];
	if (x->chunk < 0)
		snprintf(what, sizeof what, "the checksum of %llu bytes of %s differs", (unsigned long long)x->size, x->what);
	else
		snprintf(what, sizeof what, "the checksum of %llu bytes of %s of chunk %d differs", (unsigned long long)x->size, x->what, x->chunk);
	return damaged(s->path, x->offset, what);
}

static bool section_good(const struct segment *s, const struct section *x, uint32_t sum) { return libdeflate_crc32(0, s->map + x->offset, x->size) == sum; }

static enum err head_read(struct segment *s, uint64_t born, uint64_t number)
{
	struct span head = span_of(s->map, SEGMENT_HEAD);
	struct near_index *n = &s->index;
	if (memcmp(span_bytes(&head, 8), magic, 8) != 0)
		return damaged(s->path, AT_MAGIC, "this is no segment of an index");
	uint32_t version = span_le32(&head), chunks = span_le32(&head), bucket_bits = span_le32(&head);
	n->count = span_le32(&head);
	n->entries = span_le32(&head);
	n->copy_count = span_le32(&head);
	uint64_t its_born = span_le64(&head), its_number = span_le64(&head), size = span_le64(&head);
	for (int i = 0; i < SEGMENT_SECTIONS; i++)
		s->sums[i] = span_le32(&head);
	span_seek(&head, AT_SUM);
	/* A later version may have laid out the rest of the head anew. */
	if (version > SEGMENT_VERSION)
		return err_set(ERR_UNSUPPORTED, "%s is of version %u (offset 8); this program reads version %d", s->path, version, SEGMENT_VERSION);
	if (libdeflate_crc32(0, s->map, AT_SUM) != span_le32(&head))
		return damaged(s->path, AT_SUM, "the checksum of the head differs");
	if (version != SEGMENT_VERSION)
		return damaged(s->path, AT_VERSION, "no such version");
	if (chunks > CHUNKS_MOST || !near_layout_set(n, (int)chunks, bucket_bits))
		return damaged(s->path, AT_CHUNKS, "no such division into chunks");
	if (!n->count || n->count > SEGMENT_COUNT_MOST)
		return damaged(s->path, AT_COUNT, "no such number of hashes");
	if (!n->entries || n->entries > n->count)
		return damaged(s->path, AT_ENTRIES, "more entries than hashes, or none");
	if (n->copy_count != n->count - n->entries)
		return damaged(s->path, AT_COPIES, "entries and copies are not all hashes");
	if (its_born != born || its_number != number)
		return damaged(s->path, its_born != born ? AT_BORN : AT_NUMBER, "it belongs to another index, or under another name");
	if (size != s->size)
		return err_set(size > s->size ? ERR_TRUNCATED : ERR_FORMAT, "%s is damaged at offset %llu: it has %llu bytes and should have %llu", s->path,
			       (unsigned long long)(size > s->size ? s->size : size), (unsigned long long)s->size, (unsigned long long)size);
	return OK;
}

/* Buckets follow each other, and hold all entries. */
static enum err starts_check(const struct segment *s, const struct section *x, const struct chunk *c)
{
	size_t count = chunk_starts(c);
	for (size_t i = 0; i < count; i++)
		if (i ? c->starts[i] < c->starts[i - 1] : c->starts[0] != 0)
			return damaged(s->path, x->offset + i * sizeof *c->starts, "a bucket ends before it begins");
	return c->starts[count - 1] == s->index.entries ? OK : damaged(s->path, x->offset + (count - 1) * sizeof *c->starts, "the buckets do not hold all entries");
}

static enum err tables_set(struct segment *s)
{
	struct near_index *n = &s->index;
	struct section all[SEGMENT_SECTIONS];
	uint64_t size;
	int count = segment_sections(n, all, &size);
	if (size != s->size)
		return damaged(s->path, AT_SIZE, "the size does not follow from the numbers of hashes and copies");
	n->hashes = (const void *)(s->map + all[HASHES].offset);
	s->ids = (const void *)(s->map + all[IDS].offset);
	if (n->copy_count) {
		n->repeated = (void *)(s->map + all[REPEATED].offset);
		n->copies = (void *)(s->map + all[COPIES].offset);
	}
	for (int i = 0; i < count; i++)
		if (all[i].checked && !section_good(s, &all[i], s->sums[i]))
			return section_damaged(s, &all[i]);
	for (int i = 0; i < n->chunk_count; i++) {
		const struct section *starts = &all[STARTS + i], *tails = &all[STARTS + n->chunk_count + 2 * i];
		struct chunk *c = &n->chunks[i];
		c->starts = (void *)(s->map + starts->offset);
		c->tails = (void *)(s->map + tails->offset);
		c->ids = (void *)(s->map + tails[1].offset);
		enum err e = starts_check(s, starts, c);
		if (e)
			return e;
	}
	return OK;
}

enum err segment_open(int fd, const char *path, uint64_t born, uint64_t number, struct segment **ret)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return err_errno("cannot read %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(ERR_FORMAT, "%s is no file", path);
	if (st.st_size < SEGMENT_HEAD)
		return err_set(ERR_TRUNCATED, "%s is damaged at offset %lld: it ends within its head", path, (long long)st.st_size);
	struct segment *s = calloc(1, sizeof *s);
	if (!s || !(s->path = strdup(path))) {
		free(s);
		return ERR_NOMEM;
	}
	s->number = number;
	s->size = (uint64_t)st.st_size;
	void *map = mmap(NULL, s->size, PROT_READ, MAP_SHARED, fd, 0);
	enum err e = map == MAP_FAILED ? err_errno("cannot map %s", path) : OK;
	s->map = e ? NULL : map;
	if (!e)
		e = head_read(s, born, number);
	if (!e)
		e = tables_set(s);
	if (e) {
		segment_free(s);
		return e;
	}
	*ret = s;
	return OK;
}

void segment_free(struct segment *s)
{
	if (!s)
		return;
	if (s->map)
		munmap(s->map, s->size);
	free(s->path);
	free(s);
}

enum err segment_verify(const struct segment *s)
{
	struct section all[SEGMENT_SECTIONS];
	uint64_t size;
	int count = segment_sections(&s->index, all, &size);
	for (int i = 0; i < count; i++)
		if (!section_good(s, &all[i], s->sums[i]))
			return section_damaged(s, &all[i]);
	return OK;
}

/* --- writing --- */

enum err near_write(int fd, const char *path, uint64_t offset, const void *bytes, uint64_t size)
{
	for (uint64_t done = 0; done < size;) {
		uint64_t left = size - done;
		ssize_t n = pwrite(fd, (const char *)bytes + done, left < WRITTEN_AT_ONCE ? left : WRITTEN_AT_ONCE, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno("cannot write %s", path);
		done += (uint64_t)n;
	}
	return OK;
}

struct writing {
	int fd;
	const char *path;
	uint32_t sums[SEGMENT_SECTIONS];
};

static enum err section_write(struct writing *w, const struct section *all, int which, const void *bytes)
{
	w->sums[which] = libdeflate_crc32(0, bytes, all[which].size);
	return near_write(w->fd, w->path, all[which].offset, bytes, all[which].size);
}

/* A chunk is built: its tables go to the file and out of memory. */
static enum err chunk_write(void *context, struct near_index *n, int chunk)
{
	struct writing *w = context;
	struct section all[SEGMENT_SECTIONS];
	struct chunk *c = &n->chunks[chunk];
	uint64_t size;
	segment_sections(n, all, &size);
	int tails = STARTS + n->chunk_count + 2 * chunk;
	enum err e = section_write(w, all, STARTS + chunk, c->starts);
	if (!e)
		e = section_write(w, all, tails, c->tails);
	if (!e)
		e = section_write(w, all, tails + 1, c->ids);
	chunk_free(c);
	return e;
}

static enum err sources_write(struct writing *w, const struct section *all, const struct segment_source *sources, size_t count)
{
	uint64_t hashes = 0, ids = 0;
	enum err e = OK;
	for (size_t i = 0; i < count && !e; i++) {
		uint64_t hash_size = sources[i].count * sizeof(struct pdq), id_size = sources[i].count * sizeof(uint64_t);
		w->sums[HASHES] = libdeflate_crc32(w->sums[HASHES], sources[i].hashes, hash_size);
		w->sums[IDS] = libdeflate_crc32(w->sums[IDS], sources[i].ids, id_size);
		e = near_write(w->fd, w->path, all[HASHES].offset + hashes, sources[i].hashes, hash_size);
		if (!e)
			e = near_write(w->fd, w->path, all[IDS].offset + ids, sources[i].ids, id_size);
		hashes += hash_size;
		ids += id_size;
	}
	return e;
}

static enum err head_write(struct writing *w, const struct near_index *n, uint64_t born, uint64_t number, uint64_t size)
{
	uint8_t head[SEGMENT_HEAD] = { 0 };
	memcpy(head + AT_MAGIC, magic, 8);
	put_le32(head + AT_VERSION, SEGMENT_VERSION);
	put_le32(head + AT_CHUNKS, (uint32_t)n->chunk_count);
	put_le32(head + AT_BUCKET_BITS, n->chunk_count ? n->chunks[0].bucket_bits : 0);
	put_le32(head + AT_COUNT, n->count);
	put_le32(head + AT_ENTRIES, n->entries);
	put_le32(head + AT_COPIES, n->copy_count);
	put_le64(head + AT_BORN, born);
	put_le64(head + AT_NUMBER, number);
	put_le64(head + AT_SIZE, size);
	for (int i = 0; i < SEGMENT_SECTIONS; i++)
		put_le32(head + AT_SUMS + i * 4, w->sums[i]);
	put_le32(head + AT_SUM, libdeflate_crc32(0, head, AT_SUM));
	return near_write(w->fd, w->path, 0, head, sizeof head);
}

enum err near_segment_write(int fd, const char *path, uint64_t born, uint64_t number, const struct segment_source *sources, size_t source_count, int threads)
{
	struct writing w = { .fd = fd, .path = path };
	struct near_index n = { 0 };
	struct section all[SEGMENT_SECTIONS];
	uint64_t size, hashes_end;
	for (size_t i = 0; i < source_count; i++)
		n.count += sources[i].count;
	n.entries = n.count;
	near_layout(&n);
	segment_sections(&n, all, &size);
	hashes_end = all[HASHES].offset + all[HASHES].size;
	enum err e = sources_write(&w, all, sources, source_count);
	if (e)
		return e;
	/* The tables are built over the hashes as they stand in the file: nothing of them need be in memory. */
	void *map = mmap(NULL, hashes_end, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return err_errno("cannot map %s", path);
	n.hashes = (const void *)((const char *)map + all[HASHES].offset);
	e = near_build(&n, threads, chunk_write, &w);
	for (int i = 0; i < n.chunk_count; i++)
		chunk_free(&n.chunks[i]);
	segment_sections(&n, all, &size);
	if (!e && n.copy_count)
		e = section_write(&w, all, REPEATED, n.repeated);
	if (!e && n.copy_count)
		e = section_write(&w, all, COPIES, n.copies);
	if (!e && ftruncate(fd, (off_t)size) != 0)
		e = err_errno("cannot write %s", path);
	if (!e)
		e = head_write(&w, &n, born, number, size);
	if (!e && fsync(fd) != 0)
		e = err_errno("cannot write %s", path);
	munmap(map, hashes_end);
	free(n.repeated);
	free(n.copies);
	return e;
}
