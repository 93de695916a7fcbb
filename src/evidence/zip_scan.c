/* A zip without its directory (cut off while it was copied, or damaged): what local headers there are, found one behind the other.
 *
 * Only outside of what is listed already, and never within an entry's data whose size is known: a zip stored in a zip has headers too. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/zip.h"

#define MEASURE_MOST ((uint64_t)16 << 30)

/* Moves to the next `magic`; false at the end. */
static bool find(struct zip_window *w, const char *magic, size_t size)
{
	while (zip_window_peek(w, size)) {
		const uint8_t *p = w->bytes + w->from, *hit = memmem(p, w->have - w->from, magic, size);
		zip_window_skip(w, hit ? (size_t)(hit - p) : w->have - w->from - (size - 1));
		if (hit)
			return true;
	}
	return false;
}

/* A local header at the window's place that makes sense. Its name and extra field stay valid until the window moves. */
static bool local_parse(struct zip_window *w, struct zip_record *r)
{
	const uint8_t *bytes = zip_window_peek(w, ZIP_LOCAL);
	if (!bytes || memcmp(bytes, ZIP_LOCAL_MAGIC, 4) != 0)
		return false;
	struct span s = span_of(bytes, ZIP_LOCAL);
	span_skip(&s, 4);
	*r = (struct zip_record){ .made_by = 3 << 8, .offset = w->at };
	uint16_t needed = span_le16(&s);
	zip_record_fields(&s, r);
	if ((needed & 0xff) > 63 || r->method > 99 || !r->name_size || !(bytes = zip_window_peek(w, ZIP_LOCAL + r->name_size + r->extra_size)))
		return false;
	r->name = bytes + ZIP_LOCAL;
	r->extra = r->name + r->name_size;
	return true;
}

/* Takes sizes and checksum from a descriptor's fields when the stored size is just the way from `data` to `at`, and the size one that deflate
 * can make of that. */
static bool descriptor_fits(struct zip_record *r, struct span s, bool wide, uint64_t data, uint64_t at)
{
	uint32_t crc = span_le32(&s);
	uint64_t stored = wide ? span_le64(&s) : span_le32(&s), size = wide ? span_le64(&s) : span_le32(&s);
	if (!span_ok(&s) || at - data != stored || size / 1040 > stored)
		return false;
	r->crc32 = crc;
	r->stored = stored;
	r->size = size;
	return true;
}

static bool descriptor_at(struct zip_window *w, struct zip_record *r, uint64_t data)
{
	uint8_t bytes[20];
	const uint8_t *p = zip_window_peek(w, 24);
	if (!p && (p = zip_window_peek(w, 16)) && memcmp(p, ZIP_SIZED_MAGIC, 4) == 0)
		return descriptor_fits(r, span_of(p + 4, 12), false, data, w->at);
	if (p && memcmp(p, ZIP_SIZED_MAGIC, 4) == 0)
		/* The wide one first: its lower half looks like a narrow one of size 0. */
		return descriptor_fits(r, span_of(p + 4, 20), true, data, w->at) || descriptor_fits(r, span_of(p + 4, 12), false, data, w->at);
	if (!(p = zip_window_peek(w, 4)) || (memcmp(p, ZIP_LOCAL_MAGIC, 4) != 0 && memcmp(p, ZIP_CENTRAL_MAGIC, 4) != 0))
		return false;
	/* Descriptors without their magic lie right before the next header. */
	for (int wide = 0; wide < 2; wide++) {
		size_t size = wide ? 20 : 12;
		if (w->at - data >= size && file_read(w->fd, bytes, size, w->at - size) == OK &&
		    descriptor_fits(r, span_of(bytes, size), wide, data, w->at - size))
			return true;
	}
	return false;
}

/* Finds where an entry without a size ends. False: cut off, at the next header or the end of the file. */
static bool end_search(struct zip_window *w, struct zip_record *r, uint64_t data)
{
	struct zip_record next;
	zip_window_seek(w, data);
	for (; find(w, "PK", 2); zip_window_skip(w, 2)) {
		if (descriptor_at(w, r, data))
			return true;
		if (local_parse(w, &next))
			break;
	}
	r->stored = (zip_window_peek(w, 4) ? w->at : w->end) - data;
	return false;
}

static enum err measure_sink(void *context, const void *bytes, size_t size)
{
	(void)bytes;
	*(uint64_t *)context += size;
	return *(uint64_t *)context > MEASURE_MOST ? ERR_LIMIT : OK;
}

/* The size of a cut-off entry is what comes out of it. */
static void measure(struct zip_listing *l)
{
	struct entry *e = container_entry(l->c, l->c->count - 1);
	struct zip_how how = zip_how(e);
	uint64_t size = 0;
	how.has_crc = false;
	how.measuring = true;
	zip_how_set(e, how);
	if (e->type == ENTRY_FILE)
		zip_read(l->c, e, measure_sink, &size);
	how.measuring = false;
	zip_how_set(e, how);
	e->size = size;
	e->crc32 = 0;
	container_note(l->c, e->path, e->number, "cut off: its end is not there");
}

/* The end of the known span that `at` lies in, or 0. */
static uint64_t known_end(const struct zip_span *spans, size_t count, uint64_t at)
{
	size_t from = 0, to = count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (spans[middle].start <= at)
			from = middle + 1;
		else
			to = middle;
	}
	return from && at < spans[from - 1].end ? spans[from - 1].end : 0;
}

static enum err local_add(struct zip_listing *l, struct zip_record *r)
{
	struct zip_window *w = &l->window;
	uint64_t data = w->at + ZIP_LOCAL + r->name_size + r->extra_size;
	bool unsized = (r->flags & 8) && (r->stored == 0 || r->stored == UINT32_MAX), whole = true;
	uint8_t *copy = NULL;
	if (unsized) {
		/* The search moves the window, so name and extra field are kept aside. */
		copy = malloc(r->name_size + r->extra_size);
		if (!copy)
			return err_set(ERR_NOMEM, "out of memory for the list of entries");
		memcpy(copy, r->name, r->name_size + r->extra_size);
		r->name = copy;
		r->extra = copy + r->name_size;
		whole = end_search(w, r, data);
	}
	size_t before = l->c->count;
	enum err x = zip_entry_add(l, r);
	free(copy);
	if (x || l->c->count == before) {
		zip_window_seek(w, data);
		return x;
	}
	const struct entry *e = container_entry(l->c, before);
	uint64_t stored = e->stored, left = w->end > data ? w->end - data : 0;
	if (!whole)
		measure(l);
	else if (stored > left)
		container_note(l->c, e->path, data, "cut off: %" PRIu64 " of its %" PRIu64 " stored bytes are there", left, stored);
	zip_window_seek(w, data + (stored < left ? stored : left));
	return OK;
}

enum err zip_scan(struct zip_listing *l)
{
	struct zip_window *w = &l->window;
	struct zip_record r;
	enum err x = OK;
	size_t before = l->c->count;
	zip_spans_sort(l);
	size_t known = l->span_count;
	struct zip_span *spans = known ? malloc(known * sizeof *spans) : NULL;
	if (known && !spans)
		return err_set(ERR_NOMEM, "out of memory for the list of entries");
	if (known)
		memcpy(spans, l->spans, known * sizeof *spans);
	l->base = 0;
	w->end = l->c->source.size;
	zip_window_seek(w, 0);
	while (!x && find(w, ZIP_LOCAL_MAGIC, 4)) {
		uint64_t end = known_end(spans, known, w->at);
		if (end)
			zip_window_seek(w, end < w->end ? end : w->end);
		else if (local_parse(w, &r))
			x = local_add(l, &r);
		else
			zip_window_skip(w, 4);
	}
	free(spans);
	if (!x)
		container_note(l->c, "", 0, "%zu entries found by their local headers", l->c->count - before);
	return x;
}
