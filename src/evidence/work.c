#include "evidence/work.h"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool key_made;

static void work_free(void *p)
{
	struct work *w = p;
	if (!w)
		return;
	free(w->in);
	free(w->out);
	if (w->inflater)
		libdeflate_free_decompressor(w->inflater);
	free(w->stream);
	free(w);
}

static void key_make(void) { key_made = pthread_key_create(&key, work_free) == 0; }

static struct work *work_new(void)
{
	struct work *w = calloc(1, sizeof *w);
	if (!w)
		return NULL;
	w->inflater = libdeflate_alloc_decompressor();
	w->stream = malloc(sizeof *w->stream);
	if (!w->inflater || !w->stream) {
		work_free(w);
		return NULL;
	}
	return w;
}

struct work *work_take(void)
{
	pthread_once(&once, key_make);
	struct work *w = key_made ? pthread_getspecific(key) : NULL;
	if (w && !w->busy) {
		w->busy = true;
		return w;
	}
	struct work *fresh = work_new();
	if (!fresh)
		return NULL;
	if (!w && key_made && pthread_setspecific(key, fresh) == 0)
		fresh->busy = true; /* stays with the thread; one that is not busy is freed when given back */
	return fresh;
}

void work_give(struct work *w)
{
	if (!w)
		return;
	if (w->busy)
		w->busy = false;
	else
		work_free(w);
}

bool work_room(uint8_t **buffer, size_t *room, size_t size)
{
	if (*room >= size)
		return true;
	size_t more = *room ? *room : 256 * 1024;
	while (more < size)
		more *= 2;
	free(*buffer);
	*buffer = malloc(more);
	*room = *buffer ? more : 0;
	return *buffer != NULL;
}
