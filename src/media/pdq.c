#include "media/pdq.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "media/pdq_kernel.h"

static const struct pdq_kernel *const *kernels_here(int *ret_count)
{
	static const struct pdq_kernel *list[3];
	static int count;
	if (!count) {
		int n = 0;
		list[n++] = &pdq_kernel_plain;
#if defined __x86_64__
		if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
			list[n++] = &pdq_kernel_avx2;
		if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma"))
			list[n++] = &pdq_kernel_avx512;
#endif
		count = n;
	}
	*ret_count = count;
	return list;
}

static pthread_once_t ready = PTHREAD_ONCE_INIT;
static const struct pdq_kernel *kernel;
static float factors[16][64], factors_transposed[64][16];

static void prepare(void)
{
	int n;
	const struct pdq_kernel *const *list = kernels_here(&n);
	kernel = list[n - 1];
	const float scale = (float)sqrt(2.0 / 64.0);
	for (int i = 0; i < 16; i++)
		for (int j = 0; j < 64; j++)
			factors_transposed[j][i] = factors[i][j] = (float)(scale * cos(M_PI / 2 / 64.0 * (i + 1) * (2 * j + 1)));
}

int pdq_variants(void)
{
	int n;
	kernels_here(&n);
	return n;
}

void pdq_variant_use(int variant)
{
	int n;
	const struct pdq_kernel *const *list = kernels_here(&n);
	pthread_once(&ready, prepare);
	if (variant >= 0 && variant < n)
		kernel = list[variant];
}

/* How many bits are left and right of the median decide: of 256 values the 128th. */
static float median_of(const float values[256])
{
	float low = values[0], high = values[0];
	for (int i = 1; i < 256; i++) {
		low = values[i] < low ? values[i] : low;
		high = values[i] > high ? values[i] : high;
	}
	/* The range is halved until its middle, or the nearest value beside it, is the one. Ends: each turn drops a value at least. */
	for (;;) {
		float guess = (low + high) / 2, below_most = low, above_least = high;
		int less = 0, greater = 0;
		for (int i = 0; i < 256; i++) {
			if (values[i] < guess) {
				less++;
				below_most = values[i] > below_most ? values[i] : below_most;
			} else if (values[i] > guess) {
				greater++;
				above_least = values[i] < above_least ? values[i] : above_least;
			}
		}
		if (less <= 128 && greater <= 128)
			return less >= 128 ? below_most : 256 - greater >= 128 ? guess : above_least;
		if (less > greater)
			high = below_most;
		else
			low = above_least;
	}
}

static void bits_of(float f[16][16], struct pdq *ret)
{
	float median = median_of(&f[0][0]);
	*ret = (struct pdq){ { 0 } };
	for (int i = 0; i < 256; i++)
		if ((&f[0][0])[i] > median)
			ret->words[i / 64] |= 1ull << (i % 64);
}

/* What turning and mirroring do to the frequencies: they change places or sign. */
static void form_of(float f[16][16], enum pdq_form form, float ret[16][16])
{
	for (int i = 0; i < 16; i++)
		for (int j = 0; j < 16; j++) {
			bool turned = form == PDQ_ROTATE_90 || form == PDQ_ROTATE_270 || form == PDQ_FLIP_PLUS || form == PDQ_FLIP_MINUS;
			float v = turned ? f[j][i] : f[i][j];
			bool i_even = i % 2 == 0, j_even = j % 2 == 0, minus = false;
			switch (form) {
			case PDQ_AS_IS:
			case PDQ_FLIP_PLUS:
				break;
			case PDQ_ROTATE_270:
			case PDQ_FLIP_Y:
				minus = j_even;
				break;
			case PDQ_ROTATE_90:
			case PDQ_FLIP_X:
				minus = i_even;
				break;
			case PDQ_ROTATE_180:
			case PDQ_FLIP_MINUS:
				minus = i_even != j_even;
				break;
			}
			ret[i][j] = minus ? -v : v;
		}
}

static int quality_of(const float in[64][64])
{
	int sum = 0;
	for (int i = 0; i < 63; i++)
		for (int j = 0; j < 64; j++)
			sum += (int)fabsf((in[i][j] - in[i + 1][j]) * 100 / 255);
	for (int i = 0; i < 64; i++)
		for (int j = 0; j < 63; j++)
			sum += (int)fabsf((in[i][j] - in[i][j + 1]) * 100 / 255);
	return sum / 90 > 100 ? 100 : sum / 90;
}

const struct pdq_kernel *pdq_kernel_use(void)
{
	pthread_once(&ready, prepare);
	return kernel;
}

void pdq_small(const float small[64][64], int forms, struct pdq *ret, int *ret_quality)
{
	float f[16][16], turned[16][16];
	*ret_quality = quality_of(small);
	pdq_kernel_use()->frequencies(small, (const float(*)[64])factors, (const float(*)[16])factors_transposed, f);
	bits_of(f, &ret[0]);
	for (int form = 1; form < forms; form++) {
		form_of(f, (enum pdq_form)form, turned);
		bits_of(turned, &ret[form]);
	}
}

static uint32_t window_of(uint32_t side) { return (side + 127) / 128; }

void pdq_hash(float *luma, float *room, uint32_t width, uint32_t height, bool dihedral, struct pdq *ret, int *ret_quality)
{
	float small[64][64], sums[PDQ_SIDE_MOST];
	const struct pdq_kernel *k = pdq_kernel_use();
	if (width == 64 && height == 64) {
		memcpy(small, luma, sizeof small);
	} else {
		for (int turn = 0; turn < 2; turn++) {
			k->transpose(luma, room, height, width);
			k->columns(room, luma, width, height, window_of(width), sums);
			k->transpose(luma, room, width, height);
			k->columns(room, luma, height, width, window_of(height), sums);
		}
		for (int i = 0; i < 64; i++)
			for (int j = 0; j < 64; j++)
				small[i][j] = luma[(size_t)((i + 0.5) * height / 64) * width + (size_t)((j + 0.5) * width / 64)];
	}
	pdq_small((const float(*)[64])small, dihedral ? PDQ_DIHEDRALS : 1, ret, ret_quality);
}

int pdq_distance(const struct pdq *a, const struct pdq *b)
{
	int n = 0;
	for (int i = 0; i < 4; i++)
		n += __builtin_popcountll(a->words[i] ^ b->words[i]);
	return n;
}

void pdq_bytes(const struct pdq *p, uint8_t ret[PDQ_BYTES])
{
	for (int i = 0; i < PDQ_BYTES; i++)
		ret[i] = (uint8_t)(p->words[3 - i / 8] >> (56 - 8 * (i % 8)));
}

struct pdq pdq_of_bytes(const uint8_t bytes[PDQ_BYTES])
{
	struct pdq p = { { 0 } };
	for (int i = 0; i < PDQ_BYTES; i++)
		p.words[3 - i / 8] |= (uint64_t)bytes[i] << (56 - 8 * (i % 8));
	return p;
}

void pdq_hex(const struct pdq *p, char ret[PDQ_HEX])
{
	for (int i = 0; i < 64; i++)
		ret[i] = "0123456789abcdef"[p->words[3 - i / 16] >> (60 - 4 * (i % 16)) & 15];
	ret[64] = 0;
}

bool pdq_parse(const char *hex, size_t size, struct pdq *ret)
{
	*ret = (struct pdq){ { 0 } };
	for (size_t i = 0; i < 64; i++) {
		char c = i < size ? hex[i] : 0;
		int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (v < 0)
			return false;
		ret->words[3 - i / 16] |= (uint64_t)v << (60 - 4 * (i % 16));
	}
	return size == 64;
}

const char *pdq_form_name(enum pdq_form f)
{
	static const char *const names[] = { "orig", "rot90", "rot180", "rot270", "flipx", "flipy", "flipp", "flipm" };
	return names[f];
}
