#include "formats/protobuf.h"

#include <stdlib.h>

enum { GROUP_START = 3, GROUP_END = 4, GROUP_DEPTH = 64, JSON_DEPTH = 32, NUMBER_MAX = (1 << 29) - 1 };

/* Reads a tag; false when it is none. Wire types 6 and 7 are left to the caller's switch. */
static bool tag_read(struct span *s, uint32_t *ret_number, unsigned *ret_wire)
{
	uint64_t tag = span_leb128(s);
	if (!span_ok(s) || tag >> 3 == 0 || tag >> 3 > NUMBER_MAX)
		return false;
	*ret_number = (uint32_t)(tag >> 3);
	*ret_wire = tag & 7;
	return true;
}

/* The value behind a tag of wire type `wire`; false where it is cut short or the type does not exist. */
static bool payload_read(struct span *s, unsigned wire, struct protobuf_field *f)
{
	f->integer = 0;
	f->bytes = span_of(NULL, 0);
	switch (wire) {
	case PROTOBUF_VARINT:
		f->integer = span_leb128(s);
		break;
	case PROTOBUF_I64:
		f->integer = span_le64(s);
		break;
	case PROTOBUF_I32:
		f->integer = span_le32(s);
		break;
	case PROTOBUF_LEN:
		f->bytes = span_take(s, span_leb128(s));
		break;
	default:
		return false;
	}
	f->wire = (enum protobuf_wire)wire;
	return span_ok(s);
}

/* Moves behind the group whose start tag (of field `number`) was just read. */
static bool group_skip(struct span *s, uint32_t number)
{
	uint32_t open[GROUP_DEPTH] = { number };
	int depth = 1;
	while (depth > 0) {
		struct protobuf_field f;
		unsigned wire;
		if (!tag_read(s, &f.number, &wire))
			return false;
		if (wire == GROUP_START) {
			if (depth == GROUP_DEPTH)
				return false;
			open[depth++] = f.number;
		} else if (wire == GROUP_END) {
			if (open[--depth] != f.number)
				return false;
		} else if (!payload_read(s, wire, &f)) {
			return false;
		}
	}
	return true;
}

bool protobuf_next(struct span *s, struct protobuf_field *ret)
{
	while (span_ok(s) && span_left(s) > 0) {
		const uint8_t *tag = s->at;
		unsigned wire;
		ret->offset = span_pos(s);
		bool good = tag_read(s, &ret->number, &wire);
		if (good && wire == GROUP_START) {
			good = group_skip(s, ret->number);
			if (good)
				continue;
		}
		if (good && payload_read(s, wire, ret))
			return true;
		s->at = tag; /* so that the caller can say where the damage lies */
		s->short_read = true;
	}
	return false;
}

/* One step of a path, moved past: a number and which occurrence (−1: the last). False when it is no step. */
static bool step_read(const char **path, uint32_t *ret_number, long *ret_which)
{
	char *end;
	if (**path < '0' || **path > '9')
		return false;
	unsigned long number = strtoul(*path, &end, 10);
	if (number == 0 || number > NUMBER_MAX)
		return false;
	*ret_number = (uint32_t)number;
	*ret_which = -1;
	if (*end == '[') {
		const char *index = end + 1;
		if (*index != '-' && (*index < '0' || *index > '9'))
			return false;
		*ret_which = strtol(index, &end, 10);
		if (*end++ != ']' || *ret_which < -1)
			return false;
	}
	*path = end;
	return true;
}

bool protobuf_path(struct span message, const char *path, struct protobuf_field *ret)
{
	for (;;) {
		uint32_t number;
		long which, seen = 0;
		bool found = false;
		struct protobuf_field f;
		if (!step_read(&path, &number, &which))
			return false;
		struct span s = span_part(&message, 0, span_size(&message));
		while (protobuf_next(&s, &f)) {
			if (f.number != number)
				continue;
			if (which < 0 || seen++ == which) {
				*ret = f;
				found = true;
				if (which >= 0)
					break;
			}
		}
		if (!found)
			return false;
		if (*path == '\0')
			return true;
		if (*path++ != '.' || ret->wire != PROTOBUF_LEN)
			return false;
		message = ret->bytes;
	}
}

/* ---- JSON ---- */

struct place {
	uint32_t number;
	size_t offset;
};

/* True when `s` is wholly a message; its number of fields (groups not counted). */
static bool message_whole(struct span s, size_t *ret_count)
{
	struct protobuf_field f;
	*ret_count = 0;
	while (protobuf_next(&s, &f))
		++*ret_count;
	return span_ok(&s);
}

enum looks { LOOKS_BINARY, LOOKS_LINES, LOOKS_LINE };

/* LINE: UTF-8 without a control character; LINES: also tab, line feed, carriage return. */
static enum looks text_looks(struct span s)
{
	size_t size = span_left(&s);
	enum looks looks = LOOKS_LINE;
	if (utf8_valid(s.at, size) != size)
		return LOOKS_BINARY;
	for (size_t i = 0; i < size; i++) {
		uint8_t c = s.at[i];
		if (c == '\t' || c == '\n' || c == '\r')
			looks = LOOKS_LINES;
		else if (c < 0x20 || c == 0x7f || (c == 0xc2 && s.at[i + 1] < 0xa0)) /* C0, DEL, C1 */
			return LOOKS_BINARY;
	}
	return looks;
}

static int place_compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static enum err message_json(struct span message, size_t count, int depth, struct buf *out);

/* Order of the guesses: see docs/formats/protobuf.md. It depends on the field's bytes and depth alone. */
static enum err len_json(struct span bytes, int depth, struct buf *out)
{
	size_t count;
	enum looks looks = text_looks(bytes);
	if (looks != LOOKS_LINE && depth < JSON_DEPTH && message_whole(bytes, &count) && count > 0)
		return message_json(bytes, count, depth + 1, out);
	if (looks != LOOKS_BINARY) {
		buf_json(out, (const char *)bytes.at, span_left(&bytes));
	} else {
		buf_char(out, '"');
		buf_base64(out, bytes.at, span_left(&bytes));
		buf_char(out, '"');
	}
	return OK;
}

static enum err field_json(const struct protobuf_field *f, int depth, struct buf *out)
{
	if (f->wire == PROTOBUF_LEN)
		return len_json(f->bytes, depth, out);
	/* Signed, so that −1 (ten bytes of varint) reads as −1 and every number fits SQLite's integers. */
	buf_printf(out, "%lld", (long long)f->integer);
	return OK;
}

/* `message` holds `count` fields and is known to be whole. */
static enum err message_json(struct span message, size_t count, int depth, struct buf *out)
{
	struct protobuf_field f;
	struct span s = message;
	size_t n = 0;
	enum err e = OK;
	/* The fields of all open levels lie in disjoint bytes: together these arrays hold at most half as many places as
	 * the outermost message has bytes. */
	struct place *places = calloc(count ? count : 1, sizeof *places);
	if (!places)
		return err_set(ERR_NOMEM, "no memory for a protobuf message of %zu fields", count);
	while (n < count && protobuf_next(&s, &f))
		places[n++] = (struct place){ f.number, f.offset };
	qsort(places, n, sizeof *places, place_compare);
	buf_char(out, '{');
	for (size_t i = 0; i < n && !out->failed && e == OK; i++) {
		bool first = i == 0 || places[i - 1].number != places[i].number;
		bool last = i + 1 == n || places[i + 1].number != places[i].number;
		if (i)
			buf_char(out, ',');
		if (first)
			buf_printf(out, "\"%u\":%s", places[i].number, last ? "" : "[");
		s = message;
		span_seek(&s, places[i].offset);
		if (!protobuf_next(&s, &f))
			break; /* cannot be: it was read before */
		e = field_json(&f, depth, out);
		if (last && !first)
			buf_char(out, ']');
	}
	buf_char(out, '}');
	free(places);
	return e;
}

enum err protobuf_json(struct span message, struct buf *out)
{
	size_t count;
	message = span_part(&message, 0, span_size(&message));
	if (!message_whole(message, &count))
		return err_set(ERR_FORMAT, "no protobuf message");
	enum err e = message_json(message, count, 1, out);
	if (e == OK && out->failed)
		e = err_set(out->limit ? ERR_LIMIT : ERR_NOMEM, "the JSON of a protobuf message became too large");
	return e;
}
