#include "match/list_json.h"

#include <string.h>

struct json_in json_make(struct list_in *in) { return (struct json_in){ .in = in, .text.limit = JSON_TEXT_MOST + 16, .value_next = true }; }
void json_free(struct json_in *j) { buf_free(&j->text); }

const char *json_name(enum json t)
{
	static const char *const names[] = { "nothing", "the end", "an object", "an object's end", "an array", "an array's end", "a name", "a string", "a number", "true", "false", "null" };
	return names[t];
}

static enum json bad(struct json_in *j, const char *what)
{
	bool ended = list_in_peek(j->in) < 0;
	j->failed = list_in_bad(j->in, ended ? ERR_TRUNCATED : ERR_FORMAT, "%s", ended ? "the file ends here, and the list does not" : what);
	return JSON_FAILED;
}

static int space_pass(struct json_in *j)
{
	int c;
	while ((c = list_in_peek(j->in)) == ' ' || c == '\n' || c == '\r' || c == '\t')
		list_in_take(j->in);
	return c;
}

static void text_add(struct json_in *j, const void *bytes, size_t size)
{
	if (j->skipping || j->text.size >= JSON_TEXT_MOST)
		return;
	buf_add(&j->text, bytes, size < JSON_TEXT_MOST - j->text.size ? size : JSON_TEXT_MOST - j->text.size);
}

/* Four hexadecimal digits, or -1. */
static int32_t unit_take(struct json_in *j)
{
	int32_t v = 0;
	for (int i = 0; i < 4; i++) {
		int c = list_in_peek(j->in);
		int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (d < 0)
			return -1;
		list_in_take(j->in);
		v = v << 4 | d;
	}
	return v;
}

static bool escape_take(struct json_in *j)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = list_in_take(j->in);
	const char *p = c > 0 ? strchr(from, c) : NULL;
	if (p) {
		text_add(j, &to[p - from], 1);
		return true;
	}
	int32_t v = c == 'u' ? unit_take(j) : -1;
	if (v < 0)
		return false;
	if (v >= 0xd800 && v < 0xdc00 && list_in_peek(j->in) == '\\') { /* the first half of a pair */
		list_in_take(j->in);
		if (list_in_peek(j->in) != 'u')
			return escape_take(j); /* alone: it says nothing; depth 1, as this cannot be a first half again */
		list_in_take(j->in);
		int32_t low = unit_take(j);
		if (low < 0)
			return false;
		v = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
	}
	if (!j->skipping && j->text.size < JSON_TEXT_MOST)
		buf_codepoint(&j->text, (uint32_t)v);
	return true;
}

/* Behind the opening quote. */
static bool string_take(struct json_in *j)
{
	struct list_in *in = j->in;
	buf_clear(&j->text);
	buf_add(&j->text, "", 0);
	for (;;) {
		if (list_in_peek(in) < 0)
			return false;
		size_t from = in->at;
		while (in->at < in->size && in->piece[in->at] != '"' && in->piece[in->at] != '\\' && in->piece[in->at] >= 0x20)
			in->at++;
		text_add(j, in->piece + from, in->at - from);
		if (in->at == in->size)
			continue;
		if (in->piece[in->at] < 0x20)
			return false;
		if (list_in_take(in) == '"')
			return true;
		if (!escape_take(j))
			return false;
	}
}

static size_t digits_take(struct json_in *j)
{
	size_t n = 0;
	for (int c; (c = list_in_peek(j->in)) >= '0' && c <= '9'; n++) {
		char digit = (char)list_in_take(j->in);
		text_add(j, &digit, 1);
	}
	return n;
}

static bool mark_take(struct json_in *j, const char *marks)
{
	int c = list_in_peek(j->in);
	if (c <= 0 || !strchr(marks, c))
		return false;
	char mark = (char)list_in_take(j->in);
	text_add(j, &mark, 1);
	return true;
}

static bool number_take(struct json_in *j)
{
	buf_clear(&j->text);
	mark_take(j, "-");
	bool zero = list_in_peek(j->in) == '0';
	size_t n = digits_take(j);
	if (!n || (zero && n > 1))
		return false;
	if (mark_take(j, ".") && !digits_take(j))
		return false;
	if (mark_take(j, "eE")) {
		mark_take(j, "+-");
		if (!digits_take(j))
			return false;
	}
	return true;
}

static bool word_take(struct json_in *j, const char *word)
{
	for (; *word; word++) {
		if (list_in_peek(j->in) != *word)
			return false;
		list_in_take(j->in);
	}
	return true;
}

static bool in_object(const struct json_in *j) { return j->depth && j->objects >> (j->depth - 1) & 1; }

static enum json container_begin(struct json_in *j, bool object)
{
	if (j->depth == JSON_DEPTH_MOST)
		return bad(j, "deeper than any list is");
	list_in_take(j->in);
	uint64_t bit = 1ull << j->depth++;
	j->objects = object ? j->objects | bit : j->objects & ~bit;
	j->value_next = !object;
	j->comma_next = false;
	return object ? JSON_OBJECT : JSON_ARRAY;
}

static enum json value_next(struct json_in *j, int c)
{
	enum json t = JSON_FAILED;
	if (c == '{' || c == '[')
		return container_begin(j, c == '{');
	if (c == '"') {
		list_in_take(j->in);
		t = string_take(j) ? JSON_STRING : JSON_FAILED;
	} else if (c == '-' || (c >= '0' && c <= '9')) {
		t = number_take(j) ? JSON_NUMBER : JSON_FAILED;
	} else if (c == 't') {
		t = word_take(j, "true") ? JSON_TRUE : JSON_FAILED;
	} else if (c == 'f') {
		t = word_take(j, "false") ? JSON_FALSE : JSON_FAILED;
	} else if (c == 'n') {
		t = word_take(j, "null") ? JSON_NULL : JSON_FAILED;
	}
	if (t == JSON_FAILED)
		return bad(j, "this is no JSON");
	j->comma_next = true;
	j->value_next = false;
	return t;
}

enum json json_next(struct json_in *j)
{
	int c = space_pass(j);
	if (j->failed || j->in->failed) {
		j->failed = j->failed ? j->failed : j->in->failed;
		return JSON_FAILED;
	}
	if (!j->depth && !j->value_next) {
		if (c < 0)
			return JSON_END;
		return bad(j, "something stands behind the end of the list");
	}
	bool object = in_object(j), first = !j->comma_next;
	if (j->depth && c == (object ? '}' : ']') && (object ? !j->value_next : j->value_next || j->comma_next)) {
		list_in_take(j->in);
		j->depth--;
		j->comma_next = true;
		j->value_next = false;
		return object ? JSON_OBJECT_END : JSON_ARRAY_END;
	}
	if (j->depth && j->comma_next) {
		if (c != ',')
			return bad(j, "a comma is missing");
		list_in_take(j->in);
		c = space_pass(j);
		j->comma_next = false;
		j->value_next = !object;
	}
	if (object && !j->value_next) {
		if (c != '"')
			return bad(j, first ? "a name in quotes is missing" : "no name follows the comma");
		list_in_take(j->in);
		if (!string_take(j))
			return bad(j, "this is no JSON");
		if (space_pass(j) != ':')
			return bad(j, "a colon is missing");
		list_in_take(j->in);
		j->value_next = true;
		return JSON_KEY;
	}
	return value_next(j, c);
}

enum json json_skip(struct json_in *j, enum json t)
{
	int depth = j->depth;
	enum json n = t;
	if (t != JSON_OBJECT && t != JSON_ARRAY)
		return t;
	j->skipping = true;
	while (n != JSON_FAILED && j->depth >= depth)
		n = json_next(j);
	j->skipping = false;
	return n == JSON_FAILED ? n : t;
}
