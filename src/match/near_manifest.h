/* The manifest of near_file.h: which segments count. Layout: docs/formats/near.md. This room's own, and the fuzz target's. */
#ifndef CUSTOS_MATCH_NEAR_MANIFEST_H
#define CUSTOS_MATCH_NEAR_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Segments shrink to less than half from one to the next: 64 would hold more than there is. */
enum { MANIFEST_SEGMENTS = 64 };

struct manifest {
	uint64_t born; /* a random number: which index this is */
	uint64_t next; /* number of the next segment; none is used twice */
	uint32_t count;
	struct {
		uint64_t number, count; /* hashes */
	} segments[MANIFEST_SEGMENTS];
};

/* `folder` is a descriptor, `name` for messages. ERR_NOT_FOUND: there is none. */
enum err manifest_read(int folder, const char *name, struct manifest *ret);

/* Replaces it in one step and makes that last. */
enum err manifest_write(int folder, const char *name, const struct manifest *m);

enum err manifest_parse(const uint8_t *bytes, size_t size, const char *name, struct manifest *ret);

bool manifest_equal(const struct manifest *a, const struct manifest *b);

#endif
