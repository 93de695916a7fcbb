/* list_out: scratch files that are written and read again, and the file a list becomes. This room's own. */
#ifndef CUSTOS_MATCH_LIST_OUT_H
#define CUSTOS_MATCH_LIST_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { LIST_PIECE = 64 << 10 };

/* Grows at its end; read where wanted, best in order. The scratch file is made when the first piece is full. */
struct list_spool {
	const char *folder; /* borrowed */
	int fd;
	uint64_t bytes; /* all of it */
	uint8_t *piece; /* the end that is not written yet, or what was read last */
	size_t held;
	uint8_t *read;
	uint64_t read_at;
	size_t read_size;
};
struct list_spool list_spool_make(const char *folder);
enum err list_spool_add(struct list_spool *s, const void *bytes, size_t size);
enum err list_spool_read(struct list_spool *s, uint64_t at, void *to, size_t size);
void list_spool_free(struct list_spool *s);

/* A file that is not to be seen before it is whole. The first `head` bytes are given at its end. */
struct list_out;
enum err list_out_new(const char *folder, size_t head, struct list_out **ret);
uint64_t list_out_at(const struct list_out *o);
enum err list_out_add(struct list_out *o, const void *bytes, size_t size);
enum err list_out_pad(struct list_out *o, size_t align);
enum err list_out_spool(struct list_out *o, struct list_spool *s);
/* Puts the SHA-256 of all behind the head, then of the head, into the head at `checksum`; writes it, syncs, and gives the file its name. ERR_EXISTS. */
enum err list_out_end(struct list_out *o, uint8_t *head, size_t size, size_t checksum, const char *path);
/* Without list_out_end before: nothing is left. Accepts NULL. */
void list_out_free(struct list_out *o);

#endif
