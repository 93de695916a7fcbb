/* The index of near.h from within: its tables, and the inner loops that are compiled for several processors from one source. This room's own. */
#ifndef CUSTOS_MATCH_NEAR_KERNEL_H
#define CUSTOS_MATCH_NEAR_KERNEL_H

#include "match/near.h"

enum { CHUNKS_MOST = 16, TAIL_BITS = 16, BUCKET_BITS_MOST = 20, DIFFER_MOST = 3, KEYS_MOST = 1 + 20 + 190 + 1140 /* within 3 of 20 bits */ };

/* Bits `from` to `from + bits` of the hash, round its end. */
struct chunk {
	uint32_t from, bits;
	uint32_t bucket_bits; /* the first of them say which bucket */
	uint32_t tail_from;   /* the TAIL_BITS bits after those, partly of the next chunk */
	uint16_t own;         /* those of the tail that are this chunk's */
	/* Hashes by bucket, within one by number; `entries` of them. */
	uint32_t *starts; /* bucket → first of its entries; one more than buckets */
	uint16_t *tails;
	uint32_t *ids;
};

struct near_index {
	const struct pdq *hashes;
	uint32_t count, entries; /* all, and those that are no copy of an earlier one */
	int chunk_count;         /* 0: a small set, which is scanned */
	struct chunk chunks[CHUNKS_MOST];
	/* Those with copies, a bit each; and (number << 32 | number of the copy), ascending. NULL: there are none. */
	uint64_t *repeated, *copies;
	uint32_t copy_count;
};

static inline uint32_t bits_of(const struct pdq *h, uint32_t from, uint32_t bits)
{
	uint64_t v = h->words[from / 64] >> (from % 64);
	if (from % 64 + bits > 64)
		v |= h->words[(from / 64 + 1) % 4] << (64 - from % 64);
	return (uint32_t)(v & ((1ull << bits) - 1));
}

static inline uint32_t bucket_of(const struct pdq *h, const struct chunk *c) { return bits_of(h, c->from, c->bucket_bits); }
static inline uint32_t tail_of(const struct pdq *h, const struct chunk *c) { return bits_of(h, c->tail_from, TAIL_BITS); }

/* All values within `most` bits (-1 to DIFFER_MOST) of `value`, nearest first where `most` < 2; how many. */
static inline uint32_t neighbours(uint32_t value, uint32_t bits, int most, uint32_t to[KEYS_MOST])
{
	uint32_t n = 0;
	if (most < 0)
		return 0;
	to[n++] = value;
	for (uint32_t a = 0; most >= 1 && a < bits; a++) {
		uint32_t one = value ^ 1u << a;
		to[n++] = one;
		for (uint32_t b = a + 1; most >= 2 && b < bits; b++) {
			uint32_t two = one ^ 1u << b;
			to[n++] = two;
			for (uint32_t c = b + 1; most >= 3 && c < bits; c++)
				to[n++] = two ^ 1u << c;
		}
	}
	return n;
}

/* --- near_build.c --- */

/* How a set of `n->count` is divided: chunk_count and the chunks' bits. */
void near_layout(struct near_index *n);

/* The same where the numbers come from a file. False: no such layout. */
bool near_layout_set(struct near_index *n, int chunk_count, uint32_t bucket_bits);

/* Fills the tables over n->hashes. `done` (may be NULL) is called for each chunk, from any of the threads, when it is built; it may take the tables away.
 * `entries` and copies are settled before the first call. ERR_NOMEM, or what `done` said. */
typedef enum err near_build_fn(void *context, struct near_index *n, int chunk);
enum err near_build(struct near_index *n, int threads, near_build_fn *done, void *context);

void chunk_free(struct chunk *c);
static inline size_t chunk_starts(const struct chunk *c) { return ((size_t)1 << c->bucket_bits) + 1; }

/* --- near_plan.c --- */

/* In how many bits each chunk may differ for this query. False: to look at every hash is cheaper. */
bool near_plan(const struct near_index *n, const struct pdq *query, int radius, int may_differ[CHUNKS_MOST]);

/* Whether `queries` together are cheaper by a scan, as far as can be said without looking at them. */
bool near_plan_scan(const struct near_index *n, int radius, uint32_t queries);

/* --- near_many.c --- */

/* `work` in `threads` threads (0: one a core), the caller's being one of them. */
void near_crew(int threads, void (*work)(void *context), void *context);

/* Queries over several indexes. One thread at a time calls `hit`. The first index found damaged, or -1. */
typedef bool near_many_fn(void *context, uint32_t part, uint32_t query, struct near_hit hit);
int near_many(const struct near_index *const *parts, uint32_t part_count, const struct pdq *queries, uint32_t count, int radius, int threads, near_many_fn *hit, void *context);

/* Each hash within `radius` of any of the forms once, with the nearest. ERR_NOMEM; `ret_damaged` as near_many's result. */
enum err near_forms(const struct near_index *const *parts, uint32_t part_count, const struct pdq forms[PDQ_DIHEDRALS], int radius, near_many_fn *hit, void *context,
		    int *ret_damaged);

/* --- near.c --- */

enum near_end { NEAR_DONE, NEAR_STOPPED, NEAR_DAMAGED /* tables that contradict each other: only from a file */ };
enum near_end near_query(const struct near_index *n, const struct pdq *query, int radius, near_fn *hit, void *context);

/* --- near_kernel.c --- */

struct near_kernel {
	const char *name;
	enum near_end (*find)(const struct near_index *n, const struct pdq *query, int radius, const int *may_differ, near_fn *hit, void *context);
	bool (*scan)(const struct pdq *hashes, uint32_t count, const struct pdq *queries, uint32_t query_count, int radius, near_scan_fn *hit, void *context);
};

extern const struct near_kernel near_kernel_plain, near_kernel_popcnt, near_kernel_avx512;

#endif
