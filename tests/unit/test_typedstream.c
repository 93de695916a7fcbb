#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "fixture.h"
#include "formats/typedstream.h"

static const char *const golden[] = { "short",	"empty",   "emoji",	 "edge",  "long",	"tag",
				      "longer", "longest", "mutable", "alone", "big-endian", "everything", "subclass" };

/* An NSAttributedString as iOS writes it into message.attributedBody, byte for byte, around an invented text. */
static const char body[] = "\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x12NSAttributedString\0\x84\x84\x08NSObject\0\x85"
			   "\x92\x84\x84\x84\x08NSString\x01\x94\x84\x01+\x0bsee you six\x86\x84\x02iI\x01\x0b\x92\x84\x84\x84"
			   "\x0cNSDictionary\0\x94\x84\x01i\x01\x92\x84\x96\x96\x1d__kIMMessagePartAttributeName\x86\x92\x84\x84"
			   "\x84\x08NSNumber\0\x84\x84\x07NSValue\0\x94\x84\x01*\x84\x99\x99\0\x86\x86\x86";

TEST(reads_a_message)
{
	struct buf out = { 0 };
	buf_text(&out, "before ");
	CHECK_INT(typedstream_text(body, sizeof body - 1, &out), OK);
	CHECK_TEXT(out.data, "before see you six"); /* appended */
	buf_free(&out);
}

TEST(reads_what_an_archiver_wrote)
{
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		char name[80];
		snprintf(name, sizeof name, "typedstream/%s.bin", golden[i]);
		struct buf file = fixture_read(name), out = { 0 };
		snprintf(name, sizeof name, "typedstream/%s.txt", golden[i]);
		struct buf want = fixture_read(name);
		CHECK(file.size > 0);
		enum err e = typedstream_text(file.data, file.size, &out);
		if (e)
			fprintf(stderr, "%s: %s\n", name, err_message());
		CHECK_INT(e, OK);
		CHECK_TEXT(out.data ? out.data : "", want.data ? want.data : "");
		buf_free(&out);
		buf_free(&want);
		buf_free(&file);
	}
}

TEST(says_what_is_wrong)
{
	static const struct {
		const char *bytes;
		size_t size;
		enum err want;
	} rows[] = {
		{ "", 0, ERR_FORMAT },
		{ "bplist00", 8, ERR_FORMAT },
		{ "\x04\x0bstreamtyqed\x81\xe8\x03", 16, ERR_FORMAT },
		{ "\x03\x0bstreamtyped\x81\xe8\x03", 16, ERR_UNSUPPORTED },
		{ "\x04\x0bstreamtyped\x81\xe8\x03", 16, ERR_NOT_FOUND },
		{ "\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x92", 20, ERR_FORMAT },	   /* an object that is nowhere */
		{ "\x04\x0bstreamtyped\x81\xe8\x03\x93", 17, ERR_FORMAT },		   /* a type that is nowhere */
		{ "\x04\x0bstreamtyped\x81\xe8\x03\x85", 17, ERR_FORMAT },		   /* no type */
		{ "\x04\x0bstreamtyped\x81\xe8\x03\x84\x01^\x01", 20, ERR_FORMAT },	   /* a pointer */
		{ "\x04\x0bstreamtyped\x81\xe8\x03\x84\x01i\x84", 20, ERR_FORMAT },	   /* a tag for an integer */
		{ "\x04\x0bstreamtyped\x81\xe8\x03\x84\x03[2i\x01\x02", 23, ERR_FORMAT },  /* no ] */
		{ "\x04\x0bstreamtyped\x81\xe8\x03\x84\x02[i", 20, ERR_FORMAT },
		{ "\x04\x0bstreamtyped\x81\xe8\x03\x84\x04{a=i\x01", 23, ERR_FORMAT },     /* no } */
		{ "\x04\x0bstreamtyped\x81\xe8\x03\x84\x82\xff\xff\xff\xff@", 23, ERR_TRUNCATED },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out = { 0 };
		enum err e = typedstream_text(rows[i].bytes, rows[i].size, &out);
		if (e != rows[i].want)
			fprintf(stderr, "row %zu: %s\n", i, err_message());
		CHECK_INT(e, rows[i].want);
		CHECK_INT(out.size, 0);
		buf_free(&out);
	}
	struct buf none = fixture_read("typedstream/none.bin"), out = { 0 };
	CHECK_INT(typedstream_text(none.data, none.size, &out), ERR_NOT_FOUND);
	buf_free(&out);
	buf_free(&none);
}

/* The text needs nothing that stands behind it; before that, the end is seen. */
TEST(survives_being_cut)
{
	const char *at = memmem(body, sizeof body, "see you six", 11);
	size_t enough = (size_t)(at - body) + 11;
	for (size_t n = 0; n < sizeof body; n++) {
		char *cut = malloc(n ? n : 1);
		memcpy(cut, body, n);
		struct buf out = { 0 };
		enum err e = typedstream_text(cut, n, &out);
		CHECK_INT(e == OK, n >= enough);
		CHECK_INT(out.size, n >= enough ? 11 : 0);
		if (n > 16 && n < enough)
			CHECK_INT(e, ERR_TRUNCATED);
		buf_free(&out);
		free(cut);
	}
}

TEST(survives_flipped_bits)
{
	struct buf file = fixture_read("typedstream/everything.bin"), out = { 0 };
	for (size_t n = 0; n < file.size; n++)
		for (int bit = 0; bit < 8; bit += 3) {
			file.data[n] ^= (char)(1 << bit);
			typedstream_text(file.data, file.size, &out);
			buf_clear(&out);
			file.data[n] ^= (char)(1 << bit);
		}
	buf_free(&out);
	buf_free(&file);
}

static void head(struct buf *b) { buf_add(b, "\x04\x0bstreamtyped\x81\xe8\x03", 16); }

TEST(work_is_bounded)
{
	struct buf b = { 0 }, out = { 0 };
	clock_t start = clock();
	/* Four thousand million values of no bytes, in a type of twelve characters. */
	head(&b);
	buf_add(&b, "\x84\x0d[4000000000!]", 15);
	CHECK_INT(typedstream_text(b.data, b.size, &out), ERR_LIMIT);
	buf_clear(&b);
	head(&b);
	buf_add(&b, "\x84\x81\x00\x80[99999999{", 14); /* a long name passed over again and again */
	for (int i = 0; i < 0x8000 - 10 - 4; i++)
		buf_char(&b, 'n');
	buf_text(&b, "=!}]");
	CHECK_INT(typedstream_text(b.data, b.size, &out), ERR_LIMIT);
	buf_clear(&b);
	/* Objects in objects, 100,000 levels. */
	head(&b);
	buf_add(&b, "\x84\x01@", 3);
	for (int i = 0; i < 100000; i++)
		buf_add(&b, "\x84\x85\x92", 3);
	CHECK_INT(typedstream_text(b.data, b.size, &out), ERR_LIMIT);
	/* The same with types in types. */
	buf_clear(&b);
	head(&b);
	buf_add(&b, "\x84\x81\x00\x20", 4);
	for (int i = 0; i < 0x2000 / 2; i++)
		buf_text(&b, "[1");
	CHECK_INT(typedstream_text(b.data, b.size, &out), ERR_LIMIT);
	CHECK(clock() - start < 2 * CLOCKS_PER_SEC);
	buf_free(&b);
	buf_free(&out);
}

int main(void)
{
	RUN(reads_a_message);
	RUN(reads_what_an_archiver_wrote);
	RUN(says_what_is_wrong);
	RUN(survives_being_cut);
	RUN(survives_flipped_bits);
	RUN(work_is_bounded);
	return check_done();
}
