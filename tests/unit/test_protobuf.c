#include "formats/protobuf.h"

#include <stdlib.h>

#include "check.h"

/* The specification's examples ("Encoding"): Test1 {a: 150}, Test2 {b: "testing"}, Test3 {c: {a: 150}}, and a few more. */
#define TEST1 "\x08\x96\x01"
#define TEST2 "\x12\x07testing"
#define TEST3 "\x1a\x03\x08\x96\x01"
#define SPAN(text) span_of(text, sizeof text - 1)

static const char *json(struct span s)
{
	static struct buf b;
	buf_clear(&b);
	if (protobuf_json(s, &b) != OK)
		return "(err)";
	return b.data;
}

TEST(fields_of_each_wire_type)
{
	struct span s = SPAN(TEST1 TEST2 "\x1d\x01\x02\x03\xff" "\x21\x01\x02\x03\x04\x05\x06\x07\xff");
	struct protobuf_field f;
	CHECK(protobuf_next(&s, &f));
	CHECK_INT(f.number, 1);
	CHECK_INT(f.wire, PROTOBUF_VARINT);
	CHECK_INT(f.integer, 150);
	CHECK_INT(f.offset, 0);
	CHECK(protobuf_next(&s, &f));
	CHECK_INT(f.number, 2);
	CHECK_INT(f.offset, 3);
	CHECK_INT(span_size(&f.bytes), 7);
	CHECK(memcmp(f.bytes.at, "testing", 7) == 0);
	CHECK(protobuf_next(&s, &f));
	CHECK_INT(f.wire, PROTOBUF_I32);
	CHECK_INT(f.integer, 0xff030201);
	CHECK(protobuf_next(&s, &f));
	CHECK_INT(f.wire, PROTOBUF_I64);
	CHECK(f.integer == 0xff07060504030201);
	CHECK(!protobuf_next(&s, &f));
	CHECK(span_ok(&s));
}

TEST(malformed_is_told_from_the_end)
{
	const struct { struct span s; size_t at; } bad[] = {
		{ SPAN("\x08\x01\x08"), 2 },             /* no value */
		{ SPAN("\x12\x05" "abcd"), 0 },          /* length beyond the end */
		{ SPAN("\x00\x01"), 0 },                 /* field number 0 */
		{ SPAN("\x0e\x01"), 0 },                 /* wire type 6 */
		{ SPAN("\x0c"), 0 },                     /* end of no group */
		{ SPAN("\x80\x80\x80\x80\x80\x01\x01"), 0 }, /* field number beyond 2^29 */
		{ SPAN("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), 0 }, /* length 2^64 − 1 */
		{ SPAN("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), 0 }, /* varint of 11 bytes */
		{ SPAN("\x0b\x10\x01\x14"), 0 },         /* group ends under another number */
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct span s = bad[i].s;
		struct protobuf_field f;
		while (protobuf_next(&s, &f))
			;
		CHECK(!span_ok(&s));
		CHECK_INT(span_pos(&s), bad[i].at);
		CHECK(!protobuf_next(&s, &f));
		struct buf b = { 0 };
		CHECK_INT(protobuf_json(bad[i].s, &b), ERR_FORMAT);
		CHECK_INT(b.size, 0);
		buf_free(&b);
	}
}

TEST(groups_are_passed_over)
{
	struct span s = SPAN("\x0b\x08\x01\x13\x12\x02hi\x14\x0c\x28\x07"); /* 1 { 1: 1; 2 { 2: "hi" } } 5: 7 */
	struct protobuf_field f;
	CHECK(protobuf_next(&s, &f));
	CHECK_INT(f.number, 5);
	CHECK_INT(f.integer, 7);
	CHECK(!protobuf_next(&s, &f) && span_ok(&s));
	for (int depth = 64; depth <= 65; depth++) {
		char deep[130];
		memset(deep, 0x0b, (size_t)depth);
		memset(deep + depth, 0x0c, (size_t)depth);
		s = span_of(deep, 2 * (size_t)depth);
		CHECK(!protobuf_next(&s, &f));
		CHECK_INT(span_ok(&s), depth == 64);
	}
}

TEST(paths)
{
	/* 4: { 2: "one" 2: "two" 1: 5 }  4: { 2: "three" }  7: 9 */
	struct span m = SPAN("\x22\x0c\x12\x03one\x12\x03two\x08\x05" "\x22\x07\x12\x05three" "\x38\x09");
	struct protobuf_field f;
	CHECK(protobuf_path(m, "7", &f) && f.integer == 9);
	CHECK(protobuf_path(m, "4.2", &f) && span_size(&f.bytes) == 5);
	CHECK(protobuf_path(m, "4[0].2", &f) && memcmp(f.bytes.at, "two", 3) == 0);
	CHECK(protobuf_path(m, "4[0].2[0]", &f) && memcmp(f.bytes.at, "one", 3) == 0);
	CHECK(protobuf_path(m, "4[-1].2[-1]", &f) && memcmp(f.bytes.at, "three", 5) == 0);
	CHECK(protobuf_path(m, "4[0].1", &f) && f.integer == 5);
	static const char *const none[] = { "", "4.1", "4[2]", "4[2].2", "7.1", "5", "4.", ".4", "4..2", "4[", "4[]", "4[0", "4[0]2",
		"4[-2]", "4[x]", "x", "0", "-4", "+4", " 4", "4[ 0]", "4[+0]", "99999999999999999999", "4[99999999999999999999]" };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		if (protobuf_path(m, none[i], &f))
			fprintf(stderr, "path %s found something\n", none[i]);
		CHECK(!protobuf_path(m, none[i], &f));
	}
	CHECK(protobuf_path(SPAN("\x08\x05\x12\x09" "cut"), "1", &f) && f.integer == 5); /* what comes before damage */
	CHECK(!protobuf_path(SPAN("\x08\x05\x12\x09" "cut"), "2", &f));
}

TEST(json_of_the_guesses)
{
	CHECK_TEXT(json(SPAN("")), "{}");
	CHECK_TEXT(json(SPAN(TEST1 TEST2 TEST3)), "{\"1\":150,\"2\":\"testing\",\"3\":{\"1\":150}}");
	/* Specification: packed f = [3, 270, 86942], which without a schema is only bytes. */
	CHECK_TEXT(json(SPAN("\x32\x06\x03\x8e\x02\x9e\xa7\x05")), "{\"6\":\"A44CnqcF\"}");
	/* Specification: d = "hello", e = [1, 2, 3] unpacked. */
	CHECK_TEXT(json(SPAN("\x22\x05hello\x28\x01\x28\x02\x28\x03")), "{\"4\":\"hello\",\"5\":[1,2,3]}");
	CHECK_TEXT(json(SPAN("\x10\x01\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x10\x02")), "{\"1\":-1,\"2\":[1,2]}");
	CHECK_TEXT(json(SPAN("\x0a\x02Hi\x12\x04HaHa")), "{\"1\":\"Hi\",\"2\":\"HaHa\"}"); /* not {"9":105} */
	CHECK_TEXT(json(SPAN("\x0a\x0c\n\n0123456789")), "{\"1\":{\"1\":\"0123456789\"}}"); /* a message of printables and \n */
	CHECK_TEXT(json(SPAN("\x0a\x05two\nl")), "{\"1\":\"two\\nl\"}");
	CHECK_TEXT(json(SPAN("\x0a\x00\x12\x02\xc2\x85\x1a\x03\xe2\x98\x95")), "{\"1\":\"\",\"2\":\"woU=\",\"3\":\"\xe2\x98\x95\"}");
	CHECK_TEXT(json(SPAN("\x0a\x02\x0b\x0c")), "{\"1\":\"Cww=\"}"); /* an empty group alone is no message */
}

TEST(json_is_bounded)
{
	/* Messages in messages, 40 of them: the 33rd is shown as text or base64. */
	char deep[200] = "\x08\x01";
	size_t size = 2;
	for (int i = 0; i < 40; i++) {
		memmove(deep + 2, deep, size);
		deep[0] = 0x0a;
		deep[1] = (char)size;
		size += 2;
	}
	const char *text = json(span_of(deep, size));
	int open = 0;
	for (const char *p = text; *p; p++)
		open += *p == '{';
	CHECK_INT(open, 32);
	struct buf small = { .limit = 20 };
	CHECK_INT(protobuf_json(SPAN(TEST1 TEST2 TEST3), &small), ERR_LIMIT);
	buf_free(&small);
}

TEST(every_truncation_ends)
{
	struct span m = SPAN("\x22\x0c\x12\x03one\x12\x03two\x08\x05\x0b\x08\x01\x13\x12\x02hi\x14\x0c\x1d\x01\x02\x03\xff\x38\x09");
	for (size_t cut = 0; cut <= span_size(&m); cut++) {
		char *copy = malloc(cut + 1); /* so that the sanitiser sees a read beyond */
		if (!copy)
			return;
		memcpy(copy, m.start, cut);
		char *tight = realloc(copy, cut ? cut : 1);
		copy = tight ? tight : copy;
		struct span s = span_of(copy, cut);
		struct protobuf_field f;
		int n = 0;
		while (protobuf_next(&s, &f))
			n++;
		CHECK(n <= 4);
		/* Whole where a field ends: before all, behind "4", the group, "3", "7". */
		CHECK_INT(span_ok(&s), cut == 0 || cut == 14 || cut == 24 || cut == 29 || cut == 31);
		free(copy);
	}
}

int main(void)
{
	RUN(fields_of_each_wire_type);
	RUN(malformed_is_told_from_the_end);
	RUN(groups_are_passed_over);
	RUN(paths);
	RUN(json_of_the_guesses);
	RUN(json_is_bounded);
	RUN(every_truncation_ends);
	return check_done();
}
