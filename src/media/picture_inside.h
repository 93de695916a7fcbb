/* The decoders, and how they hand on rows. This room's own. */
#ifndef CUSTOS_MEDIA_PICTURE_INSIDE_H
#define CUSTOS_MEDIA_PICTURE_INSIDE_H

#include "media/picture.h"

/* Sets the sizes; ERR_FORMAT, ERR_LIMIT. */
enum err picture_begin(struct picture *p, uint64_t width, uint64_t height);
/* The picture's row that sample row `i` is of. */
static inline uint32_t picture_row(const struct picture *p, uint32_t i) { return pdq_sample(i, p->height, p->rows); }
/* The first sample of `samples` that lies at pixel `at` of a side, or behind it. */
static inline uint32_t picture_sample_from(uint32_t at, uint32_t side, uint32_t samples)
{
	return at >= side ? samples : (uint32_t)(((uint64_t)at * samples + side - 1) / side);
}
/* Takes the samples of a row of 8-bit RGB (or grey: `channels` 1; further channels are passed over). */
void picture_take(struct picture *p, uint32_t row, const uint8_t *pixels, uint32_t channels);

enum err jpeg_picture(struct span bytes, enum picture_mode mode, struct picture *p);
enum err png_picture(struct span bytes, struct picture *p);
enum err heif_picture(struct span bytes, struct picture *p); /* HEIC, AVIF */

#endif
