/* words: what a person typed, checked; the states and kinds that the casebook's tables hold as words. */
#ifndef CUSTOS_CASEBOOK_WORDS_H
#define CUSTOS_CASEBOOK_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { WORDS_LINE = 200, WORDS_TEXT = 20000 };

/* Text of at most `most` bytes, UTF-8, no control characters (long: but new lines), no space at either end; ERR_USAGE "FIELD: …". `needed`: not empty. NULL counts as empty. */
enum err words_check(const char *field, const char *text, size_t most, bool needed);
/* One of a list that a NULL ends. */
enum err words_one_of(const char *field, const char *text, const char *const *list);

extern const char *const words_exhibit_kinds[];  /* mobile phone, SIM card … */
extern const char *const words_exhibit_states[]; /* registered … destroyed */
extern const char *const words_case_parts[];     /* suspected, witness … */

#endif
