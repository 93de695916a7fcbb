/* HEIC and AVIF: one coded picture or a grid of them, turned and mirrored as the file says. Only what is sampled is given colours. */
#include <stdlib.h>

#include "media/heif.h"
#include "media/picture_inside.h"

enum { TILES_MOST = 4096 };

/* From a pixel of the picture as shown to one as stored: x' = xx x + xy y + x0, y' = yx x + yy y + y0. */
struct turn {
	int64_t xx, xy, x0, yx, yy, y0;
	int64_t width, height; /* as shown */
};

struct reader {
	struct heif file;
	struct picture *p;
	struct turn turn;
	uint32_t width, height;   /* as stored, all tiles together */
	uint32_t tile_x, tile_y;  /* where the tile being decoded lies */
	uint32_t tile_w, tile_h;
	bool nclx, full; /* the container says of colours … */
	unsigned matrix;
	bool decoded;
};

/* `n` goes before what was there: from the shown to the stored. */
static void turn_add(struct turn *t, struct turn n)
{
	struct turn o = *t;
	t->xx = o.xx * n.xx + o.xy * n.yx;
	t->xy = o.xx * n.xy + o.xy * n.yy;
	t->x0 = o.xx * n.x0 + o.xy * n.y0 + o.x0;
	t->yx = o.yx * n.xx + o.yy * n.yx;
	t->yy = o.yx * n.xy + o.yy * n.yy;
	t->y0 = o.yx * n.x0 + o.yy * n.y0 + o.y0;
	t->width = n.width;
	t->height = n.height;
}

/* Cut to an area: sizes and the middle's offset as fractions. Nothing when they make no sense. */
static void area_add(struct turn *t, struct span s)
{
	int64_t v[8];
	for (int i = 0; i < 8; i++)
		v[i] = i % 2 || i < 4 ? (int64_t)span_be32(&s) : (int32_t)span_be32(&s);
	if (!span_ok(&s) || !v[1] || !v[3] || !v[5] || !v[7])
		return;
	int64_t w = v[0] / v[1], h = v[2] / v[3];
	/* Left edge: middle of the picture + offset − half of the area, in halves of a pixel. */
	double left = (double)v[4] / (double)v[5] + ((double)t->width - (double)w) / 2, top = (double)v[6] / (double)v[7] + ((double)t->height - (double)h) / 2;
	if (w < 1 || h < 1 || left < 0 || top < 0 || left + (double)w > (double)t->width || top + (double)h > (double)t->height)
		return;
	turn_add(t, (struct turn){ 1, 0, (int64_t)left, 0, 1, (int64_t)top, w, h });
}

static void properties_read(struct reader *r, uint32_t id)
{
	struct turn *t = &r->turn;
	struct span s;
	uint32_t type;
	for (uint32_t n = 0; n < 255 && heif_item_property(&r->file, id, n, &type, &s); n++) {
		unsigned v = span_left(&s) ? *s.at : 0;
		if (type == BOX('i', 'r', 'o', 't') && (v & 3) == 1) /* a quarter against the clock */
			turn_add(t, (struct turn){ 0, -1, t->width - 1, 1, 0, 0, t->height, t->width });
		else if (type == BOX('i', 'r', 'o', 't') && (v & 3) == 2)
			turn_add(t, (struct turn){ -1, 0, t->width - 1, 0, -1, t->height - 1, t->width, t->height });
		else if (type == BOX('i', 'r', 'o', 't') && (v & 3) == 3)
			turn_add(t, (struct turn){ 0, 1, 0, -1, 0, t->height - 1, t->height, t->width });
		else if (type == BOX('i', 'm', 'i', 'r') && v & 1) /* left and right change places */
			turn_add(t, (struct turn){ -1, 0, t->width - 1, 0, 1, 0, t->width, t->height });
		else if (type == BOX('i', 'm', 'i', 'r'))
			turn_add(t, (struct turn){ 1, 0, 0, 0, -1, t->height - 1, t->width, t->height });
		else if (type == BOX('c', 'l', 'a', 'p'))
			area_add(t, s);
		else if (type == BOX('c', 'o', 'l', 'r') && span_be32(&s) == BOX('n', 'c', 'l', 'x')) {
			span_skip(&s, 4);
			r->matrix = span_be16(&s);
			r->full = span_u8(&s) & 0x80;
			r->nclx = span_ok(&s);
		}
	}
}

static bool size_read(const struct heif *h, uint32_t id, uint32_t *ret_width, uint32_t *ret_height)
{
	struct span s;
	uint32_t type;
	for (uint32_t n = 0; n < 255 && heif_item_property(h, id, n, &type, &s); n++)
		if (type == BOX('i', 's', 'p', 'e')) {
			span_skip(&s, 4);
			*ret_width = span_be32(&s);
			*ret_height = span_be32(&s);
			return span_ok(&s) && *ret_width && *ret_height;
		}
	return false;
}

/* --- colours --- */

struct colours {
	float black, scale, colour_scale, red, green_cb, green_cr, blue, most;
	bool identity;
};

static struct colours colours_of(const struct heif_planes *p, const struct reader *r)
{
	unsigned matrix = r->nclx ? r->matrix : p->matrix;
	bool full = r->nclx ? r->full : p->full;
	/* Shares of red and blue in brightness. */
	double kr = 0.299, kb = 0.114, unit = (double)(1u << (p->depth - 8)), most = (double)((1u << p->depth) - 1);
	if (matrix == 1)
		kr = 0.2126, kb = 0.0722;
	else if (matrix == 4)
		kr = 0.30, kb = 0.11;
	else if (matrix == 7)
		kr = 0.212, kb = 0.087;
	else if (matrix == 9 || matrix == 10)
		kr = 0.2627, kb = 0.0593;
	struct colours c = { .identity = matrix == 0 && !p->grey && !p->shift_x && !p->shift_y };
	c.black = full ? 0 : (float)(16 * unit);
	c.scale = full ? (float)(255 / most) : (float)(255 / (219 * unit));
	c.colour_scale = full ? (float)(255 / most) : (float)(255 / (224 * unit));
	c.red = (float)(2 * (1 - kr));
	c.blue = (float)(2 * (1 - kb));
	c.green_cb = (float)(2 * kb * (1 - kb) / (1 - kr - kb));
	c.green_cr = (float)(2 * kr * (1 - kr) / (1 - kr - kb));
	c.most = (float)(1u << (p->depth - 1));
	return c;
}

static float value_at(const struct heif_planes *p, int plane, uint32_t x, uint32_t y)
{
	if (plane) {
		x >>= p->shift_x;
		y >>= p->shift_y;
	}
	const uint8_t *row = p->planes[plane] + p->strides[plane] * (ptrdiff_t)y;
	if (p->depth <= 8)
		return row[x];
	uint16_t v;
	memcpy(&v, row + 2 * (size_t)x, 2);
	return v;
}

static uint8_t byte_of(float v) { return v <= 0 ? 0 : v >= 255 ? 255 : (uint8_t)(v + 0.5f); }

static float luma_at(const struct heif_planes *p, const struct colours *c, uint32_t x, uint32_t y)
{
	float v = (value_at(p, 0, x, y) - c->black) * c->scale;
	if (p->grey)
		return pdq_luma(byte_of(v), byte_of(v), byte_of(v));
	if (c->identity) /* green, blue, red */
		return pdq_luma(byte_of((value_at(p, 2, x, y) - c->black) * c->scale), byte_of(v), byte_of((value_at(p, 1, x, y) - c->black) * c->scale));
	float cb = (value_at(p, 1, x, y) - c->most) * c->colour_scale, cr = (value_at(p, 2, x, y) - c->most) * c->colour_scale;
	return pdq_luma(byte_of(v + c->red * cr), byte_of(v - c->green_cb * cb - c->green_cr * cr), byte_of(v + c->blue * cb));
}

/* The samples that lie in this tile. */
static void tile_take(void *context, const struct heif_planes *planes)
{
	struct reader *r = context;
	struct picture *p = r->p;
	const struct turn *t = &r->turn;
	if (planes->depth < 8 || planes->depth > 16)
		return;
	struct colours c = colours_of(planes, r);
	int64_t wide = planes->width < r->tile_w ? planes->width : r->tile_w, high = planes->height < r->tile_h ? planes->height : r->tile_h;
	for (uint32_t i = 0; i < p->rows; i++) {
		int64_t sy = picture_row(p, i), x = t->xy * sy + t->x0 - r->tile_x, y = t->yy * sy + t->y0 - r->tile_y;
		/* One of the two depends on the row alone. */
		if ((!t->xx && (x < 0 || x >= wide)) || (!t->yx && (y < 0 || y >= high)))
			continue;
		for (uint32_t k = 0; k < p->columns; k++) {
			int64_t sx = pdq_sample(k, p->width, p->columns), at_x = x + t->xx * sx, at_y = y + t->yx * sx;
			if (at_x >= 0 && at_x < wide && at_y >= 0 && at_y < high)
				p->luma[(size_t)i * p->columns + k] = luma_at(planes, &c, (uint32_t)at_x, (uint32_t)at_y);
		}
	}
	r->decoded = true;
}

static enum err item_decode(struct reader *r, uint32_t id)
{
	uint32_t kind = heif_item_type(&r->file, id), type = 0;
	bool hevc = kind == BOX('h', 'v', 'c', '1') || kind == BOX('h', 'e', 'v', '1');
	struct span config = span_of(NULL, 0), s;
	struct buf data = { 0 };
	if (!hevc && kind != BOX('a', 'v', '0', '1'))
		return err_set(ERR_UNSUPPORTED, "a picture coded in a way that is not read (%c%c%c%c)", kind >> 24 & 127 ? (int)(kind >> 24 & 127) : '?',
			       kind >> 16 & 127 ? (int)(kind >> 16 & 127) : '?', kind >> 8 & 127 ? (int)(kind >> 8 & 127) : '?', kind & 127 ? (int)(kind & 127) : '?');
	for (uint32_t n = 0; n < 255 && heif_item_property(&r->file, id, n, &type, &s); n++)
		if (type == (hevc ? BOX('h', 'v', 'c', 'C') : BOX('a', 'v', '1', 'C')))
			config = s;
	enum err e = heif_item_bytes(&r->file, id, &data, &r->p->cut);
	if (!e) {
		struct span bytes = span_of(data.data, data.size);
		e = hevc ? heif_hevc(config, bytes, tile_take, r, &r->p->cut) : heif_av1(config, bytes, tile_take, r, &r->p->cut);
	}
	buf_free(&data);
	return e;
}

/* A grid: its tiles lie side by side, rows first; the last may reach over the edge. One that cannot be decoded stays grey. */
static enum err grid_decode(struct reader *r, uint32_t id, uint32_t rows, uint32_t columns)
{
	enum err e = OK;
	for (uint32_t i = 0; i < rows * columns && e != ERR_NOMEM; i++) {
		uint32_t tile = heif_item_part(&r->file, id, i);
		r->tile_x = i % columns * r->tile_w;
		r->tile_y = i / columns * r->tile_h;
		e = tile ? item_decode(r, tile) : err_set(ERR_FORMAT, "the grid has too few tiles");
		r->p->cut |= e != OK;
	}
	return r->decoded && e != ERR_NOMEM ? OK : e;
}

static enum err grid_read(struct reader *r, uint32_t id, uint32_t *ret_rows, uint32_t *ret_columns)
{
	struct buf data = { 0 };
	bool cut = false;
	enum err e = heif_item_bytes(&r->file, id, &data, &cut);
	struct span s = span_of(data.data, data.size);
	span_skip(&s, 1);
	unsigned flags = span_u8(&s);
	*ret_rows = span_u8(&s) + 1u;
	*ret_columns = span_u8(&s) + 1u;
	r->width = flags & 1 ? span_be32(&s) : span_be16(&s);
	r->height = flags & 1 ? span_be32(&s) : span_be16(&s);
	bool good = span_ok(&s);
	buf_free(&data);
	if (e || !good)
		return e ? e : err_set(ERR_FORMAT, "the grid is damaged");
	if (*ret_rows * *ret_columns > TILES_MOST)
		return err_set(ERR_LIMIT, "a grid of %u tiles", *ret_rows * *ret_columns);
	uint32_t first = heif_item_part(&r->file, id, 0);
	if (!first || !size_read(&r->file, first, &r->tile_w, &r->tile_h) || (uint64_t)r->tile_w * *ret_columns < r->width ||
	    (uint64_t)r->tile_h * *ret_rows < r->height || r->tile_w > PICTURE_SIDE_MOST || r->tile_h > PICTURE_SIDE_MOST)
		return err_set(ERR_FORMAT, "the grid's tiles do not cover it");
	return OK;
}

enum err heif_picture(struct span bytes, struct picture *p)
{
	struct reader *r = calloc(1, sizeof *r);
	enum err e = r ? heif_open(span_of(bytes.at, span_left(&bytes)), &r->file) : ERR_NOMEM;
	uint32_t rows = 0, columns = 0, outer = 0, id = 0;
	if (!e) {
		r->p = p;
		id = r->file.primary;
		/* The same picture under another number, with a turn of its own. */
		if (heif_item_type(&r->file, id) == BOX('i', 'd', 'e', 'n')) {
			outer = id;
			id = heif_item_part(&r->file, id, 0);
		}
		if (heif_item_type(&r->file, id) == BOX('g', 'r', 'i', 'd'))
			e = grid_read(r, id, &rows, &columns);
		else if (!size_read(&r->file, id, &r->width, &r->height))
			e = err_set(ERR_FORMAT, "the main picture's sizes are not said");
		if (!rows) {
			r->tile_w = r->width;
			r->tile_h = r->height;
		}
	}
	if (!e) {
		r->turn = (struct turn){ 1, 0, 0, 0, 1, 0, r->width, r->height };
		properties_read(r, id);
		if (outer)
			properties_read(r, outer);
		e = picture_begin(p, (uint64_t)r->turn.width, (uint64_t)r->turn.height);
	}
	if (!e)
		e = rows ? grid_decode(r, id, rows, columns) : item_decode(r, id);
	free(r);
	return e;
}
