/* moments: the index of a kind's COLUMN_WHEN, sorted here as the records pass, inside this room.
 *
 * Pairs of moment and record id, in runs that are sorted in memory; when there is more than one, they wait in a scratch file and are merged.
 */
#ifndef CUSTOS_EXHIBIT_MOMENTS_H
#define CUSTOS_EXHIBIT_MOMENTS_H

#include "exhibit/tree.h"

struct moment {
	int64_t at, id; /* a record without a moment has ~id, which is negative: it comes first in the index */
};

struct moments {
	struct moment *list; /* the run at hand */
	size_t count, room;
	int fd;              /* the runs before it, or -1 */
	size_t *runs;        /* how many moments each has */
	int run_count;
};

void moments_begin(struct moments *m);
/* A record; its ids grow. `at` NULL: it has no moment. `run_most` moments are sorted at once. */
enum err moments_add(struct moments *m, int64_t id, const int64_t *at, size_t run_most);
/* All of them into an index's tree. */
enum err moments_end(struct moments *m, struct tree *index);
void moments_free(struct moments *m);

#endif
