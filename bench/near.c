/* Times the exact index: near COUNT [QUERIES]. Hashes are random, a query in ten lies beside one of them. CPU time of one thread. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "match/near.h"

static uint64_t state = 88172645463325252ull, hits;

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static double cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool count_hit(void *context, struct near_hit hit) { return (void)context, hits += hit.distance <= PDQ_DISTANCE_MOST, true; }
static bool count_scan(void *context, uint32_t query, struct near_hit hit) { return (void)query, count_hit(context, hit); }

int main(int argc, char **argv)
{
	uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000, queries = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 2000;
	struct pdq *hashes = aligned_alloc(2 << 20, ((size_t)count * sizeof *hashes / (2 << 20) + 1) * (2 << 20)), *asked = malloc(sizeof *asked * ((size_t)queries + 1));
	struct near_index *n = NULL;
	if (!hashes || !asked || !count)
		return 1;
	madvise(hashes, (size_t)count * sizeof *hashes, MADV_HUGEPAGE);
	for (uint32_t i = 0; i < count; i++)
		hashes[i] = (struct pdq){ { next(), next(), next(), next() } };
	for (uint32_t q = 0; q < queries; q++) {
		asked[q] = q % 10 ? (struct pdq){ { next(), next(), next(), next() } } : hashes[next() % count];
		for (int i = 0; i < 20 && q % 10 == 0; i++)
			asked[q].words[i % 4] ^= 1ull << (next() % 64);
	}
	double begin = cpu();
	if (near_new(hashes, count, 1, &n) != OK)
		return 1;
	double built = cpu();
	for (uint32_t q = 0; q < queries; q++)
		near_find(n, &asked[q], PDQ_DISTANCE_MOST, count_hit, NULL);
	double found = cpu();
	printf("%u hashes: build %.2f s, %.4f ms a query, %llu hits, %.0f MB beside %.0f MB of hashes\n", count, built - begin, (found - built) * 1e3 / queries,
	       (unsigned long long)hits, (double)near_memory(n) / 1e6, (double)count * 32 / 1e6);
	hits = 0;
	uint32_t batch = queries < 256 ? queries : 256;
	found = cpu();
	near_scan(hashes, count, asked, batch, PDQ_DISTANCE_MOST, count_scan, NULL);
	double scanned = cpu() - found;
	printf("scan of %u queries: %.2f G comparisons/s, %llu hits\n", batch, (double)count * batch / scanned / 1e9, (unsigned long long)hits);
	near_free(n);
	free(asked);
	free(hashes);
	return 0;
}
