/* Encodings of text and bytes. */
#include "sql/functions.h"

static void utf16_result(sqlite3_context *c, sqlite3_value *v, bool big_endian)
{
	if (sqlite3_value_type(v) == SQLITE_NULL)
		return;
	struct span s = function_span(v);
	struct buf out = { .limit = FUNCTION_OUTPUT_MOST };
	buf_utf16(&out, s.start, span_size(&s), big_endian);
	function_text(c, &out);
	buf_free(&out);
}

static void utf16le_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	utf16_result(c, values[0], false);
}

static void utf16be_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	utf16_result(c, values[0], true);
}

static void latin1_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	if (sqlite3_value_type(values[0]) == SQLITE_NULL)
		return;
	struct span s = function_span(values[0]);
	struct buf out = { .limit = FUNCTION_OUTPUT_MOST };
	while (span_left(&s) && !out.failed)
		buf_codepoint(&out, span_u8(&s));
	function_text(c, &out);
	buf_free(&out);
}

static void uuid_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	struct span s = function_span(values[0]);
	if (span_size(&s) != 16)
		return;
	struct buf out = { 0 };
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf_char(&out, '-');
		buf_hex(&out, s.start + i, 1);
	}
	function_text(c, &out);
	buf_free(&out);
}

/* The six bits of a base64 letter (both alphabets), or -1. */
static int base64_bits(char c)
{
	return c >= 'A' && c <= 'Z'   ? c - 'A'
	       : c >= 'a' && c <= 'z' ? c - 'a' + 26
	       : c >= '0' && c <= '9' ? c - '0' + 52
	       : c == '+' || c == '-' ? 62
	       : c == '/' || c == '_' ? 63
				      : -1;
}

static bool base64_read(const char *p, size_t size, struct buf *out)
{
	uint32_t bits = 0;
	int have = 0;
	size_t letters = 0, padding = 0;
	for (size_t i = 0; i < size; i++) {
		if (p[i] == ' ' || p[i] == '\n' || p[i] == '\r' || p[i] == '\t')
			continue;
		if (p[i] == '=') {
			padding++;
			continue;
		}
		int six = base64_bits(p[i]);
		if (six < 0 || padding)
			return false;
		letters++;
		bits = bits << 6 | (uint32_t)six;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_char(out, (char)(bits >> have));
		}
	}
	/* A single letter over is no byte; padding, where there is any, fills up to four. */
	return letters % 4 != 1 && (padding == 0 || (padding <= 2 && (letters + padding) % 4 == 0));
}

static void base64_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	if (sqlite3_value_type(values[0]) == SQLITE_NULL)
		return;
	struct span s = function_span(values[0]);
	struct buf out = { .limit = FUNCTION_OUTPUT_MOST };
	if (base64_read((const char *)s.start, span_size(&s), &out) && !out.failed)
		sqlite3_result_blob64(c, out.data ? out.data : "", out.size, SQLITE_TRANSIENT);
	buf_free(&out);
}

/* Hexadecimal digits (with or without 0x) as integer; NULL when it is none or has more than 16. */
static void hex_integer_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	const char *text = sqlite3_value_type(values[0]) == SQLITE_NULL ? NULL : (const char *)sqlite3_value_text(values[0]);
	uint64_t value = 0;
	int digits = 0;
	if (text && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	for (; text && *text; text++, digits++) {
		char digit = *text;
		int v = digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
		if (v < 0 || digits == 16)
			return;
		value = value << 4 | (uint64_t)v;
	}
	if (digits)
		sqlite3_result_int64(c, (sqlite3_int64)value);
}

const struct function text_functions[] = {
	{ "utf16le", 1, FUNCTION_PURE, utf16le_call, NULL },	  { "utf16be", 1, FUNCTION_PURE, utf16be_call, NULL },
	{ "latin1", 1, FUNCTION_PURE, latin1_call, NULL },	  { "hex_uuid", 1, FUNCTION_PURE, uuid_call, NULL },
	{ "base64_decode", 1, FUNCTION_PURE, base64_call, NULL }, { "hex_integer", 1, FUNCTION_PURE, hex_integer_call, NULL },
	{ 0 },
};
