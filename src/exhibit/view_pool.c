#include "exhibit/view_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "exhibit/view_inside.h"


struct view_pool {
	pthread_mutex_t lock;
	int most, count;
	struct view *idle[]; /* the one given back longest ago first */
};

enum err view_pool_new(int most, struct view_pool **ret)
{
	struct view_pool *p = calloc(1, sizeof *p + (size_t)most * sizeof p->idle[0]);
	*ret = p;
	if (!p)
		return ERR_NOMEM;
	p->most = most;
	pthread_mutex_init(&p->lock, NULL);
	return OK;
}

void view_pool_free(struct view_pool *p)
{
	if (!p)
		return;
	for (int i = 0; i < p->count; i++)
		view_close(p->idle[i]);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

static struct view *idle_remove(struct view_pool *p, int at)
{
	struct view *v = p->idle[at];
	memmove(&p->idle[at], &p->idle[at + 1], (size_t)(--p->count - at) * sizeof p->idle[0]);
	return v;
}

static bool is_there(const struct view *v)
{
	struct stat st;
	return stat(v->path, &st) == 0 && st.st_ino == v->is.st_ino && st.st_dev == v->is.st_dev;
}

void view_pool_look(struct view_pool *p)
{
	pthread_mutex_lock(&p->lock);
	for (int i = p->count - 1; i >= 0; i--)
		if (!is_there(p->idle[i]))
			view_close(idle_remove(p, i));
	pthread_mutex_unlock(&p->lock);
}

enum err view_take(struct view_pool *p, const char *path, struct view **ret)
{
	struct view *v = NULL;
	*ret = NULL;
	pthread_mutex_lock(&p->lock);
	for (int i = p->count - 1; i >= 0 && !v; i--)
		if (strcmp(p->idle[i]->path, path) == 0)
			v = idle_remove(p, i);
	pthread_mutex_unlock(&p->lock);
	if (v && is_there(v)) {
		*ret = v;
		return OK;
	}
	view_close(v);
	enum err e = view_open(path, ret);
	if (!e)
		sqlite3_exec(view_db(*ret), "PRAGMA cache_size = -256", NULL, NULL, NULL); /* hundreds are open; behind it stands the system's own cache */
	return e;
}

void view_give(struct view_pool *p, struct view *v)
{
	struct view *old = NULL;
	if (!v)
		return;
	pthread_mutex_lock(&p->lock);
	if (p->count == p->most)
		old = idle_remove(p, 0);
	p->idle[p->count++] = v;
	pthread_mutex_unlock(&p->lock);
	view_close(old);
}
