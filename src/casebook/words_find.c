#include "casebook/words_find.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


enum { THREADS_MOST = 16 };

struct asked {
	int64_t exhibit, file;
	char reference[81];
	char *path;
	int64_t hits;
	char *reason;
};

struct search {
	struct view_pool *views;
	const char *folder, *query;
	struct asked *files;
	size_t count, room;
	atomic_size_t next;
};

static enum err file_row(void *context, const struct store_row *row)
{
	struct search *x = context;
	if (x->count == x->room) {
		size_t room = x->room ? 2 * x->room : 64;
		struct asked *more = realloc(x->files, room * sizeof *more);
		if (!more)
			return ERR_NOMEM;
		x->files = more;
		x->room = room;
	}
	struct asked *a = &x->files[x->count];
	const char *path = store_row_text(row, 3);
	*a = (struct asked){ store_row_int(row, 0), store_row_int(row, 1), "", NULL, 0, NULL };
	snprintf(a->reference, sizeof a->reference, "%s", store_row_text(row, 2));
	if (asprintf(&a->path, "%s%s%s", *path == '/' ? "" : x->folder, *path == '/' ? "" : "/", path) < 0)
		return a->path = NULL, ERR_NOMEM;
	x->count++;
	return OK;
}

static void ask(const struct search *x, struct asked *a)
{
	struct view *v = NULL;
	enum err e = view_take(x->views, a->path, &v);
	if (!e)
		e = view_hits(v, x->query, WORDS_HITS_MOST, &a->hits);
	if (e)
		a->reason = strdup(err_message());
	view_give(x->views, v);
}

static void *ask_all(void *context)
{
	struct search *x = context;
	size_t i;
	while ((i = atomic_fetch_add(&x->next, 1)) < x->count)
		ask(x, &x->files[i]);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	const struct asked *x = a, *y = b;
	return x->hits != y->hits ? (x->hits < y->hits) - (x->hits > y->hits) : (x->exhibit > y->exhibit) - (x->exhibit < y->exhibit);
}

/* One search at a time: it takes all cores anyway, and two at once would each want every exhibit open. */
static pthread_mutex_t asking = PTHREAD_MUTEX_INITIALIZER;

enum err words_find(struct store *s, struct view_pool *views, const char *folder, const char *query, int threads, json_t *hits, json_t *failed)
{
	struct search x = { .views = views, .folder = folder, .query = query };
	pthread_t made[THREADS_MOST];
	int count = 0, wanted = threads > 0 ? threads : (int)sysconf(_SC_NPROCESSORS_ONLN);
	enum err e = store_query(s, "SELECT x.id, f.id, x.reference, f.path FROM exhibit x JOIN exhibit_file f ON f.exhibit = x.id WHERE f.superseded = 0 ORDER BY x.id, f.id", NULL, 0, file_row, &x, NULL);
	pthread_mutex_lock(&asking);
	view_pool_look(views);
	if (!e)
		for (; count < wanted - 1 && count < THREADS_MOST; count++)
			if (pthread_create(&made[count], NULL, ask_all, &x))
				break;
	if (!e)
		ask_all(&x);
	for (int i = 0; i < count; i++)
		pthread_join(made[i], NULL);
	pthread_mutex_unlock(&asking);
	if (!e && x.count)
		qsort(x.files, x.count, sizeof *x.files, compare);
	for (size_t i = 0; i < x.count; i++) {
		struct asked *a = &x.files[i];
		if (!e && a->reason)
			e = json_array_append_new(failed, json_pack("{s:I,s:s,s:s}", "exhibit", (json_int_t)a->exhibit, "reference", a->reference, "reason", a->reason)) ? ERR_NOMEM : OK;
		else if (!e && a->hits)
			e = json_array_append_new(hits, json_pack("{s:I,s:s,s:I,s:I}", "exhibit", (json_int_t)a->exhibit, "reference", a->reference, "exhibit_file", (json_int_t)a->file, "hits", (json_int_t)a->hits)) ? ERR_NOMEM : OK;
		free(a->path);
		free(a->reason);
	}
	free(x.files);
	return e;
}
