/* tar: what the files of the tar reader share. Byte-level notes: docs/formats/tar.md. */
#ifndef CUSTOS_EVIDENCE_TAR_H
#define CUSTOS_EVIDENCE_TAR_H

#include "base/span.h"
#include "base/text.h"
#include "evidence/container.h"

/* A sparse file may state any size at no cost; beyond this its zeros are not delivered. */
#define TAR_REAL_MOST ((uint64_t)1 << 40)

enum {
	TAR_BLOCK = 512,
	TAR_EXTRA_MOST = 1 << 20,  /* bytes of one long name or pax header; real ones are a few hundred */
	TAR_PIECES_MOST = 1 << 16, /* pieces of one sparse file */
};

struct tar_piece {
	uint64_t at, size; /* where it belongs in the content; its bytes follow those of the piece before */
};

/* What entry->own points to, where a number does not say it all. */
struct tar_own {
	const char *link; /* a hard link's target as safe path, until (and unless) it was found */
	bool unreadable;  /* a sparse map that makes no sense */
	size_t count;
	struct tar_piece *pieces; /* a sparse file's */
};

/* What headers before an entry say about it. */
struct tar_extra {
	struct buf path, link;
	bool has_path, has_link, has_size, has_real_size;
	uint64_t size, real_size;
	int64_t modified_at, accessed_at, created_at;
	int sparse_major, sparse_minor; /* -1: not said */
	struct buf map;                 /* GNU.sparse 0.0 and 0.1: numbers offset,size,… */
};

void tar_extra_clear(struct tar_extra *x);
void tar_extra_free(struct tar_extra *x);
/* Takes the records of a pax header; false when it is malformed (what came before stays taken). */
bool tar_pax(struct tar_extra *x, const char *text, size_t size);

/* A number of a header field: octal, or base-256. False when it is neither. */
bool tar_number(const uint8_t *field, size_t size, int64_t *ret);

/* The sparse maps; each gives an own with its pieces, or NULL (out of memory, or marked unreadable). `*data`: offset of the data, moved behind a
 * map that lies there; `*stored` likewise. */
struct tar_own *tar_sparse_old(struct container *c, int fd, struct span header, uint64_t *data, uint64_t *ret_real_size);
struct tar_own *tar_sparse_pax(struct container *c, int fd, struct tar_extra *x, uint64_t *data, uint64_t *stored);

/* tar.gz and its like, decompressed into a scratch file; `*ret_kind` is the name ("tar.gz"). Damage behind the first bytes is noted. */
bool unpack_probe(const struct source *s);
enum err unpack(struct container *c, int *ret_fd, uint64_t *ret_size);

#endif
