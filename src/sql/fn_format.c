/* Formats inside a column → SQL values. */
#include <string.h>
#include <zlib.h>

#include "formats/plist.h"
#include "formats/protobuf.h"
#include "formats/typedstream.h"
#include "sql/functions.h"

static const char *path_of(sqlite3_value *v)
{
	return sqlite3_value_type(v) == SQLITE_NULL ? NULL : (const char *)sqlite3_value_text(v);
}

/* The field that protobuf*(blob, path) names. */
static bool field_of(sqlite3_context *c, sqlite3_value **values, struct protobuf_field *ret)
{
	/* To SQL a bare 4.20 is a number and 4.2: better to say so than to read another field. */
	if (sqlite3_value_type(values[1]) == SQLITE_FLOAT) {
		sqlite3_result_error(c, "a protobuf path is text: write '4.2', not 4.2", -1);
		return false;
	}
	struct span s = function_span(values[0]);
	const char *path = path_of(values[1]);
	return path && span_size(&s) && protobuf_path(s, path, ret);
}

static void protobuf_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	struct protobuf_field f;
	if (!field_of(c, values, &f))
		return;
	if (f.wire == PROTOBUF_LEN)
		function_printable(c, f.bytes.start, span_size(&f.bytes));
	else
		sqlite3_result_int64(c, (int64_t)f.integer);
}

static void protobuf_text_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	struct protobuf_field f;
	if (!field_of(c, values, &f) || f.wire != PROTOBUF_LEN)
		return;
	struct buf out = { .limit = FUNCTION_OUTPUT_MOST };
	buf_scrub(&out, (const char *)f.bytes.start, span_size(&f.bytes));
	function_text(c, &out);
	buf_free(&out);
}

static void protobuf_blob_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	struct protobuf_field f;
	if (field_of(c, values, &f) && f.wire == PROTOBUF_LEN)
		sqlite3_result_blob64(c, f.bytes.start, span_size(&f.bytes), SQLITE_TRANSIENT);
}

static void protobuf_double_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	struct protobuf_field f;
	if (!field_of(c, values, &f))
		return;
	double d;
	float single;
	uint32_t bits = (uint32_t)f.integer;
	if (f.wire == PROTOBUF_I64) {
		memcpy(&d, &f.integer, sizeof d);
		sqlite3_result_double(c, d);
	} else if (f.wire == PROTOBUF_I32) {
		memcpy(&single, &bits, sizeof single);
		sqlite3_result_double(c, (double)single);
	}
}

static void protobuf_json_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	if (sqlite3_value_type(values[0]) == SQLITE_NULL)
		return;
	struct buf out = { .limit = FUNCTION_OUTPUT_MOST };
	enum err e = protobuf_json(function_span(values[0]), &out);
	if (e < 0)
		function_note(sqlite3_user_data(c), 0, "protobuf_json", err_text(e));
	else
		function_text(c, &out);
	buf_free(&out);
}

/* plist, plist_json, nskeyed, nskeyed_json: one body. */
static void plist_result(sqlite3_context *c, sqlite3_value *blob, const char *path, bool keyed, const char *name)
{
	struct span s = function_span(blob);
	if (!span_size(&s) || !path)
		return;
	struct arena a = arena_make(FUNCTION_ARENA_MOST);
	const struct value *v = NULL;
	enum err e = plist_read(&a, s.start, span_size(&s), &v);
	if (e == OK && keyed)
		e = nskeyed_resolve(&a, v, &v);
	if (e < 0)
		function_note(sqlite3_user_data(c), 0, name, err_message());
	else
		function_value(c, value_path(v, path));
	arena_free(&a);
}

static void plist_json_of(sqlite3_context *c, sqlite3_value *blob, bool keyed, const char *name)
{
	struct span s = function_span(blob);
	if (!span_size(&s))
		return;
	struct arena a = arena_make(FUNCTION_ARENA_MOST);
	const struct value *v = NULL;
	enum err e = plist_read(&a, s.start, span_size(&s), &v);
	if (e == OK && keyed)
		e = nskeyed_resolve(&a, v, &v);
	if (e < 0) {
		function_note(sqlite3_user_data(c), 0, name, err_message());
	} else {
		struct buf out = { .limit = FUNCTION_OUTPUT_MOST };
		value_json(&out, v);
		function_text(c, &out);
		sqlite3_result_subtype(c, 'J');
		buf_free(&out);
	}
	arena_free(&a);
}

static void plist_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	plist_result(c, values[0], path_of(values[1]), false, "plist");
}

static void nskeyed_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	plist_result(c, values[0], path_of(values[1]), true, "nskeyed");
}

static void plist_json_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	plist_json_of(c, values[0], false, "plist_json");
}

static void nskeyed_json_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	plist_json_of(c, values[0], true, "nskeyed_json");
}

static void typedstream_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	struct span s = function_span(values[0]);
	if (!span_size(&s))
		return;
	struct buf out = { .limit = FUNCTION_OUTPUT_MOST };
	if (typedstream_text(s.start, span_size(&s), &out) < 0)
		function_note(sqlite3_user_data(c), 0, "typedstream_text", err_message());
	else
		function_text(c, &out);
	buf_free(&out);
}

/* All members of a gzip or zlib stream into `out`; the reason when it fails. */
static const char *inflate_all(struct span in, int window, struct buf *out)
{
	z_stream z = { 0 };
	if (inflateInit2(&z, window) != Z_OK)
		return "out of memory";
	unsigned char part[16384];
	const char *why = NULL;
	size_t left = span_size(&in);
	z.next_in = (unsigned char *)(uintptr_t)in.start;
	/* Each round consumes input or adds to an output that is bounded. */
	for (;;) {
		z.avail_in = left > 1u << 30 ? 1u << 30 : (unsigned)left;
		unsigned given = z.avail_in;
		z.next_out = part;
		z.avail_out = sizeof part;
		int rc = inflate(&z, Z_NO_FLUSH);
		size_t got = sizeof part - z.avail_out;
		left -= given - z.avail_in;
		buf_add(out, part, got);
		if (out->failed) {
			why = "more than 64 MB of output";
			break;
		}
		if (rc == Z_STREAM_END) {
			/* Another gzip member, or padding that is none. */
			if (window > 15 && left > 18 && z.next_in[0] == 0x1f && z.next_in[1] == 0x8b &&
			    inflateReset(&z) == Z_OK)
				continue;
			break;
		}
		if (rc != Z_OK || (got == 0 && given == z.avail_in)) {
			why = rc == Z_BUF_ERROR || rc == Z_OK ? "the stream ends too early"
			      : z.msg			      ? z.msg
							      : "no such stream";
			break;
		}
	}
	inflateEnd(&z);
	return why;
}

static void inflate_result(sqlite3_context *c, sqlite3_value *v, int window, const char *name)
{
	struct span in = function_span(v);
	if (!span_size(&in))
		return;
	struct buf out = { .limit = FUNCTION_OUTPUT_MOST };
	const char *why = inflate_all(in, window, &out);
	if (why)
		function_note(sqlite3_user_data(c), 0, name, why);
	else
		sqlite3_result_blob64(c, out.data ? out.data : "", out.size, SQLITE_TRANSIENT);
	buf_free(&out);
}

static void gunzip_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	inflate_result(c, values[0], 15 + 16, "gunzip");
}

static void zlib_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	inflate_result(c, values[0], 15, "zlib_inflate");
}

const struct function format_functions[] = {
	{ "protobuf", 2, FUNCTION_FORMAT, protobuf_call, NULL },
	{ "protobuf_text", 2, FUNCTION_FORMAT, protobuf_text_call, NULL },
	{ "protobuf_blob", 2, FUNCTION_FORMAT, protobuf_blob_call, NULL },
	{ "protobuf_double", 2, FUNCTION_FORMAT, protobuf_double_call, NULL },
	{ "protobuf_json", 1, FUNCTION_FORMAT, protobuf_json_call, NULL },
	{ "plist", 2, FUNCTION_FORMAT, plist_call, NULL },
	{ "plist_json", 1, FUNCTION_FORMAT, plist_json_call, NULL },
	{ "nskeyed", 2, FUNCTION_FORMAT, nskeyed_call, NULL },
	{ "nskeyed_json", 1, FUNCTION_FORMAT, nskeyed_json_call, NULL },
	{ "typedstream_text", 1, FUNCTION_FORMAT, typedstream_call, NULL },
	{ "gunzip", 1, FUNCTION_FORMAT, gunzip_call, NULL },
	{ "zlib_inflate", 1, FUNCTION_FORMAT, zlib_call, NULL },
	{ 0 },
};
