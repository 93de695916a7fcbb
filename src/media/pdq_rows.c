#include "media/pdq_rows.h"

#include <stdlib.h>
#include <string.h>

#include "media/pdq_kernel.h"

/* The four passes follow one another row by row: along a row (PDQ_LANES rows together), down the columns, along the row again — of which only the 64 columns
 * that are looked at are kept — and down those 64. */
struct pdq_rows {
	const struct pdq_kernel *kernel;
	uint32_t width, height, window_x, window_y;
	size_t stride;
	uint32_t picks[64];
	float *in;          /* PDQ_LANES rows of brightness */
	float *turning;     /* columns being turned */
	float *ring, *sums; /* rows after the first pass, as many as the second looks back; its sums */
	uint32_t ring_mask;
	float *half_way; /* PDQ_LANES rows after the second pass */
	float *narrow;   /* height × 64 after the third, and as much after the fourth */
	int32_t *chroma;
	uint32_t given, filtered, passed, kept; /* rows: begun; through the first pass; through the second; through the third */
	void *memory;
};

/* y = 65536 × 255 / 219; the others are the matrix's factors × 65536 / y; begin rounds, and is where libswscale's table of 16 to 235 begins. */
const struct pdq_yuv pdq_yuv_tv = { 32768 - ((384 + 16) << 16) + 326 * 76309, 76309, 89830, -22049, -45756, 113537 };
const struct pdq_yuv pdq_yuv_full = { 32768, 65536, 91881, -22552, -46800, 116129 };

static uint32_t window_of(uint32_t side) { return (side + 127) / 128; }

enum err pdq_rows_new(uint32_t width, uint32_t height, struct pdq_rows **ret)
{
	if (width < PDQ_ROWS_SIDE_LEAST || height < PDQ_ROWS_SIDE_LEAST || width > PDQ_ROWS_SIDE_MOST || height > PDQ_ROWS_SIDE_MOST)
		return err_set(ERR_LIMIT, "a frame of %u × %u cannot be hashed", width, height);
	struct pdq_rows *r = calloc(1, sizeof *r);
	if (!r)
		return ERR_NOMEM;
	r->kernel = pdq_kernel_use();
	r->width = width;
	r->height = height;
	r->window_x = window_of(width);
	r->window_y = window_of(height);
	r->stride = (width + 7) / 8 * 8;
	for (uint32_t rows = r->ring_mask = PDQ_LANES; rows < r->window_y + PDQ_LANES; rows = r->ring_mask)
		r->ring_mask = rows * 2;
	for (int i = 0; i < 64; i++)
		r->picks[i] = (uint32_t)((i + 0.5) * width / 64);
	size_t sizes[] = { PDQ_LANES * r->stride, (size_t)pdq_ring(r->window_x) * PDQ_LANES, r->ring_mask * r->stride, r->stride,
		PDQ_LANES * r->stride, ((size_t)height + PDQ_LANES) * 128, 3 * ((size_t)width + 16) }, all = 0;
	float **parts[] = { &r->in, &r->turning, &r->ring, &r->sums, &r->half_way, &r->narrow };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		all += sizes[i] = (sizes[i] + 15) / 16 * 16;
	float *at = r->memory = calloc(all, sizeof *at);
	if (!at) {
		free(r);
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; at += sizes[i++])
		*parts[i] = at;
	r->chroma = (int32_t *)at;
	r->ring_mask--;
	*ret = r;
	return OK;
}

void pdq_rows_free(struct pdq_rows *r)
{
	if (!r)
		return;
	free(r->memory);
	free(r);
}

static float *last_pass(struct pdq_rows *r) { return r->narrow + ((size_t)r->height + PDQ_LANES) * 64; }

/* A frame of just the size that is looked at is not filtered. */
static bool as_is(const struct pdq_rows *r) { return r->width == 64 && r->height == 64; }

/* Third pass, of the rows that are half-way. */
static void narrow(struct pdq_rows *r)
{
	uint32_t rows = r->passed - r->kept;
	r->kernel->lanes(r->half_way, r->narrow + (size_t)r->kept * 64, r->stride, r->width, r->window_x, r->picks, r->turning);
	r->kept += rows;
}

/* Second pass: row `row` of the first comes in (at `height` and beyond: none does), and where the window is far enough a row goes out. */
static void down(struct pdq_rows *r, uint32_t row)
{
	uint32_t half = (r->window_y + 2) / 2;
	bool away = row >= r->window_y, out = row + 1 >= half;
	uint32_t end = row + 1 < r->height ? row + 1 : r->height, begin = away ? row + 1 - r->window_y : 0;
	r->kernel->step(r->sums, row < r->height ? r->ring + (row & r->ring_mask) * r->stride : NULL,
		away ? r->ring + ((row - r->window_y) & r->ring_mask) * r->stride : NULL,
		out ? r->half_way + (r->passed - r->kept) * r->stride : NULL, end - begin, (uint32_t)r->stride);
	if (out && ++r->passed - r->kept == PDQ_LANES)
		narrow(r);
}

/* First pass, of the rows that came in. */
static void along(struct pdq_rows *r)
{
	float *out = r->ring + (r->filtered & r->ring_mask) * r->stride;
	if (as_is(r))
		memcpy(last_pass(r) + (size_t)r->filtered * 64, r->in, sizeof(float) * PDQ_LANES * 64);
	r->kernel->lanes(r->in, out, r->stride, r->width, r->window_x, NULL, r->turning);
	for (; r->filtered < r->given; r->filtered++)
		down(r, r->filtered);
}

static float *row_begin(struct pdq_rows *r) { return r->given < r->height ? r->in + r->given % PDQ_LANES * r->stride : NULL; }

static void row_end(struct pdq_rows *r)
{
	if (++r->given % PDQ_LANES == 0)
		along(r);
}

void pdq_rows_yuv(struct pdq_rows *r, const struct pdq_yuv *k, const uint8_t *y, const uint8_t *u, const uint8_t *v)
{
	float *row = row_begin(r);
	if (!row)
		return;
	if (r->given % 2 == 0)
		r->kernel->chroma(k, u, v, r->width, r->chroma);
	r->kernel->from_yuv(k, y, r->chroma, row, r->width);
	row_end(r);
}

void pdq_rows_rgb(struct pdq_rows *r, const uint8_t *rgb)
{
	float *row = row_begin(r);
	if (!row)
		return;
	r->kernel->from_rgb(rgb, row, r->width);
	row_end(r);
}

void pdq_rows_hash(struct pdq_rows *r, struct pdq *ret, int *ret_quality)
{
	float small[64][64], sums[64], *last = last_pass(r);
	while (r->given < r->height) {
		memset(row_begin(r), 0, r->stride * sizeof(float));
		row_end(r);
	}
	if (r->filtered < r->given)
		along(r);
	for (uint32_t row = r->height; r->passed < r->height; row++)
		down(r, row);
	if (r->kept < r->passed)
		narrow(r);
	if (!as_is(r))
		r->kernel->columns(r->narrow, last, r->height, 64, r->window_y, sums);
	for (int i = 0; i < 64; i++)
		memcpy(small[i], last + (size_t)((i + 0.5) * r->height / 64) * 64, sizeof small[i]);
	pdq_small((const float(*)[64])small, 1, ret, ret_quality);
	memset(r->sums, 0, r->stride * sizeof(float));
	r->given = r->filtered = r->passed = r->kept = 0;
}
