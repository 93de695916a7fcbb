#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

enum { BLOCK_FIRST = 4096, BLOCK_MOST = 1 << 20 };

struct arena arena_make(size_t limit) { return (struct arena){ .limit = limit }; }

static struct arena_block *block_add(struct arena *a, size_t need)
{
	size_t size = a->blocks ? a->blocks->size * 2 : BLOCK_FIRST;
	if (size > BLOCK_MOST)
		size = BLOCK_MOST;
	if (size < need)
		size = need;
	struct arena_block *b = malloc(sizeof *b + size);
	if (!b)
		return NULL;
	b->next = a->blocks;
	b->size = size;
	b->used = 0;
	return a->blocks = b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	if (a->failed || size > a->limit || a->used > a->limit - size) {
		a->failed = true;
		return NULL;
	}
	size_t need = (size + align - 1) / align * align;
	struct arena_block *b = a->blocks;
	if (!b || need > b->size - b->used)
		b = block_add(a, need);
	if (!b) {
		a->failed = true;
		return NULL;
	}
	void *p = b->bytes + b->used;
	b->used += need;
	a->used += size;
	return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t all;
	if (__builtin_mul_overflow(count, size, &all)) {
		a->failed = true;
		return NULL;
	}
	return arena_alloc(a, all);
}

char *arena_copy(struct arena *a, const void *bytes, size_t size)
{
	char *copy = size < SIZE_MAX ? arena_alloc(a, size + 1) : NULL;
	if (copy && size)
		memcpy(copy, bytes, size);
	return copy;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct arena_block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	*a = arena_make(a->limit);
}
