#include "media/canvas.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "media/picture_inside.h"

static time_t cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec;
}

enum err canvas_begin(struct canvas *c, struct picture *p)
{
	c->p = p;
	c->pixels = calloc((size_t)p->rows * p->columns, 4);
	c->began = cpu_seconds();
	c->touched = true; /* the first frame is new in any case */
	return c->pixels ? OK : ERR_NOMEM;
}

void canvas_free(struct canvas *c)
{
	free(c->pixels);
	free(c->kept);
}

bool canvas_may(struct canvas *c, uint64_t pixels)
{
	c->stopped |= c->frame.number >= c->left.frames || pixels > c->left.pixels || cpu_seconds() - c->began >= (time_t)c->left.cpu_seconds;
	if (!c->stopped)
		c->left.pixels -= pixels;
	return !c->stopped;
}

/* Colours are not multiplied by opacity; so WebP lays frames over one another, and GIF with opacity 0 or 255 alone. */
static void laid_over(uint8_t *to, const uint8_t *from)
{
	uint32_t opacity = from[3], below = to[3] * (256 - opacity) >> 8, both = opacity + below;
	if (opacity == 255 || !to[3]) {
		memcpy(to, from, 4); /* where nothing is shown a colour may stand behind: it is taken as of any picture */
		return;
	}
	if (!opacity)
		return;
	uint32_t scale = (1u << 24) / both;
	for (int i = 0; i < 3; i++)
		to[i] = (uint8_t)((from[i] * opacity + to[i] * below) * scale >> 24);
	to[3] = (uint8_t)both;
}

void canvas_row(struct canvas *c, uint32_t x, uint32_t y, uint32_t width, const uint8_t *row, const uint8_t *palette, bool over)
{
	const struct picture *p = c->p;
	uint32_t i = picture_sample_from(y, p->height, p->rows), end = picture_sample_from(y + 1, p->height, p->rows);
	uint32_t from = picture_sample_from(x, p->width, p->columns), to = picture_sample_from(x + width, p->width, p->columns);
	for (; i < end; i++)
		for (uint32_t k = from; k < to; k++) {
			size_t at = pdq_sample(k, p->width, p->columns) - x;
			const uint8_t *pixel = palette ? palette + 4 * (size_t)row[at] : row + 4 * at;
			uint8_t *there = c->pixels + 4 * ((size_t)i * p->columns + k), before[4];
			memcpy(before, there, 4);
			if (over)
				laid_over(there, pixel);
			else
				memcpy(there, pixel, 4);
			c->touched |= memcmp(before, there, 4) != 0;
		}
}

void canvas_clear(struct canvas *c, struct canvas_rect r)
{
	const struct picture *p = c->p;
	uint32_t end = picture_sample_from(r.y + r.height, p->height, p->rows);
	uint32_t from = picture_sample_from(r.x, p->width, p->columns), to = picture_sample_from(r.x + r.width, p->width, p->columns);
	for (uint32_t i = picture_sample_from(r.y, p->height, p->rows); i < end && from < to; i++) {
		memset(c->pixels + 4 * ((size_t)i * p->columns + from), 0, 4 * (size_t)(to - from));
		c->touched = true;
	}
}

enum err canvas_keep(struct canvas *c)
{
	size_t size = 4 * (size_t)c->p->rows * c->p->columns;
	if (!c->kept && !(c->kept = malloc(size)))
		return ERR_NOMEM;
	memcpy(c->kept, c->pixels, size);
	return OK;
}

void canvas_return(struct canvas *c)
{
	if (!c->kept)
		return;
	memcpy(c->pixels, c->kept, 4 * (size_t)c->p->rows * c->p->columns);
	c->touched = true;
}

enum err canvas_show(struct canvas *c, double seconds)
{
	struct picture *p = c->p;
	size_t count = (size_t)p->rows * p->columns;
	if (c->touched)
		for (size_t i = 0; i < count; i++)
			p->luma[i] = pdq_luma(c->pixels[4 * i], c->pixels[4 * i + 1], c->pixels[4 * i + 2]);
	c->frame.same = !c->touched;
	c->touched = false;
	enum err e = c->take ? c->take(c->context, p, &c->frame) : OK;
	c->frame.number++;
	c->frame.at += seconds;
	return e;
}
