/* From decoded frames to hashes. This room's own, in the module. */
#ifndef CUSTOS_MEDIA_VIDEO_PIXELS_H
#define CUSTOS_MEDIA_VIDEO_PIXELS_H

#include <libavutil/frame.h>

#include "base/err.h"
#include "media/pdq_rows.h"

struct pixels {
	struct pdq_rows *rows;
	uint32_t width, height;
	struct SwsContext *scaler; /* for what the kernels do not read themselves */
	uint8_t *rgb;
	size_t rgb_size;
	AVFrame *before; /* the frame that was hashed last */
	struct pdq hash;
	int quality;
};

/* The hash of a frame; `*ret_same`: pixel for pixel the one before. A frame with a side below PDQ_ROWS_SIDE_LEAST has quality 0.
 * ERR_NOMEM; ERR_UNSUPPORTED: pixels that libswscale does not read. */
enum err pixels_hash(struct pixels *p, AVFrame *frame, struct pdq *ret, int *ret_quality, bool *ret_same);
void pixels_free(struct pixels *p);

#endif
