#include "media/thumb.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

/* The mean of the samples from `from` to `to` (in samples, ends may be fractions) of both axes. */
static float mean(const float *samples, uint32_t columns, uint32_t rows, double x0, double x1, double y0, double y1)
{
	double sum = 0, weight = 0;
	for (uint32_t y = (uint32_t)y0; y < rows && y < y1; y++) {
		double h = (y + 1 < y1 ? y + 1 : y1) - (y > y0 ? y : y0);
		for (uint32_t x = (uint32_t)x0; x < columns && x < x1; x++) {
			double w = h * ((x + 1 < x1 ? x + 1 : x1) - (x > x0 ? x : x0));
			sum += w * (double)samples[(size_t)y * columns + x];
			weight += w;
		}
	}
	return weight > 0 ? (float)(sum / weight) : 0;
}

static uint8_t level(float v) { return v >= 255 ? 255 : v > 0 ? (uint8_t)(v + 0.5f) : 0; }

/* Where pixel (x, y) of a turned picture of width × height comes from in the one that is not. */
static void turned_from(int orientation, int width, int height, int x, int y, int *ret_x, int *ret_y)
{
	int across = orientation >= 5 ? height : width, down = orientation >= 5 ? width : height; /* of the one that is not turned */
	int u = orientation >= 5 ? y : x, v = orientation >= 5 ? x : y;
	*ret_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8 ? across - 1 - u : u;
	*ret_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7 ? down - 1 - v : v;
}

bool thumb_make(const float *samples, uint32_t columns, uint32_t rows, uint32_t width, uint32_t height, int orientation, struct thumb *ret)
{
	if (!columns || !rows || !width || !height)
		return false;
	uint32_t longer = width > height ? width : height;
	double scale = longer > THUMB_SIDE ? (double)THUMB_SIDE / longer : 1;
	int w = (int)(width * scale + 0.5), h = (int)(height * scale + 0.5);
	w = w < 1 ? 1 : w;
	h = h < 1 ? 1 : h;
	static _Thread_local uint8_t straight[THUMB_SIDE * THUMB_SIDE];
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++)
			straight[y * w + x] = level(mean(samples, columns, rows, (double)x * columns / w, (double)(x + 1) * columns / w, (double)y * rows / h, (double)(y + 1) * rows / h));
	bool side = orientation >= 5 && orientation <= 8;
	ret->width = side ? h : w;
	ret->height = side ? w : h;
	for (int y = 0; y < ret->height; y++)
		for (int x = 0; x < ret->width; x++) {
			int from_x = x, from_y = y;
			if (orientation >= 2 && orientation <= 8)
				turned_from(orientation, ret->width, ret->height, x, y, &from_x, &from_y);
			ret->pixels[y * ret->width + x] = straight[from_y * w + from_x];
		}
	return true;
}

void thumb_blur(const struct thumb *t, struct thumb *ret)
{
	float samples[THUMB_SIDE * THUMB_SIDE];
	for (int i = 0; i < t->width * t->height; i++)
		samples[i] = t->pixels[i];
	int longer = t->width > t->height ? t->width : t->height, side = longer < THUMB_BLURRED_SIDE ? longer : THUMB_BLURRED_SIDE;
	int w = (t->width * side + longer / 2) / longer, h = (t->height * side + longer / 2) / longer;
	(void)thumb_make(samples, (uint32_t)t->width, (uint32_t)t->height, w > 0 ? (uint32_t)w : 1, h > 0 ? (uint32_t)h : 1, 1, ret);
}

struct failing {
	struct jpeg_error_mgr manager;
	jmp_buf back;
};

static void fail(j_common_ptr c) { longjmp(((struct failing *)c->err)->back, 1); }
static void silent(j_common_ptr c) { (void)c; }

enum err thumb_write(const struct thumb *t, struct buf *out)
{
	struct jpeg_compress_struct c = { 0 };
	struct failing failing;
	unsigned char *made = NULL; /* libjpeg's to change */
	unsigned long size = 0;
	if (t->width < 1 || t->height < 1 || t->width > THUMB_SIDE || t->height > THUMB_SIDE)
		return err_set(ERR_USAGE, "a thumbnail of %d × %d", t->width, t->height);
	c.err = jpeg_std_error(&failing.manager);
	failing.manager.error_exit = fail;
	failing.manager.output_message = silent;
	if (setjmp(failing.back)) {
		jpeg_destroy_compress(&c);
		free(made);
		return err_set(ERR_NOMEM, "a thumbnail cannot be made");
	}
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &made, &size);
	c.image_width = (JDIMENSION)t->width;
	c.image_height = (JDIMENSION)t->height;
	c.input_components = 1;
	c.in_color_space = JCS_GRAYSCALE;
	jpeg_set_defaults(&c);
	jpeg_set_quality(&c, THUMB_QUALITY, TRUE);
	c.optimize_coding = TRUE;
	c.write_JFIF_header = FALSE;
	jpeg_start_compress(&c, TRUE);
	while (c.next_scanline < c.image_height) {
		JSAMPROW row = (JSAMPROW)(uintptr_t)(t->pixels + (size_t)c.next_scanline * (size_t)t->width);
		jpeg_write_scanlines(&c, &row, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	buf_add(out, made, size);
	free(made);
	return out->failed ? ERR_NOMEM : OK;
}
