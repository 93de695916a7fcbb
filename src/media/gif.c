/* GIF: a reader of our own, row by row, so that no size in the file is ever memory. Notes: docs/formats/gif.md. */
#include <stdlib.h>
#include <string.h>

#include "media/canvas.h"
#include "media/picture_inside.h"

enum { CODES = 4096, BITS_MOST = 12, NO_CODE = 0xffff };

/* What stands before a frame (graphic control extension). */
struct control {
	unsigned dispose; /* 2: the frame's place is emptied behind it; 3: what was there comes back */
	double seconds;
	int clear; /* number of the colour that is not shown, or -1 */
};

struct bits {
	struct span left;  /* sub-blocks */
	struct span block; /* the one being read */
	uint32_t bits;
	unsigned have;
};

/* The codes' table: each is another code and one pixel more. */
struct table {
	uint16_t before[CODES];
	uint8_t last[CODES], stack[CODES];
};

struct frame {
	struct canvas *canvas;
	struct canvas_rect at;
	const uint8_t *palette;
	uint8_t *line;
	uint32_t column, turn, row; /* of an interlaced one: which turn */
	bool interlaced, done;
};

static const struct {
	uint8_t first, step;
} turns[] = { { 0, 8 }, { 4, 8 }, { 2, 4 }, { 1, 2 } };

static int code_next(struct bits *b, unsigned size)
{
	while (b->have < size) {
		if (!span_left(&b->block)) {
			b->block = span_take(&b->left, span_u8(&b->left));
			if (!span_left(&b->block))
				return -1; /* the last sub-block is empty; or the bytes end */
		}
		b->bits |= (uint32_t)span_u8(&b->block) << b->have;
		b->have += 8;
	}
	int code = (int)(b->bits & ((1u << size) - 1));
	b->bits >>= size;
	b->have -= size;
	return code;
}

static void line_end(struct frame *f, uint32_t width)
{
	canvas_row(f->canvas, f->at.x, f->at.y + f->row, width, f->line, f->palette, true);
	f->column = 0;
	f->row += f->interlaced ? turns[f->turn].step : 1;
	while (f->interlaced && f->row >= f->at.height && ++f->turn < 4)
		f->row = turns[f->turn].first;
	f->done = f->row >= f->at.height;
}

static void pixel_put(struct frame *f, uint8_t pixel)
{
	f->line[f->column++] = pixel;
	if (f->column == f->at.width)
		line_end(f, f->at.width);
}

/* Every code gives at least one pixel and ends at the frame's last: bounded by its size. */
static void lzw_read(struct bits *b, unsigned least, struct table *t, struct frame *f)
{
	unsigned clear = 1u << least, size = least + 1, next = clear + 2, previous = NO_CODE;
	uint8_t first = 0;
	for (unsigned i = 0; i < clear; i++) {
		t->before[i] = NO_CODE;
		t->last[i] = (uint8_t)i;
	}
	while (!f->done) {
		int got = code_next(b, size);
		if (got < 0 || (unsigned)got == clear + 1)
			return;
		unsigned code = (unsigned)got, at = code, depth = 0;
		if (code == clear) {
			size = least + 1;
			next = clear + 2;
			previous = NO_CODE;
			continue;
		}
		if (code > next || (code == next && previous == NO_CODE) || (code >= clear && previous == NO_CODE))
			return; /* damaged */
		/* The one code that is used before it is known: the one before and its own first pixel. */
		if (code == next) {
			t->stack[depth++] = first;
			at = previous;
		}
		while (at >= clear && depth < CODES - 1) { /* each is another, smaller code */
			t->stack[depth++] = t->last[at];
			at = t->before[at];
		}
		first = t->last[at];
		t->stack[depth++] = first;
		while (depth && !f->done)
			pixel_put(f, t->stack[--depth]);
		if (previous != NO_CODE && next < CODES) {
			t->before[next] = (uint16_t)previous;
			t->last[next] = first;
			next++;
			if (next == 1u << size && size < BITS_MOST)
				size++;
		}
		previous = code;
	}
}

/* `count` colours as R, G, B; those that the file does not have are black. */
static void palette_read(struct span *s, unsigned count, uint8_t palette[1024])
{
	const uint8_t *p = span_bytes(s, 3 * (uint64_t)count);
	memset(palette, 0, 1024);
	for (unsigned i = 0; i < 256; i++) {
		if (p && i < count)
			memcpy(palette + 4 * i, p + 3 * i, 3);
		palette[4 * i + 3] = 255;
	}
}

static void blocks_skip(struct span *s)
{
	for (uint8_t size; (size = span_u8(s));)
		span_skip(s, size);
}

static void extension_read(struct span *s, struct control *ret)
{
	if (span_u8(s) == 0xf9) {
		struct span b = span_take(s, span_u8(s));
		unsigned flags = span_u8(&b), hundredths = span_le16(&b), clear = span_u8(&b);
		if (span_ok(&b))
			*ret = (struct control){ flags >> 2 & 7, hundredths / 100.0, flags & 1 ? (int)clear : -1 };
	}
	blocks_skip(s);
}

struct reader {
	struct table table;
	uint8_t global[1024], local[1024];
	uint8_t line[65536];
};

static enum err image_read(struct span *s, struct reader *r, struct control control, struct canvas *c)
{
	struct frame f = { .canvas = c, .palette = r->global, .line = r->line };
	f.at = (struct canvas_rect){ span_le16(s), span_le16(s), 0, 0 };
	f.at.width = span_le16(s);
	f.at.height = span_le16(s);
	unsigned flags = span_u8(s);
	f.interlaced = flags & 0x40;
	memcpy(r->local, r->global, sizeof r->local);
	if (flags & 0x80)
		palette_read(s, 2u << (flags & 7), r->local);
	if (control.clear >= 0)
		r->local[4 * control.clear + 3] = 0;
	f.palette = r->local;
	unsigned least = span_u8(s);
	if (!span_ok(s) || least < 1 || least > 11) { /* 12 would leave no room for the two codes beyond the colours */
		c->p->cut = true;
		return OK;
	}
	enum err e = control.dispose == 3 ? canvas_keep(c) : OK;
	if (e)
		return e;
	f.done = !f.at.width || !f.at.height;
	struct bits b = { .left = *s };
	lzw_read(&b, least, &r->table, &f);
	c->p->cut |= !f.done;
	if (!f.done && f.column)
		line_end(&f, f.column);
	blocks_skip(s);
	c->p->cut |= !span_ok(s);
	e = canvas_show(c, control.seconds);
	if (control.dispose == 2)
		canvas_clear(c, f.at);
	else if (control.dispose == 3)
		canvas_return(c);
	return e;
}

/* Sizes of the frame that `s` stands before, without moving it. */
static void image_size(struct span s, uint32_t *ret_width, uint32_t *ret_height)
{
	span_skip(&s, 4);
	*ret_width = span_le16(&s);
	*ret_height = span_le16(&s);
}

enum err gif_frames(struct span s, struct canvas *c, struct picture *p)
{
	struct reader *r = malloc(sizeof *r);
	struct control control = { .clear = -1 };
	uint32_t width, height, w, h;
	enum err e = r ? OK : ERR_NOMEM;
	span_skip(&s, 6);
	width = span_le16(&s);
	height = span_le16(&s);
	unsigned flags = span_u8(&s), kind;
	span_skip(&s, 2);
	if (!e)
		palette_read(&s, flags & 0x80 ? 2u << (flags & 7) : 0, r->global);
	while (!e && (kind = span_u8(&s)) != 0x3b) {
		if (!span_ok(&s) || (kind != 0x21 && kind != 0x2c)) {
			p->cut = true;
			break;
		}
		if (kind == 0x21) {
			extension_read(&s, &control);
			continue;
		}
		image_size(s, &w, &h);
		if (!c->p) {
			bool stated = width && height;
			e = picture_begin(p, stated ? width : w, stated ? height : h);
			e = e ? e : canvas_begin(c, p);
		}
		if (e || !canvas_may(c, (uint64_t)w * h))
			break;
		e = image_read(&s, r, control, c);
		control = (struct control){ .clear = -1 };
		if (!c->take || p->cut) /* behind damage nothing is certain */
			break;
	}
	if (!e && !c->frame.number)
		e = c->stopped ? err_set(ERR_LIMIT, "the picture is too large") : err_set(ERR_FORMAT, "the GIF ends before its first picture");
	free(r);
	return e;
}
