/* What the query is run on: file(), file_path(), file_name(), profile(), path_part(). */
#include <string.h>

#include "sql/functions.h"

static void file_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count, (void)values;
	const struct sql_context *context = sqlite3_user_data(c);
	if (!context || !span_size(&context->file))
		return;
	size_t size = span_size(&context->file);
	if (size > (size_t)sqlite3_limit(sqlite3_context_db_handle(c), SQLITE_LIMIT_LENGTH, -1))
		function_note(context, 0, "file", "too large for one SQL value");
	else
		sqlite3_result_blob64(c, context->file.start, size, SQLITE_STATIC);
}

static void path_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count, (void)values;
	const struct sql_context *context = sqlite3_user_data(c);
	if (context && context->path)
		sqlite3_result_text(c, context->path, -1, SQLITE_STATIC);
}

static void name_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count, (void)values;
	const struct sql_context *context = sqlite3_user_data(c);
	if (!context || !context->path)
		return;
	const char *slash = strrchr(context->path, '/');
	sqlite3_result_text(c, slash ? slash + 1 : context->path, -1, SQLITE_STATIC);
}

static void profile_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count, (void)values;
	const struct sql_context *context = sqlite3_user_data(c);
	if (context && context->profile)
		sqlite3_result_text(c, context->profile, -1, SQLITE_STATIC);
}

/* path_part(path, n): components are counted from 1, or from -1 backwards; empty ones do not count. */
static void part_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	const char *path = (const char *)sqlite3_value_text(values[0]);
	int64_t n = sqlite3_value_int64(values[1]), parts = 0;
	if (!path || n == 0 || n == INT64_MIN)
		return;
	if (n < 0) {
		for (const char *p = path; *p; p++)
			parts += *p != '/' && (p == path || p[-1] == '/');
		n += parts + 1;
	}
	for (const char *p = path; n > 0 && *(p += strspn(p, "/")); n--) {
		size_t size = strcspn(p, "/");
		if (n == 1)
			sqlite3_result_text64(c, p, size, SQLITE_TRANSIENT, SQLITE_UTF8);
		p += size;
	}
}

const struct function context_functions[] = {
	{ "file", 0, FUNCTION_CONTEXT, file_call, NULL },      { "file_path", 0, FUNCTION_CONTEXT, path_call, NULL },
	{ "file_name", 0, FUNCTION_CONTEXT, name_call, NULL }, { "profile", 0, FUNCTION_CONTEXT, profile_call, NULL },
	{ "path_part", 2, FUNCTION_PURE, part_call, NULL },    { 0 },
};
