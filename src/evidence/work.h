/* work: what a thread needs to read entries, kept from one entry to the next: in the steady state no entry costs an allocation. */
#ifndef CUSTOS_EVIDENCE_WORK_H
#define CUSTOS_EVIDENCE_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inflate_state;
struct libdeflate_decompressor;

struct work {
	uint8_t *in, *out; /* at least as much as was asked for with work_room() */
	size_t in_room, out_room;
	struct libdeflate_decompressor *inflater; /* whole entries */
	struct inflate_state *stream;             /* piece by piece */
	bool busy;
};

/* This thread's own; a fresh one when that is in use (a sink that reads another entry). NULL when out of memory. */
struct work *work_take(void);
void work_give(struct work *w); /* accepts NULL */

/* Grows `*buffer` to `size` bytes; its content is lost. */
bool work_room(uint8_t **buffer, size_t *room, size_t size);

#endif
