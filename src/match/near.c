#include "match/near.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "match/near_kernel.h"

enum { SCANNED_BELOW = 2048 };

static pthread_once_t ready = PTHREAD_ONCE_INIT;
static const struct near_kernel *kernels[3], *kernel;
static int kernel_count;

static void prepare(void)
{
	kernels[kernel_count++] = &near_kernel_plain;
#if defined __x86_64__
	if (__builtin_cpu_supports("popcnt"))
		kernels[kernel_count++] = &near_kernel_popcnt;
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq"))
		kernels[kernel_count++] = &near_kernel_avx512;
#endif
	kernel = kernels[kernel_count - 1];
}

int near_variants(void)
{
	pthread_once(&ready, prepare);
	return kernel_count;
}

void near_variant_use(int variant)
{
	if (variant >= 0 && variant < near_variants())
		kernel = kernels[variant];
}

/* How many bits each chunk may differ in, so that the numbers, one more each, add up to radius + 1. The widest chunks stand first and get the least:
 * they have most neighbours. False: too many for look-ups to pay. */
static bool share(const struct near_index *n, int radius, int *may_differ)
{
	int each = (radius + 1) / n->chunk_count, more = (radius + 1) % n->chunk_count;
	for (int i = 0; i < n->chunk_count; i++)
		may_differ[i] = each - 1 + (i >= n->chunk_count - more);
	return may_differ[n->chunk_count - 1] <= 3;
}

/* Zeroed. Every look-up goes to another page: large pages spare most of the misses of the address cache. */
static void *table_new(size_t size)
{
	enum { LARGE = 2 << 20 };
	if (size < LARGE)
		return calloc(1, size);
	void *p = aligned_alloc(LARGE, (size + LARGE - 1) / LARGE * LARGE);
	if (p) {
		madvise(p, size, MADV_HUGEPAGE);
		memset(p, 0, size);
	}
	return p;
}

/* The hashes by their value in the chunk: counted, then put. */
static bool chunk_build(struct chunk *c, const struct pdq *hashes, uint32_t count)
{
	size_t values = (size_t)1 << c->bits;
	c->starts = table_new((values + 1) * sizeof *c->starts);
	c->ids = table_new(((size_t)count + 1) * sizeof *c->ids);
	if (!c->starts || !c->ids)
		return false;
	for (uint32_t i = 0; i < count; i++)
		c->starts[value_of(&hashes[i], c) + 1]++;
	for (size_t v = 0; v < values; v++)
		c->starts[v + 1] += c->starts[v];
	/* Each value's end walks back to its start as its ids are put. */
	for (uint32_t i = count; i-- > 0;)
		c->ids[--c->starts[value_of(&hashes[i], c) + 1]] = i;
	memmove(c->starts, c->starts + 1, values * sizeof *c->starts);
	c->starts[values] = count;
	return true;
}

enum err near_new(const struct pdq *hashes, uint32_t count, int radius, struct near_index **ret)
{
	if (radius < 0 || radius > NEAR_RADIUS_MOST)
		return err_set(ERR_USAGE, "the distance is to be 0 to %d", NEAR_RADIUS_MOST);
	struct near_index *n = calloc(1, sizeof *n);
	if (!n)
		return ERR_NOMEM;
	pthread_once(&ready, prepare);
	*n = (struct near_index){ .hashes = hashes, .count = count, .radius = radius };
	int wide = count >= SCANNED_BELOW ? 31 - __builtin_clz(count) : 0, chunks = wide ? (256 + wide / 2) / wide : 0;
	if (wide)
		n->chunk_count = chunks < CHUNKS_LEAST ? CHUNKS_LEAST : chunks > CHUNKS_MOST ? CHUNKS_MOST : chunks;
	uint32_t from = 0;
	for (int i = 0; i < n->chunk_count; i++) {
		struct chunk *c = &n->chunks[i];
		c->from = from;
		c->bits = (uint32_t)(256 / n->chunk_count + (i < 256 % n->chunk_count));
		from += c->bits;
		if (!chunk_build(c, hashes, count)) {
			near_free(n);
			return err_set(ERR_NOMEM, "no memory for an index of %u hashes", count);
		}
	}
	*ret = n;
	return OK;
}

void near_free(struct near_index *n)
{
	if (!n)
		return;
	for (int i = 0; i < CHUNKS_MOST; i++) {
		free(n->chunks[i].starts);
		free(n->chunks[i].ids);
	}
	free(n);
}

size_t near_memory(const struct near_index *n)
{
	size_t size = sizeof *n;
	for (int i = 0; i < n->chunk_count; i++)
		size += (((size_t)1 << n->chunks[i].bits) + 1 + n->count) * sizeof(uint32_t);
	return size;
}

struct one {
	near_fn *hit;
	void *context;
};

static bool one_hit(void *context, uint32_t query, struct near_hit hit)
{
	struct one *o = context;
	return (void)query, o->hit(o->context, hit);
}

void near_find(const struct near_index *n, const struct pdq *query, int radius, near_fn *hit, void *context)
{
	int may_differ[CHUNKS_MOST];
	if (radius < 0)
		return;
	if (n->chunk_count && radius <= n->radius && share(n, radius, may_differ)) {
		kernel->find(n, query, radius, may_differ, hit, context);
		return;
	}
	struct one o = { hit, context };
	near_scan(n->hashes, n->count, query, 1, radius, one_hit, &o);
}

void near_scan(const struct pdq *hashes, uint32_t count, const struct pdq *queries, uint32_t query_count, int radius, near_scan_fn *hit, void *context)
{
	pthread_once(&ready, prepare);
	if (radius >= 0)
		kernel->scan(hashes, count, queries, query_count, radius, hit, context);
}
