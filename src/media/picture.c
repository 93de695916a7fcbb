#include "media/picture.h"

#include <string.h>

#include "media/canvas.h"
#include "media/picture_inside.h"

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define PIXELS_MOST 65536u /* a stated size would cost the fuzzer seconds, and teach it nothing */
#else
#define PIXELS_MOST PICTURE_PIXELS_MOST
#endif

/* ISO base media files list the standards they follow: the first that is a picture's. */
static enum picture_format brands_format(struct span s, uint32_t box_size)
{
	static const char heic[][5] = { "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs" }, avif[][5] = { "avif", "avis" };
	enum picture_format found = PICTURE_UNKNOWN;
	for (uint32_t at = 8; at + 4 <= box_size && at < 256; at += 4) {
		const uint8_t *p = span_bytes(&s, 4);
		if (!p)
			break;
		for (size_t i = 0; at != 12 && i < sizeof avif / sizeof *avif; i++) /* at 12 stands a version */
			if (memcmp(p, avif[i], 4) == 0)
				return PICTURE_AVIF;
		for (size_t i = 0; at != 12 && i < sizeof heic / sizeof *heic; i++)
			if (memcmp(p, heic[i], 4) == 0)
				return PICTURE_HEIC;
		if (at == 8 && (memcmp(p, "mif1", 4) == 0 || memcmp(p, "msf1", 4) == 0 || memcmp(p, "miaf", 4) == 0))
			found = PICTURE_HEIC;
		else if (at == 8)
			return PICTURE_UNKNOWN; /* a video may name a picture's standard further on */
	}
	return found;
}

enum picture_format picture_format_of(struct span bytes)
{
	static const uint8_t png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
	const uint8_t *p = span_bytes(&bytes, 8);
	if (p && memcmp(p, png, 8) == 0)
		return PICTURE_PNG;
	if (p && p[0] == 0xff && p[1] == 0xd8 && p[2] == 0xff)
		return PICTURE_JPEG;
	if (p && (memcmp(p, "GIF87a", 6) == 0 || memcmp(p, "GIF89a", 6) == 0))
		return PICTURE_GIF;
	if (p && memcmp(p + 4, "ftyp", 4) == 0)
		return brands_format(bytes, (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]);
	const uint8_t *more = p ? span_bytes(&bytes, 4) : NULL;
	return more && memcmp(p, "RIFF", 4) == 0 && memcmp(more, "WEBP", 4) == 0 ? PICTURE_WEBP : PICTURE_UNKNOWN;
}

const char *picture_format_name(enum picture_format f)
{
	static const char *const names[] = { "unknown", "jpeg", "png", "gif", "webp", "heic", "avif" };
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

static enum err frames_read(struct span bytes, const struct animation_limits *l, animation_fn *take, void *context, struct picture *p, bool *ret_stopped)
{
	struct canvas c = { .take = take, .context = context, .left = l ? *l : (struct animation_limits){ 0 } };
	c.left.frames = c.left.frames ? c.left.frames : ANIMATION_FRAMES_MOST;
	c.left.pixels = c.left.pixels ? c.left.pixels : ANIMATION_PIXELS_MOST;
	c.left.cpu_seconds = c.left.cpu_seconds ? c.left.cpu_seconds : ANIMATION_SECONDS_MOST;
	enum err e = p->format == PICTURE_GIF ? gif_frames(bytes, &c, p) : webp_frames(bytes, &c, p);
	*ret_stopped = c.stopped;
	canvas_free(&c);
	return e;
}

enum err picture_read(struct span bytes, float *luma, enum picture_mode mode, struct picture *ret)
{
	bool stopped;
	*ret = (struct picture){ .format = picture_format_of(bytes), .luma = luma };
	switch (ret->format) {
	case PICTURE_JPEG:
		return jpeg_picture(bytes, mode, ret);
	case PICTURE_PNG:
		return png_picture(bytes, ret);
	case PICTURE_GIF:
	case PICTURE_WEBP:
		return frames_read(bytes, NULL, NULL, NULL, ret, &stopped);
	case PICTURE_HEIC:
	case PICTURE_AVIF:
		return heif_picture(bytes, ret);
	default:
		return err_set(ERR_FORMAT, "no picture of a kind that can be hashed");
	}
}

enum err animation_read(struct span bytes, float *luma, enum picture_mode mode, const struct animation_limits *limits, animation_fn *take, void *context,
			struct picture *ret, bool *ret_stopped)
{
	*ret_stopped = false;
	*ret = (struct picture){ .format = picture_format_of(bytes), .luma = luma };
	if (ret->format == PICTURE_GIF || ret->format == PICTURE_WEBP)
		return frames_read(bytes, limits, take, context, ret, ret_stopped);
	enum err e = picture_read(bytes, luma, mode, ret);
	return e ? e : take(context, ret, &(struct animation_frame){ 0 });
}
