/* pdq: the perceptual hash of a picture, 256 bits, equal bit for bit with the reference implementation.
 *
 * Of the picture's brightness the 16 × 16 lowest frequencies are taken; a bit says whether one is above their median. Pictures that look alike differ
 * in few bits: at most 31 is the customary threshold. The quality (0 to 100) says how much structure there is: hashes below 50 are not comparable.
 * Source: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (Facebook, 2019). Notes: docs/media.md.
 */
#ifndef CUSTOS_MEDIA_PDQ_H
#define CUSTOS_MEDIA_PDQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PDQ_SIDE_MOST = 512, PDQ_HEX = 65, PDQ_BYTES = 32, PDQ_DIHEDRALS = 8, PDQ_QUALITY_LEAST = 50, PDQ_DISTANCE_MOST = 31 };

/* Bit i is bit i % 64 of word i / 64; in hexadecimal bit 255 stands first. */
struct pdq {
	uint64_t words[4];
};

/* The same picture turned and mirrored, in the reference's order and words. */
enum pdq_form { PDQ_AS_IS, PDQ_ROTATE_90, PDQ_ROTATE_180, PDQ_ROTATE_270, PDQ_FLIP_X, PDQ_FLIP_Y, PDQ_FLIP_PLUS, PDQ_FLIP_MINUS };
const char *pdq_form_name(enum pdq_form f);

/* The samples that are taken of a side longer than 512: where sample `i` of 512 lies. Shorter sides are taken whole. */
static inline uint32_t pdq_side(uint32_t width, uint32_t height, bool wide)
{
	bool sampled = width > PDQ_SIDE_MOST || height > PDQ_SIDE_MOST;
	return sampled ? PDQ_SIDE_MOST : wide ? width : height;
}
static inline uint32_t pdq_sample(uint32_t i, uint32_t side, uint32_t samples) { return (uint32_t)((uint64_t)i * side / samples); }

/* Brightness of one pixel as the reference has it. */
static inline float pdq_luma(uint8_t r, uint8_t g, uint8_t b) { return 0.299f * (float)r + 0.587f * (float)g + 0.114f * (float)b; }

/* Hashes `width` × `height` (1 to 512 each) brightnesses, rows first; they are overwritten. `room`: as many floats of scratch.
 * `ret` gets one hash, or eight in the order of enum pdq_form when `dihedral`. */
void pdq_hash(float *luma, float *room, uint32_t width, uint32_t height, bool dihedral, struct pdq *ret, int *ret_quality);

int pdq_distance(const struct pdq *a, const struct pdq *b);
void pdq_hex(const struct pdq *p, char ret[PDQ_HEX]);
void pdq_bytes(const struct pdq *p, uint8_t ret[PDQ_BYTES]); /* in the order of the hexadecimal text */
struct pdq pdq_of_bytes(const uint8_t bytes[PDQ_BYTES]);
bool pdq_parse(const char *hex, size_t size, struct pdq *ret); /* 64 hexadecimal digits */

/* For tests: how many variants of the arithmetic this processor runs, and their use. 0: plain C. */
int pdq_variants(void);
void pdq_variant_use(int variant);

#endif
