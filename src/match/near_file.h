/* near_file: the index of near.h on disk, for many readers at a time and one writer.
 *
 * A folder of segments, which never change once written, and a manifest that names those that count. What is appended becomes one more segment; small ones are
 * merged into larger, so that their number stays logarithmic. The manifest is replaced in one step: whenever a writer dies, the folder holds all of
 * the last commit and nothing else. A reader keeps what it has open, also while segments are merged and removed.
 * Layout, and what is checked when: docs/formats/near.md.
 *
 * A segment that is damaged is an error that names file and offset. Opening checks sizes, bounds and the small tables (it reads about 4 MB of a segment of any size, and 8 bytes a copy);
 * whatever a search reads from a file is checked before it is used; near_file_verify reads all of it. The files are mapped into memory: who shortens one that is in
 * use kills its readers, so only near_file writes in the folder.
 *
 * Except where it says otherwise a `struct near_file` is used by one thread at a time.
 */
#ifndef CUSTOS_MATCH_NEAR_FILE_H
#define CUSTOS_MATCH_NEAR_FILE_H

#include "match/near.h"

struct near_file;

enum near_file_mode { NEAR_FILE_READ, NEAR_FILE_WRITE };

/* Reading: the state of the last commit; ERR_NOT_FOUND where there is none. Writing: makes the folder (not its parents) and an empty index where there is none;
 * ERR_EXISTS while another writer is at work. ERR_FORMAT, ERR_TRUNCATED: damaged; ERR_UNSUPPORTED: of a later version; ERR_ACCESS, ERR_IO, ERR_NOMEM. */
enum err near_file_open(const char *folder, enum near_file_mode mode, struct near_file **ret);

/* What was appended since the last commit is dropped. Accepts NULL. */
void near_file_free(struct near_file *f);

/* Takes over what was committed since; `ret_changed` may be NULL. On an error what was open stays open. */
enum err near_file_refresh(struct near_file *f, bool *ret_changed);

/* How many hashes a search looks through, copies counted. */
uint64_t near_file_count(const struct near_file *f);

/* Writer: `ids[i]` is the caller's own number of `hashes[i]`; several hashes may have the same id, and a pair given twice is there twice. Cheap, in constant memory, and
 * not searched before the commit. ERR_SPACE, ERR_IO: all that was appended since the last commit is dropped; ERR_USAGE: a reader; ERR_LIMIT: a billion since the last commit. */
enum err near_file_append(struct near_file *f, const struct pdq *hashes, const uint64_t *ids, size_t count);

/* Writer: indexes what was appended with `threads` threads (0: one a core), merges where due and makes it last (fsync). Append much, commit seldom: each commit may rewrite
 * segments up to twice its size. On an error the state is the old one and what was appended is dropped. */
enum err near_file_commit(struct near_file *f, int threads);

/* A hit: the caller's id, the hash that was found, and which of the queries found it. `hash` is valid until the file is refreshed, committed to or freed. */
struct near_file_hit {
	uint64_t id;
	const struct pdq *hash;
	uint32_t query, distance;
};

/* Called for each hit, in no order, from one thread at a time. False stops the search. */
typedef bool near_file_fn(void *context, struct near_file_hit hit);

/* All hashes within `radius` of `query`. Thread-safe beside other searches. ERR_FORMAT: a segment is damaged; hits may have been told before. */
enum err near_file_find(const struct near_file *f, const struct pdq *query, int radius, near_file_fn *hit, void *context);

/* The same for many queries on `threads` threads (0: one a core). */
enum err near_file_find_many(const struct near_file *f, const struct pdq *queries, uint32_t count, int radius, int threads, near_file_fn *hit, void *context);

/* The eight forms of one picture: each hash within `radius` of any of them once, with the form (hit.query, enum pdq_form) that is nearest. ERR_NOMEM. */
enum err near_file_find_forms(const struct near_file *f, const struct pdq forms[PDQ_DIHEDRALS], int radius, near_file_fn *hit, void *context);

/* Reads all of every segment and compares checksums. ERR_FORMAT: err_message() says which file and where. */
enum err near_file_verify(const struct near_file *f);

#endif
