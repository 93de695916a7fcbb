#include "match/list_sort.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/scratch.h"

enum { PIECE_LEAST = 2048, FEW = 48 };

struct run {
	uint64_t at;   /* where the rest of it lies in the scratch file */
	uint64_t left; /* bytes of it there */
	size_t from, size, next; /* its piece of the room: where it begins, bytes in it, where the next record is */
};

struct list_sorter list_sorter_make(const char *folder, size_t each, size_t key)
{
	return (struct list_sorter){ .folder = folder, .each = each, .key = key, .most = LIST_SORT_MEMORY / each, .fd = -1 };
}

void list_sorter_free(struct list_sorter *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->room);
	free(s->runs);
	free(s->heap);
	*s = (struct list_sorter){ .fd = -1 };
}

static uint32_t number_of(const struct list_sorter *s, const uint8_t *record)
{
	uint32_t v;
	memcpy(&v, record + s->each - 4, sizeof v);
	return v;
}

static int compare(const void *a, const void *b, void *context)
{
	const struct list_sorter *s = context;
	int c = memcmp(a, b, s->key);
	uint32_t x = number_of(s, a), y = number_of(s, b);
	return c ? c : x < y ? -1 : x > y;
}

/* One pass by the two bytes at `at`, keeping the order of equals. */
static void scatter(const struct list_sorter *s, const uint8_t *from, uint8_t *to, size_t at, uint32_t *places)
{
	memset(places, 0, 65536 * sizeof *places);
	for (size_t i = 0; i < s->held; i++)
		places[from[i * s->each + at] << 8 | from[i * s->each + at + 1]]++;
	for (uint32_t i = 0, sum = 0; i < 65536; i++) {
		uint32_t n = places[i];
		places[i] = sum;
		sum += n;
	}
	for (size_t i = 0; i < s->held; i++) {
		const uint8_t *p = from + i * s->each;
		memcpy(to + places[p[at] << 8 | p[at + 1]]++ * s->each, p, s->each);
	}
}

/* Sorts what is held: by the first four bytes in two passes, then within those that agree in them; of even hashes there are few. */
static enum err room_sort(struct list_sorter *s)
{
	uint8_t *other = malloc(s->held * s->each + 1);
	uint32_t *places = malloc(65536 * sizeof *places);
	uint8_t spare[256];
	if (!other || !places) {
		free(other);
		free(places);
		return err_set(ERR_NOMEM, "no memory to sort a list");
	}
	scatter(s, s->room, other, 2, places);
	scatter(s, other, s->room, 0, places);
	free(other);
	free(places);
	for (size_t i = 0, n; i < s->held; i += n) {
		uint8_t *first = s->room + i * s->each;
		for (n = 1; i + n < s->held && memcmp(first, first + n * s->each, 4) == 0; n++)
			;
		if (n > FEW) {
			qsort_r(first, n, s->each, compare, s);
			continue;
		}
		for (size_t k = 1; k < n; k++) {
			size_t to = k;
			while (to && memcmp(first + (to - 1) * s->each, first + k * s->each, s->key) > 0)
				to--;
			if (to == k)
				continue;
			memcpy(spare, first + k * s->each, s->each);
			memmove(first + (to + 1) * s->each, first + to * s->each, (k - to) * s->each);
			memcpy(first + to * s->each, spare, s->each);
		}
	}
	return OK;
}

static enum err run_write(struct list_sorter *s)
{
	if (s->run_count == s->run_room) {
		size_t room = s->run_room ? 2 * s->run_room : 64;
		struct run *more = realloc(s->runs, room * sizeof *more);
		if (!more)
			return ERR_NOMEM;
		s->runs = more;
		s->run_room = room;
	}
	enum err e = s->fd < 0 ? scratch_open(s->folder, &s->fd) : OK;
	if (!e)
		e = room_sort(s);
	if (!e)
		e = scratch_write(s->fd, s->room, s->held * s->each);
	if (e)
		return e;
	uint64_t at = s->run_count ? s->runs[s->run_count - 1].at + s->runs[s->run_count - 1].left : 0;
	s->runs[s->run_count++] = (struct run){ .at = at, .left = s->held * s->each };
	s->held = 0;
	return OK;
}

enum err list_sorter_add(struct list_sorter *s, const void *record)
{
	if (!s->room && !(s->room = malloc(s->most * s->each)))
		return err_set(ERR_NOMEM, "no memory to sort a list");
	enum err e = s->held == s->most ? run_write(s) : OK;
	if (e)
		return e;
	memcpy(s->room + s->held++ * s->each, record, s->each);
	s->count++;
	return OK;
}

/* Fills the run's piece of the room again. */
static enum err run_fill(struct list_sorter *s, struct run *r)
{
	size_t piece = s->most / s->run_count * s->each;
	size_t want = r->left < piece ? (size_t)r->left : piece;
	r->size = r->next = 0;
	while (r->size < want) {
		ssize_t n = pread(s->fd, s->room + r->from + r->size, want - r->size, (off_t)(r->at + r->size));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno("cannot read a scratch file");
		r->size += (size_t)n;
	}
	r->at += r->size;
	r->left -= r->size;
	return OK;
}

static bool before(const struct list_sorter *s, size_t a, size_t b)
{
	const struct run *x = &s->runs[a], *y = &s->runs[b];
	int c = memcmp(s->room + x->from + x->next, s->room + y->from + y->next, s->key);
	return c ? c < 0 : a < b; /* earlier runs hold earlier records */
}

static void heap_sink(struct list_sorter *s, size_t i)
{
	for (size_t child; (child = 2 * i + 1) < s->heap_size; i = child) {
		if (child + 1 < s->heap_size && before(s, s->heap[child + 1], s->heap[child]))
			child++;
		if (!before(s, s->heap[child], s->heap[i]))
			return;
		size_t t = s->heap[i];
		s->heap[i] = s->heap[child];
		s->heap[child] = t;
	}
}

enum err list_sorter_end(struct list_sorter *s)
{
	enum err e = OK;
	if (!s->run_count)
		return s->held ? room_sort(s) : OK;
	if (s->held)
		e = run_write(s);
	s->heap = e ? NULL : calloc(s->run_count, sizeof *s->heap);
	if (!e && !s->heap)
		e = ERR_NOMEM;
	size_t piece = s->most / s->run_count * s->each;
	if (!e && piece < PIECE_LEAST)
		e = err_set(ERR_LIMIT, "the list has more hashes than can be sorted");
	for (size_t i = 0; !e && i < s->run_count; i++) {
		s->runs[i].from = i * piece;
		s->heap[s->heap_size++] = i;
		e = run_fill(s, &s->runs[i]);
	}
	for (size_t i = s->heap_size / 2; !e && i--;)
		heap_sink(s, i);
	return e;
}

enum err list_sorter_next(struct list_sorter *s, const uint8_t **ret)
{
	*ret = NULL;
	if (!s->run_count) {
		if (s->heap_last < s->held)
			*ret = s->room + s->heap_last++ * s->each;
		return OK;
	}
	if (s->merging) { /* what was given last is used: its run moves on */
		struct run *r = &s->runs[s->heap[0]];
		r->next += s->each;
		if (r->next == r->size && r->left) {
			enum err e = run_fill(s, r);
			if (e)
				return e;
		} else if (r->next == r->size) {
			s->heap[0] = s->heap[--s->heap_size];
		}
		heap_sink(s, 0);
	}
	s->merging = s->heap_size > 0;
	if (s->merging)
		*ret = s->room + s->runs[s->heap[0]].from + s->runs[s->heap[0]].next;
	return OK;
}
