/* Times the exact index: near COUNT [QUERIES] [--skew] [--threads N] [--disk FOLDER [--batch N]]
 *
 * Hashes are random, a query in ten lies beside one of them. --skew: as pictures crowd: a centre for every 50 hashes and 0 to 23 bits flipped; half of the centres with chunks
 * out of a few; a hash in 20 a copy of one of 100; queries of the same kind. --disk: the same in a new index there, appended --batch at a time.
 * Queries one after the other are timed as CPU time of one thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "match/near_file.h"

static uint64_t state = 88172645463325252ull, hits;

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static double now(clockid_t which)
{
	struct timespec t;
	clock_gettime(which, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
static double cpu(void) { return now(CLOCK_PROCESS_CPUTIME_ID); }
static double wall(void) { return now(CLOCK_MONOTONIC); }

static bool count_hit(void *context, struct near_hit hit) { return (void)context, hits += hit.distance <= PDQ_DISTANCE_MOST, true; }
static bool count_scan(void *context, uint32_t query, struct near_hit hit) { return (void)query, count_hit(context, hit); }
static bool count_file(void *context, struct near_file_hit hit) { return (void)context, hits += hit.distance <= PDQ_DISTANCE_MOST, true; }

static struct pdq any(void) { return (struct pdq){ { next(), next(), next(), next() } }; }

static struct pdq flipped(struct pdq p, uint64_t bits)
{
	while (bits--)
		p.words[next() % 4] ^= 1ull << (next() % 64);
	return p;
}

static struct pdq centre(void)
{
	static const uint16_t common[] = { 0, 0xffff, 0xff00, 0x00ff, 0xaaaa, 0x5555, 0xf0f0, 0x3fff };
	struct pdq p = any();
	if (next() % 2)
		for (uint64_t n = 1 + next() % 8; n--;) {
			uint64_t word = next() % 4, shift = next() % 4 * 16;
			p.words[word] = (p.words[word] & ~(0xffffull << shift)) | (uint64_t)common[next() % 8] << shift;
		}
	return p;
}

/* How many times likelier two hashes agree in 16 bits than random ones. */
static double crowding(const struct pdq *hashes, uint32_t count)
{
	uint32_t *times = calloc(1 << 16, sizeof *times);
	double sum = 0;
	for (uint32_t i = 0; times && i < count; i++)
		times[hashes[i].words[1] & 0xffff]++;
	for (uint32_t v = 0; times && v < 1 << 16; v++)
		sum += (double)times[v] / count * (double)times[v] / count;
	free(times);
	return sum * 65536;
}

static void make(struct pdq *hashes, uint32_t count, struct pdq *asked, uint32_t queries, bool skewed)
{
	struct pdq popular[100], at = centre();
	for (int i = 0; i < 100; i++)
		popular[i] = centre();
	for (uint32_t i = 0; i < count; i++) {
		if (skewed && i % 50 == 0)
			at = centre();
		hashes[i] = !skewed ? any() : next() % 20 == 0 ? popular[next() % 100] : flipped(at, next() % 24);
	}
	for (uint32_t q = 0; q < queries; q++)
		asked[q] = q % 10 == 0 ? flipped(hashes[next() % count], 20) : skewed ? centre() : any();
}

static int disk(const char *folder, const struct pdq *hashes, uint32_t count, const struct pdq *asked, uint32_t queries, uint32_t batch, int threads)
{
	struct near_file *f = NULL;
	uint64_t ids[4096];
	double begin = wall();
	enum err e = near_file_open(folder, NEAR_FILE_WRITE, &f);
	for (uint32_t i = 0; i < count && !e; i += batch) {
		uint32_t end = count - i < batch ? count : i + batch;
		for (uint32_t at = i, n; at < end && !e; at += n) {
			n = end - at < 4096 ? end - at : 4096;
			for (uint32_t k = 0; k < n; k++)
				ids[k] = at + k;
			e = near_file_append(f, hashes + at, ids, n);
		}
		if (!e)
			e = near_file_commit(f, threads);
	}
	near_file_free(f);
	f = NULL;
	double written = wall() - begin;
	begin = wall();
	if (!e)
		e = near_file_open(folder, NEAR_FILE_READ, &f);
	double opened = wall() - begin;
	if (e) {
		fprintf(stderr, "%s\n", err_message());
		return 1;
	}
	hits = 0;
	begin = cpu();
	for (uint32_t q = 0; q < queries && !e; q++)
		e = near_file_find(f, &asked[q], PDQ_DISTANCE_MOST, count_file, NULL);
	double found = cpu() - begin;
	printf("on disk: %.2f s (%.0f hashes/s) by commits of %u, open %.2f ms, %.4f ms a query, %llu hits\n", written, count / written, batch, opened * 1e3, found * 1e3 / queries,
	       (unsigned long long)hits);
	begin = wall();
	if (!e)
		e = near_file_find_many(f, asked, queries, PDQ_DISTANCE_MOST, threads, count_file, NULL);
	found = wall() - begin;
	begin = wall();
	if (!e)
		e = near_file_verify(f);
	printf("on disk: batch %.0f queries/s, verify %.2f s\n", queries / found, wall() - begin);
	near_file_free(f);
	if (e)
		fprintf(stderr, "%s\n", err_message());
	return e != OK;
}

int main(int argc, char **argv)
{
	uint32_t numbers[2] = { 1000000, 2000 }, given = 0, batch = 0;
	const char *folder = NULL;
	bool skewed = false;
	int threads = 1;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--skew") == 0)
			skewed = true;
		else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
			threads = atoi(argv[++i]);
		else if (strcmp(argv[i], "--disk") == 0 && i + 1 < argc)
			folder = argv[++i];
		else if (strcmp(argv[i], "--batch") == 0 && i + 1 < argc)
			batch = (uint32_t)strtoul(argv[++i], NULL, 10);
		else if (given < 2)
			numbers[given++] = (uint32_t)strtoul(argv[i], NULL, 10);
	}
	uint32_t count = numbers[0], queries = numbers[1];
	struct pdq *hashes = aligned_alloc(2 << 20, ((size_t)count * sizeof *hashes / (2 << 20) + 1) * (2 << 20)), *asked = malloc(sizeof *asked * ((size_t)queries + 1));
	struct near_index *n = NULL;
	if (!hashes || !asked || !count || !queries)
		return 1;
	madvise(hashes, (size_t)count * sizeof *hashes, MADV_HUGEPAGE);
	make(hashes, count, asked, queries, skewed);
	printf("%u hashes, 16 bits of which agree %.1f times as often as random ones\n", count, crowding(hashes, count));
	if (folder)
		return disk(folder, hashes, count, asked, queries, batch ? batch : count, threads);
	double begin = wall(), begin_cpu = cpu();
	if (near_new(hashes, count, threads, &n) != OK)
		return 1;
	double built = wall() - begin, built_cpu = cpu() - begin_cpu;
	begin = cpu();
	for (uint32_t q = 0; q < queries; q++)
		near_find(n, &asked[q], PDQ_DISTANCE_MOST, count_hit, NULL);
	double found = cpu() - begin, slowest = 0;
	printf("build %.2f CPU-s (%.2f s on %d threads), %.4f ms a query, %llu hits, %.0f MB beside %.0f MB of hashes (%.1f bytes a hash)\n", built_cpu, built, threads, found * 1e3 / queries, (unsigned long long)hits,
	       (double)near_memory(n) / 1e6, (double)count * 32 / 1e6, (double)near_memory(n) / count + 32);
	for (uint32_t q = 0; q < queries && q < 1000; q++) {
		begin = cpu();
		near_find(n, &asked[q], PDQ_DISTANCE_MOST, count_hit, NULL);
		slowest = cpu() - begin > slowest ? cpu() - begin : slowest;
	}
	hits = 0;
	begin = wall();
	near_find_many(n, asked, queries, PDQ_DISTANCE_MOST, threads, count_scan, NULL);
	found = wall() - begin;
	printf("slowest of 1000: %.3f ms; batch on %d threads: %.0f queries/s, %llu hits\n", slowest * 1e3, threads, queries / found, (unsigned long long)hits);
	hits = 0;
	uint32_t together = queries < 256 ? queries : 256;
	begin = cpu();
	near_scan(hashes, count, asked, together, PDQ_DISTANCE_MOST, count_scan, NULL);
	double scanned = cpu() - begin;
	printf("scan of %u queries: %.2f G comparisons/s, %llu hits\n", together, (double)count * together / scanned / 1e9, (unsigned long long)hits);
	near_free(n);
	free(asked);
	free(hashes);
	return 0;
}
