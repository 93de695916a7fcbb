/* The queue: taken once, leases, progress, giving up; with each engine. */
#include "casebook/queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "both.h"

#define SECOND ((int64_t)1000000)
enum { LEASE_MS = 60, JOBS = 40, WORKERS = 5 };

/* One call of the queue in a transaction. */
struct call {
	enum { ADD, TAKE, BEAT, DONE, FAILED, FOR_GOOD, RELEASE, CANCEL } what;
	struct job_watch *watch;
	struct job *job;
	int64_t now, subject, id;
	double done;
};

static enum err call_run(void *context, struct store *s)
{
	struct call *c = context;
	switch (c->what) {
	case ADD:
		return job_add(s, "test", c->subject, c->now, &c->id);
	case TAKE:
		return job_take(s, "test", "host:1", c->watch, c->now, c->job);
	case BEAT:
		return job_beat(s, c->job, c->now, c->done, "reading");
	case DONE:
		return job_done(s, c->job, c->now, "well");
	case FAILED:
	case FOR_GOOD:
		return job_failed(s, c->job, c->now, "no disk", c->what == FAILED);
	case RELEASE:
		return job_release(s, c->job, c->now);
	case CANCEL:
		return job_cancel(s, c->id, c->now);
	}
	return ERR_USAGE;
}

static enum err called(struct store *s, struct call c) { return store_transact(s, call_run, &c); }

static struct job taken(struct store *s, struct job_watch *w, int64_t now)
{
	struct job j = { 0 };
	CHECK_INT(called(s, (struct call){ TAKE, .watch = w, .job = &j, .now = now }), OK);
	return j;
}

static const char *state(struct store *s, int64_t subject, const char *member)
{
	static char text[4][200];
	static int turn;
	json_t *j = NULL;
	CHECK_INT(job_one(s, "test", subject, &j), OK);
	json_t *x = json_object_get(j, member);
	char *t = text[turn++ % 4];
	if (json_is_integer(x))
		snprintf(t, 200, "%lld", (long long)json_integer_value(x));
	else
		snprintf(t, 200, "%s", json_is_string(x) ? json_string_value(x) : "-");
	json_decref(j);
	return t;
}

TEST(a_job_goes_from_waiting_to_done)
{
	opened("done", 2);
	struct store *s = borrowed();
	struct job_watch *w = job_watch_new(LEASE_MS);
	CHECK_INT(taken(s, w, 5).id, 0);
	CHECK_INT(called(s, (struct call){ ADD, .subject = 7, .now = 10 }), OK);
	CHECK_INT(called(s, (struct call){ ADD, .subject = 7, .now = 10 }), ERR_EXISTS);
	struct job j = taken(s, w, 11);
	CHECK_INT(j.subject, 7);
	CHECK_INT(j.attempts, 1);
	CHECK_INT(taken(s, w, 12).id, 0);
	CHECK_INT(called(s, (struct call){ BEAT, .job = &j, .now = 13, .done = 0.25 }), OK);
	CHECK_TEXT(state(s, 7, "done_share"), "250000");
	CHECK_TEXT(state(s, 7, "message"), "reading");
	CHECK_INT(called(s, (struct call){ DONE, .job = &j, .now = 14 }), OK);
	CHECK_INT(called(s, (struct call){ DONE, .job = &j, .now = 15 }), ERR_CHANGED);
	CHECK_TEXT(state(s, 7, "state"), "done");
	CHECK_TEXT(state(s, 7, "ended_at"), "14");
	json_t *all = json_array();
	CHECK_INT(job_list(s, NULL, INT64_MAX, 10, all), OK);
	CHECK_INT(job_list(s, "waiting", INT64_MAX, 10, all), OK);
	CHECK_INT(json_array_size(all), 1);
	json_decref(all);
	job_watch_free(w);
	given_back(s);
}

TEST(failures_pause_longer_and_end)
{
	opened("failing", 2);
	struct store *s = borrowed();
	struct job_watch *w = job_watch_new(LEASE_MS);
	int64_t now = 1000 * SECOND;
	CHECK_INT(called(s, (struct call){ ADD, .subject = 1, .now = now }), OK);
	static const int pauses[] = { 10, 40 };
	for (int i = 0; i < 2; i++) {
		struct job j = taken(s, w, now);
		CHECK_INT(j.attempts, i + 1);
		CHECK_INT(called(s, (struct call){ FAILED, .job = &j, .now = now }), OK);
		CHECK_INT(taken(s, w, now + pauses[i] * SECOND - 1).id, 0);
		now += pauses[i] * SECOND;
	}
	struct job j = taken(s, w, now);
	CHECK_INT(called(s, (struct call){ RELEASE, .job = &j, .now = now }), OK); /* does not count */
	j = taken(s, w, now);
	CHECK_INT(j.attempts, 3);
	CHECK_INT(called(s, (struct call){ FAILED, .job = &j, .now = now }), OK);
	CHECK_TEXT(state(s, 1, "state"), "failed");
	CHECK_TEXT(state(s, 1, "message"), "no disk");
	CHECK_INT(taken(s, w, now + 10000 * SECOND).id, 0);
	CHECK_INT(called(s, (struct call){ ADD, .subject = 2, .now = now }), OK);
	j = taken(s, w, now);
	CHECK_INT(called(s, (struct call){ FOR_GOOD, .job = &j, .now = now }), OK);
	CHECK_TEXT(state(s, 2, "state"), "failed");
	job_watch_free(w);
	given_back(s);
}

/* The worker is gone without a word: who watches takes the job up again, but never before it watched for as long as a lease lasts. */
TEST(a_lost_lease_is_taken_up_again_once)
{
	opened("lost", 2);
	struct store *s = borrowed();
	struct job_watch *w = job_watch_new(LEASE_MS), *other = job_watch_new(LEASE_MS);
	CHECK_INT(called(s, (struct call){ ADD, .subject = 1, .now = 10 }), OK);
	struct job old = taken(s, w, 10);
	CHECK_INT(called(s, (struct call){ BEAT, .job = &old, .now = 11, .done = 0.1 }), OK);
	usleep(LEASE_MS * 1500);
	CHECK_INT(taken(s, other, 12).id, 0); /* sees it for the first time */
	usleep(LEASE_MS * 1500);
	struct job j = taken(s, other, 12); /* it had got further: no pause */
	CHECK_INT(j.subject, 1);
	CHECK_INT(j.attempts, 2);
	CHECK_INT(j.fruitless, 0);
	CHECK_INT(called(s, (struct call){ BEAT, .job = &old, .now = 13 }), ERR_CHANGED);
	CHECK_INT(called(s, (struct call){ DONE, .job = &old, .now = 13 }), ERR_CHANGED);
	CHECK_INT(called(s, (struct call){ FAILED, .job = &old, .now = 13 }), ERR_CHANGED);
	CHECK_INT(called(s, (struct call){ DONE, .job = &j, .now = 13 }), OK);
	job_watch_free(w);
	job_watch_free(other);
	given_back(s);
}

TEST(a_clock_that_jumps_takes_no_job_away)
{
	opened("jumps", 2);
	struct store *s = borrowed();
	struct job_watch *w = job_watch_new(LEASE_MS);
	int64_t now = 1000000 * SECOND, year = 366 * 86400 * SECOND;
	CHECK_INT(called(s, (struct call){ ADD, .subject = 1, .now = now }), OK);
	struct job j = taken(s, w, now);
	for (int i = 0; i < 6; i++) { /* lives, and beats: whatever time it is elsewhere */
		int64_t elsewhere = i % 2 ? now + year : now - year;
		usleep(LEASE_MS * 500);
		CHECK_INT(called(s, (struct call){ BEAT, .job = &j, .now = elsewhere }), OK);
		CHECK_INT(taken(s, w, elsewhere).id, 0);
		CHECK_INT(taken(s, w, now + year).id, 0);
	}
	/* A pause that began when the clock was a year ahead does not last a year. */
	CHECK_INT(called(s, (struct call){ FAILED, .job = &j, .now = now + year }), OK);
	CHECK_INT(taken(s, w, now).subject, 1);
	job_watch_free(w);
	given_back(s);
}

TEST(what_kills_its_worker_three_times_is_given_up)
{
	opened("deadly", 2);
	struct store *s = borrowed();
	struct job_watch *w = job_watch_new(1);
	int64_t now = 1000 * SECOND;
	CHECK_INT(called(s, (struct call){ ADD, .subject = 1, .now = now }), OK);
	double reached = 0;
	int turns = 0;
	for (int i = 0; i < 12; i++) { /* four turns that get further, then always to the same place */
		struct job j = taken(s, w, now);
		if (!j.id)
			break;
		turns++;
		reached = i < 4 ? reached + 0.1 : reached;
		CHECK_INT(called(s, (struct call){ BEAT, .job = &j, .now = now, .done = reached }), OK);
		struct job none = taken(s, w, now);
		usleep(2000);
		none = taken(s, w, now); /* sees that it is gone */
		if (none.id)
			CHECK_INT(called(s, (struct call){ RELEASE, .job = &none, .now = now }), OK);
		now += 700 * SECOND;
	}
	CHECK_INT(turns, 7);
	CHECK_TEXT(state(s, 1, "state"), "failed");
	CHECK_TEXT(state(s, 1, "message"), "given up: its worker died 3 times, the last time at 40 %");
	job_watch_free(w);
	given_back(s);
}

TEST(cancelled_is_told_at_the_next_beat)
{
	opened("cancelled", 2);
	struct store *s = borrowed();
	struct job_watch *w = job_watch_new(LEASE_MS);
	CHECK_INT(called(s, (struct call){ ADD, .subject = 1, .now = 10 }), OK);
	struct job j = taken(s, w, 10);
	CHECK_INT(called(s, (struct call){ CANCEL, .id = j.id, .now = 11 }), OK);
	CHECK_INT(called(s, (struct call){ BEAT, .job = &j, .now = 12 }), ERR_CANCELLED);
	CHECK_INT(called(s, (struct call){ DONE, .job = &j, .now = 12 }), ERR_CANCELLED);
	CHECK_INT(called(s, (struct call){ CANCEL, .id = j.id, .now = 13 }), ERR_CHANGED);
	CHECK_TEXT(state(s, 1, "state"), "cancelled");
	CHECK_INT(taken(s, w, 10000 * SECOND).id, 0);
	job_watch_free(w);
	given_back(s);
}

static int times[JOBS + 1]; /* each job's, counted by who ended it */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *worker(void *context)
{
	struct job_watch *w = job_watch_new(0);
	for (;;) {
		struct store *s = NULL;
		struct job j = { 0 };
		enum err e = store_get(pool, 20000, &s);
		if (!e)
			e = called(s, (struct call){ TAKE, .watch = w, .job = &j, .now = 100 });
		if (!e && j.id && !(e = called(s, (struct call){ DONE, .job = &j, .now = 101 }))) {
			pthread_mutex_lock(&lock);
			times[j.subject]++;
			pthread_mutex_unlock(&lock);
		}
		store_put(pool, s);
		*(int *)context += e != OK;
		if (e || !j.id)
			break;
	}
	job_watch_free(w);
	return NULL;
}

TEST(many_workers_take_each_job_once)
{
	pthread_t threads[WORKERS];
	int failures[WORKERS] = { 0 };
	opened("crowd", WORKERS);
	struct store *s = borrowed();
	for (int i = 1; i <= JOBS; i++) {
		times[i] = 0;
		CHECK_INT(called(s, (struct call){ ADD, .subject = i, .now = i }), OK);
	}
	store_put(pool, s);
	for (int i = 0; i < WORKERS; i++)
		pthread_create(&threads[i], NULL, worker, &failures[i]);
	for (int i = 0; i < WORKERS; i++) {
		pthread_join(threads[i], NULL);
		CHECK_INT(failures[i], 0);
	}
	for (int i = 1; i <= JOBS; i++)
		CHECK_INT(times[i], 1);
	store_pool_free(pool);
}

static void all(void)
{
	RUN(a_job_goes_from_waiting_to_done);
	RUN(failures_pause_longer_and_end);
	RUN(a_lost_lease_is_taken_up_again_once);
	RUN(a_clock_that_jumps_takes_no_job_away);
	RUN(what_kills_its_worker_three_times_is_given_up);
	RUN(cancelled_is_told_at_the_next_beat);
	RUN(many_workers_take_each_job_once);
}

int main(void) { return both_run(all); }
