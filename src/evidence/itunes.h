/* itunes: parts of the iTunes/Finder backup container.  Internal to evidence/.  Notes: docs/formats/itunes-backup.md.
 */
#ifndef CUSTOS_EVIDENCE_ITUNES_H
#define CUSTOS_EVIDENCE_ITUNES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sandbox.h"
#include "base/text.h"

enum { ITUNES_ID = 20, ITUNES_SEALED_KEY = 44 };

/* Appends the path that a file of a backup domain has on the phone, as a full extraction names it (no leading '/'). */
void itunes_path(struct buf *out, const char *domain, size_t domain_size, const char *path, size_t path_size);

/* 40 hexadecimal digits (either case) as 20 bytes; false when it is anything else. */
bool itunes_id(const char *text, size_t size, uint8_t ret[ITUNES_ID]);

/* One row of the manifest. Pointers are valid during the call only; text may be any bytes. */
struct itunes_row {
	uint8_t id[ITUNES_ID];
	bool id_good;
	const char *id_text, *domain, *path, *target; /* target: of a link, else NULL */
	size_t id_size, domain_size, path_size, target_size;
	int64_t flags; /* 1 file, 2 folder, 4 link */
	bool record;   /* what follows was readable */
	uint64_t size;
	uint32_t mode, protection;
	int64_t modified_at, created_at; /* µs or TIME_NONE */
	const uint8_t *key;		 /* ITUNES_SEALED_KEY bytes or NULL */
	bool key_odd;			 /* there is a key, but of another size */
};

/* Takes a row; a failure ends the reading and is returned. */
typedef enum err itunes_row_fn(void *context, const struct itunes_row *row);

/* Reads the rows of a Manifest.db given as bytes . This is the one place where SQLite
 * meets the evidence here. ERR_FORMAT and ERR_LIMIT when the database is damaged: the rows before the damage have been
 * given. */
enum err itunes_manifest_read(void *bytes, size_t size, itunes_row_fn *fn, void *context);

/* The same for a database of `size` bytes in `fd`, in a worker of the sandbox; without one (NULL) in this process. */
enum err itunes_manifest_read_in(struct sandbox *sandbox, int manifest_fn, int fd, uint64_t size, itunes_row_fn *fn, void *context);

/* The same for a Manifest.mbdb (before iOS 10). ERR_FORMAT where it ends early or makes no sense: the rows before have been given. */
enum err itunes_mbdb_read(const void *bytes, size_t size, itunes_row_fn *fn, void *context);

#endif
