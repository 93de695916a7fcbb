#include "casebook/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define SECOND_US ((int64_t)1000000)
enum { WATCHED_MOST = 256, TOKEN = 8 };

/* A lease under watch: `since` this thread's steady clock has seen the same count. */
struct lease {
	int64_t id, beats, since, share, best;
	int fruitless;
	char worker[JOB_WORKER + 1];
};

struct job_watch {
	int64_t lease_us;
	int count;
	struct lease seen[WATCHED_MOST];
};

struct job_watch *job_watch_new(int lease_ms)
{
	struct job_watch *w = calloc(1, sizeof *w);
	if (w)
		w->lease_us = (int64_t)(lease_ms > 0 ? lease_ms : JOB_LEASE_MS) * 1000;
	return w;
}

void job_watch_free(struct job_watch *w) { free(w); }

static int64_t steady_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_BOOTTIME, &t); /* goes on while the machine sleeps: so do other servers' leases */
	return (int64_t)t.tv_sec * SECOND_US + t.tv_nsec / 1000;
}

static struct store_value job_worker(const struct job *j) { return store_text(j->worker); }

enum err job_add(struct store *s, const char *kind, int64_t subject, int64_t now, int64_t *ret_id)
{
	enum err e = store_query_int(s, "INSERT INTO job (kind, subject, state, attempts, fruitless, not_before, beats, done_share, best_share, made_at) VALUES (?1, ?2, 'waiting', 0, 0, ?3, 0, 0, 0, ?3) RETURNING id",
				     (const struct store_value[]){ store_text(kind), store_int(subject), store_int(now) }, 3, ret_id);
	return e == ERR_EXISTS ? err_set(ERR_EXISTS, "this work is in the queue already") : e;
}

static int64_t pause_us(int fruitless)
{
	int64_t s = fruitless < 1 ? 0 : (int64_t)JOB_PAUSE_S << (2 * (fruitless > 8 ? 8 : fruitless - 1));
	return (s > JOB_PAUSE_MOST_S ? JOB_PAUSE_MOST_S : s) * SECOND_US;
}

/* --- leases that were lost --- */

struct leases {
	struct lease now[WATCHED_MOST];
	int count;
};

static enum err lease_row(void *context, const struct store_row *row)
{
	struct leases *l = context;
	struct lease *x = &l->now[l->count++]; /* LIMIT is WATCHED_MOST */
	*x = (struct lease){ .id = store_row_int(row, 0), .beats = store_row_int(row, 2), .share = store_row_int(row, 3), .best = store_row_int(row, 4), .fruitless = (int)store_row_int(row, 5) };
	snprintf(x->worker, sizeof x->worker, "%s", store_row_text(row, 1));
	return OK;
}

/* Takes the lease away, unless it was renewed in this moment. */
static enum err lease_end(struct store *s, const struct lease *x, int64_t now)
{
	int fruitless = x->share > x->best ? 0 : x->fruitless + 1;
	bool again = fruitless < JOB_FRUITLESS_MOST;
	char why[120];
	snprintf(why, sizeof why, "given up: its worker died %d times, the last time at %lld %%", fruitless, (long long)(x->share / 10000));
	return STORE_RUN(s,
			 "UPDATE job SET state = ?1, worker = NULL, fruitless = ?2, best_share = ?3, not_before = ?4, ended_at = ?5, message = coalesce(?6, message) WHERE id = ?7 AND worker = ?8 AND beats = ?9 AND state = 'running'",
			 NULL, NULL, store_text(again ? "waiting" : "failed"), store_int(fruitless), store_int(x->share > x->best ? x->share : x->best), store_int(now + pause_us(fruitless)),
			 again ? store_null() : store_int(now), store_text(again ? NULL : why), store_int(x->id), store_text(x->worker), store_int(x->beats));
}

/* A row that somebody holds locked is of a worker that lives. */
#define RUNNING "SELECT id, worker, beats, done_share, best_share, fruitless FROM job WHERE state = 'running' AND kind = ?1 ORDER BY id LIMIT ?2"

static enum err leases_look(struct store *s, const char *kind, struct job_watch *w, int64_t now)
{
	struct leases *l = calloc(1, sizeof *l);
	int64_t steady = steady_now();
	enum err e = l ? STORE_RUN(s, store_engine_of(s) == STORE_POSTGRES ? RUNNING " FOR UPDATE SKIP LOCKED" : RUNNING, lease_row, l, store_text(kind), store_int(WATCHED_MOST)) : ERR_NOMEM;
	for (int i = 0; !e && i < l->count; i++) {
		struct lease *x = &l->now[i];
		x->since = steady;
		for (int k = 0; k < w->count; k++)
			if (w->seen[k].id == x->id && w->seen[k].beats == x->beats && strcmp(w->seen[k].worker, x->worker) == 0)
				x->since = w->seen[k].since;
		if (steady - x->since >= w->lease_us)
			e = lease_end(s, x, now);
	}
	/* Should the transaction be undone, what was seen was seen all the same. */
	if (!e) {
		memcpy(w->seen, l->now, (size_t)l->count * sizeof *l->now);
		w->count = l->count;
	}
	free(l);
	return e;
}

/* --- taking --- */

static enum err job_row(void *context, const struct store_row *row)
{
	struct job *j = context;
	j->id = store_row_int(row, 0);
	j->subject = store_row_int(row, 1);
	j->attempts = (int)store_row_int(row, 2) + 1;
	j->fruitless = (int)store_row_int(row, 3);
	return OK;
}

/* One text for each engine: SQLite knows no row locks, and needs none. What should wait longer than any pause is due: a clock was set back. */
#define WAITING "SELECT id, subject, attempts, fruitless FROM job WHERE kind = ?1 AND state = 'waiting' AND (not_before <= ?2 OR not_before > ?3) ORDER BY not_before, id LIMIT 1"

enum err job_take(struct store *s, const char *kind, const char *worker, struct job_watch *watch, int64_t now, struct job *ret)
{
	unsigned char token[TOKEN];
	*ret = (struct job){ 0 };
	if (getrandom(token, sizeof token, 0) != sizeof token)
		return err_errno("random bytes");
	enum err e = leases_look(s, kind, watch, now);
	if (!e)
		e = STORE_RUN(s, store_engine_of(s) == STORE_POSTGRES ? WAITING " FOR UPDATE SKIP LOCKED" : WAITING, job_row, ret, store_text(kind), store_int(now), store_int(now + JOB_PAUSE_MOST_S * SECOND_US));
	if (e || !ret->id)
		return e;
	snprintf(ret->kind, sizeof ret->kind, "%s", kind);
	int n = snprintf(ret->worker, sizeof ret->worker, "%.40s ", worker);
	for (int i = 0; i < TOKEN; i++)
		snprintf(ret->worker + n + 2 * i, 3, "%02x", token[i]);
	return STORE_RUN(s, "UPDATE job SET state = 'running', attempts = ?1, worker = ?2, beats = 0, beat_at = ?3, done_share = 0, ended_at = NULL WHERE id = ?4", NULL, NULL, store_int(ret->attempts),
			 job_worker(ret), store_int(now), store_int(ret->id));
}

/* --- who holds the lease --- */

static enum err held(struct store *s, const struct job *j, enum err e, int64_t changes)
{
	int64_t cancelled = 0;
	if (e || changes)
		return e;
	e = store_query_int(s, "SELECT count(*) FROM job WHERE id = ?1 AND state = 'cancelled'", (const struct store_value[]){ store_int(j->id) }, 1, &cancelled);
	return e ? e : cancelled ? err_set(ERR_CANCELLED, "the job was cancelled") : err_set(ERR_CHANGED, "another worker has taken the job up");
}

enum err job_beat(struct store *s, const struct job *j, int64_t now, double done, const char *message)
{
	int64_t changes = 0, share = (int64_t)((done > 0 ? done > 1 ? 1 : done : 0) * 1000000);
	enum err e = store_query(s, "UPDATE job SET beats = beats + 1, beat_at = ?1, done_share = ?2, message = coalesce(?3, message) WHERE id = ?4 AND worker = ?5 AND state = 'running'",
				 (const struct store_value[]){ store_int(now), store_int(share), store_text(message), store_int(j->id), job_worker(j) }, 5, NULL, NULL, &changes);
	return held(s, j, e, changes);
}

enum err job_done(struct store *s, const struct job *j, int64_t now, const char *message)
{
	int64_t changes = 0;
	enum err e = store_query(s, "UPDATE job SET state = 'done', worker = NULL, done_share = 1000000, ended_at = ?1, message = ?2 WHERE id = ?3 AND worker = ?4 AND state = 'running'",
				 (const struct store_value[]){ store_int(now), store_text(message), store_int(j->id), job_worker(j) }, 4, NULL, NULL, &changes);
	return held(s, j, e, changes);
}

enum err job_failed(struct store *s, const struct job *j, int64_t now, const char *message, bool again)
{
	int64_t changes = 0;
	int fruitless = j->fruitless + 1;
	again = again && fruitless < JOB_FRUITLESS_MOST;
	enum err e = store_query(s, "UPDATE job SET state = ?1, worker = NULL, fruitless = ?2, not_before = ?3, ended_at = ?4, message = ?5 WHERE id = ?6 AND worker = ?7 AND state = 'running'",
				 (const struct store_value[]){ store_text(again ? "waiting" : "failed"), store_int(fruitless), store_int(now + pause_us(fruitless)), again ? store_null() : store_int(now), store_text(message),
							       store_int(j->id), job_worker(j) },
				 7, NULL, NULL, &changes);
	return held(s, j, e, changes);
}

enum err job_release(struct store *s, const struct job *j, int64_t now)
{
	int64_t changes = 0;
	enum err e = store_query(s, "UPDATE job SET state = 'waiting', worker = NULL, not_before = ?1, attempts = attempts - 1 WHERE id = ?2 AND worker = ?3 AND state = 'running'",
				 (const struct store_value[]){ store_int(now), store_int(j->id), job_worker(j) }, 3, NULL, NULL, &changes);
	return held(s, j, e, changes);
}

enum err job_cancel(struct store *s, int64_t id, int64_t now)
{
	int64_t changes = 0;
	enum err e = store_query(s, "UPDATE job SET state = 'cancelled', worker = NULL, ended_at = ?1 WHERE id = ?2 AND state IN ('waiting', 'running')", (const struct store_value[]){ store_int(now), store_int(id) }, 2,
				 NULL, NULL, &changes);
	return e || changes ? e : err_set(ERR_CHANGED, "this work has ended already");
}

#define JOB_COLUMNS "SELECT id, kind, subject, state, attempts, done_share, message, made_at, beat_at, ended_at FROM job "

enum err job_one(struct store *s, const char *kind, int64_t subject, json_t **ret)
{
	*ret = NULL;
	enum err e = STORE_RUN(s, JOB_COLUMNS "WHERE kind = ?1 AND subject = ?2", store_json_one, ret, store_text(kind), store_int(subject));
	return e || *ret ? e : err_set(ERR_NOT_FOUND, "there is no such work");
}

enum err job_list(struct store *s, const char *state, int64_t below, int most, json_t *array)
{
	return state ? STORE_RUN(s, JOB_COLUMNS "WHERE state = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3", store_json_add, array, store_text(state), store_int(below), store_int(most))
		     : STORE_RUN(s, JOB_COLUMNS "WHERE id < ?1 ORDER BY id DESC LIMIT ?2", store_json_add, array, store_int(below), store_int(most));
}
