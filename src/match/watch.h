/* watch: the known lists of a folder, as they are watched for while files pass: any digest or perceptual hash against all of them.
 *
 * A list with many perceptual hashes has an index beside it (NAME@VERSION.near, match/near_file.h), made when it is imported; one without is scanned.
 * Both give the same answers. Thread-safe once it is open; a worker inherits it, mapped.
 */
#ifndef CUSTOS_MATCH_WATCH_H
#define CUSTOS_MATCH_WATCH_H

#include "match/list.h"

struct watch;

/* One match. `list` counts from 0 in the order of list_store_at. */
struct watch_hit {
	const struct list *list;
	int number;
	uint32_t entry;
	enum list_kind kind;
	uint32_t distance; /* of LIST_PDQ, else 0 */
	uint32_t query;    /* of watch_pdq_many: which hash */
};
typedef bool watch_fn(void *context, const struct watch_hit *hit); /* false stops */

/* Opens all lists; `radius` at most NEAR_RADIUS_MOST. Strict: a list or an index that cannot be opened, or an index that is not of its list, is the result
 * (matching without it would be a wrong answer). A folder without lists has none. */
enum err watch_open(const char *folder, int radius, struct watch **ret);
void watch_free(struct watch *w); /* accepts NULL */

const struct list_store *watch_lists(const struct watch *w);
int watch_radius(const struct watch *w);
/* Some list has such hashes. */
bool watch_wants(const struct watch *w, enum list_kind k);
/* Bytes of address space that the lists and indexes take. */
uint64_t watch_mapped(const struct watch *w);

/* All entries with this digest. LIST_MD5, LIST_SHA1, LIST_SHA256. */
void watch_digest(const struct watch *w, enum list_kind k, const uint8_t *digest, watch_fn *hit, void *context);
/* All perceptual hashes within the radius of one of `hashes`, on all cores. ERR_FORMAT: an index is damaged. */
enum err watch_pdq_many(const struct watch *w, const struct pdq *hashes, uint32_t count, watch_fn *hit, void *context);
/* Is this one on a list marked illegal, or so near that it may be? Asked before anything of the picture is kept that could be looked at. When an index turns out
 * to be damaged: true. */
bool watch_illegal_pdq(const struct watch *w, const struct pdq *hash);
bool watch_illegal_digest(const struct watch *w, enum list_kind k, const uint8_t *digest);

/* Makes the index beside a list that was imported to `path`, where it is worth one; an old one is replaced. */
enum err watch_index_make(const char *path);
/* Removes it; none is fine. */
enum err watch_index_remove(const char *path);

#endif
