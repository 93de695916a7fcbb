/* evidence: where bytes come from.  One read-only view over a folder, zip, tar (.gz, .zst), iTunes/Finder backup or Android .ab.
 *
 * Opening lists all entries.  Entries keep a stable order: sorted by path (bytes), then by position in the container.
 * Nothing is ever written to evidence.  What is wrong with one entry is a note, and the rest goes on.
 */
#ifndef CUSTOS_EVIDENCE_EVIDENCE_H
#define CUSTOS_EVIDENCE_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sandbox.h"

enum entry_type { ENTRY_FILE, ENTRY_FOLDER, ENTRY_LINK, ENTRY_OTHER };

struct entry {
	const char *path;   /* valid UTF-8, '/'-separated, no leading '/', never "." or ".." parts: made safe, and noted when it was not.
	                       Inside a nested container: "outer.ab!/inner/path" */
	enum entry_type type;
	bool encrypted;     /* and needs the password */
	uint64_t size;      /* bytes of content, as the container states */
	uint64_t stored;    /* bytes it takes in the container */
	int64_t modified_at, accessed_at, created_at; /* µs UTC or TIME_NONE */
	const char *target; /* ENTRY_LINK: where it points, never followed; else NULL */
	uint32_t crc32;     /* as the container states; 0 when it does not */
	uint64_t number;    /* the container's own: for it alone */
	void *own;          /* the container's own: for it alone */
	const struct container *container;
};

struct evidence;

struct evidence_options {
	const char *password; /* NULL: none */
	const char *scratch;  /* folder for unlinked scratch files; NULL: $TMPDIR or /var/tmp */
	struct sandbox *sandbox; /* where an iTunes backup's Manifest.db is read; NULL: in this process (for tests of the reader itself) */
	int manifest_fn;         /* evidence_manifest_worker's place in the sandbox's table */
};

/* A sandbox_fn: reads the rows of the Manifest.db that is its one descriptor. */
int evidence_manifest_worker(const void *job, size_t job_size, const int *fds, int fd_count, int out);

struct evidence_note {
	const char *path;  /* of the entry, or "" for the container as a whole */
	uint64_t offset;   /* in the container or file; 0 when not known */
	const char *reason;
};

/* Opens and lists. ERR_NOT_FOUND, ERR_ACCESS, ERR_PASSWORD (needed or wrong), ERR_FORMAT (no known container; a damaged one is opened
 * as far as it can be read, with notes), ERR_UNSUPPORTED. */
enum err evidence_open(const char *path, const struct evidence_options *o, struct evidence **ret);
void evidence_free(struct evidence *e);

const char *evidence_kind(const struct evidence *e); /* "folder", "zip", "tar", "tar.gz", "itunes-backup", "android-backup", … */
size_t evidence_count(const struct evidence *e);
const struct entry *evidence_entry(const struct evidence *e, size_t i);
/* The entry with exactly this path (the last one when a name occurs twice: what an unpacker would leave), or NULL. */
const struct entry *evidence_find(const struct evidence *e, const char *path);

size_t evidence_note_count(const struct evidence *e);
struct evidence_note evidence_note(const struct evidence *e, size_t i);

/* Gets content piece by piece, in order; a negative return stops the reading and is returned. */
typedef enum err evidence_sink(void *context, const void *bytes, size_t size);

/* Reads one entry's whole content through `sink`. Safe to call from several threads at once on different (or the same) entries.
 * Checks what the container lets it check (CRC-32, HMAC, size): on a mismatch the content has been delivered and
 * ERR_CHANGED is returned; ERR_TRUNCATED where it ends early, ERR_FORMAT, ERR_PASSWORD, ERR_LIMIT (more than the stated size). err_message() tells
 * which and where (path and offset). Memory bounded (≤ 40 MB a call) whatever the size. */
enum err evidence_read(const struct evidence *e, const struct entry *entry, evidence_sink *sink, void *context);

/* A read-only descriptor on an entry that lies in the file system as it is (folder evidence), or -1. The caller closes it. */
int evidence_entry_fd(const struct evidence *e, const struct entry *entry);

/* True when `path` (which need not exist) lies in the evidence folder or is the evidence file itself. */
bool evidence_contains(const struct evidence *e, const char *path);

#endif
