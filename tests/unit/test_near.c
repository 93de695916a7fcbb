/* The index against looking at every hash: the same hits, none missed, none twice, over sizes, radii, divisions into chunks, crowds, copies and planted neighbours. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "match/near.h"
#include "match/near_kernel.h"

static uint64_t state = 88172645463325252ull;

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static struct pdq any(void) { return (struct pdq){ { next(), next(), next(), next() } }; }

/* Exactly `bits` away. */
static struct pdq beside(struct pdq p, int bits)
{
	struct pdq q = p;
	while (pdq_distance(&p, &q) < bits) {
		uint64_t at = next() % 256;
		if (!((p.words[at / 64] ^ q.words[at / 64]) >> (at % 64) & 1))
			q.words[at / 64] ^= 1ull << (at % 64);
	}
	return q;
}

struct heard {
	uint8_t *times, *distance;
	uint32_t hits, most;
};

static bool hear(void *context, struct near_hit hit)
{
	struct heard *h = context;
	h->times[hit.id]++;
	h->distance[hit.id] = (uint8_t)hit.distance;
	return ++h->hits < h->most;
}

static bool hear_scan(void *context, uint32_t query, struct near_hit hit) { return (void)query, hear(context, hit); }

static void compare(const struct pdq *hashes, uint32_t count, const struct pdq *query, int radius, const struct near_index *n)
{
	struct heard h = { calloc(count + 1, 1), calloc(count + 1, 1), 0, UINT32_MAX }, s = { calloc(count + 1, 1), calloc(count + 1, 1), 0, UINT32_MAX };
	uint32_t wrong = 0;
	near_find(n, query, radius, hear, &h);
	near_scan(hashes, count, query, 1, radius, hear_scan, &s);
	for (uint32_t i = 0; i < count; i++) {
		int d = pdq_distance(&hashes[i], query);
		wrong += h.times[i] != (d <= radius) || s.times[i] != (d <= radius);
		wrong += h.times[i] && (h.distance[i] != d || s.distance[i] != d);
	}
	CHECK_INT(wrong, 0);
	free(h.times);
	free(h.distance);
	free(s.times);
	free(s.distance);
}

/* An index with a division that the size alone would not give. */
static struct near_index *divided(const struct pdq *hashes, uint32_t count, int chunks, uint32_t bucket_bits)
{
	struct near_index *n = calloc(1, sizeof *n);
	n->hashes = hashes;
	n->count = count;
	CHECK(near_layout_set(n, chunks, bucket_bits));
	CHECK_INT(near_build(n, 2, NULL, NULL), OK);
	return n;
}

TEST(none_missed_none_twice)
{
	static const uint32_t counts[] = { 0, 1, 100, 2048, 5000, 70000 };
	static const int radii[] = { 0, 1, 8, 31, 40, 64 };
	for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
		uint32_t count = counts[c];
		struct pdq *hashes = malloc(sizeof *hashes * (count + 1)), queries[12];
		for (uint32_t i = 0; i < count; i++)
			hashes[i] = any();
		for (int q = 0; q < 12; q++) {
			queries[q] = any();
			/* Neighbours at every distance around the radii. */
			for (int d = 0; d <= 66 && count > 100; d++)
				hashes[next() % count] = beside(queries[q], d);
		}
		struct near_index *n;
		CHECK_INT(near_new(hashes, count, 2, &n), OK);
		for (int v = 0; v < near_variants(); v++) {
			near_variant_use(v);
			for (size_t r = 0; r < sizeof radii / sizeof *radii; r++)
				for (int q = 0; q < 12; q++)
					compare(hashes, count, &queries[q], radii[r], n);
		}
		near_free(n);
		free(hashes);
	}
}

/* Every radius, for all divisions into chunks, and tails that lie in the own chunk, the next one, and round the end. */
TEST(every_radius_and_division)
{
	static const struct {
		int chunks;
		uint32_t bucket_bits;
	} how[] = { { 16, 16 }, { 16, 13 }, { 16, 1 }, { 15, 10 }, { 13, 12 }, { 11, 20 }, { 11, 12 }, { 11, 8 }, { 9, 14 }, { 8, 17 } };
	uint32_t count = 20000;
	struct pdq *hashes = malloc(sizeof *hashes * count), query = any();
	for (uint32_t i = 0; i < count; i++)
		hashes[i] = i % 2 ? any() : beside(query, (int)(i / 2 % 70));
	for (size_t k = 0; k < sizeof how / sizeof *how; k++) {
		struct near_index *n = divided(hashes, count, how[k].chunks, how[k].bucket_bits);
		for (int radius = 0; radius <= NEAR_RADIUS_MOST; radius++) {
			near_variant_use(radius % near_variants());
			compare(hashes, count, &query, radius, n);
		}
		near_free(n);
	}
	struct near_index none = { 0 };
	CHECK(!near_layout_set(&none, 17, 10) && !near_layout_set(&none, 7, 10) && !near_layout_set(&none, 11, 7) && !near_layout_set(&none, 16, 17));
	CHECK(!near_layout_set(&none, 16, 0) && !near_layout_set(&none, 0, 1) && near_layout_set(&none, 0, 0));
	free(hashes);
}

/* A neighbour at each distance from each of many queries among hashes that are far: all found. */
TEST(planted_neighbours)
{
	enum { QUERIES = 400, PLANTED = 32 };
	uint32_t count = 60000, missed = 0;
	struct pdq *hashes = malloc(sizeof *hashes * count), *queries = malloc(sizeof *queries * QUERIES);
	struct near_index *n;
	for (uint32_t i = 0; i < count; i++)
		hashes[i] = any();
	for (uint32_t q = 0; q < QUERIES; q++) {
		queries[q] = any();
		for (uint32_t d = 0; d < PLANTED; d++)
			hashes[q * PLANTED + d] = beside(queries[q], (int)d);
	}
	CHECK_INT(near_new(hashes, count, 1, &n), OK);
	struct near_index *wide = divided(hashes, count, 11, 12);
	for (int k = 0; k < 2; k++)
		for (uint32_t q = 0; q < QUERIES; q++) {
			near_variant_use((int)(q % (uint32_t)near_variants()));
			struct heard h = { calloc(count, 1), calloc(count, 1), 0, UINT32_MAX };
			near_find(k ? wide : n, &queries[q], PDQ_DISTANCE_MOST, hear, &h);
			for (uint32_t d = 0; d < PLANTED; d++)
				missed += h.times[q * PLANTED + d] != 1 || h.distance[q * PLANTED + d] != d;
			free(h.times);
			free(h.distance);
		}
	CHECK_INT(missed, 0);
	near_free(n);
	near_free(wide);
	free(hashes);
	free(queries);
}

/* Real hashes crowd: copies, and thousands that share all chunks but one. */
TEST(crowds)
{
	uint32_t count = 30000;
	struct pdq *hashes = malloc(sizeof *hashes * count), centre = any();
	struct near_index *n;
	for (uint32_t i = 0; i < count; i++)
		hashes[i] = i % 3 == 0 ? centre : i % 3 == 1 ? beside(centre, (int)(next() % 60)) : any();
	CHECK_INT(near_new(hashes, count, 1, &n), OK);
	for (int v = 0; v < near_variants(); v++) {
		near_variant_use(v);
		for (int q = 0; q < 10; q++) {
			struct pdq query = beside(centre, q * 5);
			compare(hashes, count, &query, 31, n);
		}
	}
	for (uint32_t most = 1; most < 12000; most += 2399) { /* stops when told, also among copies */
		struct heard h = { calloc(count, 1), calloc(count, 1), 0, most };
		near_find(n, &centre, 31, hear, &h);
		CHECK_INT(h.hits, most);
		free(h.times);
		free(h.distance);
	}
	near_free(n);
	free(hashes);
}

/* Made against the index: chunks that all have in common, pairs of chunks that all have in common (every tail fits), all hashes equal, all zero. */
TEST(adversaries)
{
	uint32_t count = 40000;
	struct pdq *hashes = malloc(sizeof *hashes * count);
	for (int kind = 0; kind < 6; kind++) {
		struct near_index *n;
		for (uint32_t i = 0; i < count; i++) {
			hashes[i] = any();
			if (kind == 0)
				hashes[i].words[0] = 0;
			if (kind == 1)
				hashes[i].words[i % 4] = 0x1234567890abcdef;
			if (kind == 2)
				hashes[i].words[1] &= 0xffff000000000000, hashes[i].words[3] &= 0xffff;
			if (kind == 3)
				hashes[i] = (struct pdq){ { 7, 7, 7, 7 } };
			if (kind == 4)
				hashes[i] = (struct pdq){ { i % 5, 0, 0, 0 } };
			if (kind == 5) /* within two bits of one in every other chunk, far in all */
				for (int w = 0; w < 4; w++)
					hashes[i].words[w] &= 0xffff0000ffff0000;
		}
		for (int d = 0; d < 64; d++)
			hashes[next() % count] = beside(hashes[0], d);
		CHECK_INT(near_new(hashes, count, 2, &n), OK);
		struct near_index *wide = divided(hashes, count, 11, 12);
		for (int q = 0; q < 12; q++) {
			near_variant_use(q % near_variants());
			struct pdq query = q < 9 ? beside(hashes[next() % count], q * 4) : any();
			compare(hashes, count, &query, 31, n);
			compare(hashes, count, &query, q * 5, wide);
			query = hashes[q];
			compare(hashes, count, &query, 16 + q * 3, n);
		}
		near_free(n);
		near_free(wide);
	}
	free(hashes);
}

struct many_heard {
	uint32_t count, calls, most;
	uint8_t *times; /* query × hash */
};

static bool hear_many(void *context, uint32_t query, struct near_hit hit)
{
	struct many_heard *h = context;
	h->times[query * h->count + hit.id]++;
	return ++h->calls < h->most;
}

/* Batches on several threads, by look-ups and by scan; the eight forms. */
TEST(many_queries)
{
	enum { QUERIES = 100 };
	uint32_t count = 6000, wrong = 0, hits = 0;
	struct pdq *hashes = malloc(sizeof *hashes * count), queries[QUERIES];
	struct near_index *n;
	for (uint32_t i = 0; i < count; i++)
		hashes[i] = any();
	for (uint32_t q = 0; q < QUERIES; q++)
		queries[q] = q % 4 ? beside(hashes[next() % count], (int)(q % 50)) : any();
	for (uint32_t q = 1; q < PDQ_DIHEDRALS; q++)
		queries[q] = beside(queries[0], (int)q * 3); /* forms that find the same */
	for (uint32_t i = 0; i < 300; i++)
		hashes[next() % count] = beside(queries[0], (int)(i % 50));
	CHECK_INT(near_new(hashes, count, 0, &n), OK);
	for (int radius = 0; radius < 70; radius += 3)
		for (int threads = 0; threads < 4; threads++) {
			struct many_heard h = { count, 0, UINT32_MAX, calloc(QUERIES, count) };
			near_find_many(n, queries, QUERIES, radius, threads, hear_many, &h);
			for (uint32_t q = 0; q < QUERIES; q++)
				for (uint32_t i = 0; i < count; i++)
					wrong += h.times[q * count + i] != (pdq_distance(&queries[q], &hashes[i]) <= radius);
			hits = h.calls;
			free(h.times);
		}
	CHECK_INT(wrong, 0);
	CHECK(hits > 1000);
	struct many_heard stopped = { count, 0, 10, calloc(QUERIES, count) };
	near_find_many(n, queries, QUERIES, 60, 3, hear_many, &stopped);
	CHECK_INT(stopped.calls, 10);
	free(stopped.times);

	struct many_heard forms = { count, 0, UINT32_MAX, calloc(PDQ_DIHEDRALS, count) };
	CHECK_INT(near_find_forms(n, queries, 31, hear_many, &forms), OK);
	for (uint32_t i = 0; i < count; i++) {
		int least = 256, form = 0, times = 0;
		for (int q = 0; q < PDQ_DIHEDRALS; q++) {
			int d = pdq_distance(&queries[q], &hashes[i]);
			if (d < least) {
				least = d;
				form = q;
			}
			times += forms.times[(uint32_t)q * count + i];
		}
		wrong += times != (least <= 31) || (times && !forms.times[(uint32_t)form * count + i]);
	}
	CHECK_INT(wrong, 0);
	CHECK(forms.calls > 100);
	free(forms.times);
	near_free(n);
	free(hashes);
}

int main(void)
{
	RUN(none_missed_none_twice);
	RUN(every_radius_and_division);
	RUN(planted_neighbours);
	RUN(crowds);
	RUN(adversaries);
	RUN(many_queries);
	return check_done();
}
