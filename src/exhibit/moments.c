#include "exhibit/moments.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/scratch.h"

enum { DIGIT = 11, DIGITS = 1 << DIGIT, READ_AHEAD = 4096 };

void moments_begin(struct moments *m) { *m = (struct moments){ .fd = -1 }; }

void moments_free(struct moments *m)
{
	free(m->list);
	free(m->runs);
	if (m->fd >= 0)
		close(m->fd);
	moments_begin(m);
}

/* One digit of the moment, as a number without sign; behind the last of its digits whether there is a moment at all. */
static size_t digit_of(const struct moment *m, int shift)
{
	return shift < 64 ? ((uint64_t)m->at ^ 1ull << 63) >> shift & (DIGITS - 1) : m->id >= 0;
}

/* By moment; equal ones stay in the order of their ids, in which they came. `spare` has as much room. Returns which of the two holds the result. */
static struct moment *sort(struct moment *list, struct moment *spare, size_t n)
{
	for (int shift = 0; shift < 64 + DIGIT; shift += DIGIT) {
		size_t starts[DIGITS] = { 0 }, sum = 0;
		for (size_t i = 0; i < n; i++)
			starts[digit_of(&list[i], shift)]++;
		if (n && starts[digit_of(&list[0], shift)] == n)
			continue; /* the same in all */
		for (size_t i = 0; i < DIGITS; i++) {
			size_t here = starts[i];
			starts[i] = sum;
			sum += here;
		}
		for (size_t i = 0; i < n; i++)
			spare[starts[digit_of(&list[i], shift)]++] = list[i];
		struct moment *other = list;
		list = spare;
		spare = other;
	}
	return list;
}

/* Sorts the run at hand in place. */
static enum err run_sort(struct moments *m)
{
	struct moment *spare = malloc(m->count * sizeof *spare + 1);
	if (!spare)
		return ERR_NOMEM;
	if (sort(m->list, spare, m->count) == spare) {
		free(m->list);
		m->list = spare;
		m->room = m->count;
	} else {
		free(spare);
	}
	return OK;
}

static enum err run_spill(struct moments *m)
{
	size_t *runs = realloc(m->runs, (size_t)(m->run_count + 1) * sizeof *runs);
	if (!runs)
		return ERR_NOMEM;
	m->runs = runs;
	enum err e = run_sort(m);
	if (!e && m->fd < 0)
		e = scratch_open(NULL, &m->fd);
	if (!e)
		e = scratch_write(m->fd, m->list, m->count * sizeof *m->list);
	m->runs[m->run_count++] = m->count;
	m->count = 0;
	return e;
}

enum err moments_add(struct moments *m, int64_t id, const int64_t *at, size_t run_most)
{
	if (m->count == run_most) {
		enum err e = run_spill(m);
		if (e)
			return e;
	}
	if (m->count == m->room) {
		size_t room = m->room ? m->room * 2 : 256;
		struct moment *more = realloc(m->list, room * sizeof *more);
		if (!more)
			return ERR_NOMEM;
		m->list = more;
		m->room = room;
	}
	m->list[m->count++] = at ? (struct moment){ *at, id } : (struct moment){ 0, ~id };
	return OK;
}

static enum err key_add(struct tree *index, struct buf *record, const struct moment *m)
{
	struct cell cells[2] = { { 0 }, cell_int(m->id < 0 ? ~m->id : m->id) };
	if (m->id >= 0)
		cells[0] = cell_int(m->at);
	buf_clear(record);
	record_encode(record, cells, 2, -1);
	return record->failed ? ERR_NOMEM : tree_key(index, record->data, record->size);
}

/* One sorted run while it is merged. */
struct run {
	const struct moment *next, *end;
	struct moment *ahead; /* NULL: the run that never left memory */
	off_t at;
	size_t left; /* not yet read */
};

/* The run's next moment is at run->next; false at its end. */
static bool run_ready(const struct moments *m, struct run *r, enum err *e)
{
	if (r->next < r->end)
		return true;
	size_t n = r->left < READ_AHEAD ? r->left : READ_AHEAD, done = 0;
	if (!n)
		return false;
	while (!*e && done < n * sizeof *r->ahead) {
		ssize_t got = pread(m->fd, (char *)r->ahead + done, n * sizeof *r->ahead - done, r->at + (off_t)done);
		if (got <= 0)
			*e = err_errno("cannot read a scratch file");
		else
			done += (size_t)got;
	}
	r->at += (off_t)done;
	r->left -= n;
	r->next = r->ahead;
	r->end = r->ahead + n;
	return !*e;
}

/* Of two runs the one that goes first; the earlier run has the lower ids. */
static bool before(const struct run *runs, int a, int b)
{
	const struct moment *x = runs[a].next, *y = runs[b].next;
	if ((x->id < 0) != (y->id < 0))
		return x->id < 0;
	return x->at != y->at ? x->at < y->at : a < b;
}

static void heap_sink(int *heap, int n, int at, const struct run *runs)
{
	for (int child; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n && before(runs, heap[child + 1], heap[child]))
			child++;
		if (!before(runs, heap[child], heap[at]))
			return;
		int other = heap[at];
		heap[at] = heap[child];
		heap[child] = other;
	}
}

static enum err runs_merge(struct moments *m, struct tree *index, struct buf *record)
{
	int count = m->run_count + 1, n = 0;
	struct run *runs = calloc((size_t)count, sizeof *runs);
	int *heap = calloc((size_t)count, sizeof *heap);
	enum err e = runs && heap ? OK : ERR_NOMEM;
	off_t at = 0;
	for (int i = 0; !e && i < count; i++) {
		struct run *r = &runs[i];
		if (i < m->run_count) {
			*r = (struct run){ .ahead = malloc(READ_AHEAD * sizeof *r->ahead), .at = at, .left = m->runs[i] };
			at += (off_t)(m->runs[i] * sizeof *r->ahead);
			e = r->ahead ? OK : ERR_NOMEM;
		} else if (m->count) {
			*r = (struct run){ .next = m->list, .end = m->list + m->count };
		}
		if (!e && run_ready(m, r, &e))
			heap[n++] = i;
	}
	for (int i = n / 2 - 1; !e && i >= 0; i--)
		heap_sink(heap, n, i, runs);
	while (!e && n) {
		struct run *r = &runs[heap[0]];
		e = key_add(index, record, r->next);
		r->next++;
		if (!e && !run_ready(m, r, &e))
			heap[0] = heap[--n];
		if (!e)
			heap_sink(heap, n, 0, runs);
	}
	for (int i = 0; runs && i < count; i++)
		free(runs[i].ahead);
	free(runs);
	free(heap);
	return e;
}

enum err moments_end(struct moments *m, struct tree *index)
{
	struct buf record = { 0 };
	enum err e = OK;
	if (m->count)
		e = run_sort(m);
	if (!e)
		e = runs_merge(m, index, &record);
	buf_free(&record);
	moments_free(m);
	return e;
}
