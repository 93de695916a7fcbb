#include "web/views.h"

#include <pthread.h>
#include <stdlib.h>

/* Idle ones alone stand here: what is lent belongs to the request. */
struct idle {
	int64_t id;
	struct view *view;
	uint64_t used;
};

struct views {
	pthread_mutex_t lock;
	uint64_t clock;
	int most, count;
	struct idle idle[];
};

enum err views_new(int most, struct views **ret)
{
	struct views *v = calloc(1, sizeof *v + (size_t)most * sizeof v->idle[0]);
	*ret = v;
	if (!v)
		return ERR_NOMEM;
	v->most = most;
	pthread_mutex_init(&v->lock, NULL);
	return OK;
}

void views_free(struct views *v)
{
	if (!v)
		return;
	for (int i = 0; i < v->count; i++)
		view_close(v->idle[i].view);
	pthread_mutex_destroy(&v->lock);
	free(v);
}

enum err views_take(struct views *v, int64_t id, const char *path, struct view **ret)
{
	*ret = NULL;
	pthread_mutex_lock(&v->lock);
	for (int i = 0; i < v->count && !*ret; i++)
		if (v->idle[i].id == id) {
			*ret = v->idle[i].view;
			v->idle[i] = v->idle[--v->count];
		}
	pthread_mutex_unlock(&v->lock);
	return *ret ? OK : view_open(path, ret);
}

void views_give(struct views *v, int64_t id, struct view *view)
{
	struct view *old = view;
	int at = 0;
	if (!view)
		return;
	pthread_mutex_lock(&v->lock);
	if (v->count < v->most) {
		at = v->count++;
		old = NULL;
	} else { /* in the place of the one that was not asked for longest */
		for (int i = 1; i < v->count; i++)
			if (v->idle[i].used < v->idle[at].used)
				at = i;
		old = v->idle[at].view;
	}
	v->idle[at] = (struct idle){ id, view, ++v->clock };
	pthread_mutex_unlock(&v->lock);
	view_close(old);
}
