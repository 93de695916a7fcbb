/* Thumbnails: sizes, means and turns against arithmetic done apart, the file against libjpeg's own decoder. */
#include "media/thumb.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include "check.h"

static float samples[512 * 512];
static struct thumb t, turned;

/* Brightness grows to the right and, half as fast, downwards. */
static void ramp(uint32_t columns, uint32_t rows)
{
	for (uint32_t y = 0; y < rows; y++)
		for (uint32_t x = 0; x < columns; x++)
			samples[y * columns + x] = 160.0f * (x + 0.5f) / columns + 80.0f * (y + 0.5f) / rows;
}

TEST(sizes)
{
	static const struct {
		uint32_t columns, rows, width, height;
		int want_w, want_h;
	} cases[] = { { 512, 512, 4000, 3000, 128, 96 }, { 512, 512, 3000, 4000, 96, 128 }, { 100, 50, 100, 50, 100, 50 }, { 1, 1, 1, 1, 1, 1 }, { 512, 1, 60000, 1, 128, 1 }, { 1, 512, 1, 60000, 1, 128 },
		      { 128, 128, 128, 128, 128, 128 }, { 129, 64, 129, 64, 128, 64 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ramp(cases[i].columns, cases[i].rows);
		CHECK(thumb_make(samples, cases[i].columns, cases[i].rows, cases[i].width, cases[i].height, 1, &t));
		CHECK_INT(t.width, cases[i].want_w);
		CHECK_INT(t.height, cases[i].want_h);
		/* A ramp's mean over a pixel's area is the ramp in its middle. */
		for (int y = 0; y < t.height; y++)
			for (int x = 0; x < t.width; x++)
				CHECK(fabs(t.pixels[y * t.width + x] - (160.0 * (x + 0.5) / t.width + 80.0 * (y + 0.5) / t.height)) <= 0.51);
	}
	CHECK(!thumb_make(samples, 0, 1, 1, 1, 1, &t));
	CHECK(!thumb_make(samples, 1, 1, 1, 0, 1, &t));
}

/* What EXIF's numbers say: the 0th row is at the visual …, the 0th column at the visual …. */
static void place(int orientation, int w, int h, int x, int y, int *to_x, int *to_y)
{
	switch (orientation) {
	case 1: *to_x = x, *to_y = y; break;                 /* top, left */
	case 2: *to_x = w - 1 - x, *to_y = y; break;         /* top, right */
	case 3: *to_x = w - 1 - x, *to_y = h - 1 - y; break; /* bottom, right */
	case 4: *to_x = x, *to_y = h - 1 - y; break;         /* bottom, left */
	case 5: *to_x = y, *to_y = x; break;                 /* left, top */
	case 6: *to_x = h - 1 - y, *to_y = x; break;         /* right, top */
	case 7: *to_x = h - 1 - y, *to_y = w - 1 - x; break; /* right, bottom */
	default: *to_x = y, *to_y = w - 1 - x; break;        /* left, bottom */
	}
}

TEST(turns)
{
	enum { W = 20, H = 13 };
	for (int i = 0; i < W * H; i++)
		samples[i] = (float)(i * 7 % 251);
	for (int o = 0; o <= 9; o++) {
		CHECK(thumb_make(samples, W, H, W, H, o, &turned));
		CHECK_INT(turned.width, o >= 5 && o <= 8 ? H : W);
		for (int y = 0; y < H; y++)
			for (int x = 0; x < W; x++) {
				int to_x, to_y;
				place(o < 1 || o > 8 ? 1 : o, W, H, x, y, &to_x, &to_y);
				CHECK_INT(turned.pixels[to_y * turned.width + to_x], (y * W + x) * 7 % 251);
			}
	}
}

TEST(the_file)
{
	struct buf b = { 0 };
	ramp(512, 512);
	CHECK(thumb_make(samples, 512, 512, 4000, 3000, 6, &t));
	CHECK_INT(thumb_write(&t, &b), OK);
	CHECK(b.size > 200 && b.size < 8000);
	struct jpeg_decompress_struct d = { 0 };
	struct jpeg_error_mgr errors;
	d.err = jpeg_std_error(&errors);
	jpeg_create_decompress(&d);
	jpeg_mem_src(&d, (const unsigned char *)b.data, b.size);
	for (int i = 0; i < 16; i++)
		jpeg_save_markers(&d, JPEG_APP0 + i, 0xffff);
	jpeg_save_markers(&d, JPEG_COM, 0xffff);
	CHECK_INT(jpeg_read_header(&d, TRUE), JPEG_HEADER_OK);
	CHECK(!d.marker_list); /* no metadata at all */
	CHECK_INT(d.image_width, 96);
	CHECK_INT(d.image_height, 128);
	jpeg_start_decompress(&d);
	int worst = 0;
	while (d.output_scanline < d.output_height) {
		unsigned char row[256];
		JSAMPROW rows[] = { row };
		int y = (int)d.output_scanline;
		jpeg_read_scanlines(&d, rows, 1);
		for (int x = 0; x < 96; x++)
			worst = abs(row[x] - t.pixels[y * 96 + x]) > worst ? abs(row[x] - t.pixels[y * 96 + x]) : worst;
	}
	CHECK(worst <= 12);
	jpeg_finish_decompress(&d);
	jpeg_destroy_decompress(&d);
	buf_free(&b);
	t.width = THUMB_SIDE + 1;
	CHECK_INT(thumb_write(&t, &b), ERR_USAGE);
}

TEST(a_blur_is_tiny)
{
	ramp(512, 512);
	CHECK(thumb_make(samples, 512, 512, 4000, 1000, 1, &t));
	thumb_blur(&t, &turned);
	CHECK_INT(turned.width, 12);
	CHECK_INT(turned.height, 3);
	for (int x = 1; x < 12; x++)
		CHECK(turned.pixels[x] > turned.pixels[x - 1]);
	CHECK(thumb_make(samples, 5, 3, 5, 3, 1, &t));
	thumb_blur(&t, &turned);
	CHECK_INT(turned.width, 5);
}

int main(void)
{
	RUN(sizes);
	RUN(turns);
	RUN(the_file);
	RUN(a_blur_is_tiny);
	return check_done();
}
