/* Compiled once for each processor; NEAR_KERNEL names the result. */
#include "match/near_kernel.h"

#include <string.h>
#if defined __AVX512BITALG__
#include <immintrin.h>
#endif

enum { AHEAD = 6, LINE = 64, LINES_ASKED = 6, WAITING = 1024, RANGES = 4096, BLOCK = 64 };

static inline uint32_t distance(const struct pdq *a, const struct pdq *b)
{
	int d = 0;
	for (int i = 0; i < 4; i++)
		d += __builtin_popcountll(a->words[i] ^ b->words[i]);
	return (uint32_t)d;
}

/* --- one query through the chunks --- */

/* The entries of one bucket, which differs in `differ` bits from the query's. */
struct range {
	uint32_t first, size;
	uint16_t chunk, differ;
};

struct finding {
	const struct near_index *n;
	const struct pdq *query;
	uint32_t radius;
	const int *may_differ;
	near_fn *hit;
	void *context;
	uint32_t waiting, missed; /* missed: looked at in vain */
	enum near_end end;
	struct {
		uint32_t at, chunk, id;
	} wait[WAITING]; /* entries whose tails are near enough */
	struct range ranges[RANGES];
};

/* What the tail may differ in where the bucket differs in `differ` bits: of its own bits, and of all. Negative: nothing fits. */
static inline void bounds(const struct finding *f, int chunk, int differ, int *ret_own, int *ret_all)
{
	int next = chunk + 1 < f->n->chunk_count ? chunk + 1 : 0;
	*ret_own = f->may_differ[chunk] - differ;
	*ret_all = f->may_differ[chunk] + f->may_differ[next] + 1 - differ;
}

/* A hit is told by the first chunk that finds it. */
static bool found_before(const struct finding *f, int chunk, const struct pdq *h)
{
	for (int i = 0; i < chunk; i++) {
		const struct chunk *c = &f->n->chunks[i];
		int own, all;
		bounds(f, i, __builtin_popcount(bucket_of(f->query, c) ^ bucket_of(h, c)), &own, &all);
		uint32_t tail = tail_of(f->query, c) ^ tail_of(h, c);
		if (own >= 0 && __builtin_popcount(tail & c->own) <= own && __builtin_popcount(tail) <= all)
			return true;
	}
	return false;
}

static void tell(struct finding *f, uint32_t id, uint32_t d)
{
	const struct near_index *n = f->n;
	if (!f->hit(f->context, (struct near_hit){ id, d }))
		f->end = NEAR_STOPPED;
	if (!n->repeated || !(n->repeated[id / 64] >> (id % 64) & 1))
		return;
	uint32_t low = 0, high = n->copy_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (n->copies[middle] >> 32 < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == n->copy_count || n->copies[low] >> 32 != id)
		f->end = NEAR_DAMAGED;
	for (; low < n->copy_count && n->copies[low] >> 32 == id && !f->end; low++) {
		uint32_t copy = (uint32_t)n->copies[low];
		if (copy >= n->count || memcmp(&n->hashes[copy], &n->hashes[id], sizeof *n->hashes) != 0)
			f->end = NEAR_DAMAGED;
		else if (!f->hit(f->context, (struct near_hit){ copy, d }))
			f->end = NEAR_STOPPED;
	}
}

/* Looks at the hashes that wait: all their numbers are read before the first, so that memory works on many at a time. */
static void flush(struct finding *f)
{
	const struct near_index *n = f->n;
	for (uint32_t i = 0; i < f->waiting; i++) {
		uint32_t id = f->wait[i].id = n->chunks[f->wait[i].chunk].ids[f->wait[i].at];
		if (id >= n->count) {
			f->end = NEAR_DAMAGED;
			return;
		}
		__builtin_prefetch(&n->hashes[id]);
	}
	for (uint32_t i = 0; i < f->waiting && !f->end; i++) {
		const struct chunk *c = &n->chunks[f->wait[i].chunk];
		const struct pdq *h = &n->hashes[f->wait[i].id];
		uint32_t d = distance(h, f->query);
		if (tail_of(h, c) != c->tails[f->wait[i].at])
			f->end = NEAR_DAMAGED;
		else if (d > f->radius)
			f->missed++;
		else if (!found_before(f, (int)f->wait[i].chunk, h))
			tell(f, f->wait[i].id, d);
	}
	f->waiting = 0;
}

static inline void await(struct finding *f, const struct range *r, uint32_t at)
{
	if (f->waiting == WAITING)
		flush(f);
	__builtin_prefetch(&f->n->chunks[r->chunk].ids[at]);
	f->wait[f->waiting].at = at;
	f->wait[f->waiting++].chunk = r->chunk;
}

/* The entries of a bucket whose tails are within both bounds. */
#if defined __AVX512BITALG__
static void range_check(struct finding *f, const struct range *r, uint32_t tail, uint32_t mask, int own, int all)
{
	const uint16_t *tails = f->n->chunks[r->chunk].tails;
	const __m512i wanted = _mm512_set1_epi16((short)tail), mine = _mm512_set1_epi16((short)mask);
	const __m512i own_most = _mm512_set1_epi16((short)own), all_most = _mm512_set1_epi16((short)all);
	for (uint32_t k = 0; k < r->size && !f->end; k += 32) {
		__mmask32 some = r->size - k >= 32 ? ~0u : (1u << (r->size - k)) - 1;
		__m512i x = _mm512_xor_si512(_mm512_maskz_loadu_epi16(some, tails + r->first + k), wanted);
		some = _mm512_mask_cmple_epu16_mask(some, _mm512_popcnt_epi16(x), all_most);
		if (mask)
			some = _mm512_mask_cmple_epu16_mask(some, _mm512_popcnt_epi16(_mm512_and_si512(x, mine)), own_most);
		for (; some; some &= some - 1)
			await(f, r, r->first + k + (uint32_t)__builtin_ctz(some));
	}
}
#else
static inline uint64_t four_counts(uint64_t x)
{
	x -= x >> 1 & 0x5555555555555555u;
	x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
	return (x + (x >> 8)) & 0x00ff00ff00ff00ffu;
}

/* Four tails in a word: a lane's top bit stays where its count is within the bound. */
static void range_check(struct finding *f, const struct range *r, uint32_t tail, uint32_t mask, int own, int all)
{
	enum { LANES = 4 };
	const uint16_t *tails = f->n->chunks[r->chunk].tails;
	const uint64_t each = 0x0001000100010001u, top = each << 15;
	uint64_t own_most = top | (uint64_t)own * each, all_most = top | (uint64_t)all * each;
	for (uint32_t k = 0; k < r->size && !f->end; k += LANES) {
		uint32_t lanes = r->size - k < LANES ? r->size - k : LANES;
		uint64_t x = 0;
		memcpy(&x, tails + r->first + k, lanes * sizeof *tails);
		x ^= tail * each;
		uint64_t near = (all_most - four_counts(x)) & (own_most - four_counts(x & mask * each)) & top;
		for (uint32_t i = 0; near && i < lanes; i++)
			if (near >> (i * 16 + 15) & 1)
				await(f, r, r->first + k + i);
	}
}
#endif

static inline void range_ask(const struct finding *f, const struct range *r)
{
	const char *p = (const char *)(f->n->chunks[r->chunk].tails + r->first), *end = (const char *)(f->n->chunks[r->chunk].tails + r->first + r->size);
	for (int i = 0; i < LINES_ASKED && p < end; i++, p += LINE)
		__builtin_prefetch(p);
}

/* Every hash, but for those that the chunks before `chunk` have told. */
static void scan_rest(struct finding *f, int chunk)
{
	for (uint32_t id = 0; id < f->n->count && !f->end; id++) {
		uint32_t d = distance(&f->n->hashes[id], f->query);
		if (d <= f->radius && !found_before(f, chunk, &f->n->hashes[id]) && !f->hit(f->context, (struct near_hit){ id, d }))
			f->end = NEAR_STOPPED;
	}
}

/* False: nothing is left to do. */
static bool ranges_check(struct finding *f, uint32_t count)
{
	for (uint32_t i = 0; i < count && i < AHEAD; i++)
		range_ask(f, &f->ranges[i]);
	for (uint32_t i = 0; i < count && !f->end; i++) {
		const struct range *r = &f->ranges[i];
		const struct chunk *c = &f->n->chunks[r->chunk];
		int own, all;
		if (f->missed > f->n->count / 8 && r->chunk != r[-1].chunk) {
			/* Many agree in two chunks and not in the rest: a scan is cheaper. */
			flush(f);
			scan_rest(f, r->chunk);
			return false;
		}
		if (i + AHEAD < count)
			range_ask(f, &f->ranges[i + AHEAD]);
		bounds(f, r->chunk, r->differ, &own, &all);
		range_check(f, r, tail_of(f->query, c), c->own, own, all);
	}
	return !f->end;
}

static uint32_t ranges_add(struct finding *f, int chunk, uint32_t n)
{
	const struct chunk *c = &f->n->chunks[chunk];
	uint32_t keys[KEYS_MOST], value = bucket_of(f->query, c), count = neighbours(value, c->bucket_bits, f->may_differ[chunk], keys);
	for (uint32_t k = 0; k < count; k++) {
		uint32_t first = c->starts[keys[k]], end = c->starts[keys[k] + 1];
		if (end < first || end > f->n->entries) {
			f->end = NEAR_DAMAGED;
			return 0;
		}
		f->ranges[n] = (struct range){ first, end - first, (uint16_t)chunk, (uint16_t)__builtin_popcount(keys[k] ^ value) };
		n += end > first;
	}
	return n;
}

static enum near_end find(const struct near_index *n, const struct pdq *query, int radius, const int *may_differ, near_fn *hit, void *context)
{
	struct finding f; /* its arrays are filled as they are used */
	f.n = n;
	f.query = query;
	f.radius = (uint32_t)radius;
	f.may_differ = may_differ;
	f.hit = hit;
	f.context = context;
	f.waiting = f.missed = 0;
	f.end = NEAR_DONE;
	for (int chunk = 0; chunk < n->chunk_count;) {
		uint32_t count = 0;
		for (; chunk < n->chunk_count && count + KEYS_MOST <= RANGES && !f.end; chunk++)
			count = ranges_add(&f, chunk, count);
		if (f.end || !ranges_check(&f, count))
			return f.end;
	}
	flush(&f);
	return f.end;
}

/* --- many queries against all hashes --- */

/* Half of the bits say no to nearly all: the other half is read for the rest. */
static bool scan_block(const struct pdq *hashes, uint32_t at, uint32_t count, const struct pdq *queries, uint32_t from, uint32_t n, int radius, near_scan_fn *hit,
		       void *context)
{
	uint64_t first[BLOCK], second[BLOCK];
	for (uint32_t q = 0; q < BLOCK; q++) {
		first[q] = queries[from + (q < n ? q : 0)].words[0];
		second[q] = queries[from + (q < n ? q : 0)].words[1];
	}
	for (uint32_t i = at; i < at + count; i++) {
		uint64_t a = hashes[i].words[0], b = hashes[i].words[1], half[BLOCK], near = 0;
		for (uint32_t q = 0; q < BLOCK; q++) {
			half[q] = (uint64_t)__builtin_popcountll(a ^ first[q]) + (uint64_t)__builtin_popcountll(b ^ second[q]);
			near |= half[q] - (uint64_t)radius - 1; /* the top bit: it is at most the radius */
		}
		if (!(near >> 63))
			continue;
		for (uint32_t q = 0; q < n; q++) {
			uint32_t d = half[q] <= (uint64_t)radius ? distance(&hashes[i], &queries[from + q]) : UINT32_MAX;
			if (d <= (uint32_t)radius && !hit(context, from + q, (struct near_hit){ i, d }))
				return false;
		}
	}
	return true;
}

/* Few queries: each is compared with the whole hash. */
static bool scan_few(const struct pdq *hashes, uint32_t at, uint32_t count, const struct pdq *queries, uint32_t from, uint32_t n, int radius, near_scan_fn *hit, void *context)
{
	for (uint32_t q = from; q < from + n; q++)
		for (uint32_t i = at; i < at + count; i++) {
			uint32_t d = distance(&hashes[i], &queries[q]);
			if (d <= (uint32_t)radius && !hit(context, q, (struct near_hit){ i, d }))
				return false;
		}
	return true;
}

static bool scan(const struct pdq *hashes, uint32_t count, const struct pdq *queries, uint32_t query_count, int radius, near_scan_fn *hit, void *context)
{
	/* A piece of the hashes that stays in the cache, against all queries. */
	enum { PIECE = 4096, FEW = 4 };
	for (uint32_t at = 0, size; at < count; at += size) {
		size = count - at < PIECE ? count - at : PIECE;
		for (uint32_t q = 0, n; q < query_count; q += n) {
			n = query_count - q < BLOCK ? query_count - q : BLOCK;
			if (!(n <= FEW ? scan_few : scan_block)(hashes, at, size, queries, q, n, radius, hit, context))
				return false;
		}
	}
	return true;
}

const struct near_kernel NEAR_KERNEL = { NEAR_KERNEL_NAME, find, scan };
