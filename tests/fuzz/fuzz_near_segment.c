/* A good segment with damage of the fuzzer's choosing, its checksums made good again or not: opened, searched, verified. The same bytes as a manifest. */
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/span.h"
#include "match/near_manifest.h"
#include "match/near_segment.h"

enum { HASHES = 2300, COPIED = 100, BORN = 77, NUMBER = 5 };
enum { AT_CHUNKS = 12, AT_SUMS = 56, AT_SUM = SEGMENT_HEAD - 4 };
static struct pdq hashes[HASHES];
static uint8_t *good;
static size_t good_size;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static uint64_t ids[HASHES];
	uint64_t v = 1;
	(void)argc, (void)argv;
	for (int i = 0; i < HASHES; i++)
		for (int w = 0; w < 4; w++)
			hashes[i].words[w] = i < HASHES - COPIED ? (v = v * 6364136223846793005u + 1442695040888963407u) ^ v >> 29 : hashes[i % 40].words[w];
	struct segment_source all = { hashes, ids, HASHES };
	int fd = memfd_create("segment", 0);
	if (fd < 0 || near_segment_write(fd, "segment", BORN, NUMBER, &all, 1, 1) != OK)
		abort();
	good_size = (size_t)lseek(fd, 0, SEEK_END);
	good = malloc(good_size);
	if (!good || pread(fd, good, good_size, 0) != (ssize_t)good_size)
		abort();
	close(fd);
	return 0;
}

/* So that what lies behind the checksums is reached. */
static void sums_mend(uint8_t *file, size_t size)
{
	struct near_index n = { 0 };
	struct section all[SEGMENT_SECTIONS];
	struct span s = span_of(file + AT_CHUNKS, 20);
	uint64_t whole;
	uint32_t chunks = span_le32(&s), bits = span_le32(&s);
	n.count = span_le32(&s);
	n.entries = span_le32(&s);
	n.copy_count = span_le32(&s);
	if (chunks <= CHUNKS_MOST && near_layout_set(&n, (int)chunks, bits)) {
		int count = segment_sections(&n, all, &whole);
		for (int i = 0; i < count && whole <= size; i++)
			put_le32(file + AT_SUMS + i * 4, libdeflate_crc32(0, file + all[i].offset, all[i].size));
	}
	put_le32(file + AT_SUM, libdeflate_crc32(0, file, AT_SUM));
}

static bool hear(void *context, struct near_hit hit)
{
	const struct segment *s = context;
	volatile uint64_t id = s->ids[hit.id];
	return (void)id, true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest m;
	manifest_parse(data, size, "folder", &m);
	struct span s = span_of(data, size);
	uint8_t how = span_u8(&s), radius = span_u8(&s) % 70;
	uint8_t *file = malloc(good_size);
	size_t length = how & 2 ? span_le32(&s) % (good_size + 1) : good_size;
	if (!file)
		return 0;
	memcpy(file, good, good_size);
	while (span_left(&s) >= 5) {
		uint32_t at = span_le32(&s);
		file[at & 1u << 31 ? at % good_size : at % SEGMENT_HEAD] = span_u8(&s);
	}
	if (how & 1)
		sums_mend(file, good_size);
	int fd = memfd_create("segment", MFD_CLOEXEC);
	struct segment *g = NULL;
	if (fd >= 0 && write(fd, file, length) == (ssize_t)length && segment_open(fd, "segment", BORN, NUMBER, &g) == OK) {
		for (int q = 0; q < 8; q++)
			near_query(&g->index, &hashes[q * 13], radius, hear, g);
		if (segment_verify(g) != OK && (how & 1))
			abort();
	}
	segment_free(g);
	if (fd >= 0)
		close(fd);
	free(file);
	return 0;
}
