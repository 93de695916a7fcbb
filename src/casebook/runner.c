/* The runner: threads that take examinations from the queue and have `custos examine` do them. A program of its own, because its sandbox must be made before threads exist, and
 * because whatever a hostile phone does to it ends one attempt and not the server. It is told to end with its parent, and holds a lock on its exhibit while it lives: two never
 * write the same file, whatever clocks and leases say. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sodium.h>

#include "base/time.h"
#include "casebook/evidence.h"
#include "casebook/evidence_password.h"
#include "casebook/examination_inside.h"
#include "casebook/log.h"
#include "casebook/looks.h"
#include "casebook/program.h"
#include "casebook/queue.h"
#include "casebook/selectors.h"
#include "exhibit/exhibit.h"

enum { WORKERS_MOST = 16, BEAT_MS = 3000, STORE_WAIT_MS = 5000, SAID_MOST = 4096, LOOK_EVERY = 120, EXIT_PASSWORD = 4 /* of custos examine: the password is missing or wrong */ };

struct runner {
	struct runner_options o;
	pthread_t threads[WORKERS_MOST];
	int count;
	atomic_bool stop;
	char name[41];
};

/* One examination under way. */
struct run {
	struct runner *r;
	struct job job;
	struct evidence evidence;
	int64_t now, exhibit, file;
	char relative[64], path[PATH_MAX]; /* of the exhibit file */
	char said[SAID_MOST], seal[65], why[300]; /* the program's last words */
	double done;
	int64_t records, illegal;
	bool sealed, cancelled; /* cancelled: by an officer */
	const char *password_state; /* for want of a password it ended: missing, wrong */
	int settled;
	struct job_watch *watch;
};

static enum err transact(struct run *x, store_work_fn work)
{
	struct store *s = NULL;
	x->now = time_now();
	enum err e = store_get(x->r->o.pool, STORE_WAIT_MS, &s);
	if (!e)
		e = store_transact(s, work, x);
	store_put(x->r->o.pool, s);
	return e;
}

static enum err take(void *context, struct store *s)
{
	struct run *x = context;
	int64_t evidence = 0;
	enum err e = job_take(s, "examination", x->r->name, x->watch, x->now, &x->job);
	if (!e)
		e = examination_settle(s, x->now, &x->settled);
	if (e || !x->job.id)
		return e;
	if (!e)
		e = store_query_int(s, "SELECT evidence FROM examination WHERE id = ?1", (const struct store_value[]){ store_int(x->job.subject) }, 1, &evidence);
	if (!e)
		e = evidence_get(s, evidence, &x->evidence);
	return e ? e : examination_stage(s, &(struct act){ .at = x->now }, x->evidence.exhibit, STAGE_RUNNING);
}

static enum err beat(void *context, struct store *s)
{
	struct run *x = context;
	return job_beat(s, &x->job, x->now, x->done, *x->why ? x->why : NULL);
}

static enum err fail(void *context, struct store *s)
{
	struct run *x = context;
	enum err e = job_failed(s, &x->job, x->now, x->why, !x->password_state);
	if (!e && x->password_state)
		e = STORE_RUN(s, "UPDATE examination SET password_state = ?1 WHERE id = ?2", NULL, NULL, store_text(x->password_state), store_int(x->job.subject));
	if (!e)
		e = evidence_password_forget(s, x->job.subject);
	return e ? e : log_append(s, &(struct log_event){ .act = LOG_ALTERATION, .at = x->now, .what = "an attempt to examine failed", .subject_kind = "exhibit", .subject = x->evidence.exhibit }, NULL);
}

static enum err release(void *context, struct store *s)
{
	struct run *x = context;
	return job_release(s, &x->job, x->now);
}

/* All that makes the examination known, or none of it. */
static enum err keep(void *context, struct store *s)
{
	struct run *x = context;
	struct act act = { .at = x->now };
	unsigned char seal[32];
	struct stat st;
	int64_t selectors = 0;
	char message[120];
	for (int i = 0; i < 32; i++)
		seal[i] = (unsigned char)strtoul((char[]){ x->seal[2 * i], x->seal[2 * i + 1], 0 }, NULL, 16);
	if (stat(x->path, &st))
		return err_errno("%s", x->path);
	enum err e = job_beat(s, &x->job, x->now, 1, NULL); /* from here on the job's row is locked: nobody takes it for abandoned while the index is written */
	if (!e)
		e = store_query_int(s, "INSERT INTO exhibit_file (exhibit, examination, path, size, seal, records, referral, superseded, looks, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, ?8) RETURNING id",
				     (const struct store_value[]){ store_int(x->evidence.exhibit), store_int(x->job.subject), store_text(x->relative), store_int(st.st_size), store_blob(seal, sizeof seal),
								   store_int(x->records), store_int(x->illegal > 0), store_int(x->now) }, 8, &x->file);
	if (!e)
		e = exhibit_file_supersede(s, x->file, x->evidence.id);
	if (!e)
		e = selectors_index(s, x->file, x->path, &selectors);
	snprintf(message, sizeof message, "%lld records, %lld selectors", (long long)x->records, (long long)selectors);
	if (!e)
		e = job_done(s, &x->job, x->now, message);
	if (!e)
		e = evidence_password_forget(s, x->job.subject);
	if (!e)
		e = STORE_RUN(s, "UPDATE examination SET ended_at = ?1, message = ?2 WHERE id = ?3", NULL, NULL, store_int(x->now), store_text(message), store_int(x->job.subject));
	if (!e)
		e = examination_stage(s, &act, x->evidence.exhibit, STAGE_EXAMINED);
	return e ? e : log_change(s, &act, LOG_COLLECTION, "exhibit examined and sealed", "exhibit", x->evidence.exhibit,
				  json_pack("{s:I,s:s,s:I,s:b}", "exhibit_file", (json_int_t)x->file, "root", x->seal, "records", (json_int_t)x->records, "referral", (int)(x->illegal > 0)));
}

/* --- the program --- */

/* One of its JSON lines. What it says last without being JSON is why it failed. */
static void heard(struct run *x, const char *line)
{
	json_error_t error;
	json_t *j = json_loads(line, 0, &error);
	const char *event = json_string_value(json_object_get(j, "event")), *root = json_string_value(json_object_get(j, "root"));
	if (event && strcmp(event, "progress") == 0) {
		x->done = json_number_value(json_object_get(j, "done"));
		const char *stage = json_string_value(json_object_get(j, "stage"));
		snprintf(x->why, sizeof x->why, "%.60s: %lld records", stage ? stage : "", (long long)json_integer_value(json_object_get(j, "records")));
	} else if (event && strcmp(event, "done") == 0 && root && strlen(root) == 64) {
		memcpy(x->seal, root, 65);
		x->records = json_integer_value(json_object_get(j, "records"));
		x->illegal = json_integer_value(json_object_get(j, "illegal_files"));
		x->sealed = true;
	} else if (!j && *line)
		snprintf(x->why, sizeof x->why, "%.*s", (int)utf8_valid(line, strnlen(line, sizeof x->why - 1)), line);
	json_decref(j);
}

/* Reads what it says until it ends; renews the lease. ERR_CHANGED: the lease is lost; ERR_CANCELLED: the server stops, or (x->cancelled) an officer wants it stopped. */
static enum err program_follow(struct run *x, int out)
{
	size_t size = 0;
	int64_t beaten = 0;
	enum err e = OK;
	for (;;) {
		struct pollfd p = { .fd = out, .events = POLLIN };
		int n = poll(&p, 1, 500);
		if (atomic_load(&x->r->stop))
			return ERR_CANCELLED;
		if (time_now() - beaten > BEAT_MS * 1000 || time_now() < beaten) {
			e = transact(x, beat);
			x->cancelled = e == ERR_CANCELLED;
			if (e == ERR_CHANGED || e == ERR_CANCELLED)
				return e;
			beaten = time_now(); /* a database that is away for a minute costs the lease only when another server takes the job */
		}
		if (n <= 0)
			continue;
		ssize_t got = read(out, x->said + size, sizeof x->said - 1 - size);
		if (got == 0 || (got < 0 && errno != EINTR))
			return OK;
		size += got > 0 ? (size_t)got : 0;
		x->said[size] = 0;
		char *line = x->said, *end;
		while ((end = strchr(line, '\n'))) {
			*end = 0;
			heard(x, line);
			line = end + 1;
		}
		size -= (size_t)(line - x->said);
		memmove(x->said, line, size + 1);
		if (size == sizeof x->said - 1)
			size = 0; /* a line that long is none of ours */
	}
}

/* Runs it to its end. OK: it ended well. `password` (NULL: none) is given to it, and wiped. */
static enum err program_run(struct run *x, char *const *arguments, char *password, int lock)
{
	pid_t pid = -1;
	int out = -1;
	const char *lacking = password ? "wrong" : "missing";
	enum err e = program_start(arguments, password, lock, &pid, &out); /* it holds the lock, too */
	if (password)
		sodium_memzero(password, strlen(password));
	if (e)
		return e;
	e = program_follow(x, out);
	int status = program_end(pid, out, e != OK);
	if (e || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		return e;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_PASSWORD) {
		x->password_state = lacking;
		return err_set(ERR_PASSWORD, *lacking == 'w' ? "the password does not open this extraction" : "this extraction is encrypted: its password is needed");
	}
	char last[200];
	snprintf(last, sizeof last, "%.*s", (int)utf8_valid(x->why, strnlen(x->why, sizeof last - 1)), x->why);
	if (WIFSIGNALED(status))
		snprintf(x->why, sizeof x->why, "the examination was killed by signal %d; last: %s", WTERMSIG(status), last);
	return err_set(ERR_FORMAT, "%s", *x->why ? x->why : "the examination ended without a word");
}

static enum err evidence_examine(struct run *x, int lock)
{
	char evidence[PATH_MAX], part[PATH_MAX], password[EVIDENCE_PASSWORD + 1] = "";
	struct store *s = NULL;
	enum err e = evidence_path(&x->evidence, x->r->o.folder, evidence, sizeof evidence);
	if (!e)
		e = store_get(x->r->o.pool, STORE_WAIT_MS, &s);
	if (!e)
		e = evidence_password_get(s, x->r->o.folder, x->job.subject, password);
	store_put(x->r->o.pool, s);
	if (e)
		return e;
	if (snprintf(part, sizeof part, "%s.part", x->path) < (int)sizeof part)
		unlink(part); /* the lock is held: whoever wrote it is dead; what can be kept of its work stands beside it (--resume) */
	if (x->job.fruitless == JOB_FRUITLESS_MOST - 1 && snprintf(part, sizeof part, "%s.resume", x->path) < (int)sizeof part)
		unlink(part); /* the last try is from the beginning: perhaps it was what had been kept */
	char *arguments[12] = { PROGRAM_WORD(x->r->o.program), PROGRAM_WORD("examine"), PROGRAM_WORD(evidence), PROGRAM_WORD("-o"), x->path, PROGRAM_WORD("--json"), PROGRAM_WORD("--resume") };
	int n = 7;
	if (*password) {
		arguments[n++] = PROGRAM_WORD("--password-file");
		arguments[n++] = PROGRAM_WORD("-"); /* its standard input */
	}
	if (x->r->o.lists) {
		arguments[n++] = PROGRAM_WORD("--lists");
		arguments[n++] = PROGRAM_WORD(x->r->o.lists);
	}
	e = program_run(x, arguments, *password ? password : NULL, lock);
	return e || x->sealed ? e : err_set(ERR_FORMAT, "the examination ended without saying what it sealed");
}

/* A server was killed between sealing and telling the casebook: what is sealed needs no second examination, but is proved before it is believed. One that is damaged is put aside. */
static enum err sealed_before(struct run *x, int lock)
{
	static const char facts[] = "SELECT (SELECT root FROM seal_root LIMIT 1), (SELECT coalesce(sum(records), 0) FROM run), (SELECT count(DISTINCT m.file) FROM list_match m JOIN list l ON l.id = m.list WHERE l.nature = 'illegal')";
	char aside[PATH_MAX];
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	enum err e = exhibit_open(x->path, &db);
	if (!e && (sqlite3_prepare_v2(db, facts, -1, &q, NULL) != SQLITE_OK || sqlite3_step(q) != SQLITE_ROW || sqlite3_column_bytes(q, 0) != 64))
		e = err_set(ERR_FORMAT, "%s: %s", x->path, sqlite3_errmsg(db));
	if (!e) {
		snprintf(x->seal, sizeof x->seal, "%s", (const char *)sqlite3_column_text(q, 0));
		x->records = sqlite3_column_int64(q, 1);
		x->illegal = sqlite3_column_int64(q, 2);
	}
	sqlite3_finalize(q);
	sqlite3_close(db);
	if (!e)
		e = program_run(x, (char *[]){ PROGRAM_WORD(x->r->o.program), PROGRAM_WORD("verify"), x->path, PROGRAM_WORD("--root"), x->seal, NULL }, NULL, lock);
	x->sealed = !e;
	if (e != ERR_FORMAT)
		return e;
	if (snprintf(aside, sizeof aside, "%s.damaged", x->path) >= (int)sizeof aside || rename(x->path, aside))
		return err_errno("%s", x->path);
	return evidence_examine(x, lock);
}

/* --- what is left of ended examinations --- */

static enum err wanted_row(void *context, const struct store_row *row)
{
	bool *wanted = context;
	*wanted = store_row_int(row, 0) != 0;
	return OK;
}

/* NUMBER.exhibit and what stands beside it while it is made. */
static int64_t number_of(const char *name)
{
	static const char *const ends[] = { ".exhibit", ".exhibit.part", ".exhibit.resume", ".exhibit.lock" };
	char *end;
	int64_t number = strtoll(name, &end, 10);
	for (size_t i = 0; *name >= '1' && *name <= '9' && i < sizeof ends / sizeof *ends; i++)
		if (strcmp(end, ends[i]) == 0)
			return number;
	return 0;
}

/* Removes what examinations left that were stopped or given up, and of which nobody lives. */
static void leftovers_remove(struct runner *r)
{
	char path[PATH_MAX], lock_path[PATH_MAX];
	struct store *s = NULL;
	DIR *d = NULL;
	if (snprintf(path, sizeof path, "%s/exhibits", r->o.folder) < (int)sizeof path)
		d = opendir(path);
	if (d && store_get(r->o.pool, STORE_WAIT_MS, &s) == OK)
		for (struct dirent *x; (x = readdir(d));) {
			int64_t number = number_of(x->d_name);
			bool wanted = false;
			if (!number || STORE_RUN(s, "SELECT CASE WHEN j.state IN ('failed', 'cancelled') AND f.id IS NULL THEN 0 ELSE 1 END FROM job j LEFT JOIN exhibit_file f ON f.examination = j.subject WHERE j.kind = 'examination' AND j.subject = ?1", wanted_row, &wanted, store_int(number)) || wanted)
				continue;
			snprintf(lock_path, sizeof lock_path, "%s/exhibits/%lld.exhibit.lock", r->o.folder, (long long)number);
			int lock = open(lock_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
			if ((lock < 0 && errno == ENOENT) || (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0))
				unlinkat(dirfd(d), x->d_name, 0);
			if (lock >= 0)
				close(lock);
		}
	store_put(r->o.pool, s);
	if (d)
		closedir(d);
}

static enum err examine(struct run *x)
{
	char lock_path[PATH_MAX];
	snprintf(x->relative, sizeof x->relative, "exhibits/%lld.exhibit", (long long)x->job.subject);
	if (snprintf(x->path, sizeof x->path, "%s/%s", x->r->o.folder, x->relative) >= (int)sizeof x->path || snprintf(lock_path, sizeof lock_path, "%s.lock", x->path) >= (int)sizeof lock_path)
		return err_set(ERR_LIMIT, "%s: the path is too long", x->r->o.folder);
	int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock < 0)
		return err_errno("%s", lock_path);
	enum err e = flock(lock, LOCK_EX | LOCK_NB) ? err_set(ERR_BUSY, "another server still examines this evidence") : OK;
	if (!e)
		e = access(x->path, F_OK) == 0 ? sealed_before(x, lock) : evidence_examine(x, lock);
	if (!e)
		e = transact(x, keep);
	if (!e)
		unlink(lock_path);
	close(lock);
	return e;
}

static void pause_ms(struct runner *r, int ms)
{
	for (; ms > 0 && !atomic_load(&r->stop); ms -= 100)
		usleep(100000);
}

static void *run_all(void *context)
{
	struct runner *r = context;
	struct run *x = malloc(sizeof *x);
	struct job_watch *watch = job_watch_new(0);
	leftovers_remove(r);
	unsigned turn = 0;
	while (x && watch && !atomic_load(&r->stop)) {
		memset(x, 0, sizeof *x);
		x->r = r;
		x->watch = watch;
		enum err e = transact(x, take);
		if (!e && x->settled)
			leftovers_remove(r);
		if (e || !x->job.id) {
			evidence_password_tidy(r->o.pool, r->o.folder);
			if (!e)
				(void)looks_catch_up(r->o.pool, r->o.folder, turn++ % LOOK_EVERY == 0, &r->stop); /* what does not work now is tried again */
			pause_ms(r, e ? 3000 : 1000);
			continue;
		}
		e = examine(x);
		if (x->cancelled)
			leftovers_remove(r);
		else if (e == ERR_CANCELLED)
			transact(x, release);
		else if (e && e != ERR_CHANGED) {
			if (e != ERR_FORMAT || !*x->why)
				snprintf(x->why, sizeof x->why, "%.*s", (int)utf8_valid(err_message(), strnlen(err_message(), sizeof x->why - 1)), err_message());
			transact(x, fail); /* should that fail, too, the lease is lost, and the job is taken up again */
		}
		evidence_password_tidy(r->o.pool, r->o.folder);
	}
	job_watch_free(watch);
	free(x);
	return NULL;
}

static enum err folder_make(const char *folder, const char *name)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
		return err_set(ERR_LIMIT, "%s: the path is too long", folder);
	return mkdir(path, 0700) == 0 || errno == EEXIST ? OK : err_errno("%s", path);
}

enum err runner_start(const struct runner_options *o, struct runner **ret)
{
	char host[24] = "host";
	*ret = NULL;
	enum err e = folder_make(o->folder, "exhibits");
	if (!e)
		e = folder_make(o->folder, "uploads");
	struct runner *r = e ? NULL : calloc(1, sizeof *r);
	if (!r)
		return e ? e : ERR_NOMEM;
	r->o = *o;
	gethostname(host, sizeof host - 1);
	snprintf(r->name, sizeof r->name, "%s:%d", host, (int)getpid());
	int workers = o->workers < 1 ? 1 : o->workers > WORKERS_MOST ? WORKERS_MOST : o->workers;
	for (; r->count < workers; r->count++)
		if (pthread_create(&r->threads[r->count], NULL, run_all, r)) {
			runner_stop(r);
			return err_set(ERR_NOMEM, "a thread");
		}
	*ret = r;
	return OK;
}

void runner_stop(struct runner *r)
{
	if (!r)
		return;
	atomic_store(&r->stop, true);
	for (int i = 0; i < r->count; i++)
		pthread_join(r->threads[i], NULL);
	free(r);
}
