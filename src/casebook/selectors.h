/* selectors: every number, handle, e-mail address, device id and media hash of every exhibit file, in one index: the casebook asks it first, then opens only the files that
 * hit. Keys that mean something within one phone alone (threads, short numbers) are not in it, nor are files that only lists of known-good ones name. Of evidence that was examined
 * twice the newer file counts.
 */
#ifndef CUSTOS_CASEBOOK_SELECTORS_H
#define CUSTOS_CASEBOOK_SELECTORS_H

#include "casebook/act.h"

/* Reads a sealed exhibit's selectors and the SHA-256 of its media into the index. Within store_transact(). `ret_count` may be NULL. */
enum err selectors_index(struct store *s, int64_t exhibit_file, const char *path, int64_t *ret_count);

/* Takes an exhibit file's selectors out of the index. Within store_transact(). */
enum err selectors_remove(struct store *s, int64_t exhibit_file);

enum { SELECTOR_PREFIX_LEAST = 4, SELECTOR_COMMON = 50 /* also in the migrations */, SELECTOR_WITH = 5 };

/* Where a value occurs, as exhibits normalise it (07700 900123, 447700900123 and +447700900123 are one): [{kind, value, service ("": means the same everywhere), exhibit, reference,
 * exhibit_file, records, first_at, last_at}], at most `most`. `text` as somebody types it; one that ends with * finds what begins so (at least SELECTOR_PREFIX_LEAST characters). */
enum err selectors_find(struct store *s, const char *text, int most, json_t *array);

/* What this exhibit shares with others, the rarest first: [{kind, value, service, records, exhibits, weight, with: [{exhibit, reference}]}], at most `most`. `exhibits`: how many
 * have it; `weight`: log2 of how many were examined for each that has it: 0 says nothing; `with`: up to SELECTOR_WITH others. What more than SELECTOR_COMMON have (a
 * short code, a taxi firm) is left out: *ret_common counts those, *ret_all what is shared besides. */
enum err selectors_shared(struct store *s, int64_t exhibit, int most, json_t *array, int64_t *ret_common, int64_t *ret_all);

#endif
