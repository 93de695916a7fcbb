/* selectors: every number, handle, e-mail address, device id and media hash of every exhibit file, in one index: the casebook asks it first, then opens only the files that
 * hit. Keys that mean something within one app alone (threads) are not in it.
 */
#ifndef CUSTOS_CASEBOOK_SELECTORS_H
#define CUSTOS_CASEBOOK_SELECTORS_H

#include "casebook/act.h"

/* Reads a sealed exhibit's selectors and the SHA-256 of its media into the index. Within store_transact(). `ret_count` may be NULL. */
enum err selectors_index(struct store *s, int64_t exhibit_file, const char *path, int64_t *ret_count);

/* Where a value occurs, as exhibits normalise it (07700 900123 and +447700900123 are one): [{kind, value, exhibit, reference, exhibit_file, records, first_at, last_at}], at most `most`.
 * `text` as somebody types it; one that ends with * finds what begins so (at least four characters). */
enum err selectors_find(struct store *s, const char *text, int most, json_t *array);

/* What this exhibit shares with others, the rarest first: [{kind, value, records, files}], at most `most`. What stands in more than SELECTOR_COMMON files says nothing: *ret_common
 * counts those left out. */
enum { SELECTOR_COMMON = 50 };
enum err selectors_shared(struct store *s, int64_t exhibit, int most, json_t *array, int64_t *ret_common);

#endif
