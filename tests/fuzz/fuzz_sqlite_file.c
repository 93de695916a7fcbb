/* A database with a log laid over it. Input: four bytes (little-endian) with the log's length in the low 24 bits, then
 * the log, then the database. Bit 31: the log is a rollback journal; bit 30: the write-ahead log's checksums are made
 * right first, so that the fuzzer gets past them. */
#include <stdlib.h>

#include "formats/sqlite_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t bytes_read(void *context, void *to, uint64_t offset, size_t size)
{
	const struct span *s = context;
	uint64_t all = span_size(s), n = offset >= all ? 0 : all - offset < size ? all - offset : size;
	if (n)
		memcpy(to, s->start + offset, n);
	return (int64_t)n;
}

static struct sqlite_input input(struct span *s) { return (struct sqlite_input) { bytes_read, s, span_size(s) }; }

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void add(uint32_t *sum, const uint8_t *p, size_t size, int big)
{
	for (size_t i = 0; i + 8 <= size; i += 8) {
		uint32_t x = be32(p + i), y = be32(p + i + 4);
		sum[0] += (big ? x : __builtin_bswap32(x)) + sum[1];
		sum[1] += (big ? y : __builtin_bswap32(y)) + sum[0];
	}
}

static void repair(uint8_t *wal, size_t size)
{
	if (size < 32)
		return;
	uint32_t sum[2] = { 0, 0 }, page = be32(wal + 8);
	int big = wal[3] & 1;
	add(sum, wal, 24, big);
	put(wal + 24, sum[0]);
	put(wal + 28, sum[1]);
	if (page < 512 || page > 65536 || page % 8)
		return;
	for (size_t at = 32; size - at >= page + 24; at += page + 24) {
		memcpy(wal + at + 8, wal + 16, 8);
		add(sum, wal + at, 8, big);
		add(sum, wal + at + 24, page, big);
		put(wal + at + 16, sum[0]);
		put(wal + at + 20, sum[1]);
	}
}

static void note(void *context, uint64_t offset, const char *reason)
{
	*(size_t *)context += (size_t)offset + strlen(reason);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = span_of(data, size);
	uint32_t head = span_le32(&s);
	struct span log = span_take(&s, head & 0xffffff), db = span_take(&s, span_left(&s));
	if (!span_ok(&s))
		return 0;
	uint8_t *copy = malloc(span_size(&log) + 1);
	if (!copy)
		return 0;
	memcpy(copy, log.start, span_size(&log));
	if (head & 1u << 30)
		repair(copy, span_size(&log));
	struct span own = span_of(copy, span_size(&log)), none = span_of(NULL, 0);
	bool journal = head >> 31;
	struct sqlite_file *f;
	size_t noted = 0;
	if (sqlite_file_open(input(&db), input(journal ? &none : &own), input(journal ? &own : &none), note, &noted,
			     &f) == OK) {
		static uint8_t page[70000];
		uint64_t pages = sqlite_file_pages(f);
		for (uint64_t i = 0; i < pages && i < 300; i++) {
			sqlite_file_read(f, page, i * sqlite_file_page_size(f), sqlite_file_page_size(f));
			sqlite_file_page_source(f, (uint32_t)i + 1);
		}
		sqlite_file_read(f, page, 13, sizeof page);
		sqlite_file_read(f, page, pages * sqlite_file_page_size(f) - 1, sizeof page);
		sqlite_file_free(f);
	}
	free(copy);
	return 0;
}
