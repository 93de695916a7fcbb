/* arena: memory that is given back all at once.
 *
 * Parsers of evidence allocate from an arena with a byte limit, so that a hostile file cannot take more memory than
 * it was granted: arena_alloc() returns NULL beyond the limit (or out of memory), and stays failed.
 */
#ifndef CUSTOS_BASE_ARENA_H
#define CUSTOS_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used;                /* bytes granted so far */
	size_t limit;               /* bytes that may be granted */
	bool failed;                /* sticky: some allocation was refused */
};

/* An empty arena that grants at most `limit` bytes. Nothing is allocated yet. */
struct arena arena_make(size_t limit);

/* Zeroed memory, aligned for any type, or NULL. `size` 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);

/* `count` × `size` zeroed bytes; NULL also where the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* A copy of `size` bytes with a NUL behind it, or NULL. */
char *arena_copy(struct arena *a, const void *bytes, size_t size);

/* Gives all memory back; the arena can be used again with the same limit. Accepts NULL. */
void arena_free(struct arena *a);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))

#endif
