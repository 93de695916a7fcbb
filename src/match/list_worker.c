/* In the sandbox: parses one file of a list and tells its records. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "match/list_import.h"
#include "match/list_parse.h"
#include "match/list_wire.h"

struct worker {
	int in, out;
	struct buf batch;
	uint32_t count; /* records in the batch */
	uint64_t read, told;
	bool broken; /* the parent is gone */
};

static void batch_send(struct worker *w)
{
	if (w->count) {
		for (int i = 0; i < 4; i++)
			w->batch.data[5 + i] = (char)(w->count >> 8 * i);
		wire_end(&w->batch, 0);
		w->broken |= !frames_write(w->out, &w->batch);
		buf_clear(&w->batch);
	}
	w->count = 0;
}

static enum err record_tell(void *context, const struct list_record *r)
{
	struct worker *w = context;
	struct buf *b = &w->batch;
	if (!w->count++) {
		wire_begin(b, 'D');
		wire_u32(b, 0);
	}
	wire_u8(b, (uint8_t)r->has);
	wire_u8(b, r->keyed);
	wire_u16(b, (uint16_t)r->flags);
	wire_i64(b, r->time);
	for (int k = 0; k < LIST_KINDS; k++)
		if (r->has & 1u << k)
			buf_add(b, r->hash[k], list_kind_size((enum list_kind)k));
	for (int i = 0; i < LIST_WORDS; i++)
		wire_text(b, r->words[i].bytes, r->words[i].size);
	if (b->size >= LIST_WIRE_BATCH)
		batch_send(w);
	return w->broken ? ERR_IO : b->failed ? ERR_NOMEM : OK;
}

static int64_t file_read(void *context, void *to, size_t size)
{
	struct worker *w = context;
	ssize_t n;
	while ((n = pread(w->in, to, size, (off_t)w->read)) < 0 && errno == EINTR) {
	}
	if (n < 0)
		return err_errno("cannot read it");
	w->read += (uint64_t)n;
	if (w->read - w->told >= LIST_WIRE_PROGRESS) {
		struct buf b = { 0 };
		batch_send(w);
		w->told = w->read;
		size_t mark = wire_begin(&b, 'P');
		wire_i64(&b, (int64_t)w->read);
		wire_end(&b, mark);
		w->broken |= !frames_write(w->out, &b);
		buf_free(&b);
	}
	return n;
}

static enum err parse(struct worker *w, uint8_t wanted, struct list_tally *t, const struct list_format **ret)
{
	struct list_sink sink = { record_tell, w, t };
	struct list_in in;
	enum err e = list_in_make(&in, file_read, w, w->in);
	if (e)
		return e;
	bool empty = list_in_peek(&in) < 0;
	*ret = wanted < list_format_count ? &list_formats[wanted] : list_format_detect(&in);
	if (!in.failed && empty)
		e = err_set(ERR_TRUNCATED, "the file is empty");
	else if (!*ret)
		e = in.failed ? in.failed : err_set(ERR_UNSUPPORTED, "it is of no format that is known by how it begins: name one with --format");
	else
		e = (*ret)->parse(&in, &sink);
	list_in_free(&in);
	return e;
}

int list_import_worker(const void *job, size_t size, const int *fds, int count, int out)
{
	struct span order = span_of(job, size);
	uint8_t wanted = span_u8(&order);
	struct list_tally t = { 0 };
	const struct list_format *format = NULL;
	struct worker w = { .out = out };
	if (!span_ok(&order) || count != 1)
		return 3;
	w.in = fds[0];
	enum err e = parse(&w, wanted, &t, &format);
	if (!e)
		batch_send(&w);
	struct buf b = { 0 };
	size_t mark = wire_begin(&b, e ? 'F' : 'Z');
	if (e) {
		char reason[1000];
		struct buf clean = { 0 };
		strncpy(reason, err_message()[0] ? err_message() : err_text(e), sizeof reason - 1);
		reason[sizeof reason - 1] = 0;
		buf_scrub(&clean, reason, strlen(reason));
		wire_u32(&b, (uint32_t)-e);
		wire_text(&b, clean.data ? clean.data : "", clean.size);
		buf_free(&clean);
	} else {
		wire_u8(&b, (uint8_t)(format - list_formats));
		wire_string(&b, t.version);
		wire_u8(&b, t.more);
		wire_i64(&b, (int64_t)t.records);
		wire_i64(&b, (int64_t)t.hashless);
		wire_i64(&b, (int64_t)t.foreign);
		wire_string(&b, t.foreign_kind);
		wire_i64(&b, (int64_t)t.photodna_other);
		wire_i64(&b, (int64_t)t.cut);
	}
	wire_end(&b, mark);
	bool sent = frames_write(out, &b);
	buf_free(&b);
	buf_free(&w.batch);
	return sent ? 0 : 4;
}
