/* words_find: words in all exhibits: the full-text index of each exhibit file that is not superseded is asked, several at once. */
#ifndef CUSTOS_CASEBOOK_WORDS_FIND_H
#define CUSTOS_CASEBOOK_WORDS_FIND_H

#include "casebook/act.h"
#include "exhibit/view_pool.h"

enum { WORDS_HITS_MOST = 1000 };

/* `query`: an FTS5 query (view_words). hits: [{exhibit, reference, exhibit_file, hits}], the most first, counted up to WORDS_HITS_MOST each; failed: [{exhibit, reference, reason}]: files that could
 * not be asked. `threads` 0: one a core. */
enum err words_find(struct store *s, struct view_pool *views, const char *folder, const char *query, int threads, json_t *hits, json_t *failed);

#endif
