/* place: prisons and other establishments, by the service's own code. */
#ifndef CUSTOS_CASEBOOK_PLACE_H
#define CUSTOS_CASEBOOK_PLACE_H

#include "casebook/act.h"

/* Reads a register: CSV (RFC 4180) whose first line names its columns; prison_id (or code), name and, if there, active (0 or 1) are read, the others kept as they
 * are. What is there already is brought up to date. Within store_transact(). ERR_FORMAT names the line; nothing is kept then. */
enum err place_import(struct store *s, const struct act *act, const char *text, size_t size, int64_t *ret_count);
/* [{code, name}], active ones, by name. */
enum err place_list(struct store *s, json_t *array);

#endif
