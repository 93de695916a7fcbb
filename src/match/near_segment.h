/* One segment of near_file.h: a file that is written once, then mapped. Layout: docs/formats/near.md. This room's own, and the fuzz target's. */
#ifndef CUSTOS_MATCH_NEAR_SEGMENT_H
#define CUSTOS_MATCH_NEAR_SEGMENT_H

#include "match/near_kernel.h"

enum { SEGMENT_HEAD = 4096, SEGMENT_SECTIONS = 4 + 3 * CHUNKS_MOST, SEGMENT_VERSION = 1, SEGMENT_COUNT_MOST = 1 << 30, SEGMENT_NAME = 32 };

/* Where its parts stand; all follow from the numbers in the head. */
struct section {
	uint64_t offset, size;
	const char *what;
	int chunk;    /* -1: of no chunk */
	bool checked; /* small: its checksum is compared when the segment is opened */
};
int segment_sections(const struct near_index *n, struct section ret[SEGMENT_SECTIONS], uint64_t *ret_size);

struct segment {
	uint64_t number;
	char *path; /* for messages */
	uint8_t *map;
	uint64_t size;
	struct near_index index; /* over the map */
	const uint64_t *ids;
	uint32_t sums[SEGMENT_SECTIONS];
};

/* "000000000000002a.segment" */
void segment_name(uint64_t number, char ret[SEGMENT_NAME]);

/* Maps and checks. `born`: of the index it is to belong to. The descriptor stays the caller's; `path` is for messages. */
enum err segment_open(int fd, const char *path, uint64_t born, uint64_t number, struct segment **ret);
void segment_free(struct segment *s);

/* Compares all checksums. */
enum err segment_verify(const struct segment *s);

/* Hashes with their ids, to be written in this order. */
struct segment_source {
	const struct pdq *hashes;
	const uint64_t *ids;
	uint32_t count;
};

/* Writes and syncs all into `fd`, an empty file open for reading and writing. */
enum err near_segment_write(int fd, const char *path, uint64_t born, uint64_t number, const struct segment_source *sources, size_t source_count, int threads);

enum err near_write(int fd, const char *path, uint64_t offset, const void *bytes, uint64_t size);
void put_le32(uint8_t *to, uint32_t v);
void put_le64(uint8_t *to, uint64_t v);

#endif
