/* The code of a plain JPEG file, read as a whole, and of its picture the samples. Compiled for several processors (JPEG_SAMPLES: the function's name).
 *
 * Cosine transform, enlarging of colour and change to red, green and blue give what libjpeg-turbo gives, bit for bit: its "islow" transform is a product of whole
 * numbers before each of its two roundings, so that one sample can be had without the others. */
#include <stdlib.h>
#include <string.h>

#include "media/jpeg_fast.h"

/* One unit of code is 10 blocks of 64 values of at most 27 bits: so much may be read before somebody looks whether it was there. */
enum { PADDING = 4096, WINDOW = 1 << 15, SIDE = PDQ_SIDE_MOST };

typedef int32_t vec __attribute__((vector_size(32)));
typedef int16_t shorts __attribute__((vector_size(16)));
typedef int32_t quad __attribute__((vector_size(16)));
typedef uint8_t octets __attribute__((vector_size(8)));

struct bits {
	uint64_t next; /* the next bits, highest first */
	unsigned have;
	const uint8_t *at;
};

struct samples {
	const struct jpeg_plan *plan;
	struct picture *p;
	bool bright;
	/* A window on the code, without stuffed bytes, up to the next mark at most (`ended`); zeros behind. */
	struct span left;
	uint8_t *code;
	size_t code_size;
	bool ended;
	struct bits bits;
	int before[3]; /* values that differences are from */
	/* Of samples: places, and the first one of each column of blocks. */
	uint16_t *column_first;
	uint32_t columns[SIDE];
	uint8_t luma[SIDE][SIDE];
	/* Colour, JPEG_CHROMA_ROWS rows of each, used in turn. */
	uint8_t *chroma[2];
	size_t stride;
	uint32_t chroma_width, chroma_height;
	uint32_t done;         /* sample rows given */
	int32_t factors[8][8]; /* by place and frequency */
	vec beyond;            /* not zero: values of no picture were met */
	vec pairs[4];          /* of frequencies 2 n and 2 n + 1 at places 0 to 3 */
	int32_t red[256], blue[256], green_r[256], green_b[256];
	uint8_t rows[64]; /* that the first coefficients of the code lie in */
	vec quant[3][8];
};

/* --- code --- */

/* Fills the window: what was not used of it stays, and more of the code follows, up to the next mark. */
static void window_fill(struct samples *s)
{
	size_t used = (size_t)(s->bits.at - s->code);
	if (used > s->code_size)
		used = s->code_size; /* read beyond: seen by those who count */
	uint8_t *to = s->code + s->code_size - used, *most = s->code + WINDOW;
	memmove(s->code, s->code + used, s->code_size - used);
	s->bits.at -= used;
	while (to < most && !s->ended) {
		const uint8_t *from = s->left.at;
		size_t size = span_left(&s->left) < (size_t)(most - to) ? span_left(&s->left) : (size_t)(most - to);
		const uint8_t *mark = memchr(from, 0xff, size);
		size_t plain = mark ? (size_t)(mark - from) : size;
		memcpy(to, from, plain);
		to += plain;
		span_skip(&s->left, plain);
		if (mark && span_left(&s->left) >= 2 && mark[1] == 0) {
			*to++ = 0xff;
			span_skip(&s->left, 2);
		} else if (mark || !span_left(&s->left)) {
			s->ended = true;
		}
	}
	memset(to, 0, PADDING);
	s->code_size = (size_t)(to - s->code);
}

static void code_begin(struct samples *s)
{
	s->code_size = 0;
	s->ended = false;
	s->bits = (struct bits){ 0, 0, s->code };
	memset(s->before, 0, sizeof s->before);
	window_fill(s);
}

/* True when all bits that were read were there, and up to the mark no byte is left. */
static bool code_done(const struct samples *s)
{
	uint64_t used = 8 * (uint64_t)(s->bits.at - s->code) - s->bits.have, all = 8 * (uint64_t)s->code_size;
	return s->ended && used <= all && used + 8 > all;
}

static inline __attribute__((always_inline)) void bits_fill(struct bits *b)
{
	uint64_t more;
	memcpy(&more, b->at, 8);
	b->next |= __builtin_bswap64(more) >> b->have;
	b->at += (63 - b->have) >> 3;
	b->have |= 56;
}

static inline __attribute__((always_inline)) void bits_drop(struct bits *b, unsigned n)
{
	b->next <<= n;
	b->have -= n;
}

/* A symbol whose code is longer than the table looks; 16 bits are there. -1: no such code. */
static int symbol_long(struct bits *b, const struct jpeg_table *t)
{
	uint32_t high = (uint32_t)(b->next >> 48);
	for (unsigned length = JPEG_LOOK + 1; length <= JPEG_CODE_MOST; length++)
		if (high < t->above[length]) {
			bits_drop(b, length);
			return t->symbols[((int32_t)(high >> (16 - length)) + t->offset[length]) & 255];
		}
	return -1;
}

/* What the table could not give at once: *ret_value and *ret_run. False: no such code. At least 27 bits are there. */
static __attribute__((noinline)) bool value_long(struct bits *b, const struct jpeg_table *t, struct jpeg_look l, bool ac, int *ret_value, unsigned *ret_run)
{
	int symbol = l.first;
	if (l.bits != JPEG_LONG)
		bits_drop(b, l.bits & 0x7f);
	else if ((symbol = symbol_long(b, t)) < 0)
		return false;
	unsigned size = (unsigned)symbol & 15;
	*ret_run = !ac ? 0 : symbol ? (unsigned)symbol >> 4 : JPEG_END;
	*ret_value = 0;
	if (size) {
		int v = (int)(b->next >> (64 - size));
		bits_drop(b, size);
		*ret_value = v < 1 << (size - 1) ? v - (1 << size) + 1 : v;
	}
	return true;
}

static inline struct jpeg_look look_at(const struct jpeg_look *table, uint64_t next)
{
	struct jpeg_look l;
	memcpy(&l, &table[next >> (64 - JPEG_LOOK)], sizeof l);
	return l;
}

static inline bool too_large(int value, unsigned step) { return value * (int)step > JPEG_VALUE_MOST || value * (int)step < -JPEG_VALUE_MOST; }

/* A block's coefficients into `to` (64 zeroed before, and one more place) where `keep`. *ret_last: place in the code of the last one. */
static inline __attribute__((always_inline)) bool block_read(struct samples *s, unsigned part, bool keep, int16_t *to, unsigned *ret_last)
{
	const struct jpeg_part *c = &s->plan->part[part];
	const struct jpeg_look *look = c->ac->look;
	struct bits b = s->bits;
	unsigned k = 1;
	bits_fill(&b);
	struct jpeg_look l = look_at(c->dc->look, b.next);
	int value = l.values[0];
	if (!(l.bits & JPEG_LONG)) {
		bits_drop(&b, l.bits);
	} else {
		struct bits slow = b; /* a copy, so that `b` stays in registers */
		unsigned run;
		if (!value_long(&slow, c->dc, l, false, &value, &run))
			return false;
		b = slow;
	}
	value += s->before[part];
	if (too_large(value, c->quant[0]))
		return false;
	s->before[part] = value;
	if (keep)
		to[0] = (int16_t)value;
	while (k < 64) {
		bits_fill(&b); /* enough for four looks */
		for (int turn = 0; turn < 4 && k < 64; turn++) {
			l = look_at(look, b.next);
			if (__builtin_expect(k + l.first >= 63, 0))
				l = look_at(c->ac->ones, b.next); /* what follows may be the next block's */
			if (__builtin_expect(l.bits & JPEG_LONG, 0))
				break;
			bits_drop(&b, l.bits);
			if (keep) {
				to[jpeg_zigzag[k + l.first]] = l.values[0];
				to[jpeg_zigzag[k + l.second]] = l.values[1];
			}
			k += l.on;
		}
		if (!(l.bits & JPEG_LONG))
			continue;
		struct bits slow = b;
		unsigned run;
		int slow_value;
		bits_fill(&slow);
		if (!value_long(&slow, c->ac, l, true, &slow_value, &run))
			return false;
		b = slow;
		k += run;
		if (k >= JPEG_END)
			break;
		if (k > 63 || too_large(slow_value, c->quant[k]))
			return false;
		if (keep)
			to[jpeg_zigzag[k]] = (int16_t)slow_value;
		k++;
	}
	if (k > 64 && k < JPEG_END)
		return false; /* passes over more than there is */
	s->bits = b;
	*ret_last = (k & (JPEG_END - 1)) - 1;
	return true;
}

/* --- pixels --- */

static inline int32_t rounded(int32_t v, unsigned bits) { return (v + (1 << (bits - 1))) >> bits; }
static inline uint8_t byte_of(int32_t v) { return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v); }

static inline vec held(vec v, int32_t least, int32_t most)
{
	vec low = v < least, high = v > most;
	return (v & ~(low | high)) | (low & least) | (high & most);
}

/* The transform's factors in 1/8192: what libjpeg's sequence of additions and products comes to for each frequency and place. */
static void factors_make(int32_t to[8][8])
{
	/* Products of the cosines, as it rounds them. */
	enum { A = 2446, B = 3196, C = 4433, D = 6270, E = 7373, F = 9633, G = 12299, H = 15137, I = 16069, J = 16819, K = 20995, L = 25172 };
	static const int32_t even[4][4] = { /* frequencies 0, 2, 4, 6 at places 0 to 3 */
		{ 8192, 8192, 8192, 8192 }, { C + D, C, -C, -C - D }, { 8192, -8192, -8192, 8192 }, { C, C - H, H - C, -C } };
	static const int32_t odd[4][4] = { /* 1, 3, 5, 7 */
		{ G - E - B + F, F, F - B, F - E }, { F, L - K - I + F, F - K, F - I }, { F - B, F - K, J - K - B + F, F }, { F - E, F - I, F, A - E - I + F } };
	for (int k = 0; k < 4; k++)
		for (int x = 0; x < 4; x++) {
			to[x][2 * k] = to[7 - x][2 * k] = even[k][x];
			to[x][2 * k + 1] = odd[k][x];
			to[7 - x][2 * k + 1] = -odd[k][x];
		}
}

/* A block's coefficients times their steps. How many rows of them there are, by the last one in the code. */
static inline unsigned block_scale(const struct samples *s, unsigned part, const int16_t *block, unsigned last, vec to[8])
{
	unsigned rows = s->rows[last];
	for (unsigned k = 0; k < rows; k++) {
		shorts line;
		memcpy(&line, block + 8 * k, sizeof line);
		to[k] = __builtin_convertvector(line, vec) * s->quant[part][k];
	}
	return rows;
}

/* First rounding: still by frequency across. libjpeg-turbo's vectors then add values in 16 bits: those that would overflow are no picture's, and are refused in the end. */
static inline vec row_half(struct samples *s, vec sum)
{
	vec half = (sum + (1 << 10)) >> 11;
	s->beyond |= (half + 16384) & ~32767;
	return half;
}

/* Second rounding: a whole row of pixels from what the first gave. Places 0 to 3 from even frequencies stand in the lower half, from odd ones in the upper. */
static inline void row_across(struct samples *s, vec sum, uint8_t *to)
{
	vec half = row_half(s, sum);
	vec both = s->pairs[0] * __builtin_shufflevector(half, half, 0, 0, 0, 0, 1, 1, 1, 1) + s->pairs[1] * __builtin_shufflevector(half, half, 2, 2, 2, 2, 3, 3, 3, 3) +
		   s->pairs[2] * __builtin_shufflevector(half, half, 4, 4, 4, 4, 5, 5, 5, 5) + s->pairs[3] * __builtin_shufflevector(half, half, 6, 6, 6, 6, 7, 7, 7, 7);
	vec even = __builtin_shufflevector(both, both, 0, 1, 2, 3, 3, 2, 1, 0), odd = __builtin_shufflevector(both, -both, 4, 5, 6, 7, 15, 14, 13, 12);
	octets out = __builtin_convertvector(held(((even + odd + (1 << 17)) >> 18) + 128, 0, 255), octets);
	memcpy(to, &out, sizeof out);
}

/* The block's samples: sample rows `r0` to `r1`, columns `c0` to `c1`. */
static inline void block_sample(struct samples *s, const int16_t *block, unsigned last, uint32_t r0, uint32_t r1, uint32_t c0, uint32_t c1)
{
	vec scaled[8];
	unsigned rows = block_scale(s, 0, block, last, scaled);
	for (uint32_t i = r0; i < r1; i++) {
		const int32_t *factors = s->factors[picture_row(s->p, i) & 7];
		vec sum = scaled[0] * factors[0];
		for (unsigned k = 1; k < rows; k++)
			sum += scaled[k] * factors[k];
		vec half = row_half(s, sum);
		for (uint32_t k = c0; k < c1; k++) {
			vec f;
			memcpy(&f, s->factors[s->columns[k] & 7], sizeof f);
			f *= half;
			quad q = __builtin_shufflevector(f, f, 0, 1, 2, 3) + __builtin_shufflevector(f, f, 4, 5, 6, 7);
			s->luma[i][k] = byte_of(rounded(q[0] + q[1] + q[2] + q[3], 18) + 128);
		}
	}
}

/* A block of colour: the rows of `mask`. What frequencies of even and odd number give is had once for a place and its mirror image. */
static inline void block_rows(struct samples *s, unsigned part, const int16_t *block, unsigned last, unsigned mask, uint8_t *to)
{
	if (!last) {
		uint8_t v = byte_of(rounded(block[0] * s->quant[part][0][0], 3) + 128);
		for (int y = 0; y < 8; y++)
			memset(to + (size_t)y * s->stride, v, 8);
		return;
	}
	vec scaled[8];
	unsigned rows = block_scale(s, part, block, last, scaled);
	for (unsigned y = 0; y < 4; y++) {
		const int32_t *f = s->factors[y];
		vec even = scaled[0] * f[0], odd = { 0 };
		if (!(mask & (1u << y | 0x80u >> y)))
			continue;
		for (unsigned k = 1; k < rows; k += 2)
			odd += scaled[k] * f[k];
		for (unsigned k = 2; k < rows; k += 2)
			even += scaled[k] * f[k];
		row_across(s, even + odd, to + (size_t)y * s->stride);
		row_across(s, even - odd, to + (size_t)(7 - y) * s->stride);
	}
}

/* Colour at a pixel: three quarters of the nearest sample's and a quarter of the next one's, in each direction in which there are fewer. */
static inline int colour_at(const struct samples *s, const uint8_t *near, const uint8_t *far, uint32_t x)
{
	uint32_t at = x >> 1, last = s->chroma_width - 1;
	if (s->plan->wide == 1)
		return near[x];
	if (s->plan->high == 1) {
		if (x & 1)
			return at == last ? near[at] : (3 * near[at] + near[at + 1] + 2) >> 2;
		return at == 0 ? near[0] : (3 * near[at] + near[at - 1] + 1) >> 2;
	}
	int here = 3 * near[at] + far[at];
	if (x & 1)
		return at == last ? (4 * here + 7) >> 4 : (3 * here + 3 * near[at + 1] + far[at + 1] + 7) >> 4;
	return at == 0 ? (4 * here + 8) >> 4 : (3 * here + 3 * near[at - 1] + far[at - 1] + 8) >> 4;
}

static void row_give(struct samples *s, uint32_t i)
{
	float *to = s->p->luma + (size_t)i * s->p->columns;
	uint32_t y = picture_row(s->p, i), near = s->plan->high == 2 ? y >> 1 : y, far = near;
	if (s->plan->parts == 1 || s->bright) {
		for (uint32_t k = 0; k < s->p->columns; k++)
			to[k] = pdq_luma(s->luma[i][k], s->luma[i][k], s->luma[i][k]);
		return;
	}
	if (s->plan->high == 2)
		far = y & 1 ? (near + 1 < s->chroma_height ? near + 1 : near) : near ? near - 1 : near;
	const size_t a = s->stride * (near % JPEG_CHROMA_ROWS), b = s->stride * (far % JPEG_CHROMA_ROWS);
	for (uint32_t k = 0; k < s->p->columns; k++) {
		int cb = colour_at(s, s->chroma[0] + a, s->chroma[0] + b, s->columns[k]), cr = colour_at(s, s->chroma[1] + a, s->chroma[1] + b, s->columns[k]);
		int v = s->luma[i][k];
		to[k] = pdq_luma(byte_of(v + s->red[cr]), byte_of(v + ((s->green_b[cb] + s->green_r[cr]) >> 16)), byte_of(v + s->blue[cb]));
	}
}

/* --- the whole --- */

/* A row of units: `row` of them, each of wide × high blocks of brightness. */
static bool units_read(struct samples *s, uint32_t row, uint32_t across, uint32_t *units_left, unsigned *mark)
{
	const struct jpeg_plan *plan = s->plan;
	const struct picture *p = s->p;
	uint32_t first[3];
	int16_t block[65];
	unsigned last, mask = 0;
	for (unsigned v = 0; v <= plan->high; v++)
		first[v] = picture_sample_from(8 * (row * plan->high + v), p->height, p->rows);
	/* Rows of colour that some sample needs: its own, and the next one above or below. */
	uint32_t above = 8 * row * plan->high, i = picture_sample_from(above < 2 ? 0 : above - 2, p->height, p->rows);
	for (uint32_t y; i < p->rows && (y = picture_row(p, i)) < above + 8 * plan->high + 2; i++)
		for (uint32_t k = y < plan->high ? 0 : y - (plan->high - 1); k <= y + (plan->high - 1); k++)
			mask |= k / plan->high / 8 == row ? 1u << (k / plan->high & 7) : 0;
	for (uint32_t unit = 0; unit < across; unit++) {
		if ((size_t)(s->bits.at - s->code) + PADDING > s->code_size && !s->ended)
			window_fill(s);
		if (plan->restart && !*units_left) {
			if (!code_done(s) || span_be16(&s->left) != 0xffd0 + *mark)
				return false;
			code_begin(s);
			*mark = (*mark + 1) & 7;
			*units_left = plan->restart;
		}
		--*units_left;
		for (unsigned v = 0; v < plan->high; v++)
			for (unsigned h = 0; h < plan->wide; h++) {
				uint32_t x = unit * plan->wide + h, from = s->column_first[x], to = s->column_first[x + 1];
				if (from == to || first[v] == first[v + 1]) {
					if (!block_read(s, 0, false, NULL, &last))
						return false;
					continue;
				}
				memset(block, 0, 64 * sizeof *block);
				if (!block_read(s, 0, true, block, &last))
					return false;
				block_sample(s, block, last, first[v], first[v + 1], from, to);
			}
		for (unsigned part = 1; part < plan->parts; part++) {
			if (s->bright) {
				if (!block_read(s, part, false, NULL, &last))
					return false;
				continue;
			}
			memset(block, 0, 64 * sizeof *block);
			if (!block_read(s, part, true, block, &last))
				return false;
			block_rows(s, part, block, last, mask, s->chroma[part - 1] + s->stride * (8 * row % JPEG_CHROMA_ROWS) + 8 * (size_t)unit);
		}
		if ((size_t)(s->bits.at - s->code) > s->code_size + 8)
			return false; /* read on in the zeros */
	}
	return true;
}

static bool all_read(struct samples *s)
{
	const struct jpeg_plan *plan = s->plan;
	struct picture *p = s->p;
	uint32_t across = (plan->width + 8 * plan->wide - 1) / (8 * plan->wide), down = (plan->height + 8 * plan->high - 1) / (8 * plan->high);
	uint32_t left = plan->restart ? plan->restart : UINT32_MAX;
	unsigned mark = 0;
	code_begin(s);
	for (uint32_t row = 0; row < down; row++) {
		if (!units_read(s, row, across, &left, &mark))
			return false;
		/* A row whose colour lies partly in the next units waits. */
		uint32_t ready = row + 1 == down ? plan->height : 8 * plan->high * (row + 1) - (plan->high - 1);
		while (s->done < p->rows && picture_row(p, s->done) < ready)
			row_give(s, s->done++);
	}
	vec none = { 0 };
	if (!s->ended)
		window_fill(s);
	return memcmp(&s->beyond, &none, sizeof none) == 0 && code_done(s) && span_be16(&s->left) == 0xffd9;
}

bool JPEG_SAMPLES(const struct jpeg_plan *plan, bool bright, struct picture *p)
{
	struct samples *s = aligned_alloc(64, (sizeof *s + 63) & ~(size_t)63); /* vectors */
	uint32_t blocks = (plan->width + 8 * plan->wide - 1) / (8 * plan->wide) * plan->wide;
	bool good = false;
	if (!s)
		return false;
	memset(s, 0, sizeof *s);
	s->plan = plan;
	s->p = p;
	s->bright = bright;
	s->left = plan->code;
	s->chroma_width = (plan->width + plan->wide - 1) / plan->wide;
	s->chroma_height = (plan->height + plan->high - 1) / plan->high;
	s->stride = 8 * (size_t)blocks / plan->wide;
	s->code = malloc(WINDOW + PADDING);
	s->column_first = calloc(blocks + 1, sizeof *s->column_first);
	for (int i = 0; i < 2; i++)
		s->chroma[i] = malloc(s->stride * JPEG_CHROMA_ROWS);
	factors_make(s->factors);
	for (int i = 0; i < 32; i++)
		s->pairs[i / 8][i % 8] = s->factors[i % 4][i / 8 * 2 + i / 4 % 2];
	for (int i = 0; i < 256; i++) {
		int x = i - 128;
		s->red[i] = (91881 * x + 32768) >> 16;
		s->blue[i] = (116130 * x + 32768) >> 16;
		s->green_r[i] = -46802 * x;
		s->green_b[i] = -22554 * x + 32768;
	}
	for (unsigned part = 0; part < plan->parts; part++)
		for (int i = 0; i < 64; i++)
			s->quant[part][jpeg_zigzag[i] / 8][jpeg_zigzag[i] % 8] = plan->part[part].quant[i];
	for (int i = 0, most = 0; i < 64; i++) {
		most = jpeg_zigzag[i] / 8 > most ? jpeg_zigzag[i] / 8 : most;
		s->rows[i] = (uint8_t)(most + 1);
	}
	for (uint32_t i = 0; i < p->columns; i++)
		s->columns[i] = pdq_sample(i, p->width, p->columns);
	if (s->code && s->column_first && s->chroma[0] && s->chroma[1]) {
		for (uint32_t x = 0; x <= blocks; x++)
			s->column_first[x] = (uint16_t)picture_sample_from(8 * x, p->width, p->columns);
		good = all_read(s);
	}
	for (int i = 0; i < 2; i++)
		free(s->chroma[i]);
	free(s->column_first);
	free(s->code);
	free(s);
	return good;
}
