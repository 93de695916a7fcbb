/* segb: Apple's SEGB v1 and v2 record files (Biome). Byte-level notes: docs/formats/segb.md. */
#ifndef CUSTOS_FORMATS_SEGB_H
#define CUSTOS_FORMATS_SEGB_H

#include "base/err.h"
#include "base/span.h"

struct segb_entry {
	int version;          /* 1 or 2 */
	int state;            /* as stored: 1 written, 3 deleted, others as found */
	int64_t created_at;   /* µs UTC or TIME_NONE */
	struct span data;     /* borrowed */
	bool crc_ok;
	uint64_t offset;      /* of the payload in the file */
};

typedef enum err segb_fn(void *context, const struct segb_entry *e);

enum err segb_read(struct span file, segb_fn *fn, void *context);

#endif
