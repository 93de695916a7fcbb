/* queue: work that goes on behind the pages. A job is taken by one worker at a time, under a lease that it must renew; a worker that died loses it, and the job is taken
 * up again. PostgreSQL gives different workers different jobs (FOR UPDATE SKIP LOCKED); in SQLite the transaction does.
 *
 * A lease is a token of its own, not a time alone: when a clock jumps, at worst a job is taken up anew, and who lost the lease can finish nothing (ERR_CHANGED).
 */
#ifndef CUSTOS_CASEBOOK_QUEUE_H
#define CUSTOS_CASEBOOK_QUEUE_H

#include <stdbool.h>

#include "casebook/act.h"

enum { JOB_LEASE_S = 30, JOB_ATTEMPTS_MOST = 5, JOB_WORKER = 80 };

struct job {
	int64_t id, subject;
	char kind[33], worker[JOB_WORKER + 1]; /* worker: the lease's token */
	int attempts;
};

/* ERR_EXISTS: there is one of this kind for this subject. Within store_transact(), as are all that follow. */
enum err job_add(struct store *s, const char *kind, int64_t subject, int64_t now, int64_t *ret_id);
/* The oldest that waits, or whose lease ran out; `worker` names who takes it (any text, up to 40 bytes). ERR_NOT_FOUND: nothing to do. One that was taken JOB_ATTEMPTS_MOST
 * times without an end is failed with that reason, and the next is looked at. */
enum err job_take(struct store *s, const char *kind, const char *worker, int64_t now, struct job *ret);
/* Renews the lease and tells how far the work is (0 to 1). ERR_CHANGED: the lease was lost or the job cancelled: stop, and keep nothing. */
enum err job_beat(struct store *s, const struct job *j, int64_t now, double done, const char *message);
enum err job_done(struct store *s, const struct job *j, int64_t now, const char *message);
/* It did not work: tried again after a growing pause (again) or given up. */
enum err job_failed(struct store *s, const struct job *j, int64_t now, const char *message, bool again);
/* The worker stops for a reason of its own: the job waits again at once, and the attempt does not count. */
enum err job_release(struct store *s, const struct job *j, int64_t now);
/* What runs is stopped at its next beat. ERR_CHANGED: it has ended. */
enum err job_cancel(struct store *s, int64_t id, int64_t now);
/* {id, kind, subject, state, attempts, done_share (millionths), message, made_at, ended_at} */
enum err job_one(struct store *s, const char *kind, int64_t subject, json_t **ret);

#endif
