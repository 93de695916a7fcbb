/* The arithmetic of a hash, compiled for several processors from one source; each gives the same bits, for the order of operations on each
 * value is the same and nothing is contracted. Not for others: they use media/pdq.h. */
#ifndef CUSTOS_MEDIA_PDQ_KERNEL_H
#define CUSTOS_MEDIA_PDQ_KERNEL_H

#include <stddef.h>
#include <stdint.h>

struct pdq_kernel {
	const char *name;
	/* Box filter down the columns, all columns side by side: each becomes the mean of `window` values around it. */
	void (*columns)(const float *in, float *out, uint32_t rows, uint32_t width, uint32_t window, float *sums);
	void (*transpose)(const float *in, float *out, uint32_t rows, uint32_t width);
	/* 64 × 64 values → 16 × 16 frequencies. `d`: 16 × 64 factors, `dt` the same transposed. */
	void (*frequencies)(const float in[64][64], const float d[16][64], const float dt[64][16], float out[16][16]);
};

extern const struct pdq_kernel pdq_kernel_plain, pdq_kernel_avx2, pdq_kernel_avx512;

#endif
