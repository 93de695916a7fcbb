/* The inner loops of near.c, compiled for several processors from one source. This room's own. */
#ifndef CUSTOS_MATCH_NEAR_KERNEL_H
#define CUSTOS_MATCH_NEAR_KERNEL_H

#include "match/near.h"

enum { CHUNKS_LEAST = 9, CHUNKS_MOST = 20, KEYS_MOST = 4096 };

struct chunk {
	uint32_t from, bits; /* which bits of the hash */
	uint32_t *starts;    /* value → first of its ids; one more than values */
	uint32_t *ids;
};

struct near_index {
	const struct pdq *hashes;
	uint32_t count;
	int radius, chunk_count; /* no chunks: a small set, which is scanned */
	struct chunk chunks[CHUNKS_MOST];
};

static inline uint32_t value_of(const struct pdq *h, const struct chunk *c)
{
	uint64_t v = h->words[c->from / 64] >> (c->from % 64);
	if (c->from % 64 + c->bits > 64)
		v |= h->words[c->from / 64 + 1] << (64 - c->from % 64);
	return (uint32_t)(v & ((1ull << c->bits) - 1));
}

struct near_kernel {
	const char *name;
	/* `may_differ`: bits of each chunk; none beyond 3. */
	void (*find)(const struct near_index *n, const struct pdq *query, int radius, const int *may_differ, near_fn *hit, void *context);
	void (*scan)(const struct pdq *hashes, uint32_t count, const struct pdq *queries, uint32_t query_count, int radius, near_scan_fn *hit, void *context);
};

extern const struct near_kernel near_kernel_plain, near_kernel_popcnt, near_kernel_avx512;

#endif
