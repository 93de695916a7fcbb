/* Consultations are in the log before a page is sent. The first who comes writes for all who came meanwhile: one transaction, one sync. */
#include "web/web_inside.h"

#include <stdlib.h>

#include "casebook/log.h"

struct consult_wait {
	struct consult_wait *next;
	const struct request *r;
	bool done;
	enum err e;
};

void consult_init(struct consult_queue *q)
{
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->done, NULL);
}

void consult_free(struct consult_queue *q)
{
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->done);
}

static enum err write_all(void *context, struct store *s)
{
	enum err e = OK;
	for (const struct consult_wait *w = context; w && !e; w = w->next)
		for (int i = 0; i < w->r->consulted_count && !e; i++) {
			const struct consulted *c = &w->r->consulted[i];
			char *details = c->details ? json_dumps(c->details, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
			if (c->details && !details)
				return ERR_NOMEM;
			struct log_event event = { .act = LOG_CONSULTATION, .at = w->r->act.at, .officer = w->r->act.officer, .what = c->what, .subject_kind = c->subject_kind,
						   .subject = c->subject, .why = w->r->act.why, .details = details };
			e = log_append(s, &event, NULL);
			free(details);
		}
	return e;
}

enum err consult_write(struct web *web, const struct request *r)
{
	struct consult_queue *q = &web->consult;
	struct consult_wait me = { .r = r };
	if (!r->consulted_count)
		return OK;
	pthread_mutex_lock(&q->lock);
	me.next = q->waiting;
	q->waiting = &me;
	while (!me.done) {
		if (q->leading) {
			pthread_cond_wait(&q->done, &q->lock);
			continue;
		}
		struct consult_wait *all = q->waiting;
		q->waiting = NULL;
		q->leading = true;
		pthread_mutex_unlock(&q->lock);
		struct store *s = NULL;
		enum err e = store_get(web->pool, POOL_WAIT_MS, &s);
		if (!e)
			e = store_transact(s, write_all, all);
		store_put(web->pool, s);
		pthread_mutex_lock(&q->lock);
		for (struct consult_wait *w = all, *next; w; w = next) {
			next = w->next; /* its owner goes on as soon as it is done */
			w->e = e;
			w->done = true;
		}
		q->leading = false;
		pthread_cond_broadcast(&q->done);
	}
	pthread_mutex_unlock(&q->lock);
	return me.e;
}
