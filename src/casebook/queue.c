#include "casebook/queue.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define SECOND_US ((int64_t)1000000)
enum { PAUSE_MOST_S = 3600 };

static struct store_value job_worker(const struct job *j) { return store_text(j->worker); }

enum err job_add(struct store *s, const char *kind, int64_t subject, int64_t now, int64_t *ret_id)
{
	enum err e = store_query_int(s, "INSERT INTO job (kind, subject, state, attempts, not_before, done_share, made_at) VALUES (?1, ?2, 'waiting', 0, ?3, 0, ?3) RETURNING id",
				     (const struct store_value[]){ store_text(kind), store_int(subject), store_int(now) }, 3, ret_id);
	return e == ERR_EXISTS ? err_set(ERR_EXISTS, "this work is in the queue already") : e;
}

static enum err job_row(void *context, const struct store_row *row)
{
	struct job *j = context;
	j->id = store_row_int(row, 0);
	j->subject = store_row_int(row, 1);
	j->attempts = (int)store_row_int(row, 2);
	return OK;
}

enum err job_take(struct store *s, const char *kind, const char *worker, int64_t now, struct job *ret)
{
	unsigned char token[8];
	/* One text for each engine: SQLite knows no row locks, and needs none. */
	const char *sql = store_engine_of(s) == STORE_POSTGRES
				  ? "SELECT id, subject, attempts FROM job WHERE kind = ?1 AND ((state = 'waiting' AND not_before <= ?2) OR (state = 'running' AND lease_until < ?2)) ORDER BY not_before, id LIMIT 1 FOR UPDATE SKIP LOCKED"
				  : "SELECT id, subject, attempts FROM job WHERE kind = ?1 AND ((state = 'waiting' AND not_before <= ?2) OR (state = 'running' AND lease_until < ?2)) ORDER BY not_before, id LIMIT 1";
	if (getrandom(token, sizeof token, 0) != sizeof token)
		return err_errno("random bytes");
	for (;;) {
		*ret = (struct job){ 0 };
		enum err e = STORE_RUN(s, sql, job_row, ret, store_text(kind), store_int(now));
		if (e || !ret->id)
			return e ? e : ERR_NOT_FOUND;
		snprintf(ret->kind, sizeof ret->kind, "%s", kind);
		snprintf(ret->worker, sizeof ret->worker, "%.40s %02x%02x%02x%02x%02x%02x%02x%02x", worker, token[0], token[1], token[2], token[3], token[4], token[5], token[6], token[7]);
		if (ret->attempts < JOB_ATTEMPTS_MOST) {
			ret->attempts++;
			return STORE_RUN(s, "UPDATE job SET state = 'running', attempts = ?1, worker = ?2, lease_until = ?3 WHERE id = ?4", NULL, NULL, store_int(ret->attempts), job_worker(ret),
					 store_int(now + JOB_LEASE_S * SECOND_US), store_int(ret->id));
		}
		e = STORE_RUN(s, "UPDATE job SET state = 'failed', worker = NULL, lease_until = NULL, ended_at = ?1, message = ?2 WHERE id = ?3", NULL, NULL, store_int(now),
			      store_text("given up: the work was begun five times and never came to an end"), store_int(ret->id));
		if (e)
			return e;
	}
}

/* A change that only who holds the lease may make. */
static enum err held(enum err e, int64_t changes) { return e || changes ? e : err_set(ERR_CHANGED, "the job was cancelled, or another worker has taken it up"); }

enum err job_beat(struct store *s, const struct job *j, int64_t now, double done, const char *message)
{
	int64_t changes = 0, share = (int64_t)((done < 0 ? 0 : done > 1 ? 1 : done) * 1000000);
	enum err e = store_query(s, "UPDATE job SET lease_until = ?1, done_share = ?2, message = ?3 WHERE id = ?4 AND worker = ?5 AND state = 'running'",
				 (const struct store_value[]){ store_int(now + JOB_LEASE_S * SECOND_US), store_int(share), store_text(message), store_int(j->id), job_worker(j) }, 5, NULL, NULL, &changes);
	return held(e, changes);
}

enum err job_done(struct store *s, const struct job *j, int64_t now, const char *message)
{
	int64_t changes = 0;
	enum err e = store_query(s, "UPDATE job SET state = 'done', worker = NULL, lease_until = NULL, done_share = 1000000, ended_at = ?1, message = ?2 WHERE id = ?3 AND worker = ?4 AND state = 'running'",
				 (const struct store_value[]){ store_int(now), store_text(message), store_int(j->id), job_worker(j) }, 4, NULL, NULL, &changes);
	return held(e, changes);
}

enum err job_failed(struct store *s, const struct job *j, int64_t now, const char *message, bool again)
{
	int64_t changes = 0, pause = (int64_t)5 << (j->attempts > 10 ? 10 : j->attempts);
	again = again && j->attempts < JOB_ATTEMPTS_MOST;
	enum err e = store_query(s, "UPDATE job SET state = ?1, worker = NULL, lease_until = NULL, not_before = ?2, ended_at = ?3, message = ?4 WHERE id = ?5 AND worker = ?6 AND state = 'running'",
				 (const struct store_value[]){ store_text(again ? "waiting" : "failed"), store_int(now + (pause > PAUSE_MOST_S ? PAUSE_MOST_S : pause) * SECOND_US), again ? store_null() : store_int(now),
							       store_text(message), store_int(j->id), job_worker(j) }, 6, NULL, NULL, &changes);
	return held(e, changes);
}

enum err job_release(struct store *s, const struct job *j, int64_t now)
{
	int64_t changes = 0;
	enum err e = store_query(s, "UPDATE job SET state = 'waiting', worker = NULL, lease_until = NULL, not_before = ?1, attempts = attempts - 1 WHERE id = ?2 AND worker = ?3 AND state = 'running'",
				 (const struct store_value[]){ store_int(now), store_int(j->id), job_worker(j) }, 3, NULL, NULL, &changes);
	return held(e, changes);
}

enum err job_cancel(struct store *s, int64_t id, int64_t now)
{
	int64_t changes = 0;
	enum err e = store_query(s, "UPDATE job SET state = 'cancelled', worker = NULL, lease_until = NULL, ended_at = ?1 WHERE id = ?2 AND state IN ('waiting', 'running')",
				 (const struct store_value[]){ store_int(now), store_int(id) }, 2, NULL, NULL, &changes);
	return e || changes ? e : err_set(ERR_CHANGED, "this work has ended already");
}

enum err job_one(struct store *s, const char *kind, int64_t subject, json_t **ret)
{
	*ret = NULL;
	enum err e = STORE_RUN(s, "SELECT id, kind, subject, state, attempts, done_share, message, made_at, ended_at FROM job WHERE kind = ?1 AND subject = ?2", store_json_one, ret, store_text(kind), store_int(subject));
	return e || *ret ? e : err_set(ERR_NOT_FOUND, "there is no such work");
}
