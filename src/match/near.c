#include "match/near.h"

#include <pthread.h>
#include <stdlib.h>

#include "match/near_kernel.h"

static pthread_once_t ready = PTHREAD_ONCE_INIT;
static const struct near_kernel *kernels[3], *kernel;
static int kernel_count;

static void prepare(void)
{
	kernels[kernel_count++] = &near_kernel_plain;
#if defined __x86_64__
	if (__builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi2"))
		kernels[kernel_count++] = &near_kernel_popcnt;
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512bitalg") && __builtin_cpu_supports("avx512vpopcntdq"))
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

enum err near_new(const struct pdq *hashes, uint32_t count, int threads, struct near_index **ret)
{
	struct near_index *n = calloc(1, sizeof *n);
	if (!n)
		return ERR_NOMEM;
	n->hashes = hashes;
	n->count = count;
	near_layout(n);
	enum err e = near_build(n, threads, NULL, NULL);
	if (e) {
		near_free(n);
		return e;
	}
	*ret = n;
	return OK;
}

void near_free(struct near_index *n)
{
	if (!n)
		return;
	for (int i = 0; i < n->chunk_count; i++)
		chunk_free(&n->chunks[i]);
	free(n->repeated);
	free(n->copies);
	free(n);
}

size_t near_memory(const struct near_index *n)
{
	size_t size = sizeof *n + n->copy_count * sizeof *n->copies + (n->repeated ? n->count / 8 : 0);
	for (int i = 0; i < n->chunk_count; i++)
		size += chunk_starts(&n->chunks[i]) * sizeof *n->chunks[i].starts + (size_t)n->entries * (sizeof *n->chunks[i].ids + sizeof *n->chunks[i].tails);
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

enum near_end near_query(const struct near_index *n, const struct pdq *query, int radius, near_fn *hit, void *context)
{
	int may_differ[CHUNKS_MOST];
	struct one o = { hit, context };
	pthread_once(&ready, prepare);
	if (radius < 0)
		return NEAR_DONE;
	if (near_plan(n, query, radius, may_differ))
		return kernel->find(n, query, radius, may_differ, hit, context);
	return kernel->scan(n->hashes, n->count, query, 1, radius, one_hit, &o) ? NEAR_DONE : NEAR_STOPPED;
}

void near_find(const struct near_index *n, const struct pdq *query, int radius, near_fn *hit, void *context) { near_query(n, query, radius, hit, context); }

struct several {
	near_scan_fn *hit;
	void *context;
};

static bool several_hit(void *context, uint32_t part, uint32_t query, struct near_hit hit)
{
	struct several *s = context;
	return (void)part, s->hit(s->context, query, hit);
}

void near_find_many(const struct near_index *n, const struct pdq *queries, uint32_t count, int radius, int threads, near_scan_fn *hit, void *context)
{
	struct several s = { hit, context };
	near_many(&n, 1, queries, count, radius, threads, several_hit, &s);
}

enum err near_find_forms(const struct near_index *n, const struct pdq forms[PDQ_DIHEDRALS], int radius, near_scan_fn *hit, void *context)
{
	struct several s = { hit, context };
	int damaged;
	return near_forms(&n, 1, forms, radius, several_hit, &s, &damaged);
}

void near_scan(const struct pdq *hashes, uint32_t count, const struct pdq *queries, uint32_t query_count, int radius, near_scan_fn *hit, void *context)
{
	pthread_once(&ready, prepare);
	if (radius >= 0)
		kernel->scan(hashes, count, queries, query_count, radius, hit, context);
}
