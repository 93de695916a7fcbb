/* Manifest.db in a worker of the sandbox: it sends the rows, this process checks their form and uses them. */
#include "evidence/itunes.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/frames.h"
#include "base/time.h"
#include "evidence/evidence.h"

/* Frames (numbers little-endian; a text is u32 size and bytes):
 *
 *	'R' row   u8 what is there (1 id, 2 record, 4 key, 8 odd key, 16 target), 20 bytes id, 44 bytes key, i64 flags, u64 size, u32 mode, u32 protection,
 *	          i64 modified, i64 created, texts: id, domain, path, target
 *	'Z' end   u32 -err, text message
 */
enum { HAS_ID = 1, HAS_RECORD = 2, HAS_KEY = 4, HAS_ODD_KEY = 8, HAS_TARGET = 16, FLUSH = 1 << 16 };

static void number_add(struct buf *b, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++, v >>= 8)
		buf_char(b, (char)(v & 0xff));
}

static void text_add(struct buf *b, const char *text, size_t size)
{
	number_add(b, size, 4);
	buf_add(b, text, size);
}

static size_t frame_begin(struct buf *b, char type)
{
	number_add(b, 0, 4);
	buf_char(b, type);
	return b->size;
}

static void frame_end(struct buf *b, size_t from)
{
	uint32_t size = (uint32_t)(b->size - from);
	for (int i = 0; !b->failed && i < 4; i++)
		b->data[from - 5 + (size_t)i] = (char)(size >> (8 * i));
}

/* --- in the worker --- */

struct sender {
	struct buf b;
	int out;
};

static enum err row_send(void *context, const struct itunes_row *row)
{
	static const uint8_t none[ITUNES_SEALED_KEY];
	struct sender *s = context;
	size_t from = frame_begin(&s->b, 'R');
	number_add(&s->b,
		   (row->id_good ? HAS_ID : 0) | (row->record ? HAS_RECORD : 0) | (row->key ? HAS_KEY : 0) | (row->key_odd ? HAS_ODD_KEY : 0) |
			   (row->target ? HAS_TARGET : 0),
		   1);
	buf_add(&s->b, row->id, ITUNES_ID);
	buf_add(&s->b, row->key ? row->key : none, ITUNES_SEALED_KEY);
	number_add(&s->b, (uint64_t)row->flags, 8);
	number_add(&s->b, row->size, 8);
	number_add(&s->b, row->mode, 4);
	number_add(&s->b, row->protection, 4);
	number_add(&s->b, (uint64_t)row->modified_at, 8);
	number_add(&s->b, (uint64_t)row->created_at, 8);
	text_add(&s->b, row->id_text, row->id_size);
	text_add(&s->b, row->domain, row->domain_size);
	text_add(&s->b, row->path, row->path_size);
	text_add(&s->b, row->target, row->target ? row->target_size : 0);
	frame_end(&s->b, from);
	return s->b.size < FLUSH || frames_write(s->out, &s->b) ? OK : ERR_IO;
}

/* Private: what SQLite is shown may differ in two bytes from what an entry shows of the same scratch file. */
static enum err manifest_read(int fd, uint64_t size, itunes_row_fn *fn, void *context)
{
	uint8_t *bytes = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return err_errno("Manifest.db cannot be mapped");
	bytes[18] = bytes[19] = 1; /* in WAL mode SQLite would refuse a database without a file */
	enum err e = itunes_manifest_read(bytes, (size_t)size, fn, context);
	munmap(bytes, (size_t)size);
	return e;
}

int evidence_manifest_worker(const void *job, size_t job_size, const int *fds, int fd_count, int out)
{
	(void)job;
	(void)job_size;
	struct sender s = { .out = out };
	struct stat st;
	if (fd_count != 1 || fstat(fds[0], &st) != 0 || st.st_size < 100)
		return 3;
	enum err e = manifest_read(fds[0], (uint64_t)st.st_size, row_send, &s);
	size_t from = frame_begin(&s.b, 'Z');
	number_add(&s.b, (uint64_t)-(int64_t)e, 4);
	text_add(&s.b, err_message(), e ? strlen(err_message()) : 0);
	frame_end(&s.b, from);
	return frames_write(out, &s.b) ? 0 : 4;
}

/* --- in this process --- */

struct receiver {
	itunes_row_fn *fn;
	void *context;
	bool done;
	uint64_t left; /* bytes that it may still send */
	enum err said;
	char why[400];
};

static const char *text_take(struct span *s, size_t *ret_size)
{
	uint32_t size = span_le32(s);
	const uint8_t *p = span_bytes(s, size);
	*ret_size = p ? size : 0;
	return p ? (const char *)p : "";
}

static enum err row_take(struct receiver *r, struct span s)
{
	struct itunes_row row = { 0 };
	uint8_t has = span_u8(&s);
	const uint8_t *id = span_bytes(&s, ITUNES_ID), *key = span_bytes(&s, ITUNES_SEALED_KEY);
	row.flags = (int64_t)span_le64(&s);
	row.size = span_le64(&s);
	row.mode = span_le32(&s);
	row.protection = span_le32(&s);
	row.modified_at = (int64_t)span_le64(&s);
	row.created_at = (int64_t)span_le64(&s);
	row.id_text = text_take(&s, &row.id_size);
	row.domain = text_take(&s, &row.domain_size);
	row.path = text_take(&s, &row.path_size);
	row.target = text_take(&s, &row.target_size);
	if (!span_ok(&s) || span_left(&s) || !id || !key || r->done)
		return err_set(ERR_FORMAT, "Manifest.db: its parser sent a wrong row");
	/* What a file's name on disk is, is for this process to say. */
	row.id_good = itunes_id(row.id_text, row.id_size, row.id);
	row.record = has & HAS_RECORD;
	row.key = has & HAS_KEY ? key : NULL;
	row.key_odd = has & HAS_ODD_KEY;
	row.target = has & HAS_TARGET ? row.target : NULL;
	return r->fn(r->context, &row);
}

static enum err frame_take(void *context, char type, struct span s)
{
	struct receiver *r = context;
	size_t size;
	if (span_left(&s) + 5 > r->left)
		return err_set(ERR_LIMIT, "Manifest.db: its parser sent more than any real one would give");
	r->left -= span_left(&s) + 5;
	if (type == 'R')
		return row_take(r, s);
	if (type != 'Z' || r->done)
		return err_set(ERR_FORMAT, "Manifest.db: its parser sent a frame of an unknown type");
	uint32_t said = span_le32(&s);
	const char *why = text_take(&s, &size);
	if (!span_ok(&s) || span_left(&s) || said > 99)
		return err_set(ERR_FORMAT, "Manifest.db: its parser ended as none does");
	r->done = true;
	r->said = said == 0 ? OK : -(int)said == ERR_NOMEM ? ERR_NOMEM : -(int)said == ERR_LIMIT ? ERR_LIMIT : ERR_FORMAT;
	struct buf line = { .limit = sizeof r->why - 4 };
	buf_scrub(&line, why, size < 300 ? size : 300);
	memcpy(r->why, line.data ? line.data : "", line.size);
	r->why[line.size] = 0;
	buf_free(&line);
	return OK;
}

enum err itunes_manifest_read_in(struct sandbox *sandbox, int manifest_fn, int fd, uint64_t size, itunes_row_fn *fn, void *context)
{
	struct receiver r = { .fn = fn, .context = context, .left = (128ull << 20) + 32 * size };
	struct sandbox_result result;
	uint32_t id;
	int out;
	if (!sandbox)
		return manifest_read(fd, size, fn, context);
	uint64_t mib = size >> 20;
	struct sandbox_limits limits = { (1ull << 30) + 2 * size, (uint32_t)(300 + mib) };
	enum err e = sandbox_start(sandbox, manifest_fn, NULL, 0, &fd, 1, &limits, &out, &id);
	if (e)
		return e;
	e = frames_read(out, 120000 + 250 * mib, 4000 * (uint64_t)limits.cpu_seconds, frame_take, NULL, &r);
	close(out);
	char why[400];
	snprintf(why, sizeof why, "%s", e ? err_message() : "");
	enum err ended = sandbox_end(sandbox, id, e ? 0 : 60000, &result);
	if (ended && ended != ERR_LIMIT)
		return ended;
	if (result.end == SANDBOX_REFUSED)
		return err_set(ERR_SANDBOX, "Manifest.db: its parser refused to run without its sandbox: %s", result.reason);
	if (e)
		return err_set(e, "%s", why);
	if (!r.done || result.end != SANDBOX_EXITED || result.status != 0)
		return err_set(ERR_FORMAT, "Manifest.db: its parser ended early: %s", result.reason);
	return r.said ? err_set(r.said, "%s", r.why) : OK;
}
