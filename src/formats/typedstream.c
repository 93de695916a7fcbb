#include "formats/typedstream.h"

#include <stdlib.h>

#include "base/span.h"

/* The stream has no index: to find a text behind other objects, all before it must be read, with the two tables that later
 * references point into. Reading ends with the first string object, so that damage behind the text costs nothing. */

enum {
	INTEGER_2 = -127, /* 0x81 */
	INTEGER_4 = -126,
	FLOATING = -125,
	NEW = -124,
	NIL = -123,
	END = -122,	  /* of an object */
	REFERENCE = -110, /* 0x92: what the first entry of a table is called */
	DEPTH = 100,
};

/* A string, or in the table of objects an object, a class or a C string; there only `is_text` matters. */
struct entry {
	struct span bytes;
	bool is_text; /* a class that is, or descends from, NSString */
};

struct table {
	struct entry *entries;
	size_t count, room;
};

struct typedstream {
	struct span s;
	bool big_endian;
	struct table strings, objects;
	uint64_t steps; /* that may still be taken: types of no bytes must not make a short stream endless */
	bool found;
	struct span text;
};

static enum err bad(const struct typedstream *t, const char *what)
{
	if (!span_ok(&t->s))
		return err_set(ERR_TRUNCATED, "typedstream: ends within a value");
	return err_set(ERR_FORMAT, "typedstream: before offset %zu: %s", span_pos(&t->s), what);
}

static enum err steps_take(struct typedstream *t, uint64_t steps)
{
	if (steps > t->steps)
		return err_set(ERR_LIMIT, "typedstream: offset %zu: too many values", span_pos(&t->s));
	t->steps -= steps;
	return OK;
}

static bool table_add(struct table *t, struct entry e)
{
	if (t->count == t->room) {
		size_t room = t->room ? t->room * 2 : 32;
		struct entry *more = reallocarray(t->entries, room, sizeof *more);
		if (!more)
			return false;
		t->entries = more;
		t->room = room;
	}
	t->entries[t->count++] = e;
	return true;
}

static enum err no_memory(void) { return err_set(ERR_NOMEM, "typedstream: out of memory"); }

static int head_read(struct typedstream *t) { return (int8_t)span_u8(&t->s); }

/* The integer that `head` begins. As unsigned, a byte above the tags is itself; as signed it is negative. */
static enum err integer_read(struct typedstream *t, int head, bool as_signed, int64_t *ret)
{
	if (head == INTEGER_2) {
		uint16_t n = t->big_endian ? span_be16(&t->s) : span_le16(&t->s);
		*ret = as_signed ? (int16_t)n : (int64_t)n;
	} else if (head == INTEGER_4) {
		uint32_t n = t->big_endian ? span_be32(&t->s) : span_le32(&t->s);
		*ret = as_signed ? (int32_t)n : (int64_t)n;
	} else if (head < REFERENCE) {
		return bad(t, "a tag where an integer belongs");
	} else {
		*ret = as_signed ? head : (uint8_t)head;
	}
	return span_ok(&t->s) ? OK : bad(t, "");
}

/* Bytes with their length before them, or nil (empty). */
static enum err bytes_read(struct typedstream *t, int head, struct span *ret)
{
	int64_t size;
	*ret = span_of(NULL, 0);
	if (head == NIL)
		return OK;
	enum err e = integer_read(t, head, false, &size);
	if (e)
		return e;
	*ret = span_take(&t->s, (uint64_t)size);
	return span_ok(&t->s) ? OK : bad(t, "");
}

static enum err reference_read(struct typedstream *t, int head, const struct table *table, struct entry **ret)
{
	int64_t n;
	enum err e = integer_read(t, head, true, &n);
	if (e)
		return e;
	n -= REFERENCE;
	if (n < 0 || (uint64_t)n >= table->count)
		return bad(t, "a reference to nothing");
	*ret = &table->entries[n];
	return OK;
}

/* A string that later ones may refer to: type encodings, names of classes. */
static enum err shared_read(struct typedstream *t, int head, struct span *ret)
{
	*ret = span_of(NULL, 0);
	if (head == NIL)
		return OK;
	if (head == NEW) {
		enum err e = bytes_read(t, head_read(t), ret);
		if (e == OK && !table_add(&t->strings, (struct entry){ .bytes = *ret }))
			e = no_memory();
		return e;
	}
	struct entry *entry;
	enum err e = reference_read(t, head, &t->strings, &entry);
	if (e == OK)
		*ret = entry->bytes;
	return e;
}

static bool span_is(const struct span *s, const char *text)
{
	return span_size(s) == strlen(text) && memcmp(s->start, text, strlen(text)) == 0;
}

/* A class and its superclasses up to nil or one that is known. */
static enum err class_read(struct typedstream *t, bool *ret_is_text)
{
	size_t first = t->objects.count;
	int head = head_read(t);
	enum err e = OK;
	for (; e == OK && head == NEW; head = head_read(t)) {
		struct span name;
		int64_t version;
		e = shared_read(t, head_read(t), &name);
		if (e == OK)
			e = integer_read(t, head_read(t), true, &version);
		bool is_text = span_is(&name, "NSString") || span_is(&name, "NSMutableString");
		if (e == OK && !table_add(&t->objects, (struct entry){ .is_text = is_text }))
			e = no_memory();
		if (e)
			return e;
	}
	struct entry *known = NULL;
	if (head != NIL)
		e = reference_read(t, head, &t->objects, &known);
	if (e)
		return e;
	bool is_text = known && known->is_text;
	for (size_t i = t->objects.count; i-- > first;)
		is_text = t->objects.entries[i].is_text |= is_text;
	*ret_is_text = is_text;
	return span_ok(&t->s) ? OK : bad(t, "");
}

static enum err group_read(struct typedstream *t, int head, bool in_text, int depth);

static enum err object_read(struct typedstream *t, int depth)
{
	int head = head_read(t);
	struct entry *known;
	if (head == NIL)
		return OK;
	if (head != NEW)
		return reference_read(t, head, &t->objects, &known);
	bool is_text = false;
	/* Before its class is read: the object is numbered first. */
	if (!table_add(&t->objects, (struct entry){ 0 }))
		return no_memory();
	enum err e = class_read(t, &is_text);
	if (e)
		return e;
	while (!t->found && (head = head_read(t)) != END) {
		e = group_read(t, head, is_text, depth + 1);
		if (e)
			return e;
	}
	return span_ok(&t->s) ? OK : bad(t, "");
}

/* The decimal number at *encoding. */
static enum err length_read(struct typedstream *t, struct span *encoding, uint64_t *ret)
{
	*ret = 0;
	while (span_left(encoding) && *encoding->at >= '0' && *encoding->at <= '9') {
		*ret = *ret * 10 + (uint64_t)(span_u8(encoding) - '0');
		if (*ret > UINT32_MAX)
			return bad(t, "an array too long");
	}
	return OK;
}

static enum err value_read(struct typedstream *t, struct span *encoding, bool in_text, int depth);

/* "[12c]", behind the bracket. Its elements follow one another in the stream. */
static enum err array_read(struct typedstream *t, struct span *encoding, int depth)
{
	uint64_t count;
	enum err e = length_read(t, encoding, &count);
	if (e)
		return e;
	struct span element = *encoding;
	if (count == 0) { /* the type is passed over, nothing is in the stream */
		int open = 1;
		while (open && span_left(encoding)) {
			uint8_t c = span_u8(encoding);
			open += c == '[' ? 1 : c == ']' ? -1 : 0;
		}
		return open ? bad(t, "an array type without its end") : steps_take(t, span_pos(encoding) - span_pos(&element));
	}
	if (span_left(&element) && (*element.at == 'c' || *element.at == 'C')) {
		span_skip(&t->s, count);
		span_skip(encoding, 1);
	} else {
		for (uint64_t i = 0; e == OK && i < count && !t->found; i++) {
			*encoding = element;
			e = value_read(t, encoding, false, depth + 1);
		}
	}
	if (e || t->found)
		return e;
	return span_u8(encoding) == ']' && span_ok(&t->s) ? OK : bad(t, "an array type without its end");
}

/* "{name=fields}", behind the brace. */
static enum err struct_read(struct typedstream *t, struct span *encoding, int depth)
{
	struct span ahead = *encoding;
	while (span_left(&ahead) && *ahead.at != '=' && *ahead.at != '}' && *ahead.at != '{')
		span_u8(&ahead);
	enum err e = steps_take(t, span_pos(&ahead) - span_pos(encoding));
	if (span_left(&ahead) && *ahead.at == '=') {
		span_u8(&ahead);
		*encoding = ahead;
	}
	while (e == OK && !t->found && span_left(encoding) && *encoding->at != '}')
		e = value_read(t, encoding, false, depth + 1);
	if (e || t->found)
		return e;
	return span_u8(encoding) == '}' ? OK : bad(t, "a struct type without its end");
}

static enum err real_read(struct typedstream *t, unsigned width)
{
	int head = head_read(t);
	int64_t n;
	if (head != FLOATING)
		return integer_read(t, head, true, &n);
	span_skip(&t->s, width);
	return span_ok(&t->s) ? OK : bad(t, "");
}

static enum err c_string_read(struct typedstream *t)
{
	int head = head_read(t);
	struct entry *known;
	struct span bytes;
	if (head == NIL)
		return OK;
	if (head != NEW)
		return reference_read(t, head, &t->objects, &known);
	enum err e = shared_read(t, head_read(t), &bytes);
	if (e == OK && !table_add(&t->objects, (struct entry){ 0 }))
		e = no_memory();
	return e;
}

/* One value of the type at `encoding`, which is moved behind it. */
static enum err value_read(struct typedstream *t, struct span *encoding, bool in_text, int depth)
{
	struct span bytes;
	int64_t n;
	bool is_text;
	enum err e;
	if (depth > DEPTH)
		return err_set(ERR_LIMIT, "typedstream: offset %zu: more than %d levels deep", span_pos(&t->s), DEPTH);
	e = steps_take(t, 1);
	if (e)
		return e;
	switch (span_u8(encoding)) {
	case 'c':
	case 'C':
	case 'B':
		span_skip(&t->s, 1);
		return span_ok(&t->s) ? OK : bad(t, "");
	case 's':
	case 'S':
	case 'i':
	case 'I':
	case 'l':
	case 'L':
	case 'q':
	case 'Q':
		return integer_read(t, head_read(t), true, &n);
	case 'f':
		return real_read(t, 4);
	case 'd':
		return real_read(t, 8);
	case '*':
		return c_string_read(t);
	case '%':
	case ':':
		return shared_read(t, head_read(t), &bytes);
	case '+':
		e = bytes_read(t, head_read(t), &bytes);
		if (e == OK && in_text) {
			t->found = true;
			t->text = bytes;
		}
		return e;
	case '#':
		return class_read(t, &is_text);
	case '@':
		return object_read(t, depth);
	case '!': /* a field that is not stored */
		return OK;
	case '[':
		return array_read(t, encoding, depth);
	case '{':
		return struct_read(t, encoding, depth);
	default:
		return bad(t, "a type that is not known");
	}
}

/* A type encoding and the values it describes. */
static enum err group_read(struct typedstream *t, int head, bool in_text, int depth)
{
	struct span encoding;
	enum err e = span_ok(&t->s) ? shared_read(t, head, &encoding) : bad(t, "");
	if (e == OK && span_size(&encoding) == 0)
		e = bad(t, "values without a type");
	encoding.at = encoding.start;
	while (e == OK && !t->found && span_left(&encoding))
		e = value_read(t, &encoding, in_text, depth);
	return e;
}

static enum err stream_read(struct typedstream *t)
{
	uint8_t version = span_u8(&t->s);
	struct span signature;
	int64_t system;
	enum err e = bytes_read(t, head_read(t), &signature);
	t->big_endian = span_is(&signature, "typedstream");
	if (e || (!t->big_endian && !span_is(&signature, "streamtyped")))
		return err_set(ERR_FORMAT, "typedstream: no such signature");
	if (version != 4)
		return err_set(ERR_UNSUPPORTED, "typedstream: version %u", version);
	e = integer_read(t, head_read(t), false, &system);
	while (e == OK && !t->found && span_left(&t->s))
		e = group_read(t, head_read(t), false, 0);
	if (e == OK && !t->found)
		e = err_set(ERR_NOT_FOUND, "typedstream: no string in it");
	return e;
}

enum err typedstream_text(const void *bytes, size_t size, struct buf *out)
{
	struct typedstream t = { .s = span_of(bytes, size), .steps = (uint64_t)size * 16 + 1000 };
	enum err e = stream_read(&t);
	if (e == OK)
		buf_scrub(out, (const char *)t.text.start, span_size(&t.text));
	free(t.strings.entries);
	free(t.objects.entries);
	return e;
}
