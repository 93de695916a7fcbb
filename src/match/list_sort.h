/* list_sort: sorts more records of one size than memory holds: sorted runs on a scratch file, merged as they are taken out. This room's own.
 * A record begins with its key and ends with a u32; records with equal keys come out in the order they went in. */
#ifndef CUSTOS_MATCH_LIST_SORT_H
#define CUSTOS_MATCH_LIST_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { LIST_SORT_MEMORY = 12 << 20 }; /* of a sorter in use; twice that while a run is sorted */

struct list_sorter {
	const char *folder; /* for scratch; borrowed */
	size_t each, key;   /* bytes of a record, and of its key: at least 4 */
	uint64_t count;     /* records so far */
	/* inside */
	uint8_t *room;
	size_t held, most;
	int fd;
	struct run *runs;
	size_t run_count, run_room;
	size_t *heap, heap_size, heap_last;
	bool merging;
};

struct list_sorter list_sorter_make(const char *folder, size_t each, size_t key);
enum err list_sorter_add(struct list_sorter *s, const void *record);
/* No more will be added. */
enum err list_sorter_end(struct list_sorter *s);
/* The next record in order, valid until the next call; *ret NULL: there are no more. */
enum err list_sorter_next(struct list_sorter *s, const uint8_t **ret);
void list_sorter_free(struct list_sorter *s);

#endif
