#include "examine/worker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "examine/wire.h"
#include "examine/worker_inside.h"

static const struct artifact_set *artifacts;

void worker_artifacts(const struct artifact_set *set) { artifacts = set; }

static int worker_fd(const struct worker *w, uint8_t place) { return place < w->fd_count ? w->fds[place] : -1; }

static void context_note(void *context, const char *path, uint64_t offset, const char *reason)
{
	struct worker *w = context;
	send_note(w, path && strcmp(path, w->job.path) != 0 ? path : "", offset, reason);
}

enum err worker_map(const char *path, int fd, struct span *ret)
{
	struct stat st;
	void *bytes = NULL;
	*ret = span_of(NULL, 0);
	if (fstat(fd, &st) != 0)
		return err_errno("cannot read %s", path);
	if (st.st_size > 0) {
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes == MAP_FAILED)
			return err_errno("%s is too large to be read as a whole (%lld bytes)", path, (long long)st.st_size);
	}
	*ret = span_of(bytes, (size_t)st.st_size);
	return OK;
}

enum err worker_connect(struct worker *w)
{
	if (sqlite3_open_v2(":memory:", &w->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
	    sqlite3_exec(w->db, "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384", NULL, NULL, NULL) != SQLITE_OK ||
	    sql_register(w->db, &w->context) != SQLITE_OK)
		return err_set(ERR_SQL, "no connection for %s", w->job.path);
	return OK;
}

/* The files once more, beside what the library reads: to tell where rows lie, and to look for those that are no more. */
static enum err inputs_open(struct worker *w)
{
	const uint8_t places[3] = { w->job.db, w->job.wal, w->job.journal };
	enum err e = OK;
	for (int i = 0; i < 3 && !e; i++) {
		w->input_fds[i] = worker_fd(w, places[i]);
		e = sql_evidence_input(&w->input_fds[i], &w->inputs[i]);
	}
	return e ? e : sqlite_file_open(w->inputs[0], w->inputs[1], w->inputs[2], NULL, NULL, &w->laid_over);
}

static enum err plain_open(struct worker *w)
{
	enum err e = worker_map(w->job.path, worker_fd(w, w->job.db), &w->context.file);
	return e ? e : worker_connect(w);
}

void worker_artifact(struct worker *w, const struct job_artifact *j)
{
	const struct artifact *a = w->set->list[j->id];
	int number;
	struct buf why = { .limit = 1500 };
	const struct variant *v = variant_choose(w, a, &number, &why);
	if (v) {
		if (rows_send(w, j, v, number, NULL))
			send_note(w, a->name, 0, err_message());
	} else {
		char line[1700];
		snprintf(line, sizeof line, "no variant fits: %s", why.data ? why.data : "?");
		send_note(w, a->name, 0, line);
	}
	buf_free(&why);
}

static void artifact_recovered(struct worker *w, const struct job_artifact *j)
{
	int number;
	struct buf why = { .limit = 1500 };
	const struct variant *v = variant_choose(w, w->set->list[j->id], &number, &why);
	struct recovered_table *rows = v ? recovery_table(w, v->needs->name) : NULL;
	if (rows) {
		rows->drove = true;
		if (rows_send(w, j, v, number, rows))
			send_note(w, w->set->list[j->id]->name, 0, err_message());
	}
	buf_free(&why);
}

void worker_begin(struct worker *w, const int *fds, int fd_count, int out)
{
	*w = (struct worker){ .set = artifacts, .fds = fds, .fd_count = fd_count, .out = out };
	w->context = (struct sql_context){ .file = span_of(NULL, 0), .note = context_note, .note_context = w };
}

int worker_end(struct worker *w)
{
	send_frame(w, 'Z');
	send_flush(w, 1);
	/* The process ends here: the connection is not torn down first. */
	return w->broken ? 4 : 0;
}

int worker_run(const void *job, size_t job_size, const int *fds, int fd_count, int out)
{
	struct worker w;
	worker_begin(&w, fds, fd_count, out);
	if (!artifacts || !job_read(job, job_size, &w.job))
		return 3;
	w.context.path = w.job.path;
	w.context.profile = w.job.profile;
	w.is_database = job_is_database(worker_fd(&w, w.job.db), worker_fd(&w, w.job.wal));
	struct sql_evidence files = { worker_fd(&w, w.job.db), worker_fd(&w, w.job.wal), worker_fd(&w, w.job.journal), w.job.path };
	enum err e = w.is_database ? sql_open_evidence(&files, &w.context, &w.db) : plain_open(&w);
	if (!e && w.is_database)
		e = inputs_open(&w);
	if (!e && (sibling_register(&w) != SQLITE_OK || both_register(&w) != SQLITE_OK))
		e = err_set(ERR_SQL, "the examination's own functions cannot be added");
	if (e)
		send_note(&w, "", 0, err_message());
	for (int i = 0; !e && i < w.job.artifact_count && !w.broken; i++)
		if (w.job.artifacts[i].id < artifacts->count)
			worker_artifact(&w, &w.job.artifacts[i]);
	/* Last, so that whatever a damaged page does to the recovery, the live rows are through. */
	if (!e && w.is_database && !w.broken)
		recovery_open(&w);
	for (int i = 0; w.engine && i < w.job.artifact_count && !w.broken; i++)
		if (w.job.artifacts[i].id < artifacts->count)
			artifact_recovered(&w, &w.job.artifacts[i]);
	recovery_unread(&w);
	return worker_end(&w);
}
