/* Reads entries: each once. Content goes through the hashes and, for what artifacts read, into a descriptor for the worker. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scratch.h"
#include "evidence/content.h"
#include "examine/examine_inside.h"
#include "examine/resume.h"

enum { IN_MEMORY_MOST = 8 << 20, PLAIN_CHUNK = 16, JOBS_AHEAD = 4 };

/* One reading thread. */
struct pour {
	struct examination *x;
	struct media_queue *media;
	EVP_MD *sha256, *md5, *sha1;
	EVP_MD_CTX *sha_context, *md5_context, *sha1_context;
	bool all_md5, use_sha1; /* a list asks for it */
	/* of the entry at hand */
	unsigned char head[CONTENT_HEAD];
	size_t head_size;
	bool head_done, use_md5, is_media, again; /* again: it was counted when an interrupted examination read it */
	const struct entry *entry;
	int copy_fd; /* where content is copied to, or -1 */
	int own_fd;   /* of media in a folder: the file itself, or -1 */
	int media_fd; /* the same, begun when the first bytes told that it is media; -1: it is not, or has a descriptor of its own */
	const char *type;
	uint64_t size;
};

/* An anonymous file: in memory when small, else unlinked on the disk. */
static enum err copy_make(const struct examination *x, uint64_t size, int *ret_fd)
{
	if (size > IN_MEMORY_MOST)
		return scratch_open(x->o->scratch, ret_fd);
	*ret_fd = memfd_create("custos", MFD_CLOEXEC);
	return *ret_fd >= 0 ? OK : err_errno("cannot make a file in memory");
}

/* A second, read-only descriptor on an anonymous file, so that the worker cannot change what it reads. */
static int reopen_readonly(int fd)
{
	char name[64];
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	return open(name, O_RDONLY | O_CLOEXEC);
}

static enum err head_finish(struct pour *p)
{
	p->head_done = true;
	p->type = content_type(p->head, p->head_size);
	p->use_md5 = p->all_md5 || content_listed(p->type);
	if (p->use_md5) {
		EVP_DigestInit_ex2(p->md5_context, p->md5, NULL);
		EVP_DigestUpdate(p->md5_context, p->head, p->head_size);
	}
	p->is_media = !p->again && media_wanted(p->x, p->type);
	if (!p->is_media || p->copy_fd >= 0 || (p->own_fd = evidence_entry_fd(p->x->evidence, p->entry)) >= 0)
		return OK;
	enum err e = copy_make(p->x, p->entry->size, &p->media_fd);
	return e ? e : scratch_write(p->media_fd, p->head, p->head_size);
}

static enum err pour_sink(void *context, const void *bytes, size_t size)
{
	struct pour *p = context;
	const unsigned char *rest = bytes;
	size_t left = size;
	enum err e = OK;
	if (examination_stopped(p->x))
		return ERR_CANCELLED;
	EVP_DigestUpdate(p->sha_context, bytes, size);
	if (p->use_sha1)
		EVP_DigestUpdate(p->sha1_context, bytes, size);
	if (!p->head_done) {
		size_t n = CONTENT_HEAD - p->head_size < left ? CONTENT_HEAD - p->head_size : left;
		memcpy(p->head + p->head_size, rest, n);
		p->head_size += n;
		rest += n;
		left -= n;
		if (p->head_size == CONTENT_HEAD)
			e = head_finish(p);
	}
	if (p->head_done && p->use_md5 && left)
		EVP_DigestUpdate(p->md5_context, rest, left);
	p->size += size;
	if (!p->again)
		atomic_fetch_add_explicit(&p->x->bytes_done, size, memory_order_relaxed);
	if (!e && p->media_fd >= 0)
		e = scratch_write(p->media_fd, rest, left);
	return !e && p->copy_fd >= 0 ? scratch_write(p->copy_fd, bytes, size) : e;
}

/* What the content told to be media goes to the next worker, if there is anything of it. */
static enum err media_hand_on(struct pour *p, size_t i, bool readable)
{
	int fd = p->own_fd, copy = p->media_fd >= 0 ? p->media_fd : p->copy_fd;
	enum err e = OK;
	if (readable && fd < 0 && copy >= 0 && (fd = reopen_readonly(copy)) < 0)
		e = err_errno("cannot reopen a scratch file");
	if (p->media_fd >= 0)
		close(p->media_fd);
	if (readable && fd >= 0)
		return media_queue_add(p->media, i, fd, p->size);
	if (fd >= 0)
		close(fd);
	return e;
}

static bool on_illegal_list(const struct watch *w, const struct found *f)
{
	return w && (watch_illegal_digest(w, LIST_SHA256, f->sha256) || (f->has_sha1 && watch_illegal_digest(w, LIST_SHA1, f->sha1)) ||
		     (f->has_md5 && watch_illegal_digest(w, LIST_MD5, f->md5)));
}

/* Reads one entry whole. What is wrong with it stays in found; only what ends the examination is returned. */
static enum err pour_entry(struct pour *p, size_t i, int copy_fd)
{
	/* One that is kept is only compared: other threads may look at it. */
	struct found fresh = p->x->found[i], *f = &fresh;
	const bool kept = fresh.kept;
	const struct entry *entry = evidence_entry(p->x->evidence, i);
	p->head_size = 0;
	p->head_done = p->use_md5 = false;
	p->type = NULL;
	p->size = 0;
	p->copy_fd = copy_fd;
	p->again = kept;
	p->is_media = false;
	p->entry = entry;
	p->own_fd = p->media_fd = -1;
	EVP_DigestInit_ex2(p->sha_context, p->sha256, NULL);
	if (p->use_sha1)
		EVP_DigestInit_ex2(p->sha1_context, p->sha1, NULL);
	enum err e = evidence_read(p->x->evidence, entry, pour_sink, p), ended = OK;
	if (!p->head_done)
		ended = head_finish(p);
	if (e == ERR_CANCELLED || e == ERR_SPACE || e == ERR_NOMEM || ended) {
		media_hand_on(p, i, false);
		return ended ? ended : e;
	}
	f->status = !e ? FOUND_READ : p->size || e == ERR_CHANGED ? FOUND_DAMAGED : FOUND_UNREAD;
	if (e)
		f->reason = strdup(err_message()[0] ? err_message() : err_text(e));
	f->content = p->type;
	if (f->status != FOUND_UNREAD) {
		EVP_DigestFinal_ex(p->sha_context, f->sha256, NULL);
		f->has_md5 = p->use_md5;
		if (p->use_md5)
			EVP_DigestFinal_ex(p->md5_context, f->md5, NULL);
		f->has_sha1 = p->use_sha1;
		if (p->use_sha1)
			EVP_DigestFinal_ex(p->sha1_context, f->sha1, NULL);
		f->illegal = p->is_media && on_illegal_list(p->x->o->watch, f);
	}
	if (kept && (f->status != FOUND_READ || memcmp(p->x->found[i].sha256, f->sha256, 32) != 0)) {
		free(f->reason);
		return err_set(ERR_CHANGED, "%s is not what the interrupted examination read: the evidence was changed. Remove %s.resume to begin anew",
			       entry->path, p->x->o->exhibit);
	}
	if (kept)
		return OK;
	p->x->found[i] = fresh;
	atomic_fetch_add(&p->x->files_done, 1);
	if (p->is_media)
		return media_hand_on(p, i, f->status != FOUND_UNREAD);
	return f->status == FOUND_READ ? resume_file(p->x->resume, i, f) : OK;
}

static enum err content_extract(struct pour *p, struct content *c)
{
	const struct entry *entry = evidence_entry(p->x->evidence, c->entry);
	int own = evidence_entry_fd(p->x->evidence, entry);
	if (own >= 0) {
		enum err e = pour_entry(p, c->entry, -1);
		if (e)
			close(own);
		else
			c->fd = own;
		return e;
	}
	int fd;
	enum err e = copy_make(p->x, entry->size, &fd);
	if (e)
		return e;
	e = pour_entry(p, c->entry, fd);
	if (!e && p->x->found[c->entry].status != FOUND_UNREAD && (c->fd = reopen_readonly(fd)) < 0)
		e = err_errno("cannot reopen a scratch file");
	close(fd);
	return e;
}

/* Makes the content's descriptor, or waits for the thread that does. */
static enum err content_get(struct pour *p, int at)
{
	struct examination *x = p->x;
	if (at < 0)
		return OK;
	pthread_mutex_lock(&x->lock);
	struct content *c = &x->contents[at];
	while (c->state == CONTENT_BUSY)
		pthread_cond_wait(&x->moved, &x->lock);
	bool mine = c->state == CONTENT_NEW;
	if (mine)
		c->state = CONTENT_BUSY;
	pthread_mutex_unlock(&x->lock);
	if (!mine)
		return OK;
	enum err e = content_extract(p, c);
	pthread_mutex_lock(&x->lock);
	c->state = c->fd >= 0 ? CONTENT_READY : CONTENT_FAILED;
	pthread_cond_broadcast(&x->moved);
	pthread_mutex_unlock(&x->lock);
	return e;
}

static void content_leave(struct examination *x, int at)
{
	if (at < 0)
		return;
	pthread_mutex_lock(&x->lock);
	struct content *c = &x->contents[at];
	if (--c->users == 0 && c->fd >= 0) {
		close(c->fd);
		c->fd = -1;
	}
	pthread_mutex_unlock(&x->lock);
}

/* Calls fn for each content the job needs. */
static enum err job_contents(struct pour *p, const struct plan_job *j, bool get)
{
	int all[3 + JOB_ARTIFACTS_MOST * WITH_MOST * 2], n = 0;
	all[n++] = j->db;
	all[n++] = j->wal;
	all[n++] = j->journal;
	for (int i = 0; i < j->artifact_count; i++)
		for (int k = 0; k < j->artifacts[i].with_count; k++) {
			all[n++] = j->artifacts[i].with[k].db;
			all[n++] = j->artifacts[i].with[k].wal;
		}
	enum err e = OK;
	for (int i = 0; i < n; i++) {
		if (!get)
			content_leave(p->x, all[i]);
		else if (!e)
			e = content_get(p, all[i]);
	}
	return e;
}

/* The descriptor's place in the list for the worker: artifacts share their siblings' (plan.c counts them so). */
static uint8_t fd_place(const struct examination *x, int content, int *fds, int *count)
{
	if (content < 0 || x->contents[content].fd < 0)
		return JOB_NO_FD;
	int fd = x->contents[content].fd;
	for (int i = 0; i < *count; i++)
		if (fds[i] == fd)
			return (uint8_t)i;
	if (*count >= JOB_FDS_MOST)
		return JOB_NO_FD;
	fds[*count] = fd;
	return (uint8_t)(*count)++;
}

/* By what was read, for a container may state any size. */
static void job_limit(const struct examination *x, struct plan_job *j, const int *fds, int count)
{
	struct stat st;
	uint64_t first = 0, total = 0;
	for (int i = 0; i < count; i++) {
		uint64_t size = fstat(fds[i], &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
		first = i ? first : size;
		total += size < UINT64_MAX - total ? size : 0;
	}
	j->limits = worker_limits_of(first, total);
	if (x->o->limits)
		worker_limits_lower(&j->limits, x->o->limits);
}

/* Only databases are of use to the job's artifacts. */
static bool all_want_databases(const struct examination *x, const struct plan_job *j)
{
	bool all = true;
	for (int i = 0; i < j->artifact_count; i++)
		for (const struct variant *v = x->o->artifacts->list[j->artifacts[i].artifact]->variants; v; v = v->next)
			all &= v->needs != NULL;
	return all;
}

static enum err job_start(struct examination *x, struct plan_job *j)
{
	const char *path = evidence_entry(x->evidence, j->entry)->path;
	char profile[64];
	int fds[JOB_FDS_MOST], count = 0;
	struct job job = { .path = path, .profile = profile_of(path, profile, sizeof profile), .region = x->o->region };
	job.db = fd_place(x, j->db, fds, &count);
	if (job.db == JOB_NO_FD) {
		j->no_worker = true; /* the content could not be read: found[] has the reason */
		return OK;
	}
	job.wal = fd_place(x, j->wal, fds, &count);
	if (!job_is_database(fds[0], job.wal == JOB_NO_FD ? -1 : fds[job.wal]) && all_want_databases(x, j)) {
		j->no_worker = j->no_database = true;
		return OK;
	}
	job.journal = fd_place(x, j->journal, fds, &count);
	job.artifact_count = j->artifact_count;
	for (int i = 0; i < j->artifact_count; i++) {
		struct job_artifact *a = &job.artifacts[i];
		a->id = (uint16_t)j->artifacts[i].artifact;
		a->with_count = j->artifacts[i].with_count;
		for (int k = 0; k < a->with_count; k++) {
			int db = j->artifacts[i].with[k].db;
			a->with[k].db = fd_place(x, db, fds, &count);
			a->with[k].wal = fd_place(x, j->artifacts[i].with[k].wal, fds, &count);
			a->with[k].path = db >= 0 ? evidence_entry(x->evidence, x->contents[db].entry)->path : NULL;
		}
	}
	struct buf bytes = { 0 };
	job_write(&bytes, &job);
	job_limit(x, j, fds, count);
	struct sandbox_limits limits = { j->limits.memory_bytes, j->limits.cpu_seconds };
	enum err e = bytes.failed ? ERR_NOMEM : sandbox_start(x->o->sandbox, FN_FILE, bytes.data, bytes.size, fds, count, &limits, &j->out, &j->worker);
	buf_free(&bytes);
	return e;
}

static bool content_kept(const struct examination *x, int content) { return content < 0 || x->found[x->contents[content].entry].kept; }

/* All that the job reads was read, and hashed, by an interrupted examination. */
static bool job_kept(const struct examination *x, const struct plan_job *j)
{
	bool all = x->resume && content_kept(x, j->db) && content_kept(x, j->wal) && content_kept(x, j->journal);
	for (int i = 0; i < j->artifact_count; i++)
		for (int k = 0; k < j->artifacts[i].with_count; k++)
			all = all && content_kept(x, j->artifacts[i].with[k].db) && content_kept(x, j->artifacts[i].with[k].wal);
	return all;
}

static enum err job_do(struct pour *p, struct plan_job *j)
{
	struct examination *x = p->x;
	bool kept = job_kept(x, j);
	enum err e = kept ? OK : job_contents(p, j, true);
	if (!e && x->resume && !resume_job_key(x, j, j->key))
		e = ERR_NOMEM;
	if (!e && x->resume && resume_has(x->resume, j->entry, j->key)) {
		j->replayed = true;
		j->limits = worker_limits_of(UINT64_MAX, UINT64_MAX); /* its own held when it was taken; of notes the number is the same */
		if (x->o->limits)
			worker_limits_lower(&j->limits, x->o->limits);
		atomic_fetch_add(&x->kept_answers, 1);
	} else {
		if (!e && kept)
			e = job_contents(p, j, true);
		if (!e)
			e = job_start(x, j);
	}
	job_contents(p, j, false);
	pthread_mutex_lock(&p->x->lock);
	j->ready = true;
	pthread_cond_broadcast(&p->x->moved);
	pthread_mutex_unlock(&p->x->lock);
	return e;
}

static enum err plain_do(struct pour *p, size_t from)
{
	enum err e = OK;
	for (size_t i = from; !e && i < from + PLAIN_CHUNK && i < p->x->entries; i++)
		if (p->x->found[i].status == FOUND_NOT_YET && !p->x->found[i].content_at)
			e = pour_entry(p, i, -1);
	return e;
}

/* The next piece of work: a job while not too many wait to be drained, else plain files, else wait. False at the end. */
static bool work_next(struct examination *x, struct plan_job **ret_job, size_t *ret_plain)
{
	bool more = true;
	*ret_job = NULL;
	pthread_mutex_lock(&x->lock);
	for (;;) {
		if (x->failed) {
			more = false;
			break;
		}
		if (x->next_job < x->job_count && x->next_job < x->drained + JOBS_AHEAD) {
			*ret_job = &x->jobs[x->next_job++];
			break;
		}
		if (x->next_plain < x->entries) {
			*ret_plain = x->next_plain;
			x->next_plain += PLAIN_CHUNK;
			break;
		}
		if (x->next_job >= x->job_count) {
			more = false;
			break;
		}
		pthread_cond_wait(&x->moved, &x->lock);
	}
	pthread_mutex_unlock(&x->lock);
	return more;
}

void *pour_thread(void *examination)
{
	struct pour p = { .x = examination, .copy_fd = -1 };
	struct examination *x = p.x;
	/* Fetched once: looking an algorithm up for each small file costs more than hashing it. */
	p.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	p.md5 = EVP_MD_fetch(NULL, "MD5", NULL);
	p.sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	p.sha1_context = EVP_MD_CTX_new();
	p.all_md5 = x->o->watch && watch_wants(x->o->watch, LIST_MD5);
	p.use_sha1 = x->o->watch && watch_wants(x->o->watch, LIST_SHA1);
	p.sha_context = EVP_MD_CTX_new();
	p.md5_context = EVP_MD_CTX_new();
	enum err e = p.sha256 && p.md5 && p.sha1 && p.sha_context && p.md5_context && p.sha1_context ? OK : err_set(ERR_NOMEM, "the hash functions cannot be had");
	if (!e)
		e = media_queue_new(x, &p.media);
	struct plan_job *j;
	size_t plain;
	while (!e && work_next(x, &j, &plain))
		e = j ? job_do(&p, j) : plain_do(&p, plain);
	if (!e)
		e = media_queue_end(p.media);
	if (e)
		examination_fail(x, e);
	media_queue_free(p.media);
	EVP_MD_CTX_free(p.sha_context);
	EVP_MD_CTX_free(p.md5_context);
	EVP_MD_CTX_free(p.sha1_context);
	EVP_MD_free(p.sha256);
	EVP_MD_free(p.md5);
	EVP_MD_free(p.sha1);
	pthread_mutex_lock(&x->lock);
	x->pouring--;
	pthread_cond_broadcast(&x->moved);
	pthread_mutex_unlock(&x->lock);
	return NULL;
}
