/* thumb: small grey pictures to know a picture by, for lists and galleries.
 *
 * Made of the samples of brightness that the perceptual hash is made of, so that nothing is decoded twice. Grey on purpose: who looks through thousands of
 * pictures of a seized phone bears them better without their colours. Worker and parent share the work: the worker, which has seen hostile bytes, gives pixels
 * and nothing else; the parent makes the files. So no byte of a thumbnail's file comes from the evidence, metadata least of all.
 */
#ifndef CUSTOS_MEDIA_THUMB_H
#define CUSTOS_MEDIA_THUMB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

enum { THUMB_SIDE = 128, THUMB_BLURRED_SIDE = 12, THUMB_QUALITY = 60 };

struct thumb {
	int width, height; /* 1 to THUMB_SIDE; the longer side of a picture that is not smaller is THUMB_SIDE */
	uint8_t pixels[THUMB_SIDE * THUMB_SIDE];
};

/* Of rows × columns samples (0 to 255) of a picture of width × height, turned as EXIF's `orientation` (1 to 8; else not) says. False where a size is 0. */
bool thumb_make(const float *samples, uint32_t columns, uint32_t rows, uint32_t width, uint32_t height, int orientation, struct thumb *ret);

/* As a JPEG file, without any metadata. */
enum err thumb_write(const struct thumb *t, struct buf *out);

/* So small that only a blur can be made of it. */
void thumb_blur(const struct thumb *t, struct thumb *ret);

#endif
