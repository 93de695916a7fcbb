/* The samples of an animation's canvas, in colour. This room's own. */
#ifndef CUSTOS_MEDIA_CANVAS_H
#define CUSTOS_MEDIA_CANVAS_H

#include <time.h>

#include "media/animation.h"

struct canvas {
	struct picture *p;
	animation_fn *take; /* NULL: the first frame only, into p->luma */
	void *context;
	struct animation_limits left;
	time_t began; /* by the process's CPU clock */
	uint8_t *pixels; /* rows × columns × R, G, B, opacity; as first: no colour, not opaque */
	uint8_t *kept;   /* a copy, once asked for */
	struct animation_frame frame;
	bool touched, stopped;
};

struct canvas_rect {
	uint32_t x, y, width, height;
};

/* After picture_begin. `limits` without zeros. */
enum err canvas_begin(struct canvas *c, struct picture *p);
void canvas_free(struct canvas *c);

/* True when a frame of so many pixels may still be read; else the canvas is `stopped`. */
bool canvas_may(struct canvas *c, uint64_t pixels);
/* A row of a frame: `width` pixels from (x, y) on. `palette`: 256 colours of four bytes that `row` has the numbers of; NULL: `row` has four bytes a pixel.
 * `over`: laid over what is there by opacity; else put in its place. What lies outside the canvas is passed over. */
void canvas_row(struct canvas *c, uint32_t x, uint32_t y, uint32_t width, const uint8_t *row, const uint8_t *palette, bool over);
void canvas_clear(struct canvas *c, struct canvas_rect r);
enum err canvas_keep(struct canvas *c); /* as it is */
void canvas_return(struct canvas *c);   /* as it was kept */
/* The frame is complete: gives it, and counts `seconds` on. */
enum err canvas_show(struct canvas *c, double seconds);

/* These read all frames, or the first where canvas->take is NULL; canvas_begin is theirs to call. */
enum err gif_frames(struct span bytes, struct canvas *c, struct picture *p);
enum err webp_frames(struct span bytes, struct canvas *c, struct picture *p);

#endif
