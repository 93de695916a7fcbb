/* Zip: the central directory. Byte-level notes: docs/formats/zip.md. */
#include "evidence/zip.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/time.h"
#include "evidence/list.h"

struct end {
	uint64_t at;      /* where the end record (or the 64-bit one before it) begins: the directory ends there at the latest */
	uint64_t count, size, offset;
	bool split;
};

const uint8_t *zip_window_peek(struct zip_window *w, size_t size)
{
	size_t have = w->have - w->from;
	if (have >= size)
		return w->bytes + w->from;
	memmove(w->bytes, w->bytes + w->from, have);
	w->from = 0;
	w->have = have;
	uint64_t next = w->at + have, left = next < w->end ? w->end - next : 0;
	size_t want = w->room - have, got;
	if (want > left)
		want = (size_t)left;
	if (!file_read_some(w->fd, w->bytes + have, want, next, &got))
		w->have += got;
	return w->have >= size ? w->bytes : NULL;
}

void zip_window_seek(struct zip_window *w, uint64_t offset)
{
	if (offset >= w->at && offset - w->at <= w->have - w->from)
		w->from += (size_t)(offset - w->at);
	else
		w->from = w->have = 0;
	w->at = offset;
}

static enum err no_memory(void) { return err_set(ERR_NOMEM, "out of memory for the list of entries"); }

/* DOS date and time say no zone: taken as UTC, and noted. */
static int64_t dos_time(uint16_t date, uint16_t time)
{
	struct tm t = { .tm_year = (date >> 9) + 80, .tm_mon = (date >> 5 & 15) - 1, .tm_mday = date & 31, .tm_hour = time >> 11,
			.tm_min = time >> 5 & 63, .tm_sec = (time & 31) * 2 };
	if (t.tm_mon < 0 || t.tm_mon > 11 || t.tm_mday < 1 || t.tm_hour > 23 || t.tm_min > 59 || t.tm_sec > 59 ||
	    (date == 0x21 && time == 0)) /* 1980-01-01 00:00: what is written for "not known" */
		return TIME_NONE;
	return time_from(timegm(&t), 1, 0);
}

/* 100 ns since 1601. */
static int64_t ntfs_time(uint64_t t)
{
	return t && t <= INT64_MAX ? time_from((int64_t)t, 10000000, -TIME_WEBKIT_EPOCH) : TIME_NONE;
}

static void ntfs_field(struct span field, struct entry *e)
{
	span_skip(&field, 4);
	while (span_left(&field) >= 4) {
		uint16_t tag = span_le16(&field);
		struct span part = span_take(&field, span_le16(&field));
		if (tag != 1 || span_left(&part) < 24)
			continue;
		e->modified_at = ntfs_time(span_le64(&part));
		e->accessed_at = ntfs_time(span_le64(&part));
		e->created_at = ntfs_time(span_le64(&part));
	}
}

/* The times of a central header's field are those that fit its length; the flags speak of the local one. */
static void unix_times(struct span field, struct entry *e)
{
	uint8_t flags = span_u8(&field);
	int64_t *const times[] = { &e->modified_at, &e->accessed_at, &e->created_at };
	for (int i = 0; i < 3; i++)
		if ((flags & 1 << i) && span_left(&field) >= 4)
			*times[i] = time_from((int32_t)span_le32(&field), 1, 0);
}

static void aes_field(struct span field, struct zip_how *how)
{
	uint16_t version = span_le16(&field);
	bool vendor = span_match(&field, "AE", 2);
	uint8_t strength = span_u8(&field);
	uint16_t method = span_le16(&field);
	if (!span_ok(&field) || !vendor || version < 1 || version > 2 || strength < 1 || strength > 3)
		return;
	how->cipher = ZIP_AES;
	how->strength = strength;
	how->method = method;
	how->has_crc = version == 1;
}

/* Sizes and offset that did not fit 32 bits, in this order, each only when its 32-bit field is all ones. */
static void zip64_field(struct span field, struct zip_record *r)
{
	if (r->size == UINT32_MAX)
		r->size = span_le64(&field);
	if (r->stored == UINT32_MAX)
		r->stored = span_le64(&field);
	if (r->offset == UINT32_MAX)
		r->offset = span_le64(&field);
}

static void extra_fields(struct zip_record *r, struct entry *e, struct zip_how *how)
{
	struct span extra = span_of(r->extra, r->extra_size);
	while (span_left(&extra) >= 4) {
		uint16_t id = span_le16(&extra), size = span_le16(&extra);
		if (size > span_left(&extra))
			break; /* some writers leave rubbish at the end */
		struct span field = span_take(&extra, size);
		if (id == 0x0001)
			zip64_field(field, r);
		else if (id == 0x000a)
			ntfs_field(field, e);
		else if (id == 0x5455 && e->modified_at == TIME_NONE)
			unix_times(field, e);
		else if (id == 0x9901 && how->method == 99)
			aes_field(field, how);
	}
}

static enum entry_type type_of(const struct zip_record *r, bool named_folder)
{
	uint8_t host = (uint8_t)(r->made_by >> 8);
	uint32_t mode = host == 3 || host == 19 ? r->attributes >> 16 : 0; /* Unix, Darwin */
	if (named_folder || S_ISDIR(mode) || (host == 0 && (r->attributes & 0x10) && !r->size))
		return ENTRY_FOLDER;
	if (S_ISLNK(mode))
		return ENTRY_LINK;
	return S_ISFIFO(mode) || S_ISCHR(mode) || S_ISBLK(mode) || S_ISSOCK(mode) ? ENTRY_OTHER : ENTRY_FILE;
}

static bool span_push(struct zip_listing *l, struct zip_span s)
{
	if (l->span_count == l->span_room) {
		size_t room = l->span_room ? l->span_room + l->span_room / 2 : 1024;
		struct zip_span *more = realloc(l->spans, room * sizeof *more);
		if (!more)
			return false;
		l->spans = more;
		l->span_room = room;
	}
	l->spans[l->span_count++] = s;
	return true;
}

enum err zip_entry_add(struct zip_listing *l, struct zip_record *r)
{
	enum err x;
	buf_clear(&l->name);
	zip_name(r, &l->name);
	if (l->name.failed)
		return no_memory();
	bool named_folder = l->name.size && l->name.data[l->name.size - 1] == '/';
	struct entry *e = container_add(l->c, l->name.data ? l->name.data : "", l->name.size, &x);
	if (!e)
		return x;
	struct zip_how how = { .method = r->method, .has_crc = true };
	extra_fields(r, e, &how);
	if ((r->flags & 1) && how.cipher != ZIP_AES) {
		how.cipher = (r->flags & 0x40) || how.method == 99 ? ZIP_STRONG : ZIP_CRYPTO;
		how.check = (uint8_t)(r->flags & 8 ? r->time >> 8 : r->crc32 >> 24);
	}
	e->type = type_of(r, named_folder);
	e->encrypted = how.cipher != ZIP_PLAIN;
	e->size = r->size;
	e->stored = r->stored;
	e->crc32 = how.has_crc ? r->crc32 : 0;
	uint64_t at = r->offset + l->base;
	e->number = at >= l->base ? at : UINT64_MAX; /* beyond any file: reading says so */
	if (e->modified_at == TIME_NONE) {
		e->modified_at = dos_time(r->date, r->time);
		l->dos_times = l->dos_times || e->modified_at != TIME_NONE;
	}
	if (e->type == ENTRY_FILE && e->stored)
		*(e->encrypted ? &l->locked : &l->plain) += 1;
	zip_how_set(e, how);
	uint64_t end = e->number > UINT64_MAX - ZIP_LOCAL - e->stored ? UINT64_MAX : e->number + ZIP_LOCAL + e->stored;
	return span_push(l, (struct zip_span){ e->number, end, (uint32_t)(l->c->count - 1) }) ? OK : no_memory();
}

/* --- the end record ---------------------------------------------------------------------------------------------------------------- */

static bool end64_parse(int fd, uint64_t at, uint64_t end_at, struct end *end)
{
	uint8_t bytes[56];
	if (at > end_at || end_at - at < sizeof bytes || file_read(fd, bytes, sizeof bytes, at))
		return false;
	struct span s = span_of(bytes, sizeof bytes);
	if (!span_match(&s, "PK\6\6", 4))
		return false;
	span_skip(&s, 8 + 4);
	end->split = span_le32(&s) || span_le32(&s);
	span_skip(&s, 8);
	end->count = span_le64(&s);
	end->size = span_le64(&s);
	end->offset = span_le64(&s);
	end->at = at;
	return true;
}

/* The end record at `at`, and the 64-bit one when there is one. */
static void end_parse(int fd, uint64_t at, struct span s, struct end *end)
{
	span_skip(&s, 4);
	uint16_t disk = span_le16(&s), first = span_le16(&s);
	span_skip(&s, 2);
	*end = (struct end){ .at = at, .count = span_le16(&s), .size = span_le32(&s), .offset = span_le32(&s) };
	end->split = (disk && disk != UINT16_MAX) || (first && first != UINT16_MAX);
	uint8_t locator[20];
	if (at < sizeof locator || file_read(fd, locator, sizeof locator, at - sizeof locator) || memcmp(locator, "PK\6\7", 4) != 0)
		return;
	struct span l = span_of(locator, sizeof locator);
	span_skip(&l, 8);
	uint64_t stated = span_le64(&l), before = at - sizeof locator;
	/* Where it says; or right before the locator, when something was put before the zip. */
	if (!end64_parse(fd, stated, before, end) && before >= 56)
		end64_parse(fd, before - 56, before, end);
}

/* Where the directory begins; false when it is not there. `moved`: it may also lie right before its end record instead of where it says,
 * which is so when something was put before the zip. */
static bool directory_find(int fd, const struct end *end, bool moved, uint64_t *ret_at)
{
	uint64_t guesses[] = { end->offset, moved && end->size <= end->at ? end->at - end->size : UINT64_MAX };
	for (int i = 0; i < 2; i++) {
		uint8_t magic[4];
		*ret_at = guesses[i];
		if (end->count == 0 && end->size == 0 && guesses[i] == end->at)
			return true;
		if (guesses[i] < end->at && file_read(fd, magic, 4, guesses[i]) == OK && memcmp(magic, ZIP_CENTRAL_MAGIC, 4) == 0)
			return true;
	}
	return false;
}

/* Searches backwards, at most the longest comment: first for one whose comment ends the file, then for any whose directory is there. A cut-off
 * zip may end within or just behind a zip that lies in it: that one's directory is not where it says, and is not taken. */
static bool end_find(int fd, uint64_t size, struct end *ret, uint64_t *ret_directory)
{
	enum { TAIL = ZIP_END + 65535 };
	size_t n = size < TAIL ? (size_t)size : TAIL, got;
	uint8_t *tail = malloc(n + 1);
	uint8_t head[4] = { 0 };
	bool found = false;
	if (file_read_some(fd, head, sizeof head, 0, &got)) {
		free(tail);
		return false;
	}
	bool begins = memcmp(head, ZIP_LOCAL_MAGIC, 4) == 0;
	if (!tail || n < ZIP_END || file_read_some(fd, tail, n, size - n, &got) || got < n) {
		free(tail);
		return false;
	}
	for (int pass = 0; pass < 2 && !found; pass++)
		for (size_t i = n - ZIP_END + 1; i-- > 0 && !found;) {
			if (memcmp(tail + i, ZIP_END_MAGIC, 4) != 0)
				continue;
			struct span s = span_of(tail + i, n - i);
			span_seek(&s, 20);
			size_t comment = span_le16(&s);
			if (pass == 0 && comment != n - i - ZIP_END)
				continue;
			span_seek(&s, 0);
			end_parse(fd, size - n + i, s, ret);
			found = directory_find(fd, ret, pass == 0 && !begins, ret_directory) || (pass == 0 && ret->split);
		}
	free(tail);
	return found;
}

/* --- the directory ------------------------------------------------------------------------------------------------------------------ */

/* One central header; false at the end or damage. */
static bool central_next(struct zip_listing *l, struct zip_record *r, enum err *ret)
{
	const uint8_t *bytes = zip_window_peek(&l->window, ZIP_CENTRAL);
	if (!bytes || memcmp(bytes, ZIP_CENTRAL_MAGIC, 4) != 0)
		return false;
	struct span s = span_of(bytes, ZIP_CENTRAL);
	span_skip(&s, 4);
	r->made_by = span_le16(&s);
	span_skip(&s, 2);
	zip_record_fields(&s, r);
	size_t comment = span_le16(&s);
	span_skip(&s, 4);
	r->attributes = span_le32(&s);
	r->offset = span_le32(&s);
	size_t all = ZIP_CENTRAL + r->name_size + r->extra_size + comment;
	if (!(bytes = zip_window_peek(&l->window, all)))
		return false;
	r->name = bytes + ZIP_CENTRAL;
	r->extra = r->name + r->name_size;
	*ret = zip_entry_add(l, r); /* before the window moves */
	zip_window_skip(&l->window, all);
	return true;
}

/* *ret_whole: the directory held what it stated. */
static enum err directory_list(struct zip_listing *l, const struct end *end, uint64_t at, bool *ret_whole)
{
	struct zip_record r;
	enum err x = OK;
	uint64_t n = 0;
	l->base = at > end->offset ? at - end->offset : 0;
	if (l->base)
		container_note(l->c, "", 0, "%" PRIu64 " bytes lie before the zip", l->base);
	/* A header takes at least 46 bytes, whatever the count says. */
	container_expect(l->c, end->count < (end->at - at) / ZIP_CENTRAL ? end->count : (end->at - at) / ZIP_CENTRAL);
	l->window.end = end->at;
	zip_window_seek(&l->window, at);
	while (!x && central_next(l, &r, &x))
		n++;
	/* A writer without 64-bit records lets the count wrap. */
	*ret_whole = n == end->count || (n > UINT16_MAX && (n & UINT16_MAX) == end->count);
	if (!x && !*ret_whole)
		container_note(l->c, "", l->window.at, "the directory has %" PRIu64 " entries where it states %" PRIu64, n, end->count);
	return x;
}

/* --- overlaps ----------------------------------------------------------------------------------------------------------------------- */

static int span_order(const void *a, const void *b)
{
	const struct zip_span *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

void zip_spans_sort(struct zip_listing *l)
{
	for (size_t i = 1; i < l->span_count; i++)
		if (span_order(&l->spans[i - 1], &l->spans[i]) > 0) {
			qsort(l->spans, l->span_count, sizeof *l->spans, span_order);
			return;
		}
}

static void refuse(struct zip_listing *l, uint32_t index, enum zip_refused why)
{
	struct entry *e = container_entry(l->c, index);
	struct zip_how how = zip_how(e);
	how.refused = (uint8_t)why;
	zip_how_set(e, how);
	container_note(l->c, e->path, e->number, why == ZIP_OVERLAPS ? "overlaps another entry: refused (a zip bomb, or damage)"
								     : "its offset lies within another entry's data: refused");
}

/* Does a local header with the same method lie there? Then the one whose data runs over it is the liar. */
static bool header_there(struct zip_listing *l, const struct zip_span *s)
{
	uint8_t bytes[ZIP_LOCAL];
	if (file_read(l->window.fd, bytes, sizeof bytes, s->start) || memcmp(bytes, ZIP_LOCAL_MAGIC, 4) != 0)
		return false;
	struct zip_how how = zip_how(container_entry(l->c, s->index));
	uint16_t method = (uint16_t)(bytes[8] | bytes[9] << 8);
	return method == (how.cipher == ZIP_AES ? 99 : how.method);
}

/* A bomb lets many entries share one run of data: each byte of the zip may belong to one entry only. Of two that overlap, the one that
 * reaches over the other's header is refused, so that a forged size cannot hide the entry behind it. */
static void overlaps_refuse(struct zip_listing *l)
{
	zip_spans_sort(l);
	const struct zip_span *outer = NULL;
	for (size_t i = 0; i < l->span_count; i++) {
		const struct zip_span *s = &l->spans[i];
		if (!outer || s->start >= outer->end) {
			outer = s;
		} else if (s->start == outer->start || header_there(l, s)) {
			refuse(l, outer->index, ZIP_OVERLAPS);
			outer = s;
		} else {
			refuse(l, s->index, ZIP_NOT_THERE);
		}
	}
}

/* --- opening ------------------------------------------------------------------------------------------------------------------------ */

static enum err target_sink(void *context, const void *bytes, size_t size)
{
	buf_add(context, bytes, size);
	return OK;
}

static enum err targets_read(struct zip_listing *l)
{
	struct buf target = { .limit = 65536 };
	for (size_t i = 0; i < l->c->count; i++) {
		struct entry *e = container_entry(l->c, i);
		if (e->type != ENTRY_LINK)
			continue;
		buf_clear(&target);
		e->target = "";
		if (zip_read(l->c, e, target_sink, &target) || target.failed)
			container_note(l->c, e->path, e->number, "where the link points cannot be read: %s", err_message());
		else if (!(e->target = container_target(l->c, target.data ? target.data : "", target.size)))
			break;
	}
	buf_free(&target);
	return OK;
}

static enum err nothing(void *context, const void *bytes, size_t size)
{
	(void)context, (void)bytes, (void)size;
	return ERR_CANCELLED; /* the password was right if anything came */
}

/* Is there a password, and is it right? ERR_PASSWORD only where nothing at all can be read without. */
static enum err password_check(struct zip_listing *l)
{
	enum err x = OK;
	if (!l->locked)
		return OK;
	if (!l->c->password)
		x = err_set(ERR_PASSWORD, "%zu of %zu files are encrypted: a password is needed", l->locked, l->locked + l->plain);
	for (size_t i = 0; !x && i < l->c->count; i++) {
		const struct entry *e = container_entry(l->c, i);
		if (e->type != ENTRY_FILE || !e->encrypted || !e->stored || zip_how(e).cipher == ZIP_STRONG)
			continue;
		if (zip_read(l->c, e, nothing, NULL) == ERR_PASSWORD)
			x = ERR_PASSWORD;
		break;
	}
	if (!x || !l->plain)
		return x;
	container_note(l->c, "", 0, "%s", err_message());
	return OK;
}

static enum err zip_list(struct zip_listing *l)
{
	struct container *c = l->c;
	struct end end;
	uint64_t directory;
	bool whole = false;
	enum err x = OK;
	if (!end_find(c->source.fd, c->source.size, &end, &directory))
		container_note(c, "", c->source.size, "no directory at the end: the zip is cut off or damaged");
	else if (end.split)
		container_note(c, "", end.at, "one part of a split zip: only what lies in this part can be read");
	else
		x = directory_list(l, &end, directory, &whole);
	if (!x && !whole)
		x = zip_scan(l);
	if (x == ERR_LIMIT) {
		container_note(c, "", l->window.at, "%s: the rest is not listed", err_message());
		x = OK;
	}
	if (x)
		return x;
	if (!whole && !c->count)
		return err_set(ERR_FORMAT, "%s is no zip, or nothing of it can be read", c->source.path);
	overlaps_refuse(l);
	if (l->dos_times)
		container_note(c, "", 0, "some times are DOS times, in the local time of who made the zip: shown as if they were UTC");
	x = targets_read(l);
	return x ? x : password_check(l);
}

static enum err zip_open(struct container *c)
{
	size_t room = c->source.size < ZIP_WINDOW ? (size_t)c->source.size : ZIP_WINDOW;
	struct zip_listing l = { .c = c, .window = { .fd = c->source.fd, .bytes = malloc(room + 1), .room = room } };
	enum err x = l.window.bytes ? zip_list(&l) : no_memory();
	free(l.window.bytes);
	free(l.spans);
	buf_free(&l.name);
	return x;
}

static bool zip_probe(const struct source *s)
{
	if (s->folder || s->head_size < 4)
		return false;
	if (memcmp(s->head, ZIP_LOCAL_MAGIC, 4) == 0 || memcmp(s->head, ZIP_END_MAGIC, 4) == 0 || memcmp(s->head, ZIP_SIZED_MAGIC, 4) == 0)
		return true;
	struct end end; /* something before the zip: a program that unpacks itself, a picture */
	uint64_t directory;
	return end_find(s->fd, s->size, &end, &directory);
}

static void zip_free(struct container *c) { (void)c; }

const struct container_type zip_container = {
	.name = "zip",
	.probe = zip_probe,
	.open = zip_open,
	.read = zip_read,
	.free = zip_free,
};
