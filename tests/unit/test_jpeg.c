/* The short way through JPEG (media/jpeg_fast.h) against libjpeg-turbo's decoding of every row: the same samples, to the bit, or a refusal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "check.h"
#include "media/jpeg_fast.h"

static float *luma, *whole;
static uint32_t seed = 1;

static uint32_t chance(void) { return (seed = seed * 1664525 + 1013904223) >> 8; }

struct made {
	unsigned char *bytes;
	unsigned long size;
	uint32_t width, height;
};

/* What a picture is of matters less than that all values occur: smooth, hard, noisy and saturated places. */
static struct made jpeg_make(uint32_t width, uint32_t height, int wide, int high, bool grey, int quality, int restart, bool optimize)
{
	struct made m = { .width = width, .height = height };
	struct jpeg_compress_struct j;
	struct jpeg_error_mgr errors;
	uint8_t *line = malloc(3 * (size_t)width);
	unsigned kind = chance(), step = 1 + chance() % 200;
	j.err = jpeg_std_error(&errors);
	jpeg_create_compress(&j);
	jpeg_mem_dest(&j, &m.bytes, &m.size);
	j.image_width = width;
	j.image_height = height;
	j.input_components = 3;
	j.in_color_space = JCS_RGB;
	jpeg_set_defaults(&j);
	if (grey)
		jpeg_set_colorspace(&j, JCS_GRAYSCALE);
	jpeg_set_quality(&j, quality, TRUE);
	j.comp_info[0].h_samp_factor = wide;
	j.comp_info[0].v_samp_factor = high;
	j.restart_interval = (unsigned)restart;
	j.optimize_coding = optimize;
	jpeg_start_compress(&j, TRUE);
	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < 3 * width; x++) {
			unsigned smooth = x * 5 / step + y * 3 / step, hard = (x / 3 / step + y / step) % 2 * 255;
			line[x] = (uint8_t)(kind % 4 == 0 ? smooth : kind % 4 == 1 ? hard ^ (x % 3 * 97) : kind % 4 == 2 ? chance() : smooth + chance() % 40);
		}
		JSAMPROW rows[1] = { line };
		jpeg_write_scanlines(&j, rows, 1);
	}
	jpeg_finish_compress(&j);
	jpeg_destroy_compress(&j);
	free(line);
	return m;
}

/* Each variant of the short way; -1: refused, 0: other samples, 1: the same as in `whole`. */
static int same(struct span bytes, bool bright, const struct picture *want)
{
	static struct jpeg_plan plan;
	int all = 1;
	for (int v = 0; v < 2; v++) {
		struct picture p = { .luma = luma };
		if (v && !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")))
			continue;
		if (!jpeg_plan_make(bytes, &plan) || picture_begin(&p, plan.width, plan.height))
			return -1;
		if (!(v ? jpeg_samples_avx2 : jpeg_samples_plain)(&plan, bright, &p))
			return -1;
		if (p.rows != want->rows || p.columns != want->columns || memcmp(luma, whole, sizeof *luma * p.rows * p.columns) != 0)
			all = 0;
	}
	return all;
}

TEST(same_samples)
{
	static const int samplings[][2] = { { 2, 2 }, { 2, 1 }, { 1, 1 } }, qualities[] = { 100, 98, 90, 75, 40, 12, 3 };
	for (int i = 0; i < 60; i++) {
		uint32_t width = 16 + chance() % (i % 9 ? 700 : 2400), height = 1 + chance() % (i % 9 == 1 ? 1700 : 400);
		bool grey = i % 10 == 9;
		const int *s = samplings[i % 3];
		if (width <= PDQ_SIDE_MOST && height <= PDQ_SIDE_MOST)
			width += 520;
		struct made m = jpeg_make(width, height, grey ? 1 : s[0], grey ? 1 : s[1], grey, qualities[i % 7], i % 4 == 3 ? 1 + (int)(chance() % 90) : 0, i % 2);
		struct picture want;
		struct span bytes = span_of(m.bytes, m.size);
		CHECK_INT(picture_read(bytes, whole, PICTURE_WHOLE, &want), OK);
		int got = same(bytes, false, &want);
		if (got != 1)
			printf("%d: %u x %u, quality %d, %d x %d: %s\n", i, width, height, qualities[i % 7], s[0], s[1], got ? "refused" : "other samples");
		CHECK_INT(got, 1);
		free(m.bytes);
	}
}

/* Brightness alone is that of a decoder that gives grey. */
TEST(brightness)
{
	struct made m = jpeg_make(1500, 900, 2, 2, false, 85, 0, false);
	static uint8_t line[1500];
	struct jpeg_decompress_struct j;
	struct jpeg_error_mgr errors;
	struct picture want = { .luma = whole };
	CHECK_INT(picture_begin(&want, 1500, 900), OK);
	j.err = jpeg_std_error(&errors);
	jpeg_create_decompress(&j);
	jpeg_mem_src(&j, m.bytes, m.size);
	jpeg_read_header(&j, TRUE);
	j.out_color_space = JCS_GRAYSCALE;
	jpeg_start_decompress(&j);
	for (uint32_t y = 0, next = 0; y < 900; y++) {
		JSAMPROW rows[1] = { line };
		jpeg_read_scanlines(&j, rows, 1);
		while (next < want.rows && picture_row(&want, next) == y)
			picture_take(&want, next++, line, 1);
	}
	jpeg_finish_decompress(&j);
	jpeg_destroy_decompress(&j);
	CHECK_INT(same(span_of(m.bytes, m.size), true, &want), 1);
	free(m.bytes);
}

/* Damage: what is not refused is what libjpeg-turbo gives too, without a warning. */
TEST(damaged)
{
	int taken = 0, refused = 0;
	for (int i = 0; i < 12; i++) {
		struct made m = jpeg_make(540 + chance() % 200, 30 + chance() % 60, i % 3 ? 2 : 1, i % 3 == 1 ? 2 : 1, false, i % 2 ? 90 : 30, i % 4 ? 0 : 7, i % 5 == 0);
		for (int turn = 0; turn < 40; turn++) {
			uint8_t *bytes = malloc(m.size);
			size_t size = turn % 10 == 9 ? chance() % m.size : m.size;
			memcpy(bytes, m.bytes, m.size);
			for (int k = 0; k < 1 + turn % 3 && turn % 10 != 9; k++)
				bytes[turn % 2 ? chance() % m.size : chance() % 700] = (uint8_t)(turn % 5 ? chance() : 0xff);
			uint8_t *part = malloc(size + 1); /* so that a read beyond is seen */
			memcpy(part, bytes, size);
			struct picture want, p;
			enum err e = picture_read(span_of(part, size), whole, PICTURE_WHOLE, &want);
			int got = same(span_of(part, size), false, &want);
			if (got >= 0 && (e || want.cut || !got))
				printf("%d, %d: taken; libjpeg-turbo: %s %s\n", i, turn, e ? err_message() : want.cut ? "damaged" : "sound", got ? "" : "other samples");
			CHECK(got < 0 || (!e && !want.cut && got));
			taken += got >= 0;
			refused += got < 0;
			CHECK_INT(picture_read(span_of(part, size), luma, PICTURE_EXACT, &p), e);
			free(part);
			free(bytes);
		}
		free(m.bytes);
	}
	CHECK(taken > 50 && refused > 50);
}

int main(void)
{
	luma = malloc(sizeof *luma * PDQ_SIDE_MOST * PDQ_SIDE_MOST);
	whole = malloc(sizeof *whole * PDQ_SIDE_MOST * PDQ_SIDE_MOST);
	RUN(same_samples);
	RUN(brightness);
	RUN(damaged);
	free(luma);
	free(whole);
	return check_done();
}
