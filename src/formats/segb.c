#include "formats/segb.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/time.h"

enum { V1_HEADER = 56, V1_RECORD = 32, V1_ALIGN = 8, V2_HEADER = 32, V2_ENTRY = 8, V2_TRAILER = 16, V2_ALIGN = 4 };

static int64_t cocoa_time(uint64_t bits)
{
	double seconds;
	memcpy(&seconds, &bits, sizeof seconds);
	return time_from_real(seconds, 1, TIME_COCOA_EPOCH);
}

static bool crc_matches(const struct span *data, uint32_t crc)
{
	return crc32_z(0, data->start, span_size(data)) == crc;
}

/* Position `at` rounded up; alignment counts from the start of the file. */
static uint64_t aligned(uint64_t at, unsigned to) { return (at + to - 1) / to * to; }

/* ---- version 1: each record carries its own header ---- */

static enum err v1_read(struct span file, segb_fn *fn, void *context)
{
	span_seek(&file, 0);
	uint64_t end = span_le32(&file), size = span_size(&file);
	bool cut = end > size;
	/* A header that tells no plausible end: read as long as there are records. */
	if (cut || end < V1_HEADER)
		end = size;
	for (uint64_t at = V1_HEADER; at < end;) {
		struct span head = span_part(&file, at, V1_RECORD);
		uint32_t length = span_le32(&head);
		int32_t state = (int32_t)span_le32(&head);
		uint64_t first = span_le64(&head), second = span_le64(&head);
		uint32_t crc = span_le32(&head);
		if (!span_ok(&head))
			return err_set(ERR_TRUNCATED, "SEGB: record header at %llu is cut short", (unsigned long long)at);
		if (length == 0 && state == 0 && first == 0)
			break; /* the space reserved behind the records */
		struct segb_entry e = { .version = 1, .state = state, .created_at = cocoa_time(first), .offset = at + V1_RECORD };
		e.data = span_part(&file, e.offset, length);
		if (!span_ok(&e.data))
			return err_set(ERR_TRUNCATED, "SEGB: record at %llu is longer than the file", (unsigned long long)at);
		if (e.created_at == TIME_NONE)
			e.created_at = cocoa_time(second);
		e.crc_ok = crc_matches(&e.data, crc);
		enum err error = fn(context, &e);
		if (error < 0)
			return error;
		at = aligned(e.offset + length, V1_ALIGN);
	}
	return cut ? err_set(ERR_TRUNCATED, "SEGB: the file is shorter than its header says") : OK;
}

/* ---- version 2: the records' ends, states and times stand at the end of the file ---- */

struct trailer {
	uint64_t end; /* of the entry, in the file */
	int32_t state;
	uint64_t time;
	size_t index; /* 0: the last 16 bytes of the file */
};

static int trailer_compare(const void *a, const void *b)
{
	const struct trailer *x = a, *y = b;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static enum err v2_entries(struct span file, struct trailer *trailers, size_t count, segb_fn *fn, void *context)
{
	uint64_t limit = span_size(&file) - count * V2_TRAILER;
	uint64_t at = V2_HEADER;
	size_t wrong = 0;
	for (size_t i = 0; i < count; i++) {
		const struct trailer *t = &trailers[i];
		if (t->end > limit || t->end < at + V2_ENTRY) {
			wrong++;
			continue;
		}
		struct span head = span_part(&file, at, V2_ENTRY);
		uint32_t crc = span_le32(&head);
		struct segb_entry e = { .version = 2, .state = t->state, .created_at = cocoa_time(t->time), .offset = at + V2_ENTRY };
		e.data = span_part(&file, e.offset, t->end - e.offset);
		e.crc_ok = crc_matches(&e.data, crc);
		enum err error = fn(context, &e);
		if (error < 0)
			return error;
		at = aligned(t->end, V2_ALIGN);
	}
	return wrong ? err_set(ERR_FORMAT, "SEGB: %zu entries of the trailer lie outside of the data", wrong) : OK;
}

static enum err v2_read(struct span file, segb_fn *fn, void *context)
{
	span_seek(&file, 4);
	uint64_t size = span_size(&file), told = span_le32(&file);
	if (size < V2_HEADER)
		return err_set(ERR_TRUNCATED, "SEGB: the header is cut short");
	size_t count = (size_t)told, fit = (size_t)((size - V2_HEADER) / V2_TRAILER);
	if (count > fit)
		count = fit;
	struct trailer *trailers = calloc(count ? count : 1, sizeof *trailers);
	if (!trailers)
		return err_set(ERR_NOMEM, "SEGB: no memory for a trailer of %zu entries", count);
	for (size_t i = 0; i < count; i++) {
		span_seek(&file, size - (i + 1) * V2_TRAILER);
		uint64_t end = span_le32(&file) + (uint64_t)V2_HEADER;
		int32_t state = (int32_t)span_le32(&file);
		trailers[i] = (struct trailer){ end, state, span_le64(&file), i };
	}
	qsort(trailers, count, sizeof *trailers, trailer_compare);
	enum err e = v2_entries(file, trailers, count, fn, context);
	free(trailers);
	if (!e && told > fit)
		e = err_set(ERR_TRUNCATED, "SEGB: %llu entries do not fit into the file", (unsigned long long)told);
	return e;
}

enum err segb_read(struct span file, segb_fn *fn, void *context)
{
	struct span first = span_part(&file, 0, 4), second = span_part(&file, V1_HEADER - 4, 4);
	if (span_match(&first, "SEGB", 4))
		return v2_read(file, fn, context);
	if (span_match(&second, "SEGB", 4))
		return v1_read(file, fn, context);
	return err_set(ERR_FORMAT, "no SEGB file");
}
