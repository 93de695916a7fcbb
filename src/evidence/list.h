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
	struct pool_block *pool; /* path bytes lie close together; newest block first */
	size_t pool_bytes;
	struct entry *entries;
	size_t count, room;
	struct evidence_note *notes;
	size_t note_count, note_room, notes_lost;
	struct buf name; /* reused: a path while it is made safe */
	struct container *containers; /* outermost first */
	char *scratch, *password;
	struct sandbox *sandbox;
	int manifest_fn;
	struct stat root; /* the evidence itself, to know it again */
};

/* Gives the pool back. */
void pool_free(struct evidence *e);
/* Asks for large pages: the list of a big phone is 200 MB, and touching it a small page at a time costs more than filling it. */
void memory_large_pages(void *start, size_t size);


/* The whole of container_add()'s work on a name: appends its safe form to `out`; returns what was wrong with it (NULL: nothing). */
const char *path_make_safe(const void *name, size_t size, bool *ret_absolute, struct buf *out);

/* Sorts by path, then by the order added. ERR_NOMEM leaves the order as it was. */
enum err entries_sort(struct entry *entries, size_t count);

#endif
