/* The arithmetic of a hash, compiled for several processors from one source; each gives the same bits, for the order of operations on each
 * value is the same and nothing is contracted. Not for others: they use media/pdq.h. */
#ifndef CUSTOS_MEDIA_PDQ_KERNEL_H
#define CUSTOS_MEDIA_PDQ_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* Rows are filtered this many at a time, side by side (pdq_rows.c). */
enum { PDQ_LANES = 32 };

/* How libswscale's plain C turns Y, U and V into R, G and B (ITU-R BT.601): chroma moves Y by whole steps, and all three channels are (Y moved × `y` + `begin`) / 65536. */
struct pdq_yuv {
	int begin, y, v_red, u_green, v_green, u_blue;
};

struct pdq_kernel {
	const char *name;
	/* Box filter down the columns, all columns side by side: each becomes the mean of `window` values around it. */
	void (*columns)(const float *in, float *out, uint32_t rows, uint32_t width, uint32_t window, float *sums);
	void (*transpose)(const float *in, float *out, uint32_t rows, uint32_t width);
	/* 64 × 64 values → 16 × 16 frequencies. `d`: 16 × 64 factors, `dt` the same transposed. */
	void (*frequencies)(const float in[64][64], const float d[16][64], const float dt[64][16], float out[16][16]);

	/* Box filter along PDQ_LANES rows; row i begins at in + i × stride, likewise out. `width` values each; a multiple of 8 is read and written.
	 * With `picks`, only the 64 columns named there (rising) are kept: out[row × 64 + i]. `ring`: (window rounded up + 16) × PDQ_LANES floats, see pdq_ring. */
	void (*lanes)(const float *in, float *out, size_t stride, uint32_t width, uint32_t window, const uint32_t *picks, float *ring);
	/* One step of the box filter down columns: adds a row, takes one away (either may be NULL), and gives the mean of `count` (unless NULL). */
	void (*step)(float *sums, const float *add, const float *away, float *out, uint32_t count, uint32_t width);
	/* What a row of a 4:2:0 frame's chroma adds to red, green and blue, and the brightness of a row of `width` pixels with it. `chroma`: 3 × (width + 16). */
	void (*chroma)(const struct pdq_yuv *k, const uint8_t *u, const uint8_t *v, uint32_t width, int32_t *chroma);
	void (*from_yuv)(const struct pdq_yuv *k, const uint8_t *y, const int32_t *chroma, float *out, uint32_t width);
	void (*from_rgb)(const uint8_t *rgb, float *out, uint32_t width);
};

/* Columns in the ring of `lanes`: a power of two. */
static inline uint32_t pdq_ring(uint32_t window)
{
	uint32_t n = 16;
	while (n < window + 8)
		n *= 2;
	return n;
}

extern const struct pdq_kernel pdq_kernel_plain, pdq_kernel_avx2, pdq_kernel_avx512;

/* The kernel in use, and what is done with the 64 × 64 values. */
const struct pdq_kernel *pdq_kernel_use(void);
struct pdq;
void pdq_small(const float small[64][64], int forms, struct pdq *ret, int *ret_quality);

#endif
