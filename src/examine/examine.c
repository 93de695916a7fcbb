#include "examine/examine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/time.h"
#include "examine/examine_inside.h"
#include "examine/resume.h"
#include "sql/sql.h"

sandbox_fn *const examine_workers[] = { [FN_FILE] = worker_run, [FN_MANIFEST] = evidence_manifest_worker, [FN_MEDIA] = worker_media_run };
const int examine_worker_count = sizeof examine_workers / sizeof *examine_workers;

enum err examine_startup(const struct artifact_set *artifacts, const struct watch *watch)
{
	worker_artifacts(artifacts);
	worker_watch(watch);
	return sql_startup() == 0 ? OK : err_set(ERR_SQL, "SQLite cannot be started");
}

void examination_fail(struct examination *x, enum err e)
{
	pthread_mutex_lock(&x->lock);
	if (!x->failed) {
		x->failed = e;
		/* Whichever thread sees it first, the words are the same. */
		if (e == ERR_CANCELLED)
			snprintf(x->failure, sizeof x->failure, "cancelled; nothing was left under the exhibit's name%s", x->resume ? "; the same command goes on where it was" : "");
		else
			snprintf(x->failure, sizeof x->failure, "%s", err_message()[0] ? err_message() : err_text(e));
	}
	pthread_cond_broadcast(&x->moved);
	pthread_mutex_unlock(&x->lock);
}

bool examination_stopped(struct examination *x)
{
	return (x->o->cancelled && atomic_load_explicit(x->o->cancelled, memory_order_relaxed)) || x->failed;
}

static void *drain_thread(void *examination)
{
	struct examination *x = examination;
	enum err e = drain_all(x);
	if (e)
		examination_fail(x, e);
	return NULL;
}

static enum err pair_put(struct exhibit_writer *w, int table, const char *key, const char *value)
{
	struct cell cells[2] = { cell_text(key, strlen(key)), cell_text(value, strlen(value)) };
	return exhibit_put(w, table, cells, 2);
}

static enum err artifacts_put(struct examination *x)
{
	enum err e = OK;
	for (int i = 0; !e && i < x->o->artifacts->count; i++) {
		const struct artifact *a = x->o->artifacts->list[i];
		unsigned char hash[32];
		unsigned size = 0;
		struct buf text = { 0 };
		for (const struct variant *v = a->variants; v; v = v->next) {
			buf_text(&text, v->sql);
			buf_char(&text, 0);
		}
		if (EVP_Digest(text.data, text.size, hash, &size, EVP_sha256(), NULL) != 1)
			e = ERR_NOMEM;
		buf_free(&text);
		struct cell cells[5] = { cell_int(i + 1), cell_text(a->name, strlen(a->name)), cell_text(a->about, strlen(a->about)),
					 cell_text(a->kind->name, strlen(a->kind->name)), { .type = CELL_BLOB, .bytes = hash, .size = 32 } };
		if (!e)
			e = exhibit_put(x->writer, TABLE_ARTIFACT, cells, 5);
	}
	return e;
}

/* What is the same each time. */
static enum err head_put(struct examination *x)
{
	char number[40];
	enum err e = pair_put(x->writer, TABLE_EXHIBIT, "format", EXHIBIT_FORMAT);
	if (!e)
		e = pair_put(x->writer, TABLE_EXHIBIT, "program", "custos " CUSTOS_VERSION);
	if (!e)
		e = pair_put(x->writer, TABLE_EXHIBIT, "sqlite", sqlite3_libversion());
	if (!e)
		e = pair_put(x->writer, TABLE_EXHIBIT, "evidence_kind", evidence_kind(x->evidence));
	snprintf(number, sizeof number, "%zu", x->entries);
	if (!e)
		e = pair_put(x->writer, TABLE_EXHIBIT, "evidence_entries", number);
	if (!e)
		e = pair_put(x->writer, TABLE_EXHIBIT, "region", x->o->region);
	if (!e)
		e = pair_put(x->writer, TABLE_EXHIBIT, "only", x->o->only ? x->o->only : "");
	if (!e)
		e = pair_put(x->writer, TABLE_EXHIBIT, "video_frames", x->o->all_frames ? "all" : "key frames");
	snprintf(number, sizeof number, "%d", x->o->watch ? watch_radius(x->o->watch) : 0);
	if (!e && x->o->watch)
		e = pair_put(x->writer, TABLE_EXHIBIT, "list_distance", number);
	return e ? e : artifacts_put(x);
}

/* The one place where a reader learns that the police must be told. */
static enum err referral_put(struct examination *x, struct examine_result *ret)
{
	char line[160];
	const struct listed_counts *c = &x->listed;
	ret->illegal_files = c->illegal;
	ret->listed_files = c->listed;
	ret->good_files = c->good;
	snprintf(line, sizeof line, "%d known lists compared: %llu files on a list, of them %llu known-good", list_store_count(watch_lists(x->o->watch)), (unsigned long long)c->listed,
		 (unsigned long long)c->good);
	enum err e = pair_put(x->writer, TABLE_EXHIBIT, "lists", line);
	snprintf(line, sizeof line, "mandatory: %llu files match lists of illegal pictures", (unsigned long long)c->illegal);
	return e ? e : pair_put(x->writer, TABLE_EXHIBIT, "police_referral", c->illegal ? line : "none follows from the lists");
}

/* What differs from one examination to the next. */
static enum err examination_put(struct examination *x, int64_t began, struct examine_result *ret)
{
	char start[40], end[40], *path = realpath(x->o->evidence, NULL);
	struct utsname u;
	time_iso(began, start, sizeof start);
	time_iso(time_now(), end, sizeof end);
	enum err e = pair_put(x->writer, TABLE_EXAMINATION, "evidence", path ? path : x->o->evidence);
	free(path);
	if (!e)
		e = pair_put(x->writer, TABLE_EXAMINATION, "started_at", start);
	if (!e)
		e = pair_put(x->writer, TABLE_EXAMINATION, "ended_at", end);
	if (!e)
		e = pair_put(x->writer, TABLE_EXAMINATION, "sandbox", sandbox_layers(x->o->sandbox));
	if (!e && uname(&u) == 0)
		e = pair_put(x->writer, TABLE_EXAMINATION, "host", u.nodename);
	ret->kept_answers = atomic_load(&x->kept_answers);
	if (!e && (ret->kept_files || ret->kept_answers)) {
		char line[120];
		snprintf(line, sizeof line, "%llu files and %llu parsers' answers were read before an interruption", (unsigned long long)ret->kept_files,
			 (unsigned long long)ret->kept_answers);
		e = pair_put(x->writer, TABLE_EXAMINATION, "resumed", line);
	}
	return e;
}

static void progress_tell(struct examination *x, const char *stage, double done, struct examine_progress *p)
{
	p->stage = stage;
	p->files_done = atomic_load(&x->files_done);
	p->bytes_done = atomic_load(&x->bytes_done);
	p->records = atomic_load(&x->records);
	p->notes = atomic_load(&x->notes);
	p->done = done;
	if (x->o->progress)
		x->o->progress(x->o->progress_context, p);
}

struct commit {
	struct examination *x;
	struct examine_progress *p;
};

static void commit_progress(void *context, double done)
{
	struct commit *c = context;
	progress_tell(c->x, done < 0.9 ? "indexing" : "sealing", 0.9 + 0.1 * done, c->p);
}

/* Threads at work; this one tells progress until they are done. */
static enum err threads_run(struct examination *x, struct examine_progress *p)
{
	int n = x->o->threads > 0 ? x->o->threads : (int)sysconf(_SC_NPROCESSORS_ONLN), started = 0;
	pthread_t threads[66];
	if (n > 64)
		n = 64;
	if (n < 1)
		n = 1;
	x->pouring = n;
	for (int i = 0; i < n; i++)
		if (pthread_create(&threads[started], NULL, pour_thread, x) == 0)
			started++;
	pthread_mutex_lock(&x->lock);
	x->pouring -= n - started;
	pthread_mutex_unlock(&x->lock);
	if (!started)
		return err_set(ERR_NOMEM, "no thread can be started");
	pthread_t drain;
	if (pthread_create(&drain, NULL, drain_thread, x) != 0)
		examination_fail(x, err_set(ERR_NOMEM, "no thread can be started"));
	else
		threads[started++] = drain;
	for (int i = 0; i < started; i++) {
		struct timespec until;
		do {
			clock_gettime(CLOCK_REALTIME, &until);
			until.tv_nsec += 100000000;
			until.tv_sec += until.tv_nsec / 1000000000;
			until.tv_nsec %= 1000000000;
			double done = p->bytes ? (double)atomic_load(&x->bytes_done) / (double)p->bytes : 1;
			progress_tell(x, "reading", 0.9 * (done > 1 ? 1 : done), p);
			if (examination_stopped(x) && !x->failed)
				examination_fail(x, ERR_CANCELLED);
		} while (pthread_timedjoin_np(threads[i], NULL, &until) != 0);
	}
	return x->failed ? err_set(x->failed, "%s", x->failure) : OK;
}

static enum err examine_into(struct examination *x, struct examine_progress *p, int64_t began, struct examine_result *ret)
{
	enum err e = plan_make(x);
	for (size_t i = 0; !e && i < x->entries; i++) {
		const struct entry *entry = evidence_entry(x->evidence, i);
		p->files += entry->type == ENTRY_FILE;
		p->bytes += entry->type == ENTRY_FILE ? entry->size : 0;
	}
	if (!e)
		e = resume_open(x, &x->resume);
	for (size_t i = 0; !e && x->resume && i < x->entries; i++)
		ret->kept_files += x->found[i].kept;
	if (!e)
		e = exhibit_create(x->o->exhibit, &x->writer);
	if (!e)
		e = resume_begin(x->resume);
	if (!e)
		e = head_put(x);
	if (!e)
		e = threads_run(x, p);
	if (!e && x->o->watch)
		e = referral_put(x, ret);
	if (!e)
		e = examination_put(x, began, ret);
	if (e) {
		exhibit_abort(x->writer);
		return e;
	}
	struct commit c = { x, p };
	return exhibit_commit(x->writer, commit_progress, &c, &ret->seal);
}

enum err examine_run(const struct examine_options *o, struct examine_result *ret)
{
	struct examine_options own = *o;
	struct examination x = { .o = &own, .lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER, .answers = -1 };
	struct examine_progress p = { .stage = "listing" };
	int64_t began = time_now();
	*ret = (struct examine_result){ 0 };
	if (!own.region)
		own.region = "GB";
	if (o->progress)
		o->progress(o->progress_context, &p);
	struct evidence_options eo = { o->password, o->scratch, o->sandbox, FN_MANIFEST };
	enum err e = evidence_open(o->evidence, &eo, &x.evidence);
	if (e)
		return e;
	if (evidence_contains(x.evidence, o->exhibit))
		e = err_set(ERR_USAGE, "%s lies inside the evidence %s, which must not be changed: choose another place with -o", o->exhibit, o->evidence);
	if (!e)
		e = examine_into(&x, &p, began, ret);
	if (!e) {
		progress_tell(&x, "done", 1, &p);
		ret->totals = p;
		ret->seconds = (double)(time_now() - began) / 1e6;
	}
	resume_close(x.resume, !e);
	plan_free(&x);
	if (x.answers >= 0)
		close(x.answers);
	evidence_free(x.evidence);
	return e;
}
