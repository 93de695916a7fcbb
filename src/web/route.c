#include "web/web_inside.h"

#include <stdlib.h>
#include <string.h>

/* One part of a pattern against one of the path: a number (":"), a word ("*") or itself. */
static bool part_matches(struct exchange *x, const char *pattern, size_t pattern_size, const char *part, size_t size, int *numbers, int *words)
{
	if (pattern_size == 1 && *pattern == ':') {
		int64_t n = 0;
		if (!size || size > 18 || *numbers >= REQUEST_PARTS)
			return false;
		for (size_t i = 0; i < size; i++) {
			if (part[i] < '0' || part[i] > '9')
				return false;
			n = n * 10 + (part[i] - '0');
		}
		x->r.ids[(*numbers)++] = n;
		return true;
	}
	if (pattern_size == 1 && *pattern == '*') {
		if (!size || size > 200 || *words >= REQUEST_PARTS)
			return false;
		free(x->words[*words]);
		x->words[*words] = strndup(part, size);
		x->r.words[*words] = x->words[*words];
		return x->words[(*words)++] != NULL;
	}
	return pattern_size == size && memcmp(pattern, part, size) == 0;
}

static bool path_matches(struct exchange *x, const char *pattern, const char *path)
{
	int numbers = 0, words = 0;
	while (*pattern == '/' && *path == '/') {
		size_t p = strcspn(++pattern, "/"), n = strcspn(++path, "/");
		if (!part_matches(x, pattern, p, path, n, &numbers, &words))
			return false;
		pattern += p;
		path += n;
	}
	return !*pattern && !*path;
}

enum route route_find(struct exchange *x)
{
	bool reads = strcmp(x->method, "GET") == 0, posts = strcmp(x->method, "POST") == 0, puts = strcmp(x->method, "PUT") == 0, met = false;
	for (int i = 0; i < page_count; i++) {
		const struct page *p = &pages[i];
		if ((x->r.api && (p->flags & PAGE_NO_API)) || !path_matches(x, p->path, x->r.path))
			continue;
		if ((reads && p->show) || (p->act && (p->flags & PAGE_PUT ? puts : posts))) {
			x->r.page = p;
			return ROUTE_FOUND;
		}
		met = true;
	}
	return met ? ROUTE_METHOD : ROUTE_NONE;
}
