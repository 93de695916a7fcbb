/* The index against looking at every hash: the same hits, none missed, none twice, over sizes, radii, crowds and planted neighbours. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "match/near.h"

static uint64_t state = 88172645463325252ull;

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static struct pdq any(void) { return (struct pdq){ { next(), next(), next(), next() } }; }

static struct pdq flipped(struct pdq p, int bits)
{
	for (int n = 0; n < bits;) {
		struct pdq before = p;
		uint64_t at = next() % 256;
		p.words[at / 64] ^= 1ull << (at % 64);
		n += pdq_distance(&before, &p);
	}
	return p;
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

TEST(none_missed_none_twice)
{
	static const uint32_t counts[] = { 0, 1, 100, 2048, 5000, 70000 };
	static const int radii[] = { 0, 1, 8, 31, 40 };
	for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
		uint32_t count = counts[c];
		struct pdq *hashes = malloc(sizeof *hashes * (count + 1)), queries[12];
		for (uint32_t i = 0; i < count; i++)
			hashes[i] = any();
		for (int q = 0; q < 12; q++) {
			queries[q] = any();
			/* Neighbours at every distance around the radii. */
			for (int d = 0; d <= 42 && count > 100; d++)
				hashes[next() % count] = flipped(queries[q], d);
		}
		for (int v = 0; v < near_variants(); v++) {
			near_variant_use(v);
			for (size_t r = 0; r < sizeof radii / sizeof *radii; r++) {
				struct near_index *n;
				CHECK_INT(near_new(hashes, count, 2, &n), OK);
				for (int q = 0; q < 12; q++)
					compare(hashes, count, &queries[q], radii[r], n);
				near_free(n);
			}
		}
		free(hashes);
	}
}

/* Real hashes crowd: copies, and thousands that share all chunks but one. */
TEST(crowds)
{
	uint32_t count = 30000;
	struct pdq *hashes = malloc(sizeof *hashes * count), centre = any();
	struct near_index *n;
	for (uint32_t i = 0; i < count; i++)
		hashes[i] = i % 3 == 0 ? centre : i % 3 == 1 ? flipped(centre, (int)(next() % 60)) : any();
	CHECK_INT(near_new(hashes, count, 1, &n), OK);
	for (int q = 0; q < 10; q++) {
		struct pdq query = flipped(centre, q * 5);
		compare(hashes, count, &query, 31, n);
	}
	struct heard h = { calloc(count, 1), calloc(count, 1), 0, 5 };
	near_find(n, &centre, 31, hear, &h); /* stops when told */
	CHECK_INT(h.hits, 5);
	free(h.times);
	free(h.distance);
	near_free(n);
	free(hashes);
}

int main(void)
{
	RUN(none_missed_none_twice);
	RUN(crowds);
	return check_done();
}
