/* animation: every frame of a moving picture (GIF, WebP) as it is shown, for a picture may be hidden behind the first. For workers in the sandbox.
 *
 * A frame that covers a part only is laid over what stood there, as the format says. Only the samples of the canvas are kept: its size costs no memory.
 * Any other picture is an animation of one frame.
 */
#ifndef CUSTOS_MEDIA_ANIMATION_H
#define CUSTOS_MEDIA_ANIMATION_H

#include "media/picture.h"

/* Where the reading of a hostile file ends; 0: as in the names below. */
struct animation_limits {
	uint32_t frames;      /* ANIMATION_FRAMES_MOST */
	uint64_t pixels;      /* of all frames together; ANIMATION_PIXELS_MOST */
	uint32_t cpu_seconds; /* from the beginning on; ANIMATION_SECONDS_MOST */
};
enum { ANIMATION_FRAMES_MOST = 10000, ANIMATION_SECONDS_MOST = 30 };
#define ANIMATION_PIXELS_MOST 4000000000u

struct animation_frame {
	uint32_t number; /* from 0 */
	double at;       /* seconds from the beginning */
	bool same;       /* no sample differs from the frame before: `luma` was not written */
};

/* Called for each frame; may overwrite `luma`. An error ends the reading and is passed on. */
typedef enum err animation_fn(void *context, struct picture *p, const struct animation_frame *f);

/* As picture_read, frame after frame. `ret->cut`: the bytes end, or are damaged, before the last frame does; what could be read was given.
 * `*ret_stopped`: a limit ended the reading. The first frame is given, or it is an error. `limits` may be NULL. */
enum err animation_read(struct span bytes, float *luma, enum picture_mode mode, const struct animation_limits *limits, animation_fn *take, void *context,
			struct picture *ret, bool *ret_stopped);

#endif
