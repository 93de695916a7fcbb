/* queue: work that goes on behind the pages. A job is taken by one worker at a time, under a lease that it must renew; a worker that died loses it, and the job is taken
 * up again. PostgreSQL gives different workers different jobs (FOR UPDATE SKIP LOCKED); in SQLite the transaction does.
 *
 * No lease depends on the time of day. Each renewal counts one up; who wants work watches the count by its own steady clock, and a lease is lost when it has stood still for
 * JOB_LEASE_MS of watching. So a clock that jumps, forwards or back, on one server or another, takes no job away from a worker that lives. A lease is a token of its own: who
 * lost it can finish nothing (ERR_CHANGED).
 *
 * A job is given up when it was begun JOB_FRUITLESS_MOST times without getting further than before: one whose server is killed again and again comes to its end all
 * the same, as long as each turn gets somewhere; one that kills its worker does not.
 */
#ifndef CUSTOS_CASEBOOK_QUEUE_H
#define CUSTOS_CASEBOOK_QUEUE_H

#include <stdbool.h>

#include "casebook/act.h"

enum { JOB_LEASE_MS = 20000, JOB_FRUITLESS_MOST = 3, JOB_WORKER = 80, JOB_PAUSE_S = 10, JOB_PAUSE_MOST_S = 600 };

struct job {
	int64_t id, subject;
	char kind[33], worker[JOB_WORKER + 1]; /* worker: the lease's token */
	int attempts, fruitless;               /* times it was begun; of them without getting further */
};

/* What one thread has seen of others' leases. `lease_ms` 0: JOB_LEASE_MS. NULL: out of memory. */
struct job_watch *job_watch_new(int lease_ms);
void job_watch_free(struct job_watch *w); /* accepts NULL */

/* ERR_EXISTS: there is one of this kind for this subject. Within store_transact(), as are all that follow. */
enum err job_add(struct store *s, const char *kind, int64_t subject, int64_t now, int64_t *ret_id);
/* The oldest that waits; `worker` names who takes it (any text, up to 40 bytes). ret->id 0: nothing to do. Jobs whose lease was lost wait again first, or are failed. To be
 * asked every few seconds, so that lost leases are seen; commit also when there was nothing to do. */
enum err job_take(struct store *s, const char *kind, const char *worker, struct job_watch *watch, int64_t now, struct job *ret);
/* Renews the lease and tells how far the work is (0 to 1). ERR_CANCELLED; ERR_CHANGED: the lease was lost: stop, and keep nothing. */
enum err job_beat(struct store *s, const struct job *j, int64_t now, double done, const char *message);
/* The same errors as of job_beat for these. */
enum err job_done(struct store *s, const struct job *j, int64_t now, const char *message);
/* It did not work: tried again after a growing pause (again), at most JOB_FRUITLESS_MOST times, or given up. */
enum err job_failed(struct store *s, const struct job *j, int64_t now, const char *message, bool again);
/* The worker stops for a reason of its own: the job waits again at once, and the attempt does not count. */
enum err job_release(struct store *s, const struct job *j, int64_t now);
/* What runs is stopped at its next beat. ERR_CHANGED: it has ended. The caller logs it. */
enum err job_cancel(struct store *s, int64_t id, int64_t now);
/* {id, kind, subject, state, attempts, done_share (millionths), message, made_at, ended_at} */
enum err job_one(struct store *s, const char *kind, int64_t subject, json_t **ret);
/* Jobs of a state (NULL: any), newest first, ids below `below`, at most `most`: as job_one, and beat_at. */
enum err job_list(struct store *s, const char *state, int64_t below, int most, json_t *array);

#endif
