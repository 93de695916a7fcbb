#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/xml_parts.h"

/* Low nibble of a token: XmlPullParser's events, and one for attributes. */
enum event {
	START_DOCUMENT = 0,
	END_DOCUMENT = 1,
	START_TAG = 2,
	END_TAG = 3,
	TEXT = 4,
	CDSECT = 5,
	ENTITY_REF = 6,
	IGNORABLE_WHITESPACE = 7,
	PROCESSING_INSTRUCTION = 8,
	COMMENT = 9,
	DOCDECL = 10,
	ATTRIBUTE = 15,
};

/* High nibble. */
enum type {
	TYPE_NULL = 1,
	TYPE_STRING = 2,
	TYPE_STRING_INTERNED = 3,
	TYPE_BYTES_HEX = 4,
	TYPE_BYTES_BASE64 = 5,
	TYPE_INT = 6,
	TYPE_INT_HEX = 7,
	TYPE_LONG = 8,
	TYPE_LONG_HEX = 9,
	TYPE_FLOAT = 10,
	TYPE_DOUBLE = 11,
	TYPE_TRUE = 12,
	TYPE_FALSE = 13,
};

enum { INTERNED_MAX = 65535, INTERNED_NEW = 0xffff };

struct abx {
	struct xml_builder *b;
	struct span s;
	const char **interned; /* INTERNED_MAX places */
	size_t interned_count;
	struct buf scratch;
	bool wrong; /* x->s was flagged for what is there, not for what is missing */
};

static enum err damage(struct abx *x, enum err e, const char *why)
{
	return err_set(e, "ABX: at byte %zu: %s", span_pos(&x->s), why);
}

/* Java's modified UTF-8 (NUL as C0 80, characters beyond U+FFFF as two surrogates of three bytes) as UTF-8 without NUL, which
 * becomes U+FFFD as everything else that is no text does. */
static void modified_utf8(struct buf *out, const uint8_t *p, size_t size)
{
	size_t i = 0;
	while (i < size) {
		size_t good = utf8_valid(p + i, size - i);
		const uint8_t *nul = good ? memchr(p + i, 0, good) : NULL;
		if (nul)
			good = (size_t)(nul - (p + i));
		buf_add(out, p + i, good);
		i += good;
		if (i == size)
			break;
		size_t left = size - i;
		bool surrogate = left >= 3 && p[i] == 0xed && p[i + 1] >= 0xa0 && p[i + 1] < 0xc0 && p[i + 2] >> 6 == 2;
		if (surrogate && p[i + 1] < 0xb0 && left >= 6 && p[i + 3] == 0xed && p[i + 4] >= 0xb0 && p[i + 4] < 0xc0 &&
		    p[i + 5] >> 6 == 2) {
			uint32_t high = (uint32_t)(p[i + 1] & 0x0f) << 6 | (p[i + 2] & 0x3f);
			uint32_t low = (uint32_t)(p[i + 4] & 0x0f) << 6 | (p[i + 5] & 0x3f);
			buf_codepoint(out, 0x10000 + (high << 10 | low));
			i += 6;
			continue;
		}
		buf_codepoint(out, 0xfffd);
		i += surrogate ? 3 : left >= 2 && p[i] == 0xc0 && p[i + 1] == 0x80 ? 2 : 1;
	}
}

static const char *scratch_copy(struct abx *x)
{
	return x->scratch.failed ? NULL : arena_copy(x->b->arena, x->scratch.data ? x->scratch.data : "", x->scratch.size);
}

/* A string (16-bit length, bytes) into `scratch`. A short read shows in x->s. */
static void string_read(struct abx *x)
{
	size_t size = span_be16(&x->s);
	const uint8_t *p = span_bytes(&x->s, size);
	buf_clear(&x->scratch);
	if (p)
		modified_utf8(&x->scratch, p, size);
}

/* An interned string: its number, or INTERNED_NEW and the string. NULL: no memory (x->s is fine), or damage (it is not). */
static const char *interned_read(struct abx *x)
{
	size_t index = span_be16(&x->s);
	if (index != INTERNED_NEW) {
		if (span_ok(&x->s) && index < x->interned_count)
			return x->interned[index];
		x->wrong = x->wrong || span_ok(&x->s);
		x->s.short_read = true;
		return NULL;
	}
	string_read(x);
	const char *text = scratch_copy(x);
	if (text && x->interned_count < INTERNED_MAX)
		x->interned[x->interned_count++] = text;
	return text;
}

static void integer_add(struct buf *out, int64_t value, bool hexadecimal)
{
	/* Java's toString(value, 16): a sign and the absolute value. */
	if (!hexadecimal)
		buf_printf(out, "%lld", (long long)value);
	else
		buf_printf(out, "%s%llx", value < 0 ? "-" : "", value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value);
}

/* The shortest decimal that reads back as the same number. */
static void real_add(struct buf *out, double value, bool single)
{
	if (!isfinite(value)) {
		buf_text(out, isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity");
		return;
	}
	char text[40];
	for (int digits = single ? 6 : 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
			break;
	}
	buf_text(out, text);
	if (!strpbrk(text, ".e"))
		buf_text(out, ".0");
}

/* The value of an attribute as text; NULL as for interned_read. */
static const char *value_read(struct abx *x, unsigned type)
{
	struct buf *out = &x->scratch;
	uint32_t bits32;
	uint64_t bits64;
	float single;
	double real;
	size_t size;
	const uint8_t *p;
	buf_clear(out);
	switch (type) {
	case TYPE_NULL:
		return "";
	case TYPE_TRUE:
		return "true";
	case TYPE_FALSE:
		return "false";
	case TYPE_STRING_INTERNED:
		return interned_read(x);
	case TYPE_STRING:
		string_read(x);
		break;
	case TYPE_BYTES_HEX:
	case TYPE_BYTES_BASE64:
		size = span_be16(&x->s);
		p = span_bytes(&x->s, size);
		if (p && type == TYPE_BYTES_HEX)
			buf_hex(out, p, size);
		else if (p)
			buf_base64(out, p, size);
		break;
	case TYPE_INT:
	case TYPE_INT_HEX:
		integer_add(out, (int32_t)span_be32(&x->s), type == TYPE_INT_HEX);
		break;
	case TYPE_LONG:
	case TYPE_LONG_HEX:
		integer_add(out, (int64_t)span_be64(&x->s), type == TYPE_LONG_HEX);
		break;
	case TYPE_FLOAT:
		bits32 = span_be32(&x->s);
		memcpy(&single, &bits32, sizeof single);
		real_add(out, (double)single, true);
		break;
	case TYPE_DOUBLE:
		bits64 = span_be64(&x->s);
		memcpy(&real, &bits64, sizeof real);
		real_add(out, real, false);
		break;
	default:
		x->s.short_read = x->wrong = true;
		return NULL;
	}
	return span_ok(&x->s) ? scratch_copy(x) : NULL;
}

/* The text of the entity named in `scratch`; one that is not known stays as it was written. */
static void entity_add(struct abx *x)
{
	static const struct { const char *name, *text; } known[] = {
		{ "amp", "&" }, { "apos", "'" }, { "gt", ">" }, { "lt", "<" }, { "quot", "\"" },
	};
	const char *name = x->scratch.data ? x->scratch.data : "";
	struct buf out = { 0 };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(name, known[i].name) == 0)
			buf_text(&out, known[i].text);
	if (name[0] == '#') {
		bool hexadecimal = name[1] == 'x';
		const char *digits = name + 1 + hexadecimal;
		char *end;
		unsigned long c = strtoul(digits, &end, hexadecimal ? 16 : 10);
		if (end > digits && !*end && c > 0 && c <= 0x10ffff)
			buf_codepoint(&out, (uint32_t)c);
	}
	if (out.size == 0 && !out.failed) {
		buf_char(&out, '&');
		buf_text(&out, name);
		buf_char(&out, ';');
	}
	xml_build_text(x->b, out.data, out.failed ? 0 : out.size);
	buf_free(&out);
}

/* Text, comments and their like: a string or nothing. */
static enum err characters_read(struct abx *x, unsigned event, unsigned type)
{
	if (type == TYPE_NULL)
		return OK;
	if (type != TYPE_STRING)
		return damage(x, ERR_FORMAT, "text of a type that text does not have");
	string_read(x);
	if (!span_ok(&x->s))
		return damage(x, ERR_TRUNCATED, "text cut short");
	if (event == TEXT || event == CDSECT)
		xml_build_text(x->b, x->scratch.data, x->scratch.size);
	else if (event == ENTITY_REF)
		entity_add(x);
	return x->b->error;
}

static enum err named_read(struct abx *x, unsigned event, unsigned type)
{
	if (event != ATTRIBUTE && type != TYPE_STRING_INTERNED)
		return damage(x, ERR_FORMAT, "an element whose name is no interned string");
	if (event != START_TAG && x->b->depth == 0)
		return damage(x, ERR_FORMAT, event == END_TAG ? "an end without its start" : "an attribute outside of any element");
	const char *name = interned_read(x);
	const char *value = event == ATTRIBUTE && span_ok(&x->s) ? value_read(x, type) : NULL;
	if (x->wrong)
		return damage(x, ERR_FORMAT, "a value of no known type, or a reference to a string that was not seen");
	if (!span_ok(&x->s))
		return damage(x, ERR_TRUNCATED, "a name or value cut short");
	if (event == START_TAG)
		xml_build_open(x->b, name);
	else if (event == ATTRIBUTE)
		xml_build_attribute(x->b, name, value);
	else if (name && strcmp(name, x->b->open[x->b->depth - 1].node->name) != 0)
		return damage(x, ERR_FORMAT, "an element ends under another name");
	else
		xml_build_close(x->b);
	return x->b->error;
}

/* Behind the end of a document another may follow, with its magic or without; anything else there is padding. */
static bool another_document(struct abx *x)
{
	if (span_match(&x->s, "ABX", 4)) { /* with its NUL */
		x->interned_count = 0;
		return true;
	}
	return span_left(&x->s) > 0 && (*x->s.at == (TYPE_NULL << 4 | START_DOCUMENT) ||
					*x->s.at == (TYPE_STRING_INTERNED << 4 | START_TAG));
}

static enum err tokens_read(struct abx *x)
{
	enum err e = OK;
	while (!e && span_left(&x->s) > 0) {
		uint8_t token = span_u8(&x->s);
		unsigned event = token & 0x0f, type = token >> 4;
		switch (event) {
		case START_DOCUMENT:
			break;
		case END_DOCUMENT:
			if (x->b->depth > 0)
				return damage(x, ERR_FORMAT, "the document ends inside an element");
			if (!another_document(x))
				return x->b->first_root ? OK : damage(x, ERR_FORMAT, "a document without an element");
			break;
		case START_TAG:
		case END_TAG:
		case ATTRIBUTE:
			e = named_read(x, event, type);
			break;
		case TEXT:
		case CDSECT:
		case ENTITY_REF:
		case IGNORABLE_WHITESPACE:
		case PROCESSING_INSTRUCTION:
		case COMMENT:
		case DOCDECL:
			e = characters_read(x, event, type);
			break;
		default:
			return damage(x, ERR_FORMAT, "a token that does not exist");
		}
	}
	if (e)
		return e;
	if (x->b->depth > 0)
		return damage(x, ERR_TRUNCATED, "the file ends inside an element");
	return x->b->first_root ? OK : damage(x, ERR_TRUNCATED, "no element");
}

enum err abx_read(struct xml_builder *b, struct span s)
{
	struct abx x = { .b = b, .s = s, .interned = calloc(INTERNED_MAX, sizeof(char *)) };
	if (!x.interned)
		return err_set(ERR_NOMEM, "ABX: out of memory");
	enum err e = tokens_read(&x);
	free(x.interned);
	buf_free(&x.scratch);
	return e;
}
