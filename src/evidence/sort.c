/* Sorting a million paths that share long beginnings: eight bytes of each path at a time as one number (a multikey sort with cached keys), so
 * that most comparisons touch no path at all. Several times faster here than comparing whole strings. */
#include "evidence/list.h"

#include <stdlib.h>
#include <string.h>

enum { FEW = 8 };

struct item {
	uint64_t key; /* bytes depth … depth+7 of the path, big-endian, 0 behind its end */
	uint32_t index;
};

struct group {
	uint32_t from, to, depth;
};

struct groups {
	struct group *list;
	size_t count, room;
};

static bool group_push(struct groups *g, struct group one)
{
	if (g->count == g->room) {
		size_t room = g->room ? g->room * 2 : 256;
		struct group *more = realloc(g->list, room * sizeof *more);
		if (!more)
			return false;
		g->list = more;
		g->room = room;
	}
	g->list[g->count++] = one;
	return true;
}

/* No path ends before `depth`: groups go deeper only where all eight bytes were part of the path. */
static uint64_t key_at(const char *path, size_t depth)
{
	const unsigned char *p = (const unsigned char *)path + depth;
	uint64_t key = 0;
	for (int i = 0; i < 8; i++) {
		key = key << 8 | *p;
		if (*p)
			p++;
	}
	return key;
}

static int item_order(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* A few paths: each against those before it, all of it that is left. */
static void few_sort(struct item *items, const struct entry *entries, struct group g)
{
	for (uint32_t i = g.from + 1; i < g.to; i++) {
		struct item one = items[i];
		const char *path = entries[one.index].path + g.depth;
		uint32_t to = i;
		for (; to > g.from; to--) {
			int order = strcmp(entries[items[to - 1].index].path + g.depth, path);
			if (order < 0 || (order == 0 && items[to - 1].index < one.index))
				break;
			items[to] = items[to - 1];
		}
		items[to] = one;
	}
}

static bool items_sort(struct item *items, const struct entry *entries, struct groups *todo)
{
	while (todo->count) {
		struct group g = todo->list[--todo->count];
		bool sorted = true;
		if (g.to - g.from <= FEW) {
			few_sort(items, entries, g);
			continue;
		}
		for (uint32_t i = g.from; i < g.to; i++) {
			items[i].key = key_at(entries[items[i].index].path, g.depth);
			sorted = sorted && (i == g.from || item_order(&items[i - 1], &items[i]) <= 0);
		}
		if (!sorted)
			qsort(items + g.from, g.to - g.from, sizeof *items, item_order);
		for (uint32_t i = g.from, next; i < g.to; i = next) {
			for (next = i + 1; next < g.to && items[next].key == items[i].key;)
				next++;
			if (next - i > 1 && (items[i].key & 0xff) && !group_push(todo, (struct group){ i, next, g.depth + 8 }))
				return false;
		}
	}
	return true;
}

/* Moves the entries into the order of `items`, each cycle once. */
static void entries_permute(struct entry *entries, struct item *items, size_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (items[i].index == i)
			continue;
		struct entry first = entries[i];
		uint32_t to = i;
		for (;;) {
			uint32_t from = items[to].index;
			items[to].index = to;
			if (from == i)
				break;
			entries[to] = entries[from];
			to = from;
		}
		entries[to] = first;
	}
}

enum err entries_sort(struct entry *entries, size_t count)
{
	if (count < 2)
		return OK;
	struct item *items = malloc(count * sizeof *items);
	struct groups todo = { 0 };
	if (items)
		memory_large_pages(items, count * sizeof *items);
	bool done = items && count <= UINT32_MAX && group_push(&todo, (struct group){ 0, (uint32_t)count, 0 });
	if (done) {
		for (uint32_t i = 0; i < count; i++)
			items[i].index = i;
		done = items_sort(items, entries, &todo);
	}
	if (done)
		entries_permute(entries, items, count);
	free(items);
	free(todo.list);
	return done ? OK : err_set(ERR_NOMEM, "out of memory to sort %zu entries", count);
}
