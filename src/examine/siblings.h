/* siblings: for a file, which of the entries that match a `with:` glob is its sibling. Private to plan.c. */
#ifndef CUSTOS_EXAMINE_SIBLINGS_H
#define CUSTOS_EXAMINE_SIBLINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct siblings {
	struct sibling_entry *all, *grouped; /* by glob, then path; by glob, profile, path */
	size_t count, room;
	uint64_t steps;                      /* paths compared while finding: for tests */
};

/* An entry that matches glob `use`. `path` is borrowed. */
enum err siblings_add(struct siblings *s, int use, size_t entry, const char *path);
/* After the last add, before the first find. Entries must be numbered in the order of their paths. */
enum err siblings_ready(struct siblings *s);
/* The one with the most folders in common with `path`, of the same profile (or where one of the two has none); the first in the order of paths
 * if several have as many. Time grows with the logarithm of the candidates. */
bool siblings_find(struct siblings *s, int use, const char *path, size_t *ret_entry);
void siblings_free(struct siblings *s);

#endif
