/* Hostile pictures and videos: every seed of the fuzz target cut at every length and with flipped bytes, and the traps one by one. What good files must give is in
 * media_meta.py. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "check.h"
#include "media/meta.h"

static char last_reason[200];
static unsigned note_count;
static uint64_t last_offset;

static void note_keep(void *context, uint64_t offset, const char *reason)
{
	(void)context;
	note_count++;
	last_offset = offset;
	snprintf(last_reason, sizeof last_reason, "%s", reason);
}

/* From an allocation of just that size, so that the sanitizer sees a read beyond it. */
static enum err read_exactly(const void *bytes, size_t size, struct media_meta *m)
{
	char *copy = malloc(size ? size : 1);
	note_count = 0;
	last_reason[0] = 0;
	memcpy(copy, bytes, size);
	enum err e = media_meta_read(span_of(copy, size), m, note_keep, NULL);
	free(copy);
	return e;
}

/* What holds of every answer, whatever the bytes. */
static void sane(const struct media_meta *m)
{
	size_t size = strlen(m->detail);
	CHECK(size >= 2 && size < META_DETAIL_MOST && m->detail[0] == '{' && m->detail[size - 1] == '}' && utf8_valid(m->detail, size) == size);
	CHECK(m->orientation <= 8 && isnan(m->latitude) == isnan(m->longitude));
	CHECK(utf8_valid(m->make, strlen(m->make)) == strlen(m->make));
}

static void seed_damage(const char *path)
{
	static uint8_t bytes[1 << 16];
	struct media_meta m;
	FILE *f = fopen(path, "rb");
	size_t size = f ? fread(bytes, 1, sizeof bytes, f) : 0;
	if (f)
		fclose(f);
	CHECK(size > 0);
	for (size_t i = 0; i < size; i++) {
		read_exactly(bytes, i, &m);
		sane(&m);
	}
	for (size_t i = 0; i < size; i++) {
		static const uint8_t flips[] = { 0xff, 0x80, 0x01 };
		uint8_t was = bytes[i];
		for (size_t k = 0; k < sizeof flips; k++) {
			bytes[i] = was ^ flips[k];
			read_exactly(bytes, size, &m);
			sane(&m);
		}
		bytes[i] = was;
	}
}

TEST(damage)
{
	char folder[512], path[800];
	snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/media_meta", getenv("CUSTOS_SOURCE") ? getenv("CUSTOS_SOURCE") : ".");
	DIR *d = opendir(folder);
	int seeds = 0;
	CHECK(d != NULL);
	for (struct dirent *e; d && (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		seed_damage(path);
		seeds++;
	}
	if (d)
		closedir(d);
	CHECK(seeds >= 10);
}

static void le(struct buf *b, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_char(b, (char)(v >> (8 * i)));
}

static void be(struct buf *b, uint64_t v, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		buf_char(b, (char)(v >> (8 * i)));
}

static void entry(struct buf *b, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
	le(b, tag, 2);
	le(b, type, 2);
	le(b, count, 4);
	le(b, value, 4);
}

TEST(exif_circle)
{
	/* The first directory names itself as the EXIF one and as the next one. */
	struct buf b = { 0 };
	struct media_meta m;
	buf_add(&b, "II*\0", 4);
	le(&b, 8, 4);
	le(&b, 2, 2);
	entry(&b, 0x010f, 2, 4, 0x00636261); /* "abc" */
	entry(&b, 0x8769, 4, 1, 8);
	le(&b, 8, 4);
	CHECK_INT(read_exactly(b.data, b.size, &m), OK);
	CHECK_TEXT(m.make, "abc");
	CHECK_INT(m.notes, 1);
	CHECK(strstr(last_reason, "circle") != NULL);
	CHECK_INT(last_offset, 8);
	buf_free(&b);
}

TEST(exif_lies)
{
	/* A count of 2^32 - 1, an offset beyond the end, an unknown type, a directory of 65,535 entries: each is said, the model is read. */
	struct buf b = { 0 };
	struct media_meta m;
	buf_add(&b, "II*\0", 4);
	le(&b, 8, 4);
	le(&b, 65535, 2);
	entry(&b, 0x010e, 2, UINT32_MAX, 4096);
	entry(&b, 0x010f, 5, 0x20000001, 8);
	entry(&b, 0x0131, 99, 1, 0);
	entry(&b, 0x0110, 2, 3, 0x00004241);
	CHECK_INT(read_exactly(b.data, b.size, &m), OK);
	CHECK_TEXT(m.model, "AB");
	CHECK_INT(m.notes, 5); /* too many entries, three bad ones, and the end before all were read */
	buf_free(&b);
}

TEST(gps_nonsense)
{
	/* 90 degrees and more, division by 0: no position. */
	struct buf b = { 0 };
	struct media_meta m;
	buf_add(&b, "II*\0", 4);
	le(&b, 8, 4);
	le(&b, 1, 2);
	entry(&b, 0x8825, 4, 1, 26);
	le(&b, 0, 4);
	le(&b, 4, 2);
	entry(&b, 1, 2, 2, 'N');
	entry(&b, 2, 5, 1, 80);
	entry(&b, 3, 2, 2, 'E');
	entry(&b, 4, 5, 1, 88);
	le(&b, 0, 4);
	CHECK_INT(b.size, 80);
	le(&b, 91, 4);
	le(&b, 1, 4);
	le(&b, 10, 4);
	le(&b, 1, 4);
	read_exactly(b.data, b.size, &m);
	CHECK(isnan(m.latitude) && isnan(m.longitude));
	CHECK(strstr(last_reason, "globe") != NULL);
	b.data[84] = 0; /* 91/0 */
	read_exactly(b.data, b.size, &m);
	CHECK(isnan(m.latitude) && m.notes == 0);
	b.data[80] = 0, b.data[84] = 1, b.data[88] = 0; /* 0, 0 */
	read_exactly(b.data, b.size, &m);
	CHECK(isnan(m.latitude) && strstr(last_reason, "0, 0") != NULL);
	b.data[88] = 10;
	read_exactly(b.data, b.size, &m);
	CHECK(m.latitude == 0 && m.longitude == 10); /* on the equator is a place */
	buf_free(&b);
}

static void box_head(struct buf *b, uint32_t size, const char *type)
{
	be(b, size, 4);
	buf_add(b, type, 4);
}

TEST(boxes_many)
{
	/* 200,000 empty boxes in a moov: the reading stops, and says so once. */
	struct buf b = { 0 };
	struct media_meta m;
	box_head(&b, 16, "ftyp");
	buf_add(&b, "isom\0\0\0\0", 8);
	box_head(&b, 8 + 200000 * 8, "moov");
	for (int i = 0; i < 200000; i++)
		box_head(&b, 8, "udta");
	CHECK_INT(read_exactly(b.data, b.size, &m), OK);
	CHECK_INT(m.notes, 1);
	CHECK_INT(m.kind, META_MP4);
	buf_free(&b);
}

TEST(boxes_sizes)
{
	struct buf b = { 0 };
	struct media_meta m;
	box_head(&b, 16, "ftyp");
	buf_add(&b, "isom\0\0\0\0", 8);
	size_t head = b.size;
	/* 0: to the end; inside it a movie header of a second and a half */
	box_head(&b, 0, "moov");
	box_head(&b, 0, "mvhd");
	buf_add(&b, (const char[12]){ 0 }, 12);
	be(&b, 1000, 4);
	be(&b, 1500, 4);
	buf_add(&b, (const char[80]){ 0 }, 80);
	read_exactly(b.data, b.size, &m);
	CHECK(m.duration == 1.5 && m.notes == 0 && m.taken_at == TIME_NONE);
	/* 1: a 64-bit size; one that is shorter than its head, one near 2^64 */
	static const uint64_t sizes[] = { 15, UINT64_MAX, UINT64_MAX - 7, 0 };
	for (size_t i = 0; i < 4; i++) {
		b.size = head;
		box_head(&b, 1, "moov");
		be(&b, sizes[i], 8);
		box_head(&b, 8, "udta");
		CHECK_INT(read_exactly(b.data, b.size, &m), OK);
		CHECK_INT(m.notes, 1);
	}
	/* 2 to 7: shorter than itself */
	for (uint32_t size = 2; size < 8; size++) {
		b.size = head;
		box_head(&b, size, "moov");
		read_exactly(b.data, b.size, &m);
		CHECK_INT(m.notes, 1);
	}
	buf_free(&b);
}

TEST(boxes_nested)
{
	/* Boxes within boxes, ten thousand deep: only those that mean something are entered. */
	struct buf b = { 0 };
	struct media_meta m;
	box_head(&b, 16, "ftyp");
	buf_add(&b, "isom\0\0\0\0", 8);
	for (int i = 0; i < 10000; i++)
		box_head(&b, (uint32_t)(10000 - i) * 8, i % 2 ? "udta" : "moov");
	CHECK_INT(read_exactly(b.data, b.size, &m), OK);
	buf_free(&b);
}

TEST(locations_many)
{
	/* 2^32 - 1 items of 65,535 parts each, whose numbers have no size: no time may be lost on them. */
	struct buf b = { 0 }, meta = { 0 }, iinf = { 0 }, iloc = { 0 };
	struct media_meta m;
	box_head(&b, 16, "ftyp");
	buf_add(&b, "heic\0\0\0\0", 8);
	be(&iinf, 0, 4);
	be(&iinf, 1, 2);
	box_head(&iinf, 21, "infe");
	be(&iinf, 2u << 24, 4);
	be(&iinf, 1, 2);
	be(&iinf, 0, 2);
	buf_add(&iinf, "Exif\0", 5);
	be(&iloc, 2u << 24, 4);
	be(&iloc, 0, 2);
	be(&iloc, UINT32_MAX, 4);
	for (int i = 0; i < 5000; i++) {
		be(&iloc, 1, 4);
		be(&iloc, 0, 4);
		be(&iloc, 65535, 2);
	}
	be(&meta, 0, 4);
	box_head(&meta, (uint32_t)iinf.size + 8, "iinf");
	buf_add(&meta, iinf.data, iinf.size);
	box_head(&meta, (uint32_t)iloc.size + 8, "iloc");
	buf_add(&meta, iloc.data, iloc.size);
	box_head(&b, (uint32_t)meta.size + 8, "meta");
	buf_add(&b, meta.data, meta.size);
	CHECK_INT(read_exactly(b.data, b.size, &m), OK);
	CHECK(m.notes >= 1);
	buf_free(&b);
	buf_free(&meta);
	buf_free(&iinf);
	buf_free(&iloc);
}

static struct buf jpeg_with(const char *head, size_t head_size, const char *text, size_t text_size)
{
	struct buf b = { 0 };
	buf_add(&b, "\xff\xd8\xff\xe1", 4);
	be(&b, head_size + text_size + 2, 2);
	buf_add(&b, head, head_size);
	buf_add(&b, text, text_size);
	buf_add(&b, "\xff\xd9", 2);
	return b;
}

TEST(detail_bounded)
{
	/* More properties than there is room for: "cut", and still one whole object. */
	static const char head[] = "http://ns.adobe.com/xap/1.0/";
	struct buf x = { 0 };
	struct media_meta m;
	buf_text(&x, "<rdf:Description ");
	for (int i = 0; i < 600; i++)
		buf_printf(&x, "a:n%d=\"%0*d\" ", i, 60, i);
	buf_text(&x, "/>");
	struct buf b = jpeg_with(head, sizeof head, x.data, x.size);
	read_exactly(b.data, b.size, &m);
	sane(&m);
	CHECK(strstr(m.detail, "\"cut\": true}") != NULL);
	CHECK(strstr(m.detail, "\"a:n0\": ") != NULL);
	buf_free(&b);
	buf_free(&x);
}

TEST(xmp_deep)
{
	static const char head[] = "http://ns.adobe.com/xap/1.0/";
	struct buf x = { 0 };
	struct media_meta m;
	for (int i = 0; i < 5000; i++)
		buf_text(&x, "<a:b>");
	buf_text(&x, "<xmp:Label>deep</xmp:Label>");
	for (int i = 0; i < 5000; i++)
		buf_text(&x, "</a:b>");
	buf_text(&x, "<xmp:CreatorTool>late</xmp:CreatorTool><xmp:Unended");
	struct buf b = jpeg_with(head, sizeof head, x.data, x.size);
	read_exactly(b.data, b.size, &m);
	CHECK_TEXT(m.software, "late");
	CHECK_INT(m.notes, 1);
	buf_free(&b);
	buf_free(&x);
}

TEST(notes_bounded)
{
	/* Ten thousand damaged chunks are a few notes and the number of all. */
	struct buf b = { 0 };
	struct media_meta m;
	buf_add(&b, "\x89PNG\r\n\x1a\n", 8);
	for (int i = 0; i < 10000; i++) {
		be(&b, 2, 4);
		buf_add(&b, "zTXta\0\0\0\0\0", 10);
	}
	read_exactly(b.data, b.size, &m);
	CHECK_INT(note_count, META_NOTES_MOST);
	CHECK_INT(m.notes, 10001);
	buf_free(&b);
}

TEST(gif_bomb)
{
	/* A million frames of nothing: counted, and nothing unpacked. */
	struct buf b = { 0 };
	struct media_meta m;
	buf_add(&b, "GIF89a\1\0\1\0\0\0\0", 13);
	for (int i = 0; i < 1000000; i++)
		buf_add(&b, "\x2c\0\0\0\0\1\0\1\0\0\2\0", 12);
	buf_char(&b, ';');
	read_exactly(b.data, b.size, &m);
	CHECK(strstr(m.detail, "\"gif:frames\": 1000000") != NULL);
	buf_free(&b);
}

TEST(no_picture)
{
	struct media_meta m;
	CHECK_INT(read_exactly("", 0, &m), ERR_UNSUPPORTED);
	CHECK_INT(read_exactly("SQLite format 3\0", 16, &m), ERR_UNSUPPORTED);
	CHECK(m.taken_at == TIME_NONE && isnan(m.latitude) && isnan(m.duration));
	CHECK_TEXT(m.detail, "{}");
	CHECK_TEXT(meta_kind_name(meta_kind_of(span_of("\xff\xd8\xff\xe0\0\0\0\0\0\0\0\0", 12))), "jpeg");
}

int main(void)
{
	RUN(damage);
	RUN(exif_circle);
	RUN(exif_lies);
	RUN(gps_nonsense);
	RUN(boxes_many);
	RUN(boxes_sizes);
	RUN(boxes_nested);
	RUN(locations_many);
	RUN(detail_bounded);
	RUN(xmp_deep);
	RUN(notes_bounded);
	RUN(gif_bomb);
	RUN(no_picture);
	return check_done();
}
