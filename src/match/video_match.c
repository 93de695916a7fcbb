#include "match/video_match.h"

#include <stdlib.h>
#include <string.h>

#include "match/near.h"

const struct video_rule video_rule_published = { PDQ_QUALITY_LEAST, PDQ_DISTANCE_MOST, 80, 0 };

/* One video's different hashes, each with the first frame that has it. */
struct distinct {
	struct pdq *hashes;
	uint32_t *firsts;
	bool *matched;
};

struct entry {
	struct pdq hash;
	uint32_t frame;
};

static int entry_compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = memcmp(&x->hash, &y->hash, sizeof x->hash);
	return order ? order : x->frame < y->frame ? -1 : x->frame > y->frame;
}

static void distinct_free(struct distinct *d)
{
	free(d->hashes);
	free(d->firsts);
	free(d->matched);
}

static enum err distinct_make(const struct video_frames *f, int quality_least, struct distinct *d, struct video_side *side)
{
	struct entry *all = malloc(((size_t)f->count + 1) * sizeof *all);
	uint32_t n = 0;
	d->hashes = malloc(((size_t)f->count + 1) * sizeof *d->hashes);
	d->firsts = malloc(((size_t)f->count + 1) * sizeof *d->firsts);
	d->matched = calloc((size_t)f->count + 1, sizeof *d->matched);
	side->frames = f->count;
	if (!all || !d->hashes || !d->firsts || !d->matched) {
		free(all);
		return ERR_NOMEM;
	}
	for (uint32_t i = 0; i < f->count; i++)
		if (f->qualities && f->qualities[i] < quality_least)
			side->low++;
		else
			all[n++] = (struct entry){ f->hashes[i], i };
	qsort(all, n, sizeof *all, entry_compare);
	for (uint32_t i = 0; i < n; i++)
		if (!i || memcmp(&all[i].hash, &all[i - 1].hash, sizeof all[i].hash) != 0) {
			d->hashes[side->distinct] = all[i].hash;
			d->firsts[side->distinct++] = all[i].frame;
		}
	free(all);
	return OK;
}

struct meeting {
	struct distinct query, compared;
	struct video_match *ret;
};

/* The rule is the same both ways, so one pass marks both sides. */
static bool met(void *context, uint32_t query, struct near_hit hit)
{
	struct meeting *m = context;
	uint32_t frame = m->query.firsts[query], other = m->compared.firsts[hit.id];
	int d = (int)hit.distance;
	m->ret->query.matched += !m->query.matched[query];
	m->ret->compared.matched += !m->compared.matched[hit.id];
	m->query.matched[query] = m->compared.matched[hit.id] = true;
	bool nearer = m->ret->distance < 0 || d < m->ret->distance;
	bool earlier = d == m->ret->distance && (frame < m->ret->query_frame || (frame == m->ret->query_frame && other < m->ret->compared_frame));
	if (nearer || earlier) {
		m->ret->distance = d;
		m->ret->query_frame = frame;
		m->ret->compared_frame = other;
	}
	return true;
}

static void percent(struct video_side *s) { s->percent = s->distinct ? 100.0 * s->matched / s->distinct : 0; }

enum err video_match(const struct video_frames *query, const struct video_frames *compared, const struct video_rule *rule, struct video_match *ret)
{
	const struct video_rule *r = rule ? rule : &video_rule_published;
	struct meeting m = { .ret = ret };
	struct near_index *index = NULL;
	*ret = (struct video_match){ .distance = -1 };
	if (r->quality_least < 0 || r->quality_least > 100 || r->distance_most < 0 || r->distance_most > NEAR_RADIUS_MOST || !(r->query_percent >= 0 && r->query_percent <= 100) ||
	    !(r->compared_percent >= 0 && r->compared_percent <= 100))
		return err_set(ERR_USAGE, "a rule of quality %d, distance %d, %g and %g %% is none", r->quality_least, r->distance_most, r->query_percent, r->compared_percent);
	enum err e = distinct_make(query, r->quality_least, &m.query, &ret->query);
	if (!e)
		e = distinct_make(compared, r->quality_least, &m.compared, &ret->compared);
	uint32_t n = ret->query.distinct, c = ret->compared.distinct;
	/* The index is worth its making for many against many; hours of video. */
	bool many = (uint64_t)n * c > 1ull << 30;
	if (!e && n && c && many)
		e = near_new(m.compared.hashes, c, 1, &index);
	if (!e && index)
		near_find_many(index, m.query.hashes, n, r->distance_most, 1, met, &m);
	else if (!e && n && c)
		near_scan(m.compared.hashes, c, m.query.hashes, n, r->distance_most, met, &m);
	near_free(index);
	distinct_free(&m.query);
	distinct_free(&m.compared);
	percent(&ret->query);
	percent(&ret->compared);
	ret->comparable = n && c;
	ret->match = ret->comparable && ret->query.percent >= r->query_percent && ret->compared.percent >= r->compared_percent;
	return e;
}
