/* evidence: extractions given to the casebook: an upload, which may take days and break off, or a file or folder on the server that an officer points at.
 *
 * What was acknowledged is on disk: `received` moves only after fdatasync(). A broken upload goes on at `received`. Its SHA-256 is made piece by piece as it is acknowledged,
 * and stands with `received`, so that 64 GB need no second reading at the end. A file that is complete gets another name under a lock that all writers take: nothing that still
 * comes late changes it.
 */
#ifndef CUSTOS_CASEBOOK_EVIDENCE_H
#define CUSTOS_CASEBOOK_EVIDENCE_H

#include "casebook/act.h"

#define EVIDENCE_MOST ((int64_t)64 << 30)
enum { EVIDENCE_HASHING = 104, EVIDENCE_STEP = 32 << 20 /* acknowledge about so often */ };

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

/* States: receiving, ready, refused (its SHA-256 is not the one that was noted). */
struct evidence {
	int64_t id, exhibit, size, received;
	char name[201], path[4096], state[16], sha256[65]; /* path: absolute, or below the casebook's folder; sha256: as noted until it is ready; "" none */
	unsigned char hashing[EVIDENCE_HASHING];           /* SHA-256 of the first `received` bytes, unfinished */
};
enum err evidence_get(struct store *s, int64_t id, struct evidence *ret);
/* The file of an upload that is ready, or what was pointed at. `ret`: PATH_MAX bytes. ERR_LIMIT. */
enum err evidence_path(const struct evidence *v, const char *folder, char *ret, size_t room);
/* Where an upload's bytes are until it is ready. */
enum err evidence_part_path(const struct evidence *v, const char *folder, char *ret, size_t room);

/* evidence_get() for who is going to send: should the server have died between giving an upload its last name and saying so, it gets its first name back. Not within a transaction. */
enum err evidence_resume(struct store *s, int64_t id, const char *folder, struct evidence *ret);
/* Writes a piece; not within a transaction. `offset` ≤ received: what is sent twice is written twice. ERR_SPACE (what was acknowledged stays), ERR_CHANGED (offset behind what was received, or complete). */
enum err evidence_write(const struct evidence *v, const char *folder, int64_t offset, const void *bytes, size_t size);
/* Acknowledges what was written up to `end`: on disk, hashed, v->received moved; ready once all is there. Not within a transaction: it makes its own. ERR_CHANGED: somebody else
 * sends the same upload; ask what was received. ERR_USAGE: all came, but it is not what was noted; the evidence is refused, and its bytes are gone. */
enum err evidence_accept(struct store *s, const struct act *act, struct evidence *v, const char *folder, int64_t end);

#endif
