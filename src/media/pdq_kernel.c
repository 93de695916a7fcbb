/* Compiled once for each processor; PDQ_KERNEL names the result. */
#include "media/pdq_kernel.h"

#include <string.h>

static void box_columns(const float *in, float *out, uint32_t rows, uint32_t width, uint32_t window, float *sums)
{
	uint32_t half = (window + 2) / 2, from = 0, to = 0, at = 0, count = 0;
	memset(sums, 0, width * sizeof *sums);
	/* The window grows at the beginning, without and then with a result; has its size; shrinks at the end. */
	for (uint32_t i = 0; i + 1 < half && to < rows; i++, to++, count++)
		for (uint32_t x = 0; x < width; x++)
			sums[x] += in[(size_t)to * width + x];
	for (; count < window && to < rows; to++, at++) {
		float n = (float)++count;
		for (uint32_t x = 0; x < width; x++) {
			sums[x] += in[(size_t)to * width + x];
			out[(size_t)at * width + x] = sums[x] / n;
		}
	}
	for (; to < rows; to++, from++, at++) {
		float n = (float)count;
		for (uint32_t x = 0; x < width; x++) {
			sums[x] += in[(size_t)to * width + x];
			sums[x] -= in[(size_t)from * width + x];
			out[(size_t)at * width + x] = sums[x] / n;
		}
	}
	for (; at < rows; from++, at++) {
		float n = (float)--count;
		for (uint32_t x = 0; x < width; x++) {
			sums[x] -= in[(size_t)from * width + x];
			out[(size_t)at * width + x] = sums[x] / n;
		}
	}
}

static void transpose(const float *in, float *out, uint32_t rows, uint32_t width)
{
	enum { BLOCK = 16 };
	for (uint32_t y0 = 0; y0 < rows; y0 += BLOCK)
		for (uint32_t x0 = 0; x0 < width; x0 += BLOCK)
			for (uint32_t y = y0; y < rows && y < y0 + BLOCK; y++)
				for (uint32_t x = x0; x < width && x < x0 + BLOCK; x++)
					out[(size_t)x * rows + y] = in[(size_t)y * width + x];
}

static void frequencies(const float in[64][64], const float d[16][64], const float dt[64][16], float out[16][16])
{
	for (int i = 0; i < 16; i++) {
		float t[64] = { 0 }, b[16] = { 0 };
		for (int k = 0; k < 64; k++)
			for (int j = 0; j < 64; j++)
				t[j] += d[i][k] * in[k][j];
		for (int k = 0; k < 64; k++)
			for (int j = 0; j < 16; j++)
				b[j] += t[k] * dt[k][j];
		memcpy(out[i], b, sizeof b);
	}
}

const struct pdq_kernel PDQ_KERNEL = { PDQ_KERNEL_NAME, box_columns, transpose, frequencies };
