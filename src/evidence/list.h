/* list: an evidence's entries and notes while they are gathered, then sorted. Inside this folder only. */
#ifndef CUSTOS_EVIDENCE_LIST_H
#define CUSTOS_EVIDENCE_LIST_H

#include <sys/stat.h>

#include "base/text.h"
#include "evidence/container.h"

enum {
	ENTRIES_MOST = 4000000, /* four times the largest phone seen; bounds memory */
	NOTES_MOST = 20000,
	PATH_BYTES_MOST = 65535,
};

struct evidence {
	struct arena arena;
	char *pool; /* the rest of the current block of path bytes, so that paths lie close together */
	size_t pool_left, pool_block;
	struct entry *entries;
	size_t count, room;
	struct evidence_note *notes;
	size_t note_count, note_room, notes_lost;
	struct buf name; /* reused: a path while it is made safe */
	struct container *containers; /* outermost first */
	char *scratch, *password;
	struct stat root; /* the evidence itself, to know it again */
};

const char *evidence_scratch(const struct evidence *e);

/* The whole of container_add()'s work on a name: appends its safe form to `out`; returns what was wrong with it (NULL: nothing). */
const char *path_make_safe(const void *name, size_t size, bool *ret_absolute, struct buf *out);

/* Sorts by path, then by the order added. ERR_NOMEM leaves the order as it was. */
enum err entries_sort(struct entry *entries, size_t count);

#endif
