#include "formats/segb.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/time.h"
#include "check.h"

struct seen {
	int count, crc_ok, written, deleted;
	int stop_after; /* 0: never */
	struct buf line;
};

static enum err collect(void *context, const struct segb_entry *e)
{
	struct seen *s = context;
	char at[40];
	s->count++;
	s->crc_ok += e->crc_ok;
	s->written += e->state == 1;
	s->deleted += e->state == 3;
	buf_printf(&s->line, "v%d state %d at %s offset %llu crc %d ", e->version, e->state, time_iso(e->created_at, at, sizeof at),
		   (unsigned long long)e->offset, e->crc_ok);
	buf_add(&s->line, e->data.start, span_size(&e->data));
	buf_char(&s->line, '\n');
	return s->count == s->stop_after ? ERR_CANCELLED : OK;
}

static enum err read_all(const void *bytes, size_t size, struct seen *s)
{
	/* A copy of exactly the size, so that the sanitiser sees a read beyond it. */
	char *copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	if (size)
		memcpy(copy, bytes, size);
	enum err e = segb_read(span_of(copy, size), collect, s);
	free(copy);
	return e;
}

/* CRC-32 values by Python's zlib.crc32; 2.5 s is 0x4004000000000000. */
#define ZEROS8 "\0\0\0\0\0\0\0\0"
#define T25 "\0\0\0\0\0\0\x04\x40"
#define V1_RECORD(length, state, time, crc) length "\0\0\0" state "\0\0\0" time T25 crc "\0\0\0\0"
static const char v1[] = "\xb0\0\0\0\0\0\0\0" ZEROS8 ZEROS8 ZEROS8 ZEROS8 ZEROS8 "\0\0\0\0SEGB"
	V1_RECORD("\x05", "\1", T25, "\x86\xa6\x10\x36") "hello\0\0\0"                       /* at 56 */
	V1_RECORD("\x03", "\3", "\0\0\0\0\0\0\xf0\x7f", "\0\0\0\0") "\0\0\0\0\0\0\0\0"       /* at 96; first time infinite */
	V1_RECORD("\x02", "\1", T25, "\1\2\3\4") "ab\0\0\0\0\0\0"                            /* at 136; wrong CRC */
	ZEROS8 ZEROS8 ZEROS8 ZEROS8 ZEROS8;
static const char v2[] = "SEGB\3\0\0\0" ZEROS8 ZEROS8 ZEROS8
	"\x86\xa6\x10\x36\0\0\0\0hello\0\0\0"  /* at 32, ends at 13 from there */
	"\0\0\0\0\0\0\0\0\0\0\0\0"             /* at 48, ends at 27: 3 bytes */
	"\x6d\x48\x83\x9e\0\0\0\0ab\0\0"       /* at 60, ends at 38 */
	ZEROS8 ZEROS8
	"\x26\0\0\0\1\0\0\0" T25 "\x1b\0\0\0\3\0\0\0" T25 "\x0d\0\0\0\1\0\0\0" T25;

TEST(version_1)
{
	struct seen s = { 0 };
	CHECK_INT(read_all(v1, sizeof v1 - 1, &s), OK);
	static const char want[] = "v1 state 1 at 2001-01-01T00:00:02.500000Z offset 88 crc 1 hello\n"
				   "v1 state 3 at 2001-01-01T00:00:02.500000Z offset 128 crc 0 \0\0\0\n"
				   "v1 state 1 at 2001-01-01T00:00:02.500000Z offset 168 crc 0 ab\n";
	CHECK_INT(s.line.size, sizeof want - 1);
	CHECK(s.line.data && memcmp(s.line.data, want, sizeof want - 1) == 0);
	buf_free(&s.line);
}

TEST(version_2)
{
	struct seen s = { 0 };
	CHECK_INT(read_all(v2, sizeof v2 - 1, &s), OK);
	static const char want[] = "v2 state 1 at 2001-01-01T00:00:02.500000Z offset 40 crc 1 hello\n"
				   "v2 state 3 at 2001-01-01T00:00:02.500000Z offset 56 crc 0 \0\0\0\n"
				   "v2 state 1 at 2001-01-01T00:00:02.500000Z offset 68 crc 1 ab\n";
	CHECK_INT(s.line.size, sizeof want - 1);
	CHECK(s.line.data && memcmp(s.line.data, want, sizeof want - 1) == 0);
	buf_free(&s.line);
}

TEST(damage)
{
	struct seen s = { 0 };
	CHECK_INT(read_all("SEGX", 4, &s), ERR_FORMAT);
	CHECK_INT(read_all("", 0, &s), ERR_FORMAT);
	s = (struct seen){ .stop_after = 2, .line = s.line };
	CHECK_INT(read_all(v1, sizeof v1 - 1, &s), ERR_CANCELLED);
	CHECK_INT(s.count, 2);
	s = (struct seen){ .stop_after = 1, .line = s.line };
	CHECK_INT(read_all(v2, sizeof v2 - 1, &s), ERR_CANCELLED);
	for (size_t cut = 0; cut < 176; cut++) { /* of version 1: the records before the cut stay */
		s = (struct seen){ .line = s.line };
		enum err e = read_all(v1, cut, &s);
		CHECK(e == ERR_TRUNCATED || (e == ERR_FORMAT && cut < 56));
		CHECK_INT(s.count, cut >= 170 ? 3 : cut >= 131 ? 2 : cut >= 93 ? 1 : 0);
	}
	for (size_t cut = 0; cut < sizeof v2 - 1; cut++) {
		s = (struct seen){ .line = s.line };
		read_all(v2, cut, &s);
		CHECK(s.count <= 3);
	}
	/* An end in the header that cannot be: read up to the zeros. A length beyond the file: stop there. */
	char copy[sizeof v1];
	for (int end = 0; end < 256; end += 255) {
		memcpy(copy, v1, sizeof v1);
		memset(copy, end, 4);
		s = (struct seen){ .line = s.line };
		CHECK_INT(read_all(copy, sizeof v1 - 1, &s), end ? ERR_TRUNCATED : OK);
		CHECK_INT(s.count, 3);
	}
	memcpy(copy, v1, sizeof v1);
	memset(copy + 96, 0xff, 4);
	s = (struct seen){ .line = s.line };
	CHECK_INT(read_all(copy, sizeof v1 - 1, &s), ERR_TRUNCATED);
	CHECK_INT(s.count, 1);
	/* Of version 2: a count beyond the file; a place outside of the data costs that entry alone. */
	char copy2[sizeof v2];
	memcpy(copy2, v2, sizeof v2);
	memset(copy2 + 4, 0xff, 4);
	s = (struct seen){ .line = s.line };
	CHECK(read_all(copy2, sizeof v2 - 1, &s) < 0);
	/* Places in another order: the entries are parted as before. */
	memcpy(copy2, v2, sizeof v2);
	memcpy(copy2 + sizeof v2 - 1 - 48, v2 + sizeof v2 - 1 - 16, 16);
	memcpy(copy2 + sizeof v2 - 1 - 16, v2 + sizeof v2 - 1 - 48, 16);
	s = (struct seen){ .line = s.line };
	CHECK_INT(read_all(copy2, sizeof v2 - 1, &s), OK);
	CHECK_INT(s.count, 3);
	CHECK_INT(s.crc_ok, 2);
	memcpy(copy2, v2, sizeof v2);
	memset(copy2 + sizeof v2 - 1 - 48, 0xff, 4);
	s = (struct seen){ .line = s.line };
	CHECK_INT(read_all(copy2, sizeof v2 - 1, &s), ERR_FORMAT);
	CHECK_INT(s.count, 2);
	buf_free(&s.line);
}

/* Counts by a Python reading of the same bytes (struct, zlib): every written entry has a good CRC, deleted ones are zeros. */
TEST(real_files)
{
	static const struct { const char *name; int count, written; } files[] = {
		{ "Device.Display.Backlight.tahoe26.v2.segb", 8, 8 },
		{ "Device.Display.TrueTone.v2.segb", 7, 4 },
		{ "Device.Power.LowPowerMode.v1.segb", 16, 4 },
	};
	const char *shared = getenv("CUSTOS_SHARED"), *source = getenv("CUSTOS_SOURCE");
	static char bytes[1 << 20];
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char path[4096];
		snprintf(path, sizeof path, "%s%s/data/formats/segb/biome/%s", shared ? shared : source ? source : ".",
			 shared ? "" : "/../shared", files[i].name);
		FILE *f = fopen(path, "rb");
		if (!f)
			SKIP("no shared data: segb");
		size_t size = fread(bytes, 1, sizeof bytes, f);
		fclose(f);
		struct seen s = { 0 };
		CHECK_INT(read_all(bytes, size, &s), OK);
		CHECK_INT(s.count, files[i].count);
		CHECK_INT(s.written, files[i].written);
		CHECK_INT(s.deleted, files[i].count - files[i].written);
		CHECK_INT(s.crc_ok, s.written);
		if (i == 0)
			CHECK(strstr(s.line.data, "v2 state 1 at 2026-06-04T05:06:46.649654Z offset 40 crc 1 "));
		buf_free(&s.line);
	}
}

int main(void)
{
	RUN(version_1);
	RUN(version_2);
	RUN(damage);
	RUN(real_files);
	return check_done();
}
