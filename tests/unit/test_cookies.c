#include <stdlib.h>
#include <time.h>

#include "base/time.h"
#include "check.h"
#include "fixture.h"
#include "formats/cookies.h"

static void text_add(struct buf *out, struct span s)
{
	buf_add(out, s.start, span_size(&s));
	buf_char(out, '|');
}

static enum err line_add(void *context, const struct cookie *c)
{
	char text[40];
	struct buf *out = context;
	text_add(out, c->url);
	text_add(out, c->name);
	text_add(out, c->path);
	text_add(out, c->value);
	buf_printf(out, "%u|%s|", c->flags, time_iso(c->expires_at, text, sizeof text));
	buf_printf(out, "%s|%llu\n", time_iso(c->created_at, text, sizeof text), (unsigned long long)c->offset);
	return OK;
}

static enum err lines(const void *bytes, size_t size, struct buf *out)
{
	*out = (struct buf){ .limit = 1 << 20 };
	return cookies_read(span_of(bytes, size), line_add, out);
}

#define FIRST ".example.org|session|/|abc123|5|2023-03-08T20:26:40.500000Z|2020-01-06T10:40:00Z|40\n"
#define SECOND "example.org|plain|/login||0||2020-01-06T10:40:01Z|126\n"
#define THIRD "news.example.org|n\xc3\xa4me|/|v=1|1||2000-12-31T23:59:59Z|236\n"

TEST(reads_cookies)
{
	struct buf file = fixture_read("cookies/three.binarycookies"), out;
	CHECK_INT(lines(file.data, file.size, &out), OK);
	CHECK_TEXT(out.data, FIRST SECOND THIRD);
	buf_free(&out);
	buf_free(&file);
}

TEST(passes_over_damage)
{
	struct buf file = fixture_read("cookies/three.binarycookies"), out;
	CHECK(file.size > 300);
	file.data[28] = 1; /* the first cookie's offset: far beyond */
	file.data[29] = 1;
	CHECK_INT(lines(file.data, file.size, &out), ERR_FORMAT);
	CHECK_TEXT(out.data, SECOND THIRD);
	buf_free(&out);
	file.data[22] = 9; /* the first page's tag */
	CHECK_INT(lines(file.data, file.size, &out), ERR_FORMAT);
	CHECK_TEXT(out.data, THIRD);
	buf_free(&out);
	buf_free(&file);
	file = fixture_read("cookies/three.binarycookies");
	CHECK_INT(lines(file.data, 210, &out), ERR_TRUNCATED); /* the end is lost */
	CHECK_TEXT(out.data, FIRST SECOND);
	buf_free(&out);
	file.data[126 + 20] = 1; /* the second cookie's name: an offset within the header */
	CHECK_INT(lines(file.data, file.size, &out), ERR_FORMAT);
	CHECK_TEXT(out.data, FIRST "example.org||/login||0||2020-01-06T10:40:01Z|126\n" THIRD);
	buf_free(&out);
	buf_free(&file);
	CHECK_INT(lines("cook\0\0\0\0", 8, &out), OK);
	CHECK_INT(lines("cook\0\0\0\1", 8, &out), ERR_TRUNCATED);
	CHECK_INT(lines("kooc", 4, &out), ERR_FORMAT);
	CHECK_INT(lines("", 0, &out), ERR_FORMAT);
}

static enum err refuse(void *context, const struct cookie *c)
{
	(void)c;
	++*(int *)context;
	return ERR_CANCELLED;
}

TEST(the_callback_can_stop)
{
	struct buf file = fixture_read("cookies/three.binarycookies");
	int calls = 0;
	CHECK_INT(cookies_read(span_of(file.data, file.size), refuse, &calls), ERR_CANCELLED);
	CHECK_INT(calls, 1);
	buf_free(&file);
}

TEST(survives_damage)
{
	struct buf file = fixture_read("cookies/three.binarycookies"), out;
	for (size_t n = 0; n < file.size; n++) {
		char *cut = malloc(n ? n : 1);
		memcpy(cut, file.data, n);
		lines(cut, n, &out);
		buf_free(&out);
		free(cut);
		for (int bit = 0; bit < 8; bit++) {
			file.data[n] ^= (char)(1 << bit);
			lines(file.data, file.size, &out);
			buf_free(&out);
			file.data[n] ^= (char)(1 << bit);
		}
	}
	buf_free(&file);
}

static void le(struct buf *b, uint32_t n) { buf_add(b, (char[]){ (char)n, (char)(n >> 8), (char)(n >> 16), (char)(n >> 24) }, 4); }

static enum err count_up(void *context, const struct cookie *c)
{
	(void)c;
	++*(size_t *)context;
	return OK;
}

TEST(overlapping_cookies_are_bounded)
{
	/* 100,000 offsets of one record that is 1 MB of text. */
	enum { N = 100000, TEXT = 1 << 20 };
	uint32_t start = 8 + 4 * N, size = start + 56 + TEXT;
	struct buf b = { 0 };
	buf_add(&b, "cook\0\0\0\1", 8);
	buf_add(&b, (char[]){ (char)(size >> 24), (char)(size >> 16), (char)(size >> 8), (char)size }, 4);
	buf_add(&b, "\0\0\1\0", 4);
	le(&b, N);
	for (int i = 0; i < N; i++)
		le(&b, start);
	uint32_t header[14] = { 56 + TEXT, 0, 0, 0, 56, 56, 56, 56 };
	for (int i = 0; i < 14; i++)
		le(&b, header[i]);
	for (int i = 0; i < TEXT; i++)
		buf_char(&b, 'x');
	size_t calls = 0;
	clock_t from = clock();
	CHECK_INT(cookies_read(span_of(b.data, b.size), count_up, &calls), ERR_FORMAT);
	CHECK_INT(calls, 1);
	CHECK(clock() - from < CLOCKS_PER_SEC);
	buf_free(&b);
}

int main(void)
{
	RUN(reads_cookies);
	RUN(passes_over_damage);
	RUN(the_callback_can_stop);
	RUN(survives_damage);
	RUN(overlapping_cookies_are_bounded);
	return check_done();
}
