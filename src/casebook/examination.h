/* examination: evidence examined in the background: a job of the queue, done by a program of its own (`custos examine --resume`) that ends when the server does. The sealed
 * exhibit file, the selector index, the job's end and the log's entry come in one transaction; what a killed server left is taken up again, once.
 */
#ifndef CUSTOS_CASEBOOK_EXAMINATION_H
#define CUSTOS_CASEBOOK_EXAMINATION_H

#include "casebook/act.h"

/* Puts it into the queue. Within store_transact(). ERR_CHANGED: the evidence is not whole yet. */
enum err examination_start(struct store *s, const struct act *act, int64_t evidence, int64_t *ret_id);
/* Stops it, also one that runs: its worker hears of it at the next beat, and what it had made is removed. Within store_transact(). ERR_CHANGED: it has ended. */
enum err examination_cancel(struct store *s, const struct act *act, int64_t id);
/* {id, exhibit, reference, evidence, name, state, done_share, attempts, message, password_state (it ended for want of one: missing, wrong; else null), ended_at, exhibit_file} */
enum err examination_one(struct store *s, int64_t id, json_t **ret);

struct exhibit_file {
	int64_t id, exhibit;
	char path[4096]; /* absolute */
	int64_t records, referral;
};
enum err exhibit_file_get(struct store *s, int64_t id, const char *folder, struct exhibit_file *ret);
/* The newest file of an exhibit: ERR_NOT_FOUND where it was not examined yet. */
enum err exhibit_file_newest(struct store *s, int64_t exhibit, const char *folder, struct exhibit_file *ret);

struct runner;
struct runner_options {
	struct store_pool *pool; /* outlives the runner */
	const char *folder;      /* the casebook's */
	const char *program;     /* the custos program */
	const char *lists;       /* folder of known lists, or NULL: custos examine's own choice */
	int workers;             /* examinations at once; 0: 1 */
};
/* Threads that take jobs. */
enum err runner_start(const struct runner_options *o, struct runner **ret);
/* Stops what runs (it is resumed later); accepts NULL. */
void runner_stop(struct runner *r);

#endif
