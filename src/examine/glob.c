#include "examine/glob.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One "[...]" at `p` against `c`; *ret_end is behind it, or NULL when it is not closed. */
static bool set_match(const char *p, char c, const char **ret_end)
{
	bool negated = p[1] == '!', hit = false;
	const char *s = p + 1 + negated;
	for (; *s && *s != ']'; s++) {
		if (s[1] == '-' && s[2] && s[2] != ']') {
			hit |= (unsigned char)c >= (unsigned char)s[0] && (unsigned char)c <= (unsigned char)s[2];
			s += 2;
		} else {
			hit |= *s == c;
		}
	}
	*ret_end = *s == ']' ? s + 1 : NULL;
	return hit != negated;
}

/* Whole match with one place to go back to: the last `*`. Time at most |pattern| × |path|. */
static bool match_whole(const char *p, const char *s)
{
	const char *star = NULL, *again = NULL;
	for (;;) {
		const char *end;
		if (*p == '*') {
			star = ++p;
			again = s;
			continue;
		}
		if (!*s && !*p)
			return true;
		if (*s && *p == '[' && set_match(p, *s, &end) && end) {
			p = end;
			s++;
		} else if (*s && (*p == '?' || (*p == *s && *p != '['))) {
			p++;
			s++;
		} else if (star && *again) {
			p = star;
			s = ++again;
		} else {
			return false;
		}
	}
}

bool glob_match(const char *pattern, const char *path)
{
	if (match_whole(pattern, path))
		return true;
	if (*pattern == '*')
		return *++pattern == '/' && match_whole(pattern + 1, path); /* "*" "/x" also matches "x" at the top */
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
		if (match_whole(pattern, slash + 1))
			return true;
	return false;
}

struct node {
	int32_t next[256];
	int32_t fail, first; /* first: head of the list of patterns that end here, -1 none */
	int32_t more;        /* nearest node along `fail` that has patterns, or -1 */
};

struct glob_set {
	const char *const *patterns;
	int count, node_count, always_count;
	struct node *nodes;
	int32_t *same; /* next pattern with the same literal */
	int *always;   /* patterns without a literal */
};

/* The longest literal run of the pattern. A leading "/" right after "*" is left off, as glob_match lets it be missing. */
static const char *literal_of(const char *p, size_t *ret_size)
{
	const char *best = p, *run = NULL, *start = p;
	size_t size = 0;
	for (;; p++) {
		bool literal = *p && *p != '*' && *p != '?' && *p != '[';
		if (literal && !run)
			run = p + (p == start + 1 && *start == '*' && *p == '/');
		if (!literal && run) {
			if (p > run && (size_t)(p - run) > size) {
				size = (size_t)(p - run);
				best = run;
			}
			run = NULL;
		}
		if (!*p)
			break;
		if (*p == '[') {
			const char *end;
			(void)set_match(p, 0, &end);
			if (!end)
				break;
			p = end - 1;
		}
	}
	*ret_size = size;
	return best;
}

static void glob_insert(struct glob_set *g, int id)
{
	size_t size;
	const char *text = literal_of(g->patterns[id], &size);
	if (!size) {
		g->always[g->always_count++] = id;
		return;
	}
	int32_t at = 0;
	for (size_t i = 0; i < size; i++) {
		int32_t *next = &g->nodes[at].next[(unsigned char)text[i]];
		if (!*next) {
			*next = g->node_count;
			g->nodes[g->node_count++].first = -1;
		}
		at = *next;
	}
	g->same[id] = g->nodes[at].first;
	g->nodes[at].first = id;
}

/* Breadth first: failure links, and every missing edge replaced by where the failure leads, so that matching is one look-up a byte. */
static enum err glob_link(struct glob_set *g)
{
	int32_t *queue = malloc(sizeof *queue * (size_t)g->node_count);
	if (!queue)
		return ERR_NOMEM;
	int head = 0, tail = 0;
	g->nodes[0].more = -1;
	for (int c = 0; c < 256; c++)
		if (g->nodes[0].next[c]) {
			g->nodes[g->nodes[0].next[c]].more = -1;
			queue[tail++] = g->nodes[0].next[c];
		}
	while (head < tail) {
		struct node *n = &g->nodes[queue[head++]];
		for (int c = 0; c < 256; c++) {
			int32_t child = n->next[c], over = g->nodes[n->fail].next[c];
			if (!child) {
				n->next[c] = over;
				continue;
			}
			g->nodes[child].fail = over;
			g->nodes[child].more = g->nodes[over].first >= 0 ? over : g->nodes[over].more;
			queue[tail++] = child;
		}
	}
	free(queue);
	return OK;
}

enum err glob_set_new(const char *const *patterns, int count, struct glob_set **ret)
{
	struct glob_set *g = calloc(1, sizeof *g);
	size_t room = 1;
	for (int i = 0; i < count; i++)
		room += strlen(patterns[i]);
	if (g) {
		g->patterns = patterns;
		g->count = count;
		g->nodes = calloc(room, sizeof *g->nodes);
		g->same = calloc((size_t)count + 1, sizeof *g->same);
		g->always = calloc((size_t)count + 1, sizeof *g->always);
	}
	if (!g || !g->nodes || !g->same || !g->always) {
		glob_set_free(g);
		return ERR_NOMEM;
	}
	g->node_count = 1;
	g->nodes[0].first = -1;
	for (int i = 0; i < count; i++)
		glob_insert(g, i);
	enum err e = glob_link(g);
	if (e) {
		glob_set_free(g);
		return e;
	}
	*ret = g;
	return OK;
}

void glob_set_free(struct glob_set *g)
{
	if (!g)
		return;
	free(g->nodes);
	free(g->same);
	free(g->always);
	free(g);
}

/* Adds id to the sorted list unless it is there. */
static int ids_add(int *ids, int n, int id)
{
	int at = n;
	while (at > 0 && ids[at - 1] > id)
		at--;
	if (at > 0 && ids[at - 1] == id)
		return n;
	memmove(ids + at + 1, ids + at, sizeof *ids * (size_t)(n - at));
	ids[at] = id;
	return n + 1;
}

int glob_set_match(const struct glob_set *g, const char *path, int *ids)
{
	int n = 0;
	int32_t at = 0;
	for (const char *s = path; *s; s++) {
		at = g->nodes[at].next[(unsigned char)*s];
		for (int32_t hit = g->nodes[at].first >= 0 ? at : g->nodes[at].more; hit > 0; hit = g->nodes[hit].more)
			for (int32_t id = g->nodes[hit].first; id >= 0; id = g->same[id])
				if (glob_match(g->patterns[id], path))
					n = ids_add(ids, n, id);
	}
	for (int i = 0; i < g->always_count; i++)
		if (glob_match(g->patterns[g->always[i]], path))
			n = ids_add(ids, n, g->always[i]);
	return n;
}
