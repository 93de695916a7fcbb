/* leveldb: every entry of a LevelDB file (a .log or a .ldb/.sst table), deleted and superseded ones too.
 * Byte-level notes: docs/formats/leveldb.md. */
#ifndef CUSTOS_FORMATS_LEVELDB_H
#define CUSTOS_FORMATS_LEVELDB_H

#include "base/err.h"
#include "base/span.h"

struct leveldb_entry {
	struct span key;   /* user key, without the 8-byte trailer; valid during the call only */
	struct span value; /* empty when deleted */
	uint64_t sequence;
	bool deleted;      /* a deletion marker */
	uint64_t offset;   /* of the entry's block or record in the file */
};

/* Called for each entry; a negative return stops the reading and is returned. */
typedef enum err leveldb_fn(void *context, const struct leveldb_entry *e);
/* Called for each damaged stretch, which is then passed over. */
typedef void leveldb_note_fn(void *context, uint64_t offset, const char *reason);

/* Reads a whole file of either kind, told apart by the table footer's magic. `note` may be NULL. */
enum err leveldb_read(struct span file, leveldb_fn *fn, leveldb_note_fn *note, void *context);

#endif
