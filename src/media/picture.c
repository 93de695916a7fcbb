#include "media/picture.h"

#include <string.h>

#include "media/picture_inside.h"

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define PIXELS_MOST 65536u /* a stated size would cost the fuzzer seconds, and teach it nothing */
#else
#define PIXELS_MOST PICTURE_PIXELS_MOST
#endif

enum picture_format picture_format_of(struct span bytes)
{
	static const uint8_t png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
	const uint8_t *p = span_bytes(&bytes, 8);
	if (p && memcmp(p, png, 8) == 0)
		return PICTURE_PNG;
	return p && p[0] == 0xff && p[1] == 0xd8 && p[2] == 0xff ? PICTURE_JPEG : PICTURE_UNKNOWN;
}

const char *picture_format_name(enum picture_format f)
{
	static const char *const names[] = { "unknown", "jpeg", "png" };
	return names[f];
}

enum err picture_begin(struct picture *p, uint64_t width, uint64_t height)
{
	if (!width || !height)
		return err_set(ERR_FORMAT, "the picture has no pixels (%llu × %llu)", (unsigned long long)width, (unsigned long long)height);
	if (width > PICTURE_SIDE_MOST || height > PICTURE_SIDE_MOST || width * height > PIXELS_MOST)
		return err_set(ERR_LIMIT, "the picture is too large (%llu × %llu)", (unsigned long long)width, (unsigned long long)height);
	p->width = (uint32_t)width;
	p->height = (uint32_t)height;
	p->columns = pdq_side(p->width, p->height, true);
	p->rows = pdq_side(p->width, p->height, false);
	for (uint32_t i = 0; i < p->columns * p->rows; i++)
		p->luma[i] = 128;
	return OK;
}

void picture_take(struct picture *p, uint32_t row, const uint8_t *pixels, uint32_t channels)
{
	float *to = p->luma + (size_t)row * p->columns;
	for (uint32_t i = 0; i < p->columns; i++) {
		const uint8_t *from = pixels + (size_t)pdq_sample(i, p->width, p->columns) * channels;
		to[i] = channels < 3 ? pdq_luma(from[0], from[0], from[0]) : pdq_luma(from[0], from[1], from[2]);
	}
}

enum err picture_read(struct span bytes, float *luma, enum picture_mode mode, struct picture *ret)
{
	*ret = (struct picture){ .format = picture_format_of(bytes), .luma = luma };
	switch (ret->format) {
	case PICTURE_JPEG:
		return jpeg_picture(bytes, mode, ret);
	case PICTURE_PNG:
		return png_picture(bytes, ret);
	default:
		return err_set(ERR_FORMAT, "no picture of a kind that can be hashed");
	}
}
