/* Many queries over several indexes, by as many threads as the caller likes. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "match/near_kernel.h"

enum { TOGETHER = 16 /* queries taken at a time */, PIECE = 1 << 18 /* hashes scanned at a time */, TOLD = 256 /* hits told at a time */ };

/* --- threads --- */

struct crew {
	void (*work)(void *context);
	void *context;
};

static void *crew_thread(void *context)
{
	const struct crew *c = context;
	c->work(c->context);
	return NULL;
}

void near_crew(int threads, void (*work)(void *context), void *context)
{
	pthread_t others[NEAR_THREADS_MOST];
	struct crew c = { work, context };
	long cores = threads > 0 ? threads : sysconf(_SC_NPROCESSORS_ONLN);
	int wanted = cores > NEAR_THREADS_MOST ? NEAR_THREADS_MOST : (int)cores, started = 0;
	/* One that does not start is work for the rest. */
	while (started < wanted - 1 && pthread_create(&others[started], NULL, crew_thread, &c) == 0)
		started++;
	work(context);
	while (started > 0)
		pthread_join(others[--started], NULL);
}

/* --- work --- */

struct many {
	const struct near_index *const *parts;
	uint32_t part_count;
	const struct pdq *queries;
	uint32_t count;
	int radius;
	near_many_fn *hit;
	void *context;
	atomic_uint next;
	atomic_int damaged; /* part, -1 */
	pthread_mutex_t lock;
	atomic_bool stopped;
};

/* One thread's. */
struct teller {
	struct many *m;
	uint32_t part, query, first; /* first: number of the piece's first hash */
	uint32_t count;
	struct {
		uint32_t part, query;
		struct near_hit hit;
	} told[TOLD];
};

static bool tell(struct teller *t)
{
	struct many *m = t->m;
	pthread_mutex_lock(&m->lock);
	for (uint32_t i = 0; i < t->count && !m->stopped; i++)
		if (!m->hit(m->context, t->told[i].part, t->told[i].query, t->told[i].hit))
			m->stopped = true;
	pthread_mutex_unlock(&m->lock);
	t->count = 0;
	return !m->stopped;
}

static bool hear_scan(void *context, uint32_t query, struct near_hit hit)
{
	struct teller *t = context;
	t->told[t->count].part = t->part;
	t->told[t->count].query = query;
	t->told[t->count++].hit = (struct near_hit){ t->first + hit.id, hit.distance };
	return t->count < TOLD || tell(t);
}

static bool hear(void *context, struct near_hit hit)
{
	struct teller *t = context;
	return hear_scan(t, t->query, hit);
}

static uint32_t jobs_of(const struct many *m, uint32_t part)
{
	const struct near_index *n = m->parts[part];
	return near_plan_scan(n, m->radius, m->count) ? (uint32_t)(((uint64_t)n->count + PIECE - 1) / PIECE) : (m->count + TOGETHER - 1) / TOGETHER;
}

static void job_do(struct teller *t, uint32_t job)
{
	const struct many *m = t->m;
	const struct near_index *n = m->parts[t->part];
	if (near_plan_scan(n, m->radius, m->count)) {
		t->first = job * PIECE;
		uint32_t left = n->count - t->first;
		near_scan(n->hashes + t->first, left < PIECE ? left : PIECE, m->queries, m->count, m->radius, hear_scan, t);
		return;
	}
	t->first = 0;
	for (t->query = job * TOGETHER; t->query < m->count && t->query < (job + 1) * TOGETHER && !m->stopped; t->query++)
		if (near_query(n, &m->queries[t->query], m->radius, hear, t) == NEAR_DAMAGED) {
			t->m->damaged = (int)t->part;
			t->m->stopped = true;
		}
}

static void many_work(void *context)
{
	struct many *m = context;
	struct teller t = { .m = m };
	while (!m->stopped) {
		uint32_t job = m->next++, jobs = 0;
		for (t.part = 0; t.part < m->part_count && job >= (jobs = jobs_of(m, t.part)); t.part++)
			job -= jobs;
		if (t.part == m->part_count)
			break;
		job_do(&t, job);
	}
	tell(&t);
}

int near_many(const struct near_index *const *parts, uint32_t part_count, const struct pdq *queries, uint32_t count, int radius, int threads, near_many_fn *hit, void *context)
{
	struct many m = { .parts = parts, .part_count = part_count, .queries = queries, .count = count, .radius = radius, .hit = hit, .context = context, .damaged = -1 };
	if (radius < 0)
		return -1;
	pthread_mutex_init(&m.lock, NULL);
	if (threads == 1)
		many_work(&m);
	else
		near_crew(threads, many_work, &m);
	pthread_mutex_destroy(&m.lock);
	return m.damaged;
}

/* --- the eight forms of one picture --- */

struct form_hit {
	uint32_t part, query;
	struct near_hit hit;
};

struct forms {
	struct form_hit *hits;
	size_t count, room;
	bool failed;
};

static bool form_hear(void *context, uint32_t part, uint32_t query, struct near_hit hit)
{
	struct forms *f = context;
	if (f->count == f->room) {
		size_t room = f->room ? f->room * 2 : 64;
		struct form_hit *more = realloc(f->hits, room * sizeof *more);
		if (!more)
			return f->failed = true, false;
		f->hits = more;
		f->room = room;
	}
	f->hits[f->count++] = (struct form_hit){ part, query, hit };
	return true;
}

/* By hash, the nearest form first. */
static int form_order(const void *a, const void *b)
{
	const struct form_hit *x = a, *y = b;
	if (x->part != y->part)
		return x->part < y->part ? -1 : 1;
	if (x->hit.id != y->hit.id)
		return x->hit.id < y->hit.id ? -1 : 1;
	if (x->hit.distance != y->hit.distance)
		return x->hit.distance < y->hit.distance ? -1 : 1;
	return (x->query > y->query) - (x->query < y->query);
}

enum err near_forms(const struct near_index *const *parts, uint32_t part_count, const struct pdq forms[PDQ_DIHEDRALS], int radius, near_many_fn *hit, void *context,
		    int *ret_damaged)
{
	struct forms f = { 0 };
	*ret_damaged = near_many(parts, part_count, forms, PDQ_DIHEDRALS, radius, 1, form_hear, &f);
	if (f.count)
		qsort(f.hits, f.count, sizeof *f.hits, form_order);
	for (size_t i = 0; i < f.count && !f.failed && *ret_damaged < 0; i++) {
		const struct form_hit *h = &f.hits[i];
		if (i && h[-1].part == h->part && h[-1].hit.id == h->hit.id)
			continue;
		if (!hit(context, h->part, h->query, h->hit))
			break;
	}
	free(f.hits);
	return f.failed ? err_set(ERR_NOMEM, "no memory for %zu hits", f.count) : OK;
}
