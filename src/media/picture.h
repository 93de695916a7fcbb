/* picture: a picture's brightness as PDQ samples it, out of hostile bytes. For workers in the sandbox.
 *
 * Rows are decoded one after the other and sampled as they pass, so that no picture is ever in memory whole unless its format asks for it (interlaced
 * PNG, progressive JPEG; WebP).  Turning by EXIF is not applied: the reference does not either. What HEIC and AVIF say of turning is: there it is part of the
 * picture, and every reader applies it.  Of an animation this is the first frame; the others: media/animation.h.
 */
#ifndef CUSTOS_MEDIA_PICTURE_H
#define CUSTOS_MEDIA_PICTURE_H

#include "base/err.h"
#include "base/span.h"
#include "media/pdq.h"

enum picture_format { PICTURE_UNKNOWN, PICTURE_JPEG, PICTURE_PNG, PICTURE_GIF, PICTURE_WEBP, PICTURE_HEIC, PICTURE_AVIF };

enum { PICTURE_SIDE_MOST = 65535 };
#define PICTURE_PIXELS_MOST 400000000u

struct picture {
	enum picture_format format;
	uint32_t width, height; /* of the picture */
	uint32_t columns, rows; /* of the samples */
	float *luma;            /* rows × columns; room for 512 × 512 */
	bool cut;               /* the bytes end before the picture does: the rest is grey */
};

/* By the first bytes. */
enum picture_format picture_format_of(struct span bytes);
const char *picture_format_name(enum picture_format f);

enum picture_mode {
	PICTURE_EXACT,  /* the reference's samples */
	PICTURE_WHOLE,  /* the same, but every row is decoded as usual, by the format's library: for tests */
	PICTURE_TRIAGE, /* JPEG without its colours: faster, few bits differ; a hit is to be hashed again exactly */
};

/* Decodes. `luma` has room for PDQ_SIDE_MOST² floats and is borrowed.
 * ERR_FORMAT (what is wrong, in err_message), ERR_LIMIT (more than PICTURE_PIXELS_MOST), ERR_NOMEM. */
enum err picture_read(struct span bytes, float *luma, enum picture_mode mode, struct picture *ret);

#endif
