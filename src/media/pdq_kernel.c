/* Compiled once for each processor; PDQ_KERNEL names the result. */
#include "media/pdq_kernel.h"

#include <string.h>
#if defined __FMA__
#include <immintrin.h>
#endif

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

/* --- whole frames (pdq_rows.c) --- */

typedef float v8 __attribute__((vector_size(32)));

static inline v8 load8(const float *p)
{
	v8 v;
	memcpy(&v, p, sizeof v);
	return v;
}
static inline void store8(float *p, v8 v) { memcpy(p, &v, sizeof v); }

/* x / n as the processor divides, but faster: a product with the rounded 1 / n, put right by its own error, is the correctly rounded quotient
 * (Markstein). Tried for every mantissa and every n up to 512; other n, and processors without fused operations, divide. */
struct divisor {
	float n, once;
};
static inline struct divisor divisor_of(uint32_t n) { return (struct divisor){ (float)n, 1 / (float)n }; }
static inline v8 divide8(v8 x, struct divisor d)
{
#if defined __FMA__
	__m256 n = _mm256_set1_ps(d.n), once = _mm256_set1_ps(d.once), q = _mm256_mul_ps((__m256)x, once);
	if (d.n > 512)
		return (v8)_mm256_div_ps((__m256)x, n);
	return (v8)_mm256_fmadd_ps(_mm256_fnmadd_ps(q, n, (__m256)x), once, q);
#else
	return x / d.n;
#endif
}

/* Eight rows of eight, `from` floats apart, become eight columns `to` floats apart. */
static inline void turn8(const float *in, size_t from, float *out, size_t to)
{
	v8 r[8], a[8], b[8];
	for (int i = 0; i < 8; i++)
		r[i] = load8(in + (size_t)i * from);
	for (int i = 0; i < 8; i += 2) {
		a[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
		a[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
	}
	for (int i = 0; i < 8; i += 4)
		for (int k = 0; k < 2; k++) {
			b[i + 2 * k] = __builtin_shufflevector(a[i + k], a[i + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
			b[i + 2 * k + 1] = __builtin_shufflevector(a[i + k], a[i + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
		}
	for (int i = 0; i < 4; i++) {
		store8(out + (size_t)i * to, __builtin_shufflevector(b[i], b[i + 4], 0, 1, 2, 3, 8, 9, 10, 11));
		store8(out + (size_t)(i + 4) * to, __builtin_shufflevector(b[i], b[i + 4], 4, 5, 6, 7, 12, 13, 14, 15));
	}
}

/* Where the means of a row go: every column, or those picked. */
struct lanes_out {
	float *out;
	size_t stride;
	const uint32_t *picks;
	uint32_t picked;
	float tile[8][PDQ_LANES];
};

static inline void lanes_put(struct lanes_out *o, uint32_t at, const v8 s[4], struct divisor d)
{
	if (!o->picks) {
		for (int k = 0; k < 4; k++)
			store8(&o->tile[at % 8][8 * k], divide8(s[k], d));
		for (int k = 0; k < 4 && at % 8 == 7; k++)
			turn8(&o->tile[0][8 * k], PDQ_LANES, o->out + (size_t)(8 * k) * o->stride + at - 7, o->stride);
		return;
	}
	for (; o->picked < 64 && o->picks[o->picked] == at; o->picked++) {
		for (int k = 0; k < 4; k++)
			store8(&o->tile[o->picked % 8][8 * k], divide8(s[k], d));
		for (int k = 0; k < 4 && o->picked % 8 == 7; k++)
			turn8(&o->tile[0][8 * k], PDQ_LANES, o->out + (size_t)(8 * k) * 64 + o->picked - 7, 64);
	}
}

static void lanes(const float *in, float *out, size_t stride, uint32_t width, uint32_t window, const uint32_t *picks, float *ring)
{
	uint32_t half = (window + 2) / 2, mask = pdq_ring(window) - 1, to = 0, from = 0, at = 0, count = 0;
	struct lanes_out o = { .out = out, .stride = stride, .picks = picks };
	struct divisor d = divisor_of(window);
	v8 s[4] = { { 0 } };
	/* As in box_columns: the window grows, has its size, shrinks; columns are turned eight at a time as they come. */
	for (; to < width; to++) {
		const float *add = ring + (size_t)(to & mask) * PDQ_LANES;
		if (to % 8 == 0)
			for (int k = 0; k < 4; k++)
				turn8(in + (size_t)(8 * k) * stride + to, stride, ring + (size_t)(to & mask) * PDQ_LANES + 8 * k, PDQ_LANES);
		for (int k = 0; k < 4; k++)
			s[k] += load8(add + 8 * k);
		if (count == window) {
			const float *away = ring + (size_t)(from++ & mask) * PDQ_LANES;
			for (int k = 0; k < 4; k++)
				s[k] -= load8(away + 8 * k);
			lanes_put(&o, at++, s, d);
		} else {
			count++;
			if (to + 1 >= half)
				lanes_put(&o, at++, s, divisor_of(count));
		}
	}
	for (; at < width; at++) {
		const float *away = ring + (size_t)(from++ & mask) * PDQ_LANES;
		for (int k = 0; k < 4; k++)
			s[k] -= load8(away + 8 * k);
		lanes_put(&o, at, s, divisor_of(--count));
	}
	for (int k = 0; k < 4 && !picks && width % 8; k++)
		turn8(&o.tile[0][8 * k], PDQ_LANES, out + (size_t)(8 * k) * stride + (width & ~7u), stride);
}

static void step(float *sums, const float *add, const float *away, float *out, uint32_t count, uint32_t width)
{
	struct divisor d = divisor_of(count ? count : 1);
	for (uint32_t x = 0; x < width; x += 8) {
		v8 s = load8(sums + x);
		if (add)
			s += load8(add + x);
		if (away)
			s -= load8(away + x);
		store8(sums + x, s);
		if (out)
			store8(out + x, divide8(s, d));
	}
}

static inline int within(int v)
{
	v >>= 16;
	v = v < 0 ? 0 : v;
	return v > 255 ? 255 : v;
}

static void from_chroma(const struct pdq_yuv *k, const uint8_t *u, const uint8_t *v, uint32_t width, int32_t *chroma)
{
	int32_t *red = chroma, *green = red + width + 16, *blue = green + width + 16;
	const struct pdq_yuv c = *k;
	for (uint32_t i = 0; i < (width + 1) / 2; i++) {
		red[2 * i] = red[2 * i + 1] = c.y * ((v[i] * c.v_red >> 16) - (c.v_red >> 9));
		green[2 * i] = green[2 * i + 1] = c.y * ((u[i] * c.u_green >> 16) - (c.u_green >> 9) + (v[i] * c.v_green >> 16) - (c.v_green >> 9));
		blue[2 * i] = blue[2 * i + 1] = c.y * ((u[i] * c.u_blue >> 16) - (c.u_blue >> 9));
	}
}

static void from_yuv(const struct pdq_yuv *k, const uint8_t *y, const int32_t *chroma, float *out, uint32_t width)
{
	const int32_t *red = chroma, *green = red + width + 16, *blue = green + width + 16;
	const struct pdq_yuv c = *k;
	for (uint32_t i = 0; i < width; i++) {
		int l = y[i] * c.y + c.begin;
		out[i] = 0.299f * (float)within(l + red[i]) + 0.587f * (float)within(l + green[i]) + 0.114f * (float)within(l + blue[i]);
	}
}

static void from_rgb(const uint8_t *rgb, float *out, uint32_t width)
{
	for (uint32_t i = 0; i < width; i++)
		out[i] = 0.299f * (float)rgb[3 * i] + 0.587f * (float)rgb[3 * i + 1] + 0.114f * (float)rgb[3 * i + 2];
}

const struct pdq_kernel PDQ_KERNEL = { PDQ_KERNEL_NAME, box_columns, transpose, frequencies, lanes, step, from_chroma, from_yuv, from_rgb };
