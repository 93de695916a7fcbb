#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/text.h"
#include "base/time.h"
#include "check.h"

#include <errno.h>

TEST(span_reads_are_checked)
{
	struct span s = span_of("\x01\x02\x03", 3);
	CHECK_INT(span_be16(&s), 0x0102);
	CHECK(span_ok(&s));
	CHECK_INT(span_le32(&s), 0);
	CHECK(!span_ok(&s));
	CHECK_INT(span_left(&s), 0);
	s = span_of("abcdef", 6);
	CHECK(!span_has(&s, 4, UINT64_MAX));
	struct span p = span_part(&s, 2, 3);
	CHECK(span_match(&p, "cde", 3));
	p = span_part(&s, 5, 2);
	CHECK(!span_ok(&p));
	CHECK(span_ok(&s));
}

TEST(span_leb128_is_bounded)
{
	struct span s = span_of("\xac\x02", 2);
	CHECK_INT(span_leb128(&s), 300);
	s = span_of("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12);
	CHECK_INT(span_leb128(&s), 0);
	CHECK(!span_ok(&s));
}

TEST(arena_keeps_its_limit)
{
	struct arena a = arena_make(100);
	CHECK(arena_alloc(&a, 60) != NULL);
	CHECK(arena_alloc(&a, 41) == NULL);
	CHECK(arena_alloc(&a, 1) == NULL); /* stays failed */
	arena_free(&a);
	CHECK(arena_alloc(&a, 100) != NULL);
	arena_free(&a);
	a = arena_make((size_t)-1);
	CHECK(arena_array(&a, (size_t)-1 / 2, 3) == NULL);
	arena_free(&a);
}

TEST(utf8_and_json)
{
	CHECK_INT(utf8_valid("ab\xc3\xa9", 4), 4);
	CHECK_INT(utf8_valid("\xed\xa0\x80", 3), 0);  /* surrogate */
	CHECK_INT(utf8_valid("\xc0\xaf", 2), 0);      /* overlong */
	CHECK_INT(utf8_valid("12345678\xff", 9), 8);
	struct buf b = { 0 };
	buf_json(&b, "a\"\n\x01\xff", 5);
	CHECK_TEXT(b.data, "\"a\\\"\\n\\u0001\xef\xbf\xbd\"");
	buf_clear(&b);
	buf_utf16(&b, "\x3d\xd8\x00\xde\x00\xd8", 6, false); /* U+1F600 and a lone surrogate */
	CHECK_TEXT(b.data, "\xf0\x9f\x98\x80\xef\xbf\xbd");
	buf_clear(&b);
	buf_base64(&b, "Man!", 4);
	CHECK_TEXT(b.data, "TWFuIQ==");
	buf_free(&b);
	struct buf small = { .limit = 3 };
	buf_text(&small, "abcd");
	CHECK(small.failed);
	buf_free(&small);
}

TEST(times)
{
	char out[40];
	CHECK_TEXT(time_iso(0, out, sizeof out), "1970-01-01T00:00:00Z");
	CHECK_TEXT(time_iso(1709210096123456, out, sizeof out), "2024-02-29T12:34:56.123456Z"); /* date -u -d @1709210096 */
	CHECK_TEXT(time_iso(-1, out, sizeof out), "1969-12-31T23:59:59.999999Z");
	CHECK_INT(time_from(-1, 1000, 0), -1000);
	CHECK(time_from(INT64_MAX, 1, TIME_COCOA_EPOCH) == TIME_NONE);
	CHECK(time_from_real(1e300, 1, 0) == TIME_NONE);
	CHECK_INT(time_from_real(0.5, 1, TIME_COCOA_EPOCH), 978307200500000);
	int64_t us;
	CHECK(time_parse("2024-02-29T13:34:56.123456+01:00", &us));
	CHECK_INT(us, 1709210096123456);
	CHECK(time_parse("2024-02-29", &us));
	CHECK(!time_parse("2024-02-2x", &us));
	CHECK(!time_parse("2024-13-29", &us));
}

TEST(errors_carry_a_line)
{
	errno = ENOSPC;
	CHECK_INT(err_errno("cannot write %s", "x"), ERR_SPACE);
	CHECK_TEXT(err_message(), "cannot write x: No space left on device");
	CHECK_TEXT(err_text(ERR_LIMIT), "beyond a limit");
}

int main(void)
{
	RUN(span_reads_are_checked);
	RUN(span_leb128_is_bounded);
	RUN(arena_keeps_its_limit);
	RUN(utf8_and_json);
	RUN(times);
	RUN(errors_carry_a_line);
	return check_done();
}
