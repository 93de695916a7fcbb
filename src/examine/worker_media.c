/* The worker that reads files by their content: for each the artifacts that ask for it, and what it looks like. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/time.h"
#include "examine/wire.h"
#include "examine/worker_inside.h"
#include "match/watch.h"
#include "media/animation.h"
#include "media/meta.h"
#include "media/name.h"
#include "media/thumb.h"
#include "media/video.h"

static const struct watch *watch;

void worker_watch(const struct watch *w) { watch = w; }

/* The file at hand. */
struct looking {
	struct worker *w;
	const struct media_item *item;
	struct media_meta meta;
	struct media_name name;
	float *luma, *room; /* the samples of one picture, and as much for the arithmetic */
	struct pdq hash;
	int quality;
	struct thumb thumb;
	bool thumbnails, has_thumb;
	bool sensitive; /* its bytes, or a look of it, are on a list marked illegal: nothing to look at is made of it */
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

static void look_at(struct looking *l, const struct pdq *hash, int quality)
{
	l->sensitive = l->sensitive || (watch && quality >= PDQ_QUALITY_LEAST && watch_illegal_pdq(watch, hash));
}

/* Once all of the file was looked at. */
static void thumb_send(struct looking *l)
{
	struct buf *out = &l->w->frame;
	if (!l->has_thumb || l->sensitive || l->w->broken)
		return;
	size_t mark = wire_begin(out, 'T');
	wire_u16(out, (uint16_t)l->thumb.width);
	wire_u16(out, (uint16_t)l->thumb.height);
	buf_add(out, l->thumb.pixels, (size_t)l->thumb.width * (size_t)l->thumb.height);
	wire_end(out, mark);
	send_flush(l->w, WIRE_BATCH);
}

static enum err frame_hash(void *context, struct picture *p, const struct animation_frame *f)
{
	struct looking *l = context;
	/* HEIC and AVIF are turned as they are decoded. */
	int turn = p->format == PICTURE_HEIC || p->format == PICTURE_AVIF ? 1 : l->meta.orientation;
	if (!f->number && l->thumbnails)
		l->has_thumb = thumb_make(l->luma, p->columns, p->rows, p->width, p->height, turn, &l->thumb);
	if (!f->same) {
		pdq_hash(l->luma, l->room, p->columns, p->rows, false, &l->hash, &l->quality);
		look_at(l, &l->hash, l->quality);
	}
	/* The first is the picture's; that there are more is not known yet. */
	hash_send(l->w, f->number ? f->number : WIRE_NULL, f->at, &l->hash, l->quality);
	return l->w->broken ? ERR_IO : OK;
}

static void picture_send(struct worker *w, struct looking *l)
{
	struct picture p;
	bool stopped = false;
	if (animation_read(w->context.file, l->luma, PICTURE_EXACT, NULL, frame_hash, l, &p, &stopped))
		send_note(w, "media", 0, err_message());
	else if (p.cut || stopped)
		send_note(w, "media", 0, p.cut ? "the picture is damaged or ends early: its hash is of what could be decoded"
					       : "not all frames were hashed: there are more, or they take longer, than is allowed");
	thumb_send(l);
}

/* The first frame in which there is something to see. */
static void video_thumb(struct looking *l, const struct video_frame *f)
{
	uint32_t columns = f->grey_width < PDQ_SIDE_MOST ? f->grey_width : PDQ_SIDE_MOST, rows = f->grey_height < PDQ_SIDE_MOST ? f->grey_height : PDQ_SIDE_MOST;
	if (!l->thumbnails || l->has_thumb || f->quality < PDQ_QUALITY_LEAST || !f->grey)
		return;
	for (uint32_t y = 0; y < rows; y++)
		for (uint32_t x = 0; x < columns; x++)
			l->luma[(size_t)y * columns + x] = f->grey[(size_t)((uint64_t)y * f->grey_height / rows) * f->grey_stride + (size_t)((uint64_t)x * f->grey_width / columns)];
	l->has_thumb = thumb_make(l->luma, columns, rows, f->grey_width, f->grey_height, l->meta.orientation, &l->thumb);
}

static bool video_frame_send(void *context, const struct video_frame *f)
{
	struct looking *l = context;
	look_at(l, &f->hash, f->quality);
	video_thumb(l, f);
	hash_send(l->w, f->number < WIRE_NULL ? (uint32_t)f->number : WIRE_NULL - 1, f->at, &f->hash, f->quality);
	return !l->w->broken;
}

static void video_send(struct worker *w, struct looking *l, bool all_frames)
{
	struct video v = { 0 };
	char line[300];
	enum err e = video_read(w->context.file, all_frames ? VIDEO_EXACT : VIDEO_KEYS, NULL, video_frame_send, l, &v);
	if (e)
		send_note(w, "media", 0, err_message());
	if (v.cut[0]) {
		snprintf(line, sizeof line, "not all frames were hashed: %s", v.cut);
		send_note(w, "media", 0, line);
	}
	if (v.mended) {
		snprintf(line, sizeof line, "damaged: %llu frames were hashed as the decoder mended them", (unsigned long long)v.mended);
		send_note(w, "media", 0, line);
	}
	if (v.hidden) {
		snprintf(line, sizeof line, "%llu frames are in the file that its edit list does not show", (unsigned long long)v.hidden);
		send_note(w, "media", 0, line);
	}
	thumb_send(l);
}

/* --- media(name): one property of the file at hand; NULL where it is silent --- */

enum property_type { PROPERTY_TEXT, PROPERTY_SIZE, PROPERTY_REAL, PROPERTY_TIME };
static const struct property {
	const char *name;
	enum property_type type;
	size_t offset;
} properties[] = {
	{ "make", PROPERTY_TEXT, offsetof(struct media_meta, make) },
	{ "model", PROPERTY_TEXT, offsetof(struct media_meta, model) },
	{ "serial", PROPERTY_TEXT, offsetof(struct media_meta, serial) },
	{ "unique_id", PROPERTY_TEXT, offsetof(struct media_meta, unique_id) },
	{ "software", PROPERTY_TEXT, offsetof(struct media_meta, software) },
	{ "encoder", PROPERTY_TEXT, offsetof(struct media_meta, encoder) },
	{ "taken_local", PROPERTY_TEXT, offsetof(struct media_meta, taken_local) },
	{ "zone", PROPERTY_TEXT, offsetof(struct media_meta, zone) },
	{ "taken_from", PROPERTY_TEXT, offsetof(struct media_meta, taken_from) },
	{ "detail", PROPERTY_TEXT, offsetof(struct media_meta, detail) },
	{ "width", PROPERTY_SIZE, offsetof(struct media_meta, width) },
	{ "height", PROPERTY_SIZE, offsetof(struct media_meta, height) },
	{ "duration", PROPERTY_REAL, offsetof(struct media_meta, duration) },
	{ "latitude", PROPERTY_REAL, offsetof(struct media_meta, latitude) },
	{ "longitude", PROPERTY_REAL, offsetof(struct media_meta, longitude) },
	{ "altitude", PROPERTY_REAL, offsetof(struct media_meta, altitude) },
	{ "direction", PROPERTY_REAL, offsetof(struct media_meta, direction) },
	{ "accuracy", PROPERTY_REAL, offsetof(struct media_meta, accuracy) },
	{ "taken_at", PROPERTY_TIME, offsetof(struct media_meta, taken_at) },
	{ "gps_at", PROPERTY_TIME, offsetof(struct media_meta, gps_at) },
	{ "modified_at", PROPERTY_TIME, offsetof(struct media_meta, modified_at) },
};

static void text_result(sqlite3_context *c, const char *text)
{
	if (text && *text)
		sqlite3_result_text(c, text, -1, SQLITE_TRANSIENT);
}

static void property_result(sqlite3_context *c, const struct media_meta *m, const struct property *p)
{
	const void *at = (const char *)m + p->offset;
	double real;
	int64_t time;
	uint32_t size;
	switch (p->type) {
	case PROPERTY_TEXT:
		if (strcmp(at, "{}") != 0)
			text_result(c, at);
		break;
	case PROPERTY_SIZE:
		memcpy(&size, at, sizeof size);
		if (size)
			sqlite3_result_int64(c, size);
		break;
	case PROPERTY_REAL:
		memcpy(&real, at, sizeof real);
		if (isfinite(real))
			sqlite3_result_double(c, real);
		break;
	case PROPERTY_TIME:
		memcpy(&time, at, sizeof time);
		if (time != TIME_NONE)
			sqlite3_result_int64(c, time);
		break;
	}
}

/* What the name says. False: no such property. */
static bool name_result(sqlite3_context *c, const struct media_name *n, const char *name)
{
	if (strcmp(name, "platform") == 0)
		text_result(c, n->platform);
	else if (strcmp(name, "name_kind") == 0)
		text_result(c, n->kind);
	else if (strcmp(name, "name_means") == 0)
		text_result(c, n->at_means);
	else if (strcmp(name, "name_confidence") == 0)
		text_result(c, n->platform ? media_name_confidence(n->confidence) : NULL);
	else if (strcmp(name, "post_id") == 0)
		text_result(c, n->post_id[0] ? n->post_id : n->media_id);
	else if (strcmp(name, "name_app") == 0)
		text_result(c, n->app);
	else if (strcmp(name, "name_at") == 0) {
		if (n->at != TIME_NONE && !n->at_local && n->platform)
			sqlite3_result_int64(c, n->at);
	} else
		return false;
	return true;
}

static void media_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	const struct looking *l = sqlite3_user_data(c);
	const char *name = (const char *)sqlite3_value_text(values[0]);
	if (!l->item || !name)
		return;
	if (strcmp(name, "type") == 0) {
		text_result(c, l->item->type);
		return;
	}
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
		if (strcmp(name, properties[i].name) == 0) {
			property_result(c, &l->meta, &properties[i]);
			return;
		}
	if (!name_result(c, &l->name, name))
		sqlite3_result_error(c, "media() has no such property", -1);
}

static void meta_note(void *context, uint64_t offset, const char *reason) { send_note(context, "media", offset, reason); }

static void item_read(struct worker *w, const struct media_job *job, const struct media_item *item, int fd, struct looking *l)
{
	w->context.path = item->path;
	w->context.profile = item->profile;
	w->job.path = item->path;
	w->job.region = job->region;
	if (worker_map(item->path, fd, &w->context.file)) {
		send_note(w, "media", 0, err_message());
		return;
	}
	l->w = w;
	l->item = item;
	l->thumbnails = job->thumbnails && !item->illegal;
	l->sensitive = item->illegal;
	l->has_thumb = false;
	if (media_meta_read(w->context.file, &l->meta, meta_note, w) == ERR_NOMEM)
		send_note(w, "media", 0, err_message());
	if (!media_name_read(item->path, &l->name))
		l->name = (struct media_name){ .at = TIME_NONE };
	for (int i = 0; i < job->artifact_count && !w->broken; i++)
		if (job->artifacts[i] < w->set->count)
			worker_artifact(w, &(struct job_artifact){ .id = job->artifacts[i] });
	/* Told before the decoders begin: whatever they do with the file, this much is through. */
	send_flush(w, 1);
	if (type_begins(item->type, "image/"))
		picture_send(w, l);
	else if (type_begins(item->type, "video/"))
		video_send(w, l, job->all_frames);
	if (span_size(&w->context.file))
		munmap((void *)(uintptr_t)w->context.file.start, span_size(&w->context.file));
	w->context.file = span_of(NULL, 0);
}

int worker_media_run(const void *bytes, size_t size, const int *fds, int fd_count, int out)
{
	static struct media_job job;
	static struct looking l;
	const size_t samples = (size_t)PDQ_SIDE_MOST * PDQ_SIDE_MOST;
	struct worker w;
	l.luma = malloc(2 * samples * sizeof *l.luma);
	l.room = l.luma ? l.luma + samples : NULL;
	worker_begin(&w, fds, fd_count, out);
	if (!w.set || !l.luma || !media_job_read(bytes, size, &job) || job.item_count != fd_count || worker_connect(&w) ||
	    sqlite3_create_function_v2(w.db, "media", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, &l, media_call, NULL, NULL, NULL) != SQLITE_OK)
		return 3;
	for (int i = 0; i < job.item_count && !w.broken; i++) {
		size_t mark = wire_begin(&w.frame, 'B');
		wire_u16(&w.frame, (uint16_t)i);
		wire_end(&w.frame, mark);
		item_read(&w, &job, &job.items[i], fds[i], &l);
		send_frame(&w, 'F');
		send_flush(&w, 1);
	}
	return worker_end(&w);
}
