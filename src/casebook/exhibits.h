/* exhibits: the register of what was seized: marks, bags, seals, every hand-over. What is on a device stands in its exhibit file (exhibit/). */
#ifndef CUSTOS_CASEBOOK_EXHIBITS_H
#define CUSTOS_CASEBOOK_EXHIBITS_H

#include "casebook/act.h"

struct exhibit_new {
	const char *reference;     /* the exhibit's mark: initials/number; unique */
	const char *kind;          /* one of words_exhibit_kinds */
	const char *description;
	const char *establishment; /* code, or NULL */
	const char *found_where, *found_by;
	int64_t found_at;          /* TIME_NONE: not known */
	const char *number;        /* prison number of the person it was found on or is attributed to, or NULL */
	const char *bag, *seal;    /* or NULL */
};
enum err exhibit_register(struct store *s, const struct act *act, const struct exhibit_new *x, int64_t *ret_id);
enum err exhibit_change(struct store *s, const struct act *act, int64_t id, const struct exhibit_new *x);
/* One of words_exhibit_states. */
enum err exhibit_state_set(struct store *s, const struct act *act, int64_t id, const char *state);

struct hand_over {
	int64_t at;                         /* as the officer says; not in the future */
	const char *from_whom, *to_whom, *place, *reason;
	const char *bag, *seal;             /* from now on; NULL: as before */
	int seal_intact;                    /* the seal before: 1, 0; -1: not looked at. Broken needs a reason. */
};
enum err hand_over_add(struct store *s, const struct act *act, int64_t exhibit, const struct hand_over *h, int64_t *ret_id);

/* {id, reference, kind, description, establishment, establishment_name, found_where, found_at, found_by, person, person_name, number, state, bag, seal, made_at, made_by_name,
 *  hand_overs: [..], evidence: [..], examinations: [..], files: [..], cases: [..]} */
enum err exhibit_one(struct store *s, int64_t id, json_t **ret);

struct exhibit_filter {
	const char *state, *establishment, *text; /* NULL: any; text in mark, description, bag, seal */
	int64_t below;                            /* ids below; INT64_MAX: from the newest */
};
/* [{id, reference, kind, description, establishment_name, state, found_at, made_at, person, person_name, records, referral}] */
enum err exhibit_list(struct store *s, const struct exhibit_filter *f, int most, json_t *array);

#endif
