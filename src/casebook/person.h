/* person: prisoners and others a case may be about. Two numbers of one person are merged and both kept. */
#ifndef CUSTOS_CASEBOOK_PERSON_H
#define CUSTOS_CASEBOOK_PERSON_H

#include "casebook/act.h"

struct person_new {
	const char *surname, *forenames;
	const char *born_on;       /* 1990-02-28, or NULL */
	const char *number;        /* A1234BC, or NULL; of person_add alone */
	const char *establishment; /* code, or NULL */
	const char *location;      /* wing and cell, or NULL */
};

enum err person_add(struct store *s, const struct act *act, const struct person_new *p, int64_t *ret_id);
enum err person_change(struct store *s, const struct act *act, int64_t id, const struct person_new *p);
/* One more number. ERR_EXISTS names whose it is. */
enum err person_number_add(struct store *s, const struct act *act, int64_t id, const char *number);
/* `other` was the same person: its numbers, exhibits and cases are `id`'s from now on; the row stays and points there. */
enum err person_merge(struct store *s, const struct act *act, int64_t id, int64_t other);
/* {id, surname, forenames, born_on, establishment, establishment_name, location, merged_into, numbers: [..], exhibits: [..], cases: [..]} */
enum err person_one(struct store *s, int64_t id, json_t **ret);
/* Persons whose names begin with the words or whose number begins with `text` (NULL: all), by id, behind `after` (id of the last seen; 0), at most `most`:
 * [{id, surname, forenames, born_on, establishment, location, number}]. */
enum err person_search(struct store *s, const char *text, int64_t after, int most, json_t *array);
/* Of a number, in any case: ERR_NOT_FOUND, ERR_USAGE. */
enum err person_of_number(struct store *s, const char *number, int64_t *ret_id);
/* A1234BC in capitals; ERR_USAGE "number: …". `ret`: 8 bytes. */
enum err person_number_fold(const char *number, char ret[8]);

#endif
