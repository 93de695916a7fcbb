/* Page map of a WAL or rollback journal. See sqlite_overlay.h and docs/formats/sqlite.md. */
#include "formats/sqlite_overlay.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void overlay_note(const struct overlay_notes *n, uint64_t offset, const char *format, ...)
{
	if (!n->fn)
		return;
	char reason[200];
	va_list args;
	va_start(args, format);
	vsnprintf(reason, sizeof reason, format, args);
	va_end(args);
	n->fn(n->context, offset, reason);
}

enum err overlay_read(struct sqlite_input in, void *to, uint64_t offset, size_t size)
{
	int64_t got = in.read(in.context, to, offset, size);
	if (got < 0)
		return (enum err)got;
	return (uint64_t)got == size ? OK : ERR_TRUNCATED;
}

struct sqlite_header sqlite_header_parse(const uint8_t *bytes)
{
	struct sqlite_header h = { 0 };
	struct span s = span_of(bytes, SQLITE_HEADER_SIZE);
	if (!span_match(&s, "SQLite format 3", 16))
		return h;
	uint32_t size = span_be16(&s);
	if (size == 1)
		size = 65536;
	if (!sqlite_page_size_ok(size))
		return h;
	h.page_size = size;
	span_seek(&s, 24);
	h.change_counter = span_be32(&s);
	h.pages = span_be32(&s);
	span_seek(&s, 40);
	h.schema_cookie = span_be32(&s);
	span_seek(&s, 56);
	h.encoding = span_be32(&s);
	span_seek(&s, 92);
	h.version_valid_for = span_be32(&s);
	return h;
}

void overlay_clear(struct overlay *o)
{
	free(o->slots);
	*o = (struct overlay){ 0 };
}

/* The slot of `page`, or the empty one where it belongs. `room` is never full, so the loop ends. */
static struct overlay_slot *slot_find(struct overlay_slot *slots, size_t room, uint32_t page)
{
	size_t i = (page * (uint64_t)0x9e3779b97f4a7c15u) >> 32 & (room - 1);
	while (slots[i].page && slots[i].page != page)
		i = (i + 1) & (room - 1);
	return &slots[i];
}

static enum err overlay_grow(struct overlay *o)
{
	size_t room = o->room ? o->room * 2 : 256;
	struct overlay_slot *slots = calloc(room, sizeof *slots);
	if (!slots)
		return err_set(ERR_NOMEM, "no memory for the page map of a log (%zu pages)", o->used);
	for (size_t i = 0; i < o->room; i++)
		if (o->slots[i].page)
			*slot_find(slots, room, o->slots[i].page) = o->slots[i];
	free(o->slots);
	o->slots = slots;
	o->room = room;
	return OK;
}

enum err overlay_put(struct overlay *o, uint32_t page, uint32_t newest, uint32_t last_commit)
{
	if (o->used + 1 > o->room / 4 * 3) {
		if (o->used >= OVERLAY_PAGES_MOST)
			return ERR_LIMIT;
		enum err e = overlay_grow(o);
		if (e < 0)
			return e;
	}
	struct overlay_slot *s = slot_find(o->slots, o->room, page);
	if (!s->page) {
		s->page = page;
		o->used++;
	} else if (s->newest <= last_commit) {
		s->before = s->newest;
	}
	s->newest = newest;
	return OK;
}

uint64_t overlay_find(const struct overlay *o, uint32_t page)
{
	if (!o->room || !page || page > o->pages)
		return 0;
	const struct overlay_slot *s = slot_find(o->slots, o->room, page);
	if (!s->page)
		return 0;
	if (o->kind == OVERLAY_JOURNAL)
		return (uint64_t)s->newest * 8 + 4;
	return s->newest <= o->frames ? s->newest : s->before;
}

struct wal_sum {
	uint32_t a, b;
};

/* SQLite's running checksum over pairs of 32-bit words; `size` is a multiple of 8. */
static struct wal_sum wal_add(struct wal_sum sum, const uint8_t *p, size_t size, bool big_endian)
{
	bool swap = big_endian == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
	for (size_t i = 0; i + 8 <= size; i += 8) {
		uint32_t x, y;
		memcpy(&x, p + i, 4);
		memcpy(&y, p + i + 4, 4);
		sum.a += (swap ? __builtin_bswap32(x) : x) + sum.b;
		sum.b += (swap ? __builtin_bswap32(y) : y) + sum.a;
	}
	return sum;
}

struct wal_scan {
	struct sqlite_input in;
	const struct overlay_notes *notes;
	struct overlay *map;
	bool big_endian;
	uint32_t salt[2];
	struct wal_sum sum;
	uint32_t open_first; /* change counter of the earliest page 1 that awaits its commit */
	bool has_open_first;
};

/* Reads the 32-byte header; false (noted) when it is none. */
static bool wal_header(struct wal_scan *w)
{
	uint8_t bytes[WAL_HEADER_SIZE];
	enum err e = overlay_read(w->in, bytes, 0, sizeof bytes);
	if (e < 0) {
		overlay_note(w->notes, 0, "write-ahead log left aside: %s",
			     e == ERR_TRUNCATED ? "shorter than its header" : err_text(e));
		return false;
	}
	struct span s = span_of(bytes, sizeof bytes);
	uint32_t magic = span_be32(&s), version = span_be32(&s), page_size = span_be32(&s);
	span_skip(&s, 4); /* checkpoint sequence */
	w->salt[0] = span_be32(&s);
	w->salt[1] = span_be32(&s);
	struct wal_sum stated = { span_be32(&s), span_be32(&s) };
	if ((magic & ~1u) != 0x377f0682) {
		overlay_note(w->notes, 0, "write-ahead log left aside: no WAL magic");
		return false;
	}
	if (version != 3007000 || !sqlite_page_size_ok(page_size)) {
		overlay_note(w->notes, 4, "write-ahead log left aside: version %u, page size %u", version, page_size);
		return false;
	}
	w->big_endian = magic & 1;
	w->sum = wal_add((struct wal_sum){ 0 }, bytes, 24, w->big_endian);
	if (w->sum.a != stated.a || w->sum.b != stated.b) {
		overlay_note(w->notes, 24, "write-ahead log left aside: checksum of its header is wrong");
		return false;
	}
	w->map->page_size = page_size;
	return true;
}

/* One frame. False where the valid log ends; *ret_err tells what else went wrong. */
static bool wal_frame(struct wal_scan *w, const uint8_t *bytes, uint64_t frame, enum err *ret_err)
{
	struct overlay *map = w->map;
	uint64_t offset = wal_frame_offset(frame, map->page_size);
	struct span s = span_of(bytes, WAL_FRAME_HEADER_SIZE);
	uint32_t page = span_be32(&s), commit = span_be32(&s), salt0 = span_be32(&s), salt1 = span_be32(&s);
	struct wal_sum stated = { span_be32(&s), span_be32(&s) };
	/* Frames of an earlier round of the log follow the newest one: the usual state, not damage. */
	if (salt0 != w->salt[0] || salt1 != w->salt[1])
		return false;
	struct wal_sum sum = wal_add(w->sum, bytes, 8, w->big_endian);
	sum = wal_add(sum, bytes + WAL_FRAME_HEADER_SIZE, map->page_size, w->big_endian);
	if (sum.a != stated.a || sum.b != stated.b || page == 0) {
		overlay_note(w->notes, offset, "write-ahead log ends before frame %llu: %s", (unsigned long long)frame,
			     page ? "its checksum is wrong" : "page number 0");
		return false;
	}
	w->sum = sum;
	if (page == 1 && !map->has_first && !w->has_open_first) {
		w->open_first = sqlite_header_parse(bytes + WAL_FRAME_HEADER_SIZE).change_counter;
		w->has_open_first = true;
	}
	*ret_err = overlay_put(map, page, (uint32_t)frame, (uint32_t)map->frames);
	if (*ret_err < 0) {
		if (*ret_err == ERR_LIMIT) {
			overlay_note(w->notes, offset,
				     "write-ahead log read up to frame %llu only: it touches too many pages",
				     (unsigned long long)frame - 1);
			*ret_err = OK;
		}
		return false;
	}
	if (commit) {
		map->frames = frame;
		map->pages = commit;
		if (w->has_open_first && !map->has_first) {
			map->has_first = true;
			map->first_counter = w->open_first;
		}
	}
	return true;
}

enum err overlay_scan_wal(struct sqlite_input in, const struct overlay_notes *n, struct overlay *ret)
{
	*ret = (struct overlay){ 0 };
	if (!in.read || in.size == 0)
		return OK;
	struct wal_scan w = { .in = in, .notes = n, .map = ret };
	if (!wal_header(&w)) {
		overlay_clear(ret);
		return OK;
	}
	size_t one = WAL_FRAME_HEADER_SIZE + (size_t)ret->page_size, batch = (256 * 1024) / one + 1;
	uint64_t count = (in.size - WAL_HEADER_SIZE) / one, last = 0;
	if (count > UINT32_MAX - 1)
		count = UINT32_MAX - 1;
	uint8_t *bytes = malloc(one * batch);
	if (!bytes)
		return err_set(ERR_NOMEM, "no memory to read a write-ahead log");
	enum err e = OK;
	bool more = true;
	for (uint64_t frame = 1; more && frame <= count; frame += batch) {
		uint64_t offset = wal_frame_offset(frame, ret->page_size);
		int64_t got = in.read(in.context, bytes, offset,
				      one * (batch < count - frame + 1 ? batch : count - frame + 1));
		if (got < 0) {
			overlay_note(n, offset, "write-ahead log read up to frame %llu only: %s",
				     (unsigned long long)frame - 1, err_text((enum err)got));
			break;
		}
		size_t here = (size_t)got / one;
		for (size_t i = 0; more && i < here; i++) {
			more = wal_frame(&w, bytes + i * one, frame + i, &e);
			last = more ? frame + i : last;
		}
		more = more && here == batch;
	}
	free(bytes);
	if (e < 0 || ret->frames == 0) {
		if (last > 0)
			overlay_note(n, WAL_HEADER_SIZE, "write-ahead log holds %llu frames and no commit: left aside",
				     (unsigned long long)last);
		overlay_clear(ret);
		return e;
	}
	if (last > ret->frames)
		overlay_note(
			n, wal_frame_offset(ret->frames + 1, ret->page_size),
			"write-ahead log: %llu frames after its last commit were never committed and are not laid over",
			(unsigned long long)(last - ret->frames));
	ret->kind = OVERLAY_WAL;
	return OK;
}
