/* Stills of each format against what another decoder sees in them (tests/unit/make_stills.py), animations frame by frame, and damaged ones. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "media/animation.h"

static float *luma, *other;

static uint8_t *load(const char *name, const char *more, size_t *ret_size)
{
	char path[700];
	const char *source = getenv("CUSTOS_SOURCE");
	snprintf(path, sizeof path, "%s/tests/unit/data/stills/%s%s", source ? source : ".", name, more);
	FILE *f = fopen(path, "rb");
	if (!f) {
		printf("%s is not there\n", path);
		abort();
	}
	fseek(f, 0, SEEK_END);
	*ret_size = (size_t)ftell(f);
	rewind(f);
	uint8_t *bytes = malloc(*ret_size + 1);
	*ret_size = fread(bytes, 1, *ret_size, f);
	fclose(f);
	return bytes;
}

/* Largest difference between what was read into `luma` and the other decoder's PNG; -1 when sizes differ. */
static int difference(const struct picture *p, const char *name, const char *more)
{
	size_t size;
	uint8_t *bytes = load(name, more, &size);
	struct picture q;
	float most = 0;
	CHECK_INT(picture_read(span_of(bytes, size), other, PICTURE_EXACT, &q), OK);
	free(bytes);
	if (p->width != q.width || p->height != q.height)
		return -1;
	for (uint32_t i = 0; i < p->rows * p->columns; i++) {
		float d = p->luma[i] - other[i];
		d = d < 0 ? -d : d;
		most = d > most ? d : most;
	}
	return (int)(most + 0.99f);
}

static const struct {
	const char *name;
	enum picture_format format;
	int most; /* of brightness: other arithmetic from Y, Cb, Cr to R, G, B */
} stills[] = {
	{ "plain.heic", PICTURE_HEIC, 2 },	{ "sharp.heic", PICTURE_HEIC, 2 },    { "grid.heic", PICTURE_HEIC, 2 },
	{ "turned-1.heic", PICTURE_HEIC, 2 },	{ "turned-2.heic", PICTURE_HEIC, 2 }, { "turned-3.heic", PICTURE_HEIC, 2 },
	{ "cropped.heic", PICTURE_HEIC, 2 },	{ "plain.avif", PICTURE_AVIF, 2 },    { "sharp.avif", PICTURE_AVIF, 2 },
	{ "mirrored-0.avif", PICTURE_AVIF, 2 }, { "mirrored-1.avif", PICTURE_AVIF, 2 }, { "lossy.webp", PICTURE_WEBP, 0 },
	{ "clear.webp", PICTURE_WEBP, 0 },	{ "lossless.webp", PICTURE_WEBP, 0 }, { "over.webp", PICTURE_WEBP, 0 },
	{ "moving.gif", PICTURE_GIF, 0 },	{ "woven.gif", PICTURE_GIF, 0 },
};
enum { STILLS = sizeof stills / sizeof *stills };

TEST(other_decoders)
{
	for (int i = 0; i < STILLS; i++) {
		size_t size;
		uint8_t *bytes = load(stills[i].name, "", &size);
		struct picture p;
		enum err e = picture_read(span_of(bytes, size), luma, PICTURE_EXACT, &p);
		CHECK_INT(e, OK);
		CHECK_INT(p.format, stills[i].format);
		CHECK(!p.cut);
		int d = e ? -1 : difference(&p, stills[i].name, ".png");
		if (d < 0 || d > stills[i].most)
			printf("%s: differs by %d (%s)\n", stills[i].name, d, e ? err_message() : "");
		CHECK(d >= 0 && d <= stills[i].most);
		free(bytes);
	}
}

struct seen {
	const char *name;
	int compared, most;
	uint32_t frames, same;
	double last;
};

static enum err seen_take(void *context, struct picture *p, const struct animation_frame *f)
{
	struct seen *s = context;
	CHECK_INT(f->number, s->frames);
	s->frames++;
	s->same += f->same;
	s->last = f->at;
	if (f->number == 2 && s->name) {
		s->compared = 1;
		s->most = difference(p, s->name, "-2.png");
	}
	return OK;
}

TEST(animations)
{
	static const struct {
		const char *name;
		uint32_t frames;
		double last;
	} list[] = { { "moving.gif", 5, 0.43 }, { "over.webp", 4, 0.36 }, { "plain.avif", 1, 0 }, { "lossy.webp", 1, 0 } };
	for (int i = 0; i < 4; i++) {
		size_t size;
		uint8_t *bytes = load(list[i].name, "", &size);
		struct seen s = { .name = i < 2 ? list[i].name : NULL };
		struct picture p;
		bool stopped;
		CHECK_INT(animation_read(span_of(bytes, size), luma, PICTURE_EXACT, NULL, seen_take, &s, &p, &stopped), OK);
		CHECK(!p.cut && !stopped);
		CHECK_INT(s.frames, list[i].frames);
		CHECK_INT((int)(s.last * 1000 + 0.5), (int)(list[i].last * 1000 + 0.5));
		CHECK_INT(s.compared, i < 2);
		CHECK_INT(s.most, 0);
		/* A bound on frames, and one on pixels. */
		struct animation_limits two = { .frames = 2 }, few = { .pixels = 160 * 120 * 3 };
		s = (struct seen){ 0 };
		CHECK_INT(animation_read(span_of(bytes, size), luma, PICTURE_EXACT, &two, seen_take, &s, &p, &stopped), OK);
		CHECK_INT(s.frames, i < 2 ? 2 : 1);
		CHECK_INT(stopped, i < 2);
		s = (struct seen){ 0 };
		CHECK_INT(animation_read(span_of(bytes, size), luma, PICTURE_EXACT, &few, seen_take, &s, &p, &stopped), OK);
		CHECK_INT(stopped, i < 2);
		free(bytes);
	}
}

/* A GIF made here: nothing but a head and many frames of a pixel each, on a canvas as large as can be stated, or nearly. */
static uint8_t *gif_bomb(uint32_t width, uint32_t height, uint32_t frames, size_t *ret_size)
{
	static const uint8_t frame[] = { 0x21, 0xf9, 4, 4, 1, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0 };
	uint8_t head[19] = { 'G', 'I', 'F', '8', '9', 'a', (uint8_t)width, (uint8_t)(width >> 8), (uint8_t)height, (uint8_t)(height >> 8), 0x80, 0, 0, 0, 0, 0, 255, 255, 255 };
	*ret_size = sizeof head + sizeof frame * frames + 1;
	uint8_t *bytes = malloc(*ret_size);
	memcpy(bytes, head, sizeof head);
	for (uint32_t i = 0; i < frames; i++)
		memcpy(bytes + sizeof head + sizeof frame * i, frame, sizeof frame);
	bytes[*ret_size - 1] = 0x3b;
	return bytes;
}

TEST(bombs)
{
	size_t size;
	struct picture p;
	bool stopped;
	struct seen s = { 0 };
	uint8_t *bytes = gif_bomb(65535, 65535, 3, &size);
	CHECK_INT(animation_read(span_of(bytes, size), luma, PICTURE_EXACT, NULL, seen_take, &s, &p, &stopped), ERR_LIMIT);
	free(bytes);
	bytes = gif_bomb(20000, 20000, 100000, &size);
	CHECK_INT(animation_read(span_of(bytes, size), luma, PICTURE_EXACT, NULL, seen_take, &s, &p, &stopped), OK);
	CHECK_INT(s.frames, ANIMATION_FRAMES_MOST);
	CHECK(s.same > s.frames - 3);
	CHECK(stopped && !p.cut);
	free(bytes);
}

TEST(damaged)
{
	uint32_t seed = 9;
	for (int i = 0; i < STILLS; i++) {
		size_t size;
		uint8_t *bytes = load(stills[i].name, "", &size);
		for (size_t most = 0; most < size; most += most < 900 ? 7 : 1 + size / 40) {
			struct picture p;
			struct seen s = { 0 };
			bool stopped;
			uint8_t *part = malloc(most + 1); /* so that a read beyond is seen */
			memcpy(part, bytes, most);
			enum err e = animation_read(span_of(part, most), luma, PICTURE_EXACT, NULL, seen_take, &s, &p, &stopped);
			CHECK(e == OK || e == ERR_FORMAT || e == ERR_UNSUPPORTED);
			CHECK(e || p.cut || most + 8 > size);
			CHECK(e || s.frames);
			free(part);
		}
		for (int turn = 0; turn < 40; turn++) {
			struct picture p;
			struct seen s = { 0 };
			bool stopped;
			for (int k = 0; k < 3; k++) {
				seed = seed * 1664525 + 1013904223;
				bytes[(seed >> 8) % (turn % 2 && size > 700 ? 700 : size)] ^= (uint8_t)(1u << (seed >> 3) % 8);
			}
			enum err e = animation_read(span_of(bytes, size), luma, PICTURE_EXACT, NULL, seen_take, &s, &p, &stopped);
			CHECK(e == OK || e == ERR_FORMAT || e == ERR_UNSUPPORTED || e == ERR_LIMIT || e == ERR_NOMEM);
		}
		free(bytes);
	}
}

int main(void)
{
	luma = malloc(sizeof *luma * PDQ_SIDE_MOST * PDQ_SIDE_MOST);
	other = malloc(sizeof *other * PDQ_SIDE_MOST * PDQ_SIDE_MOST);
	RUN(other_decoders);
	RUN(animations);
	RUN(bombs);
	RUN(damaged);
	free(luma);
	free(other);
	return check_done();
}
