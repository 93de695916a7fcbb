/* What the functions share. See functions.h. */
#include "sql/functions.h"

#include <stdio.h>

#include "base/time.h"

struct span function_span(sqlite3_value *v)
{
	const void *p = sqlite3_value_blob(v); /* before the size: it may convert */
	return span_of(p, p ? (size_t)sqlite3_value_bytes(v) : 0);
}

void function_text(sqlite3_context *c, const struct buf *b)
{
	if (b->failed)
		sqlite3_result_null(c);
	else
		sqlite3_result_text64(c, b->data ? b->data : "", b->size, SQLITE_TRANSIENT, SQLITE_UTF8);
}

bool text_printable(const void *bytes, size_t size)
{
	const unsigned char *p = bytes;
	for (size_t i = 0; i < size; i++)
		if ((p[i] < 0x20 && p[i] != '\t' && p[i] != '\n' && p[i] != '\r') || p[i] == 0x7f)
			return false;
	return utf8_valid(bytes, size) == size;
}

void function_printable(sqlite3_context *c, const void *bytes, size_t size)
{
	if (text_printable(bytes, size))
		sqlite3_result_text64(c, size ? bytes : "", size, SQLITE_TRANSIENT, SQLITE_UTF8);
	else
		sqlite3_result_blob64(c, bytes, size, SQLITE_TRANSIENT);
}

void function_value(sqlite3_context *c, const struct value *v)
{
	switch (v ? v->type : VALUE_NULL) {
	case VALUE_NULL:
		sqlite3_result_null(c);
		break;
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_UID:
		sqlite3_result_int64(c, v->integer);
		break;
	case VALUE_DATE:
		if (v->integer == TIME_NONE)
			sqlite3_result_null(c);
		else
			sqlite3_result_int64(c, v->integer);
		break;
	case VALUE_REAL:
		sqlite3_result_double(c, v->real);
		break;
	case VALUE_TEXT:
		sqlite3_result_text64(c, v->size ? v->bytes : "", v->size, SQLITE_TRANSIENT, SQLITE_UTF8);
		break;
	case VALUE_DATA:
		sqlite3_result_blob64(c, v->size ? v->bytes : "", v->size, SQLITE_TRANSIENT);
		break;
	case VALUE_ARRAY:
	case VALUE_DICT: {
		struct buf out = { .limit = FUNCTION_OUTPUT_MOST };
		value_json(&out, v);
		function_text(c, &out);
		sqlite3_result_subtype(c, 'J'); /* so that json_extract() and its kin take it as JSON */
		buf_free(&out);
		break;
	}
	}
}

void function_note(const struct sql_context *context, uint64_t offset, const char *function, const char *reason)
{
	static _Thread_local struct {
		const struct sql_context *of;
		int count;
	} told;
	if (!context || !context->note)
		return;
	if (told.of != context) {
		told.of = context;
		told.count = 0;
	}
	if (told.count > NOTES_MOST)
		return;
	char line[240];
	if (told.count++ == NOTES_MOST)
		snprintf(line, sizeof line, "more notes of SQL functions are left out");
	else
		snprintf(line, sizeof line, "%s: %.200s", function, reason);
	context->note(context->note_context, context->path, offset, line);
}
