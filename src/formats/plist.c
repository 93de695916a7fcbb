#include "formats/plist.h"

#include <stdio.h>
#include <string.h>

#include "base/span.h"
#include "base/time.h"
#include "formats/plist_parts.h"

enum {
	HEADER_SIZE = 8,
	TRAILER_SIZE = 32,
	BUSY = UINT16_MAX, /* a height: the object is being read, so that meeting it again is a cycle */
};

/* One binary plist while it is read. Each object is read once, whatever number of references it has. */
struct bplist {
	struct arena *arena;
	struct span file;
	uint64_t count, table;
	unsigned offset_width, ref_width;
	struct value **memo;
	uint16_t *height; /* levels below and including the object; 0: not read yet */
	/* Objects do not overlap in an honest file, so that all their contents are no larger than the file. Counting
	 * this down keeps the work linear where a thousand objects claim the same bytes. */
	uint64_t left;
};

enum err plist_no_room(void) { return err_set(ERR_LIMIT, "property list: the memory granted for it is used up"); }

struct value *plist_integer(struct arena *a, unsigned __int128 magnitude, bool negative)
{
	uint64_t most = negative ? (uint64_t)1 << 63 : INT64_MAX;
	if (magnitude <= most) {
		struct value *v = value_new(a, VALUE_INT);
		if (v)
			v->integer = negative ? (int64_t)(0 - (uint64_t)magnitude) : (int64_t)magnitude;
		return v;
	}
	char digits[48], *p = digits + sizeof digits;
	for (; magnitude; magnitude /= 10)
		*--p = (char)('0' + (int)(magnitude % 10));
	if (negative)
		*--p = '-';
	size_t size = (size_t)(digits + sizeof digits - p);
	char *copy = arena_copy(a, p, size);
	return copy ? value_text(a, copy, size) : NULL;
}

struct value *plist_date(struct arena *a, double seconds)
{
	int64_t us = time_from_real(seconds, 1, TIME_COCOA_EPOCH);
	struct value *v = value_new(a, us == TIME_NONE ? VALUE_NULL : VALUE_DATE);
	if (v && us != TIME_NONE)
		v->integer = us;
	return v;
}

static enum err object_read(struct bplist *r, uint64_t ref, int depth);

static enum err bad(uint64_t offset, const char *what)
{
	return err_set(ERR_FORMAT, "binary plist: offset %llu: %s", (unsigned long long)offset, what);
}

static double real_of(struct span *s, size_t width)
{
	union {
		uint64_t i64;
		uint32_t i32;
		double d;
		float f;
	} u;
	if (width == 4) {
		u.i32 = span_be32(s);
		return (double)u.f;
	}
	u.i64 = span_be64(s);
	return u.d;
}

/* Takes `count` × `width` bytes of content at `s`, or says why not. */
static enum err content_take(struct bplist *r, struct span *s, uint64_t count, unsigned width, struct span *ret)
{
	uint64_t size, at = span_pos(s);
	if (__builtin_mul_overflow(count, width, &size) || size > span_left(s))
		return err_set(ERR_TRUNCATED, "binary plist: offset %llu: object goes beyond the end",
			       (unsigned long long)at);
	if (size > r->left)
		return bad(at, "objects overlap");
	r->left -= size;
	*ret = span_take(s, size);
	return OK;
}

/* The low nibble of a marker as a count; 15 means that an integer object with the count follows. */
static enum err count_read(struct span *s, unsigned low, uint64_t *ret)
{
	uint64_t at = span_pos(s);
	*ret = low;
	if (low != 15)
		return OK;
	uint8_t marker = span_u8(s);
	if ((marker & 0xf0) != 0x10 || (marker & 15) > 3)
		return bad(at, "a count that is no integer");
	*ret = span_be(s, 1u << (marker & 15));
	return OK;
}

static struct value *integer_of(struct bplist *r, struct span *s, unsigned low)
{
	if (low < 3)
		return plist_integer(r->arena, span_be(s, 1u << low), false);
	__int128 n = (int64_t)span_be64(s);
	if (low == 4) /* the high half before; Apple writes this width for what is beyond int64 */
		n = (__int128)(((unsigned __int128)n << 64) | span_be64(s));
	return plist_integer(r->arena, n < 0 ? 0 - (unsigned __int128)n : (unsigned __int128)n, n < 0);
}

static enum err text_read(struct bplist *r, struct span *s, unsigned type, unsigned low, struct value **ret)
{
	uint64_t count;
	struct span text;
	enum err e = count_read(s, low, &count);
	if (e == OK)
		e = content_take(r, s, count, type == 6 ? 2 : 1, &text);
	if (e)
		return e;
	const char *bytes = (const char *)text.at;
	size_t size = span_left(&text);
	if (type == 4) {
		*ret = value_new(r->arena, VALUE_DATA);
		if (*ret) {
			(*ret)->bytes = bytes;
			(*ret)->size = size;
		}
	} else if (type == 6) {
		struct buf b = { .limit = size * 3 + 3 };
		buf_utf16(&b, bytes, size, true);
		const char *copy = b.failed ? NULL : arena_copy(r->arena, b.data, b.size);
		*ret = copy ? value_text(r->arena, copy, b.size) : NULL;
		buf_free(&b);
	} else { /* 5: ASCII, 7: UTF-8 */
		*ret = value_text(r->arena, bytes, size);
	}
	return *ret ? OK : plist_no_room();
}

/* A dict's key as text: Apple's writer makes nothing else, others were seen to use integers. */
static struct value *key_of(struct bplist *r, struct value *v)
{
	if (v->type == VALUE_TEXT)
		return v;
	if (v->type != VALUE_INT)
		return NULL;
	char digits[24];
	int size = snprintf(digits, sizeof digits, "%lld", (long long)v->integer);
	char *copy = arena_copy(r->arena, digits, (size_t)size);
	return copy ? value_text(r->arena, copy, (size_t)size) : NULL;
}

/* Follows `count` references at `refs` into `items`; *deepest is raised to the tallest of them. */
static enum err items_read(struct bplist *r, struct span *refs, size_t count, int depth, struct value **items,
			   unsigned *deepest)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t ref = span_be(refs, r->ref_width);
		enum err e = object_read(r, ref, depth + 1);
		if (e)
			return e;
		items[i] = r->memo[ref];
		if (r->height[ref] > *deepest)
			*deepest = r->height[ref];
	}
	return OK;
}

static enum err container_read(struct bplist *r, struct span *s, unsigned type, unsigned low, int depth,
			       struct value **ret, unsigned *deepest)
{
	uint64_t count, at = span_pos(s);
	struct span refs;
	enum err e = count_read(s, low, &count);
	if (e == OK)
		e = content_take(r, s, count, type == 13 ? 2 * r->ref_width : r->ref_width, &refs);
	if (e)
		return e;
	struct value *v = value_new(r->arena, type == 13 ? VALUE_DICT : VALUE_ARRAY);
	struct value **items = arena_array(r->arena, count, sizeof *items);
	struct value **keys = type == 13 ? arena_array(r->arena, count, sizeof *keys) : NULL;
	if (!v || !items || (type == 13 && !keys))
		return plist_no_room();
	if (keys) {
		e = items_read(r, &refs, count, depth, keys, deepest);
		for (size_t i = 0; e == OK && i < count; i++)
			if (!(keys[i] = key_of(r, keys[i])))
				e = r->arena->failed ? plist_no_room() : bad(at, "a key that is no text");
	}
	if (e == OK)
		e = items_read(r, &refs, count, depth, items, deepest);
	if (e)
		return e;
	v->items = items;
	v->keys = keys;
	v->count = count;
	*ret = v;
	return OK;
}

static enum err simple_read(struct bplist *r, struct span *s, uint64_t at, unsigned type, unsigned low,
			    struct value **ret)
{
	struct value *v = NULL;
	if (type == 0 && low == 0) {
		v = value_new(r->arena, VALUE_NULL);
	} else if (type == 0 && (low == 8 || low == 9)) {
		v = value_new(r->arena, VALUE_BOOL);
		if (v)
			v->integer = low == 9;
	} else if (type == 1 && low <= 4) {
		v = integer_of(r, s, low);
	} else if (type == 2 && (low == 2 || low == 3)) {
		v = value_new(r->arena, VALUE_REAL);
		if (v)
			v->real = real_of(s, 1u << low);
	} else if (type == 3 && low == 3) {
		v = plist_date(r->arena, real_of(s, 8));
	} else if (type == 8 && low < 8) {
		v = value_new(r->arena, VALUE_UID);
		if (v)
			v->integer = (int64_t)span_be(s, low + 1);
		if (v && v->integer < 0)
			return bad(at, "a UID beyond 63 bits");
	} else {
		return err_set(ERR_FORMAT, "binary plist: offset %llu: unknown object marker 0x%x%x",
			       (unsigned long long)at, type, low);
	}
	*ret = v;
	return v ? OK : plist_no_room();
}

/* Reads object `ref` into r->memo[ref]. Recursion is bounded by VALUE_DEPTH. */
static enum err object_read(struct bplist *r, uint64_t ref, int depth)
{
	if (ref >= r->count)
		return err_set(ERR_FORMAT, "binary plist: reference to object %llu of %llu", (unsigned long long)ref,
			       (unsigned long long)r->count);
	if (r->height[ref] == BUSY)
		return err_set(ERR_FORMAT, "binary plist: object %llu contains itself", (unsigned long long)ref);
	if (depth + r->height[ref] > VALUE_DEPTH || depth >= VALUE_DEPTH)
		return err_set(ERR_LIMIT, "binary plist: object %llu: more than %d levels deep",
			       (unsigned long long)ref, VALUE_DEPTH);
	if (r->height[ref])
		return OK;
	r->height[ref] = BUSY;

	struct span entry = span_part(&r->file, r->table + ref * r->offset_width, r->offset_width);
	uint64_t at = span_be(&entry, r->offset_width);
	if (at < HEADER_SIZE || at >= r->table)
		return err_set(ERR_FORMAT, "binary plist: object %llu: offset %llu lies outside the objects",
			       (unsigned long long)ref, (unsigned long long)at);
	struct span s = span_part(&r->file, 0, r->table);
	span_seek(&s, at);
	uint8_t marker = span_u8(&s);
	unsigned type = marker >> 4, low = marker & 15, deepest = 0;
	struct value *v = NULL;
	enum err e;
	if (type >= 4 && type <= 7)
		e = text_read(r, &s, type, low, &v);
	else if (type == 10 || type == 11 || type == 12 || type == 13)
		e = container_read(r, &s, type, low, depth, &v, &deepest);
	else
		e = simple_read(r, &s, at, type, low, &v);
	if (e)
		return e;
	if (!span_ok(&s))
		return err_set(ERR_TRUNCATED, "binary plist: offset %llu: object goes beyond the end",
			       (unsigned long long)at);
	r->memo[ref] = v;
	r->height[ref] = (uint16_t)(deepest + 1);
	return OK;
}

static enum err binary_read(struct arena *a, const void *bytes, size_t size, const struct value **ret)
{
	struct bplist r = { .arena = a, .file = span_of(bytes, size), .left = size };
	if (size < HEADER_SIZE + TRAILER_SIZE + 2)
		return err_set(ERR_TRUNCATED, "binary plist: %zu bytes are too few for one", size);
	if (((const char *)bytes)[6] != '0')
		return err_set(ERR_UNSUPPORTED, "binary plist: version '%.2s'", (const char *)bytes + 6);
	struct span t = span_part(&r.file, size - TRAILER_SIZE, TRAILER_SIZE);
	span_skip(&t, 6);
	r.offset_width = span_u8(&t);
	r.ref_width = span_u8(&t);
	r.count = span_be64(&t);
	uint64_t top = span_be64(&t);
	r.table = span_be64(&t);
	uint64_t table_size;
	if (r.offset_width < 1 || r.offset_width > 8 || r.ref_width < 1 || r.ref_width > 8)
		return bad(size - TRAILER_SIZE, "the trailer gives impossible widths: damaged or cut short");
	if (r.table < HEADER_SIZE || r.table > size - TRAILER_SIZE || r.count > r.table - HEADER_SIZE ||
	    __builtin_mul_overflow(r.count, r.offset_width, &table_size) ||
	    table_size > size - TRAILER_SIZE - r.table)
		return bad(size - TRAILER_SIZE, "the trailer points outside the file: damaged or cut short");
	r.memo = arena_array(a, r.count, sizeof *r.memo);
	r.height = arena_array(a, r.count, sizeof *r.height);
	if (!r.memo || !r.height)
		return plist_no_room();
	enum err e = object_read(&r, top, 0);
	if (e == OK)
		*ret = r.memo[top];
	return e;
}

/* The first bytes without leading blanks, byte order mark and NULs (UTF-16), for a look at what this is. */
static size_t start_copy(const void *bytes, size_t size, char *out, size_t room)
{
	const uint8_t *p = bytes;
	size_t n = 0;
	for (size_t i = 0; i < size && n < room; i++) {
		bool mark = p[i] == 0xef || p[i] == 0xbb || p[i] == 0xbf || p[i] == 0xfe || p[i] == 0xff;
		if (p[i] && (n || (p[i] > ' ' && !mark)))
			out[n++] = (char)p[i];
	}
	return n;
}

bool plist_is(const void *bytes, size_t size)
{
	if (size >= HEADER_SIZE && memcmp(bytes, "bplist", 6) == 0)
		return true;
	/* The root may come after a declaration, a DOCTYPE and a comment. */
	char start[1024];
	size_t n = start_copy(bytes, size < 2 * sizeof start ? size : 2 * sizeof start, start, sizeof start);
	return n && start[0] == '<' && memmem(start, n, "<plist", 6);
}

enum err plist_read(struct arena *a, const void *bytes, size_t size, const struct value **ret)
{
	*ret = NULL;
	char first[6];
	size_t n = bytes ? start_copy(bytes, size, first, sizeof first) : 0;
	if (n == 0)
		return err_set(ERR_FORMAT, "property list: empty");
	if (size >= 6 && memcmp(bytes, "bplist", 6) == 0)
		return binary_read(a, bytes, size, ret);
	if (first[0] == '<')
		return plist_xml_read(a, bytes, size, ret);
	if (strchr("{(\"", first[0]) || (n > 1 && first[0] == '/' && (first[1] == '/' || first[1] == '*')))
		return err_set(ERR_UNSUPPORTED, "property list: the old ASCII form");
	if (size < 6 && memcmp(bytes, "bplist", size) == 0)
		return err_set(ERR_TRUNCATED, "binary plist: %zu bytes are too few for one", size);
	return err_set(ERR_FORMAT, "property list: begins like neither the binary nor the XML form");
}
