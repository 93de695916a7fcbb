/* Time stamps as apps store them → µs UTC, or NULL. */
#include "base/time.h"
#include "sql/functions.h"

struct unit {
	int64_t per_second, epoch;
};

static void result_time(sqlite3_context *c, int64_t us)
{
	if (us == TIME_NONE)
		sqlite3_result_null(c);
	else
		sqlite3_result_int64(c, us);
}

/* NSDate.distantPast, 0001-01-01: Foundation's "never". */
#define COCOA_DISTANT_PAST (-63114076800)

/* 0 and -1 are what apps write for "never", in whatever unit. */
static int64_t time_of(sqlite3_value *v, const struct unit *u)
{
	int64_t never = u->epoch == TIME_COCOA_EPOCH ? COCOA_DISTANT_PAST : -1;
	switch (sqlite3_value_numeric_type(v)) {
	case SQLITE_INTEGER: {
		int64_t i = sqlite3_value_int64(v);
		return i == 0 || i == -1 || (i == never && u->per_second == 1) ? TIME_NONE
									       : time_from(i, u->per_second, u->epoch);
	}
	case SQLITE_FLOAT: {
		double d = sqlite3_value_double(v);
		return d == 0 || d == -1 || (d == (double)never && u->per_second == 1)
			       ? TIME_NONE
			       : time_from_real(d, (double)u->per_second, u->epoch);
	}
	default:
		return TIME_NONE;
	}
}

static void time_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	result_time(c, time_of(values[0], sqlite3_user_data(c)));
}

static struct unit unix_s = { 1, 0 }, unix_ms = { 1000, 0 }, unix_us = { 1000000, 0 }, unix_ns = { 1000000000, 0 },
		   webkit_us = { 1000000, -TIME_WEBKIT_EPOCH }, cocoa_s = { 1, TIME_COCOA_EPOCH },
		   cocoa_ns = { 1000000000, TIME_COCOA_EPOCH };

/* Seconds until iOS 10, nanoseconds since iOS 11, in the same column. 1e11 s is the year 5138; 1e11 ns is 100 s into
 * 2001. */
static void cocoa_any_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	double d = sqlite3_value_double(values[0]);
	result_time(c, time_of(values[0], d > 1e11 || d < -1e11 ? &cocoa_ns : &cocoa_s));
}

/* Also takes a space before the zone ("2022-03-04 10:11:12 +0000") and spaces around. */
static void iso8601_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	int64_t us = TIME_NONE;
	char text[64];
	size_t n = 0;
	int type = sqlite3_value_type(values[0]);
	const char *p = type == SQLITE_TEXT ? (const char *)sqlite3_value_text(values[0]) : NULL;
	while (p && *p == ' ')
		p++;
	for (; p && *p && n < sizeof text - 1; p++)
		if (*p != ' ' || (p[1] && p[1] != ' ' && p[1] != '+' && p[1] != '-' && p[1] != 'Z'))
			text[n++] = *p;
	text[n] = 0;
	if (p && !*p && time_parse(text, &us))
		result_time(c, us);
}

const struct function time_functions[] = {
	{ "unix_s", 1, FUNCTION_PURE, time_call, &unix_s },
	{ "unix_ms", 1, FUNCTION_PURE, time_call, &unix_ms },
	{ "unix_us", 1, FUNCTION_PURE, time_call, &unix_us },
	{ "unix_ns", 1, FUNCTION_PURE, time_call, &unix_ns },
	{ "webkit_us", 1, FUNCTION_PURE, time_call, &webkit_us },
	{ "cocoa_s", 1, FUNCTION_PURE, time_call, &cocoa_s },
	{ "cocoa_ns", 1, FUNCTION_PURE, time_call, &cocoa_ns },
	{ "cocoa_any", 1, FUNCTION_PURE, cocoa_any_call, NULL },
	{ "iso8601", 1, FUNCTION_PURE, iso8601_call, NULL },
	{ 0 },
};
