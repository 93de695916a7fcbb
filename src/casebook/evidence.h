/* evidence: extractions given to the casebook: an upload, which may take days and break off, or a file or folder on the server that an officer points at.
 *
 * What was acknowledged is on disk: `received` moves only after fdatasync(). A broken upload goes on at `received`.
 */
#ifndef CUSTOS_CASEBOOK_EVIDENCE_H
#define CUSTOS_CASEBOOK_EVIDENCE_H

#include "casebook/act.h"

#define EVIDENCE_MOST ((int64_t)64 << 30)

struct evidence_new {
	int64_t exhibit;
	const char *name;   /* as the officer's file is called; shown, never used as a path */
	int64_t size;       /* of an upload: all of it, at most EVIDENCE_MOST */
	const char *sha256; /* as noted when the extraction was made, hexadecimal, or NULL */
};

/* An upload to come, received 0, state "receiving": its bytes go to evidence_path(). */
enum err evidence_add(struct store *s, const struct act *act, const struct evidence_new *n, int64_t *ret_id);
/* A file or folder below one of `folders` (absolute, parted by ':'): state "ready". ERR_ACCESS where it lies elsewhere, also by a link. */
enum err evidence_point(struct store *s, const struct act *act, int64_t exhibit, const char *path, const char *folders, int64_t *ret_id);

struct evidence {
	int64_t id, exhibit, size, received;
	char name[201], path[4096], state[16], sha256[65]; /* path: absolute, or below the casebook's folder; "" none declared */
};
enum err evidence_get(struct store *s, int64_t id, struct evidence *ret);
/* The file of an upload or what was pointed at. `ret`: PATH_MAX bytes. ERR_LIMIT. */
enum err evidence_path(const struct evidence *v, const char *folder, char *ret, size_t room);

/* Writes a piece; not within a transaction. `offset` ≤ received: what is sent twice is written twice. ERR_SPACE, ERR_CHANGED (offset behind what was received, or complete). */
enum err evidence_write(const struct evidence *v, const char *folder, int64_t offset, const void *bytes, size_t size);
/* Syncs, then moves `received` to `end` (never back), and makes the evidence ready once all is there. Within store_transact(). */
enum err evidence_received(struct store *s, const struct act *act, const struct evidence *v, const char *folder, int64_t end);

#endif
