/* The worker that reads files by their content: for each the artifacts that ask for it, and what it looks like. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "examine/wire.h"
#include "examine/worker_inside.h"
#include "media/picture.h"

/* Room for the samples of one picture, and as much for the arithmetic. */
struct looking {
	float *luma, *room;
};

static bool type_begins(const char *type, const char *with) { return strncmp(type, with, strlen(with)) == 0; }

static void hash_send(struct worker *w, uint32_t frame, double at, const struct pdq *hash, int quality)
{
	size_t mark = wire_begin(&w->frame, 'H');
	wire_u32(&w->frame, frame);
	wire_real(&w->frame, at);
	wire_u8(&w->frame, (uint8_t)quality);
	uint8_t bytes[PDQ_BYTES];
	pdq_bytes(hash, bytes);
	buf_add(&w->frame, bytes, sizeof bytes);
	wire_end(&w->frame, mark);
	send_flush(w, WIRE_BATCH);
}

static void picture_send(struct worker *w, const struct looking *l)
{
	struct picture p;
	struct pdq hash;
	int quality;
	if (picture_read(w->context.file, l->luma, PICTURE_EXACT, &p)) {
		send_note(w, "media", 0, err_message());
		return;
	}
	pdq_hash(l->luma, l->room, p.columns, p.rows, false, &hash, &quality);
	hash_send(w, WIRE_NULL, 0, &hash, quality);
	if (p.cut)
		send_note(w, "media", 0, "the picture is damaged or ends early: its hash is of what could be decoded");
}

/* media(name): one property of the file at hand; NULL where it is silent. */
static void media_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	const struct media_item *item = *(const struct media_item **)sqlite3_user_data(c);
	const char *name = (const char *)sqlite3_value_text(values[0]);
	if (!item || !name)
		return;
	if (strcmp(name, "type") == 0)
		sqlite3_result_text(c, item->type, -1, SQLITE_STATIC);
	else
		sqlite3_result_error(c, "media() has no such property", -1);
}

static void item_read(struct worker *w, const struct media_job *job, const struct media_item *item, int fd, const struct looking *l)
{
	w->context.path = item->path;
	w->context.profile = item->profile;
	w->job.path = item->path;
	w->job.region = job->region;
	if (worker_map(item->path, fd, &w->context.file)) {
		send_note(w, "media", 0, err_message());
		return;
	}
	for (int i = 0; i < job->artifact_count && !w->broken; i++)
		if (job->artifacts[i] < w->set->count)
			worker_artifact(w, &(struct job_artifact){ .id = job->artifacts[i] });
	/* Told before the decoders begin: whatever they do with the file, this much is through. */
	send_flush(w, 1);
	if (type_begins(item->type, "image/"))
		picture_send(w, l);
	if (span_size(&w->context.file))
		munmap((void *)(uintptr_t)w->context.file.start, span_size(&w->context.file));
	w->context.file = span_of(NULL, 0);
}

int worker_media_run(const void *bytes, size_t size, const int *fds, int fd_count, int out)
{
	static struct media_job job;
	struct worker w;
	const struct media_item *item = NULL;
	struct looking l = { malloc(sizeof *l.luma * PDQ_SIDE_MOST * PDQ_SIDE_MOST), malloc(sizeof *l.room * PDQ_SIDE_MOST * PDQ_SIDE_MOST) };
	worker_begin(&w, fds, fd_count, out);
	if (!w.set || !l.luma || !l.room || !media_job_read(bytes, size, &job) || job.item_count != fd_count || worker_connect(&w) ||
	    sqlite3_create_function_v2(w.db, "media", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, &item, media_call, NULL, NULL, NULL) != SQLITE_OK)
		return 3;
	for (int i = 0; i < job.item_count && !w.broken; i++) {
		size_t mark = wire_begin(&w.frame, 'B');
		wire_u16(&w.frame, (uint16_t)i);
		wire_end(&w.frame, mark);
		item = &job.items[i];
		item_read(&w, &job, item, fds[i], &l);
		send_frame(&w, 'F');
		send_flush(&w, 1);
	}
	return worker_end(&w);
}
