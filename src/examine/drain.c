/* Takes the jobs in the plan's order, then the files: so the same evidence gives the same exhibit, whichever worker was faster. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "examine/drain.h"
#include "examine/resume.h"

/* What was taken of one worker's answer. */
struct taken {
	struct drain *d;
	const struct worker_limits *limits;
	uint64_t bytes, notes, notes_cut;
	bool replay; /* an interrupted examination took it from the worker */
};

static struct cell time_cell(int64_t us) { return us == TIME_NONE ? (struct cell){ 0 } : cell_int(us); }

static enum err job_wait_ready(struct examination *x, struct plan_job *j)
{
	pthread_mutex_lock(&x->lock);
	while (!j->ready && !x->failed && x->pouring)
		pthread_cond_wait(&x->moved, &x->lock);
	enum err e = x->failed ? x->failed : j->ready ? OK : ERR_CANCELLED;
	pthread_mutex_unlock(&x->lock);
	return e;
}

/* One frame within the limits. They count frames and not what one read happened to bring, so that every run cuts at the same place. */
static enum err take(void *context, char type, struct span payload)
{
	struct taken *t = context;
	if (!t->replay) {
		enum err e = resume_frame(t->d->x->resume, t->d->job->entry, type, payload);
		if (e)
			return e;
	}
	t->bytes += 5 + span_left(&payload);
	if (t->bytes > t->limits->output_bytes)
		return err_set(ERR_LIMIT, "the parser sent more than %llu bytes; what came before is kept", (unsigned long long)t->limits->output_bytes);
	if (type == 'N' && t->notes >= t->limits->notes) {
		t->notes_cut++;
		return OK;
	}
	t->notes += type == 'N';
	return frame_take(t->d, type, payload);
}

static bool stopped(void *context) { return examination_stopped(((struct taken *)context)->d->x); }

/* What the worker's end means for the record. */
static enum err worker_end(struct drain *d, struct plan_job *j, enum err e)
{
	char reason[1400] = "";
	struct sandbox_result result = { 0 };
	if (e == ERR_FORMAT || e == ERR_LIMIT)
		snprintf(reason, sizeof reason, "reading was ended: %s", err_message());
	enum err waited = sandbox_end(d->x->o->sandbox, j->worker, e ? 0 : j->limits.end_ms, &result);
	if (!e && waited == ERR_LIMIT)
		snprintf(reason, sizeof reason, "the parser closed its answer, but did not end");
	if (e && e != ERR_FORMAT && e != ERR_LIMIT)
		return e;
	if (waited && waited != ERR_LIMIT)
		return waited;
	if (result.end == SANDBOX_REFUSED)
		return err_set(ERR_SANDBOX, "a worker refused to run without its sandbox: %s", result.reason);
	if (!reason[0] && (result.end != SANDBOX_EXITED || result.status != 0))
		snprintf(reason, sizeof reason, "the parser ended early: %s", result.reason[0] ? result.reason : "no reason known");
	else if (!reason[0] && !d->done)
		snprintf(reason, sizeof reason, "the parser ended without saying that it was done");
	if (!reason[0])
		return resume_answered(d->x->resume, j->entry, j->key);
	const char *about = d->run.open ? d->run.artifact->name : "file";
	e = run_close(d, -1, -1, true);
	return e ? e : note_put(d, d->file, 0, about, reason, strlen(reason));
}

static enum err left_out_note(struct drain *d, const struct plan_job *j)
{
	struct buf line = { 0 };
	if (!j->left_count)
		return OK;
	buf_printf(&line, "left out, for one worker takes %d artifacts, %d siblings of each and %d files in all: %s", JOB_ARTIFACTS_MOST, WITH_MOST, JOB_FDS_MOST,
		   j->left_out.data ? j->left_out.data : "");
	if (j->left_count > 8)
		buf_printf(&line, " and %d more", j->left_count - 8);
	enum err e = line.failed ? ERR_NOMEM : note_put(d, d->file, 0, "file", line.data, line.size);
	buf_free(&line);
	return e;
}

/* As a worker would say it (variant_choose). */
static enum err no_database_notes(struct drain *d, const struct plan_job *j)
{
	static const char line[] = "no variant fits: the file is no database";
	enum err e = OK;
	for (int i = 0; !e && i < j->artifact_count; i++)
		e = note_put(d, d->file, 0, d->x->o->artifacts->list[j->artifacts[i].artifact]->name, line, sizeof line - 1);
	return e;
}

static enum err job_drain(struct drain *d, struct plan_job *j)
{
	enum err e = job_wait_ready(d->x, j);
	d->job = j;
	d->path = evidence_entry(d->x->evidence, j->entry)->path;
	d->file = (int64_t)j->entry + 1;
	d->done = false;
	if (!e)
		e = left_out_note(d, j);
	if (!e && j->no_database)
		e = no_database_notes(d, j);
	if (e || j->no_worker)
		return e;
	struct taken t = { .d = d, .limits = &j->limits, .replay = j->replayed };
	if (j->replayed) {
		e = resume_replay(d->x->resume, j->entry, take, stopped, &t);
		if (e == ERR_FORMAT || (!e && (!d->done || d->run.open)))
			e = err_set(ERR_FORMAT, "%s.resume is not as it was written: remove it, and begin anew", d->x->o->exhibit);
	} else {
		e = wire_read(j->out, &j->limits, take, stopped, &t);
		close(j->out);
		j->out = -1;
		e = worker_end(d, j, e);
	}
	if (!e && t.notes_cut) {
		char line[80];
		snprintf(line, sizeof line, "%llu more notes on this file were left out", (unsigned long long)t.notes_cut);
		e = note_put(d, d->file, 0, "file", line, strlen(line));
	}
	return e;
}

static enum err evidence_notes(struct drain *d)
{
	enum err e = OK;
	for (size_t i = 0; !e && i < evidence_note_count(d->x->evidence); i++) {
		struct evidence_note n = evidence_note(d->x->evidence, i);
		const struct entry *entry = n.path && *n.path ? evidence_find(d->x->evidence, n.path) : NULL;
		int64_t file = entry ? entry - evidence_entry(d->x->evidence, 0) + 1 : 0;
		struct buf line = { 0 };
		if (!entry && n.path && *n.path)
			buf_printf(&line, "%s: ", n.path);
		buf_text(&line, n.reason);
		e = note_put(d, file, (int64_t)n.offset, "evidence", line.data ? line.data : "", line.size);
		buf_free(&line);
	}
	return e;
}

static const char *const entry_types[] = { "file", "folder", "link", "other" };
static const char *const statuses[] = { "not read", "read", "damaged", "unread", "no content" };

static enum err file_put(struct drain *d, size_t i)
{
	const struct entry *entry = evidence_entry(d->x->evidence, i);
	const struct found *f = &d->x->found[i];
	const char *type = entry_types[entry->type], *status = statuses[f->status];
	struct cell cells[14] = { cell_int((int64_t)i + 1), cell_text(entry->path, strlen(entry->path)), cell_text(type, strlen(type)),
				  cell_int((int64_t)entry->size), cell_int((int64_t)entry->stored), time_cell(entry->modified_at),
				  time_cell(entry->accessed_at), time_cell(entry->created_at),
				  cell_text(entry->target, entry->target ? strlen(entry->target) : 0), { 0 }, { 0 }, { 0 },
				  cell_text(f->content, f->content ? strlen(f->content) : 0), cell_text(status, strlen(status)) };
	if (f->status == FOUND_READ || f->status == FOUND_DAMAGED) {
		cells[9] = (struct cell){ .type = CELL_BLOB, .bytes = f->sha256, .size = 32 };
		if (f->has_md5)
			cells[10] = (struct cell){ .type = CELL_BLOB, .bytes = f->md5, .size = 16 };
		if (f->has_sha1)
			cells[11] = (struct cell){ .type = CELL_BLOB, .bytes = f->sha1, .size = 20 };
	}
	enum err e = exhibit_put(d->x->writer, TABLE_FILE, cells, 14);
	if (!e)
		e = listed_file(d->listed, (int64_t)i + 1, f);
	if (!e && f->reason)
		e = note_put(d, (int64_t)i + 1, 0, "evidence", f->reason, strlen(f->reason));
	return e;
}

/* What a worker said of one picture or video. */
static enum err media_drain(struct drain *d, size_t i)
{
	struct buf *answer = &d->x->found[i].answer;
	char reason[1400];
	enum err got = media_answer_get(d->x, &d->x->found[i]);
	if (got || !answer->size)
		return got;
	d->job = &d->x->media;
	d->path = evidence_entry(d->x->evidence, i)->path;
	d->file = (int64_t)i + 1;
	struct worker_limits limits = worker_limits_of(UINT64_MAX, UINT64_MAX);
	struct taken t = { .d = d, .limits = &limits, .replay = true };
	enum err e = frames_each(span_of(answer->data, answer->size), take, &t);
	buf_free(answer);
	if (e && e != ERR_FORMAT && e != ERR_LIMIT)
		return e;
	if (e)
		snprintf(reason, sizeof reason, "reading was ended: %s", err_message());
	enum err closed = run_close(d, -1, -1, true); /* of a worker that died in it */
	return closed ? closed : e ? note_put(d, d->file, 0, "media", reason, strlen(reason)) : OK;
}

static enum err pour_wait(struct examination *x)
{
	pthread_mutex_lock(&x->lock);
	while (x->pouring && !x->failed)
		pthread_cond_wait(&x->moved, &x->lock);
	enum err e = x->failed;
	pthread_mutex_unlock(&x->lock);
	return e;
}

enum err drain_all(struct examination *x)
{
	struct drain *d = calloc(1, sizeof *d);
	enum err e = d ? OK : ERR_NOMEM;
	if (!e) {
		d->x = x;
		d->tally = tally_new();
		e = d->tally ? attach_new(x->evidence, &d->attach) : ERR_NOMEM;
		if (!e)
			e = listed_new(x->o->watch, &d->listed);
	}
	if (!e)
		e = evidence_notes(d);
	for (int i = 0; !e && i < x->job_count; i++) {
		e = job_drain(d, &x->jobs[i]);
		pthread_mutex_lock(&x->lock);
		x->drained = i + 1;
		pthread_cond_broadcast(&x->moved);
		pthread_mutex_unlock(&x->lock);
	}
	if (!e)
		e = pour_wait(x);
	for (size_t i = 0; !e && i < x->entries; i++) {
		e = file_put(d, i);
		if (!e)
			e = media_drain(d, i);
		if (!e && i % 1024 == 0 && examination_stopped(x))
			e = ERR_CANCELLED;
	}
	if (!e)
		e = tally_write(d->tally, x->writer);
	if (!e)
		e = listed_write(d->listed, x->writer, &x->listed);
	if (d) {
		if (e)
			d->run.open ? (void)run_close(d, -1, -1, true) : (void)0;
		tally_free(d->tally);
		listed_free(d->listed);
		attach_free(d->attach);
	}
	free(d);
	return e;
}
