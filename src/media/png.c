/* PNG through libpng, row by row; an interlaced one is held whole. Transparency is passed over, as the reference does. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "media/picture_inside.h"

#define INTERLACED_MOST (64u << 20)

struct reader {
	struct span left;
	uint8_t *room; /* a row, or an interlaced picture */
	char reason[200];
	bool cut;
};

static void failed(png_structp png, png_const_charp why)
{
	struct reader *r = png_get_error_ptr(png);
	strncpy(r->reason, why, sizeof r->reason - 1);
	png_longjmp(png, 1);
}

static void warned(png_structp png, png_const_charp why) { (void)png, (void)why; }

static void bytes_read(png_structp png, png_bytep to, size_t size)
{
	struct reader *r = png_get_io_ptr(png);
	const uint8_t *p = span_bytes(&r->left, size);
	if (!p) {
		r->cut = true;
		png_error(png, "the bytes end before the picture does");
	}
	memcpy(to, p, size);
}

static enum err rows_read(struct reader *r, png_structp png, png_infop info, int turns, struct picture *p)
{
	size_t line = png_get_rowbytes(png, info);
	uint32_t channels = png_get_channels(png, info), next = 0;
	bool whole = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
	if (whole && (uint64_t)line * p->height > INTERLACED_MOST)
		return err_set(ERR_LIMIT, "an interlaced picture of %u × %u is too large", p->width, p->height);
	uint8_t *room = r->room = calloc(whole ? p->height : 1, line);
	if (!room)
		return ERR_NOMEM;
	for (int turn = 0; turn < turns; turn++)
		for (uint32_t y = 0; y < p->height && (whole || next < p->rows); y++) {
			uint8_t *row = whole ? room + line * y : room;
			png_read_row(png, row, NULL);
			while (turn + 1 == turns && next < p->rows && y == picture_row(p, next))
				picture_take(p, next++, row, channels);
		}
	return OK;
}

enum err png_picture(struct span bytes, struct picture *p)
{
	struct reader *r = calloc(1, sizeof *r); /* not on the stack, where a long jump may leave old values */
	volatile enum err e = OK;
	png_structp png = r ? png_create_read_struct(PNG_LIBPNG_VER_STRING, r, failed, warned) : NULL;
	png_infop info = png ? png_create_info_struct(png) : NULL;
	if (!info) {
		png_destroy_read_struct(&png, NULL, NULL);
		free(r);
		return ERR_NOMEM;
	}
	r->left = bytes;
	if (setjmp(png_jmpbuf(png))) {
		/* What was read before the end of the bytes is kept. */
		p->cut = r->cut && p->width;
		e = p->cut ? OK : err_set(ERR_FORMAT, "%s", r->reason);
	} else {
		png_set_user_limits(png, PICTURE_SIDE_MOST, PICTURE_SIDE_MOST);
		png_set_chunk_cache_max(png, 64);
		png_set_chunk_malloc_max(png, 8 << 20);
		png_set_read_fn(png, r, bytes_read);
		png_read_info(png, info);
		png_set_expand(png);
		png_set_strip_16(png);
		png_set_strip_alpha(png);
		int turns = png_set_interlace_handling(png); /* before the update, else libpng reads the first turn's rows only */
		png_read_update_info(png, info);
		e = picture_begin(p, png_get_image_width(png, info), png_get_image_height(png, info));
		if (!e)
			e = rows_read(r, png, info, turns, p);
	}
	png_destroy_read_struct(&png, &info, NULL);
	free(r->room);
	free(r);
	return e;
}
