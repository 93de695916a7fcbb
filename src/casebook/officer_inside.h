#ifndef CUSTOS_CASEBOOK_OFFICER_INSIDE_H
#define CUSTOS_CASEBOOK_OFFICER_INSIDE_H

#include "casebook/officer.h"

#define MINUTE_US ((int64_t)60 * 1000000)

/* Lower case, checked. `ret`: OFFICER_NAME + 1 bytes. */
enum err officer_name_fold(const char *name, char *ret);
enum err token_make(unsigned char token[OFFICER_TOKEN]);
void token_hash(const unsigned char token[OFFICER_TOKEN], unsigned char ret[32]);
enum err officer_insert(struct store *s, const struct act *act, const struct officer_new *o, const char *hash, int64_t *ret_id);

#endif
