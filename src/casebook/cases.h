/* cases: what an investigation puts together: people, exhibits, notes, tasks, and its story in time order. */
#ifndef CUSTOS_CASEBOOK_CASES_H
#define CUSTOS_CASEBOOK_CASES_H

#include <stdbool.h>

#include "casebook/act.h"

struct case_new {
	const char *reference, *title, *summary;
	const char *establishment; /* or NULL */
};
/* The officer who opens a case is named on it. */
enum err case_open(struct store *s, const struct act *act, const struct case_new *c, int64_t *ret_id);
enum err case_change(struct store *s, const struct act *act, int64_t id, const struct case_new *c);
/* A closed case takes nothing new (ERR_CHANGED) until it is opened again. */
enum err case_close(struct store *s, const struct act *act, int64_t id, bool closed);

/* OK, or ERR_NOT_FOUND: for who may not see it, a case is not there. `all`: the role sees every case. */
enum err case_may(struct store *s, int64_t id, int64_t officer, bool all);

enum err case_person_add(struct store *s, const struct act *act, int64_t id, int64_t person, const char *part);
enum err case_exhibit_add(struct store *s, const struct act *act, int64_t id, int64_t exhibit);
enum err case_officer_add(struct store *s, const struct act *act, int64_t id, int64_t officer);
enum case_thing { CASE_PERSON, CASE_EXHIBIT, CASE_OFFICER };
enum err case_remove(struct store *s, const struct act *act, int64_t id, enum case_thing thing, int64_t which);

struct case_note {
	int64_t at;                   /* what it is about happened then */
	const char *text;
	int64_t exhibit_file, record; /* a record it rests on; 0: none */
};
enum err case_note_add(struct store *s, const struct act *act, int64_t id, const struct case_note *n, int64_t *ret_id);

/* {id, reference, title, summary, establishment, state, made_at, closed_at, people: [..], exhibits: [..], officers: [..], tasks: [..]} */
enum err case_one(struct store *s, int64_t id, json_t **ret);
/* Notes, hand-overs and finds of its exhibits, tasks done, in time order: [{at, kind, text, by, exhibit, exhibit_file, record}], at most `most`. */
enum err case_story(struct store *s, int64_t id, int most, json_t *array);
/* Those that the officer may see, newest first, ids below `below`. */
enum err case_list(struct store *s, int64_t officer, bool all, const char *state, int64_t below, int most, json_t *array);

/* --- tasks --- */

struct task_new {
	const char *title;
	int64_t due_at;             /* TIME_NONE: none */
	int64_t casefile, exhibit;  /* 0: none */
	int64_t officer;            /* whose; 0: the role's */
	const char *role;           /* or NULL */
};
enum err task_add(struct store *s, const struct act *act, const struct task_new *t, int64_t *ret_id);
/* OK, or ERR_ACCESS: it is neither the officer's nor of one of the roles. ERR_NOT_FOUND. */
enum err task_may(struct store *s, int64_t id, int64_t officer, uint32_t roles);
enum err task_done(struct store *s, const struct act *act, int64_t id);
/* Open ones of the officer and of any role in the set, the most urgent first. */
enum err task_list(struct store *s, int64_t officer, uint32_t roles, int most, json_t *array);

#endif
