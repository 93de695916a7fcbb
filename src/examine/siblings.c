#include "examine/siblings.h"

#include <stdlib.h>
#include <string.h>

#include "examine/examine_inside.h"

enum { PROFILE_SHORT = 8 };

struct sibling_entry {
	const char *path;
	size_t entry;
	int use;
	char group[PROFILE_SHORT]; /* the profile; all 0 when there is none */
};

/* Longer ones are containers of one app: another app's may well be meant. */
static bool is_bound(const char *profile) { return profile && strlen(profile) < PROFILE_SHORT; }

enum err siblings_add(struct siblings *s, int use, size_t entry, const char *path)
{
	if (s->count == s->room) {
		size_t room = s->room ? s->room * 2 : 64;
		struct sibling_entry *more = realloc(s->all, sizeof *more * room);
		if (!more)
			return ERR_NOMEM;
		s->all = more;
		s->room = room;
	}
	struct sibling_entry *e = &s->all[s->count++];
	char room[64];
	const char *profile = profile_of(path, room, sizeof room);
	*e = (struct sibling_entry){ .path = path, .entry = entry, .use = use };
	if (is_bound(profile))
		memcpy(e->group, profile, strlen(profile));
	else if (profile)
		e->group[0] = '\xff'; /* no profile is called so: paths are UTF-8 */
	return OK;
}

static int by_path(const void *a, const void *b)
{
	const struct sibling_entry *x = a, *y = b;
	if (x->use != y->use)
		return x->use < y->use ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static int group_order(const struct sibling_entry *x, int use, const char *group)
{
	return x->use != use ? (x->use < use ? -1 : 1) : memcmp(x->group, group, PROFILE_SHORT);
}

static int by_group(const void *a, const void *b)
{
	const struct sibling_entry *y = b;
	int order = group_order(a, y->use, y->group);
	return order ? order : by_path(a, b);
}

enum err siblings_ready(struct siblings *s)
{
	if (!s->count)
		return OK;
	s->grouped = malloc(sizeof *s->grouped * s->count);
	if (!s->grouped)
		return ERR_NOMEM;
	memcpy(s->grouped, s->all, sizeof *s->grouped * s->count);
	qsort(s->all, s->count, sizeof *s->all, by_path);
	qsort(s->grouped, s->count, sizeof *s->grouped, by_group);
	return OK;
}

static size_t common_folders(const char *a, const char *b)
{
	size_t last = 0;
	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			last = i + 1;
	return last;
}

/* The entries of a glob, of one profile or (`group` NULL, in `all`) of any: [*ret_from, *ret_to). */
static void group_range(const struct sibling_entry *list, size_t count, int use, const char *group, size_t *ret_from, size_t *ret_to)
{
	size_t *ret[2] = { ret_from, ret_to };
	for (int end = 0; end < 2; end++) {
		size_t from = 0, to = count;
		while (from < to) {
			size_t middle = from + (to - from) / 2;
			const struct sibling_entry *e = &list[middle];
			int order = group ? group_order(e, use, group) : (e->use > use) - (e->use < use);
			if (order < end)
				from = middle + 1;
			else
				to = middle;
		}
		*ret[end] = from;
	}
}

/* The first in [from, to) whose path, as far as `size` bytes, does not come before `path`, or `to`. */
static size_t path_begin(struct siblings *s, const struct sibling_entry *list, size_t from, size_t to, const char *path, size_t size)
{
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		s->steps++;
		if (strncmp(list[middle].path, path, size) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* The nearest in [from, to), which are in the order of their paths: no path shares more with `path` than those beside the place where it would
 * stand, and those that share as many folders stand in one piece. */
static const struct sibling_entry *nearest(struct siblings *s, const struct sibling_entry *list, size_t from, size_t to, const char *path, size_t *ret_common)
{
	if (from >= to)
		return NULL;
	size_t at = path_begin(s, list, from, to, path, strlen(path) + 1), before = at > from ? common_folders(path, list[at - 1].path) : 0,
	       behind = at < to ? common_folders(path, list[at].path) : 0;
	*ret_common = before > behind ? before : behind;
	return &list[path_begin(s, list, from, to, path, *ret_common)];
}

bool siblings_find(struct siblings *s, int use, const char *path, size_t *ret_entry)
{
	char room[64], group[PROFILE_SHORT] = "", none[PROFILE_SHORT] = "";
	const char *profile = profile_of(path, room, sizeof room);
	size_t from, to, common = 0, other_common = 0;
	const struct sibling_entry *best;
	if (!s->grouped)
		return false;
	if (!is_bound(profile)) {
		group_range(s->all, s->count, use, NULL, &from, &to);
		best = nearest(s, s->all, from, to, path, &common);
	} else {
		memcpy(group, profile, strlen(profile));
		group_range(s->grouped, s->count, use, group, &from, &to);
		best = nearest(s, s->grouped, from, to, path, &common);
		group_range(s->grouped, s->count, use, none, &from, &to);
		const struct sibling_entry *other = nearest(s, s->grouped, from, to, path, &other_common);
		if (other && (!best || other_common > common || (other_common == common && other->entry < best->entry)))
			best = other;
	}
	if (best)
		*ret_entry = best->entry;
	return best != NULL;
}

void siblings_free(struct siblings *s)
{
	free(s->all);
	free(s->grouped);
	*s = (struct siblings){ 0 };
}
