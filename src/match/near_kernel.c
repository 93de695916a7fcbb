/* Compiled once for each processor; NEAR_KERNEL names the result. */
#include "match/near_kernel.h"

#include <string.h>

enum { AHEAD = 32, BLOCK = 64 };

static inline uint32_t distance(const struct pdq *a, const struct pdq *b)
{
	int d = 0;
	for (int i = 0; i < 4; i++)
		d += __builtin_popcountll(a->words[i] ^ b->words[i]);
	return (uint32_t)d;
}

/* --- one query through the chunks --- */

struct finding {
	const struct near_index *n;
	const struct pdq *query;
	uint32_t radius;
	const int *may_differ;
	int chunk; /* at work */
	near_fn *hit;
	void *context;
	bool stopped;
};

/* A hit is told by the first chunk that finds it. */
static bool found_before(const struct finding *f, const struct pdq *h)
{
	for (int i = 0; i < f->chunk; i++) {
		const struct chunk *c = &f->n->chunks[i];
		if (__builtin_popcount(value_of(f->query, c) ^ value_of(h, c)) <= f->may_differ[i])
			return true;
	}
	return false;
}

static inline void candidate(struct finding *f, uint32_t id)
{
	const struct pdq *h = &f->n->hashes[id];
	uint32_t d = distance(h, f->query);
	if (d <= f->radius && !found_before(f, h))
		f->stopped |= !f->hit(f->context, (struct near_hit){ id, d });
}

/* All values within `most` bits (-1 to 3) of `value`; how many. */
static uint32_t neighbours(uint32_t value, uint32_t bits, int most, uint32_t *to)
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

struct range {
	uint32_t first, size;
};

/* Where the ids of all values near the query's stand. The table is far larger than the caches: each entry is asked for before it is needed. */
static uint32_t ranges_find(const struct chunk *c, uint32_t value, int most, struct range *ret, uint64_t *ret_ids)
{
	uint32_t keys[KEYS_MOST], count = neighbours(value, c->bits, most, keys), n = 0;
	for (uint32_t k = 0; k < count && k < AHEAD; k++)
		__builtin_prefetch(&c->starts[keys[k]]);
	for (uint32_t k = 0; k < count; k++) {
		if (k + AHEAD < count)
			__builtin_prefetch(&c->starts[keys[k + AHEAD]]);
		uint32_t first = c->starts[keys[k]], size = c->starts[keys[k] + 1] - first;
		if (!size)
			continue;
		__builtin_prefetch(&c->ids[first]);
		ret[n++] = (struct range){ first, size };
		*ret_ids += size;
	}
	return n;
}

static void ranges_check(struct finding *f, const struct range *ranges, uint32_t count)
{
	const uint32_t *ids = f->n->chunks[f->chunk].ids;
	uint32_t waiting[AHEAD], n = 0;
	for (uint32_t r = 0; r < count && !f->stopped; r++)
		for (uint32_t k = 0; k < ranges[r].size && !f->stopped; k++) {
			uint32_t id = ids[ranges[r].first + k], at = n % AHEAD;
			__builtin_prefetch(&f->n->hashes[id]);
			if (n >= AHEAD)
				candidate(f, waiting[at]);
			waiting[at] = id;
			n++;
		}
	for (uint32_t i = n < AHEAD ? 0 : n - AHEAD; i < n && !f->stopped; i++)
		candidate(f, waiting[i % AHEAD]);
}

static void find(const struct near_index *n, const struct pdq *query, int radius, const int *may_differ, near_fn *hit, void *context)
{
	struct finding f = { .n = n, .query = query, .radius = (uint32_t)radius, .may_differ = may_differ, .hit = hit, .context = context };
	struct range ranges[KEYS_MOST];
	uint64_t ids = 0;
	for (; f.chunk < n->chunk_count && !f.stopped; f.chunk++) {
		const struct chunk *c = &n->chunks[f.chunk];
		uint32_t count = ranges_find(c, value_of(query, c), may_differ[f.chunk], ranges, &ids);
		if (ids * 8 > n->count) {
			/* The query lies in a crowd: a scan is cheaper. What the chunks before have told stays told. */
			for (uint32_t id = 0; id < n->count && !f.stopped; id++)
				candidate(&f, id);
			return;
		}
		ranges_check(&f, ranges, count);
	}
}

/* --- many queries against all hashes --- */

/* Half of the bits say no to nearly all: the other half is read for the rest. */
static void scan_block(const struct pdq *hashes, uint32_t at, uint32_t count, const struct pdq *queries, uint32_t from, uint32_t n, int radius, near_scan_fn *hit,
		       void *context, bool *stopped)
{
	uint64_t first[BLOCK], second[BLOCK];
	for (uint32_t q = 0; q < BLOCK; q++) {
		first[q] = queries[from + (q < n ? q : 0)].words[0];
		second[q] = queries[from + (q < n ? q : 0)].words[1];
	}
	for (uint32_t i = at; i < at + count && !*stopped; i++) {
		uint64_t a = hashes[i].words[0], b = hashes[i].words[1], half[BLOCK], near = 0;
		for (uint32_t q = 0; q < BLOCK; q++) {
			half[q] = (uint64_t)__builtin_popcountll(a ^ first[q]) + (uint64_t)__builtin_popcountll(b ^ second[q]);
			near |= half[q] - (uint64_t)radius - 1; /* the top bit: it is at most the radius */
		}
		if (!(near >> 63))
			continue;
		for (uint32_t q = 0; q < n && !*stopped; q++) {
			uint32_t d = half[q] <= (uint64_t)radius ? distance(&hashes[i], &queries[from + q]) : UINT32_MAX;
			if (d <= (uint32_t)radius)
				*stopped = !hit(context, from + q, (struct near_hit){ i, d });
		}
	}
}

static void scan(const struct pdq *hashes, uint32_t count, const struct pdq *queries, uint32_t query_count, int radius, near_scan_fn *hit, void *context)
{
	bool stopped = false;
	/* A piece of the hashes that stays in the cache, against all queries. */
	enum { PIECE = 4096 };
	for (uint32_t at = 0; at < count && !stopped; at += PIECE)
		for (uint32_t q = 0; q < query_count && !stopped; q += BLOCK) {
			uint32_t n = query_count - q < BLOCK ? query_count - q : BLOCK;
			uint32_t size = count - at < PIECE ? count - at : PIECE;
			scan_block(hashes, at, size, queries, q, n, radius, hit, context, &stopped);
		}
}

const struct near_kernel NEAR_KERNEL = { NEAR_KERNEL_NAME, find, scan };
