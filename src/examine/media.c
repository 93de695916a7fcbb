/* Pictures and videos, told by their content while they are read. A worker costs as much as a small picture, so that several go to one; while it works, the
 * thread reads the next. What a worker says of each file is kept until the files are written, in their order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scratch.h"
#include "examine/examine_inside.h"
#include "examine/glob.h"
#include "examine/resume.h"
#include "media/thumb.h"

enum { BATCH_BYTES = 16 << 20, ANSWER_MOST = 256 << 20 };

struct batch {
	size_t entries[MEDIA_ITEMS_MOST];
	int fds[MEDIA_ITEMS_MOST], count;
	uint64_t bytes;
	/* under way */
	struct worker_limits limits;
	int out;
	uint32_t worker;
	int begun, finished; /* how many items the worker began, and finished */
	bool done;
};

struct media_queue {
	struct examination *x;
	struct batch filling, working; /* working.count 0: none */
};

static struct sandbox *sandbox_of(const struct media_queue *q) { return q->x->o->media_sandbox ? q->x->o->media_sandbox : q->x->o->sandbox; }

bool media_wanted(const struct examination *x, const char *type)
{
	for (int i = 0; type && i < x->media.artifact_count; i++)
		for (const struct glob_line *g = x->o->artifacts->list[x->media.artifacts[i].artifact]->content; g; g = g->next)
			if (glob_match(g->text, type))
				return true;
	return false;
}

enum err media_queue_new(struct examination *x, struct media_queue **ret)
{
	*ret = calloc(1, sizeof **ret);
	if (!*ret)
		return ERR_NOMEM;
	(*ret)->x = x;
	return OK;
}

static void batch_close(struct batch *b)
{
	for (int i = 0; i < b->count; i++)
		close(b->fds[i]);
	*b = (struct batch){ 0 };
}

void media_queue_free(struct media_queue *q)
{
	struct sandbox_result result;
	if (!q)
		return;
	if (q->working.count) {
		sandbox_kill(sandbox_of(q), q->working.worker);
		close(q->working.out);
		(void)sandbox_wait(sandbox_of(q), q->working.worker, &result);
	}
	batch_close(&q->working);
	batch_close(&q->filling);
	free(q);
}

static struct found *found_of(struct media_queue *q, int item) { return &q->x->found[q->working.entries[item]]; }

/* The pixels become files here, where no evidence was read. */
static enum err thumb_take(struct buf *answer, struct span s)
{
	struct thumb clear, blurred;
	struct buf files[2] = { 0 };
	clear.width = span_le16(&s);
	clear.height = span_le16(&s);
	if (clear.width < 1 || clear.height < 1 || clear.width > THUMB_SIDE || clear.height > THUMB_SIDE || span_left(&s) != (size_t)clear.width * (size_t)clear.height)
		return err_set(ERR_FORMAT, "the parser sent a wrong thumbnail");
	memcpy(clear.pixels, span_bytes(&s, span_left(&s)), (size_t)clear.width * (size_t)clear.height);
	thumb_blur(&clear, &blurred);
	enum err e = thumb_write(&blurred, &files[0]);
	if (!e)
		e = thumb_write(&clear, &files[1]);
	size_t mark = wire_begin(answer, 't');
	wire_u16(answer, (uint16_t)clear.width);
	wire_u16(answer, (uint16_t)clear.height);
	for (int i = 0; i < 2; i++) {
		wire_u32(answer, (uint32_t)files[i].size);
		buf_add(answer, files[i].data, files[i].size);
		buf_free(&files[i]);
	}
	wire_end(answer, mark);
	return e ? e : answer->failed ? ERR_NOMEM : OK;
}

static enum err frame_take(void *context, char type, struct span payload)
{
	struct media_queue *q = context;
	struct batch *b = &q->working;
	if (type == 'B') {
		if (span_le16(&payload) != b->begun || b->begun != b->finished || b->begun >= b->count)
			return err_set(ERR_FORMAT, "the parser sent a wrong beginning of a file");
		b->begun++;
	} else if (type == 'F' && b->begun == b->finished + 1) {
		b->finished++;
	} else if (type == 'Z' && b->finished == b->count) {
		b->done = true;
	} else if (b->begun == b->finished + 1) {
		struct buf *answer = &found_of(q, b->begun - 1)->answer;
		if (type == 'T')
			return thumb_take(answer, payload);
		if (type == 't')
			return err_set(ERR_FORMAT, "the parser sent a frame that is not its own");
		size_t mark = wire_begin(answer, type), size = span_left(&payload);
		answer->limit = ANSWER_MOST;
		buf_add(answer, span_bytes(&payload, size), size);
		wire_end(answer, mark);
		if (answer->failed)
			return err_set(ERR_LIMIT, "the parser sent more than 256 MiB, or there is no memory for it");
	} else {
		return err_set(ERR_FORMAT, "the parser sent a frame outside a file");
	}
	return OK;
}

static bool stopped(void *context) { return examination_stopped(((struct media_queue *)context)->x); }

static enum err answer_note(struct media_queue *q, int item, const char *reason)
{
	struct buf *answer = &found_of(q, item)->answer;
	if (answer->failed)
		buf_free(answer);
	answer->limit = 0;
	size_t mark = wire_begin(answer, 'N');
	wire_i64(answer, 0);
	wire_string(answer, "media");
	wire_string(answer, reason);
	wire_end(answer, mark);
	return answer->failed ? ERR_NOMEM : OK;
}

/* A worker for the items of `working` from `first` on. */
static enum err worker_begin(struct media_queue *q, int first)
{
	struct batch *b = &q->working;
	struct media_job job = { .region = q->x->o->region, .all_frames = q->x->o->all_frames, .thumbnails = !q->x->o->no_thumbnails, .artifact_count = q->x->media.artifact_count, .item_count = b->count - first };
	char profiles[MEDIA_ITEMS_MOST][64];
	uint64_t most = 0, total = 0;
	struct stat st;
	memmove(b->entries, b->entries + first, sizeof *b->entries * (size_t)(b->count - first));
	for (int i = 0; i < first; i++)
		close(b->fds[i]);
	memmove(b->fds, b->fds + first, sizeof *b->fds * (size_t)(b->count - first));
	b->count -= first;
	b->begun = b->finished = 0;
	b->done = false;
	for (int i = 0; i < job.artifact_count; i++)
		job.artifacts[i] = (uint16_t)q->x->media.artifacts[i].artifact;
	for (int i = 0; i < b->count; i++) {
		const struct entry *entry = evidence_entry(q->x->evidence, b->entries[i]);
		job.items[i] = (struct media_item){ entry->path, profile_of(entry->path, profiles[i], sizeof profiles[i]), found_of(q, i)->content, found_of(q, i)->illegal };
		/* By what was read, for a container may state any size. */
		uint64_t size = fstat(b->fds[i], &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
		most = size > most ? size : most;
		total += size;
	}
	struct buf bytes = { 0 };
	media_job_write(&bytes, &job);
	b->limits = worker_limits_of(most, total);
	if (q->x->o->limits)
		worker_limits_lower(&b->limits, q->x->o->limits);
	/* The lists it inherits count as its address space. */
	struct sandbox_limits limits = { b->limits.memory_bytes + (q->x->o->watch ? watch_mapped(q->x->o->watch) : 0), b->limits.cpu_seconds };
	enum err e = bytes.failed ? ERR_NOMEM : sandbox_start(sandbox_of(q), FN_MEDIA, bytes.data, bytes.size, b->fds, b->count, &limits, &b->out, &b->worker);
	buf_free(&bytes);
	if (e)
		batch_close(b);
	return e;
}

enum err media_answer_put(struct examination *x, struct found *f)
{
	enum err e = OK;
	if (!f->answer.size)
		return OK;
	pthread_mutex_lock(&x->lock);
	if (x->answers < 0)
		e = scratch_open(x->o->scratch, &x->answers);
	f->answer_at = x->answers_end;
	x->answers_end += f->answer.size;
	if (!e)
		e = scratch_write(x->answers, f->answer.data, f->answer.size);
	pthread_mutex_unlock(&x->lock);
	f->answer_size = f->answer.size;
	buf_free(&f->answer);
	f->answer = (struct buf){ 0 };
	return e;
}

enum err media_answer_get(struct examination *x, struct found *f)
{
	char *p = f->answer_size ? buf_reserve(&f->answer, f->answer_size) : NULL;
	if (f->answer_size && !p)
		return ERR_NOMEM;
	while (f->answer.size < f->answer_size) {
		ssize_t n = pread(x->answers, p + f->answer.size, f->answer_size - f->answer.size, (off_t)(f->answer_at + f->answer.size));
		if (n <= 0)
			return err_errno("cannot read a scratch file");
		f->answer.size += (size_t)n;
	}
	return OK;
}

/* The files of the batch's first `count` items are through. */
static enum err items_keep(struct media_queue *q, int count)
{
	enum err e = OK;
	for (int i = 0; !e && i < count; i++)
		if (found_of(q, i)->status == FOUND_READ)
			e = resume_file(q->x->resume, q->working.entries[i], found_of(q, i));
	for (int i = 0; !e && i < count; i++)
		e = media_answer_put(q->x, found_of(q, i));
	return e;
}

/* Takes what the worker at work says. One that dies costs the file at hand: another takes up those behind it. */
static enum err working_end(struct media_queue *q)
{
	struct batch *b = &q->working;
	while (b->count) {
		struct sandbox_result result = { 0 };
		char reason[1400] = "";
		enum err e = wire_read(b->out, &b->limits, frame_take, stopped, q);
		close(b->out);
		if (e == ERR_FORMAT || e == ERR_LIMIT)
			snprintf(reason, sizeof reason, "reading was ended: %s", err_message());
		if (e)
			sandbox_kill(sandbox_of(q), b->worker);
		enum err waited = sandbox_end(sandbox_of(q), b->worker, e ? 0 : b->limits.end_ms, &result);
		if (e && !reason[0]) {
			batch_close(b);
			return e;
		}
		if (result.end == SANDBOX_REFUSED || (waited && waited != ERR_LIMIT)) {
			batch_close(b);
			return waited && waited != ERR_LIMIT ? waited : err_set(ERR_SANDBOX, "a worker refused to run without its sandbox: %s", result.reason);
		}
		int through = b->finished;
		if (!b->done) {
			if (!reason[0])
				snprintf(reason, sizeof reason, "the parser ended early: %s", result.reason[0] ? result.reason : "no reason known");
			e = answer_note(q, through < b->count ? through : b->count - 1, reason);
			through += through < b->count;
		} else {
			e = OK;
		}
		if (!e)
			e = items_keep(q, through);
		if (!e && through < b->count)
			e = worker_begin(q, through);
		else
			batch_close(b);
		if (e) {
			batch_close(b);
			return e;
		}
	}
	return OK;
}

static enum err queue_turn(struct media_queue *q)
{
	enum err e = working_end(q);
	if (e || !q->filling.count)
		return e;
	q->working = q->filling;
	q->filling = (struct batch){ 0 };
	return worker_begin(q, 0);
}

enum err media_queue_add(struct media_queue *q, size_t entry, int fd, uint64_t size)
{
	struct batch *b = &q->filling;
	b->entries[b->count] = entry;
	b->fds[b->count++] = fd;
	b->bytes += size;
	return b->count == MEDIA_ITEMS_MOST || b->bytes >= BATCH_BYTES ? queue_turn(q) : OK;
}

enum err media_queue_end(struct media_queue *q)
{
	enum err e = queue_turn(q);
	return e ? e : working_end(q);
}
