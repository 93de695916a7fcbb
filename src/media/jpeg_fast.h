/* A short way through plain JPEG files, for pictures that are sampled anyway: all of the code is read, but only what is sampled is computed, with the arithmetic of
 * libjpeg-turbo, to the same bits. Whatever is out of the ordinary (progressive, damaged, odd) is refused and left to libjpeg-turbo. This room's own.
 * Notes: docs/formats/jpeg.md. */
#ifndef CUSTOS_MEDIA_JPEG_FAST_H
#define CUSTOS_MEDIA_JPEG_FAST_H

#include "media/picture_inside.h"

enum { JPEG_LOOK = 11, JPEG_CODE_MOST = 16, JPEG_VALUE_MOST = 8191, JPEG_CHROMA_ROWS = 32 };

/* A Huffman table. `look`, by the next JPEG_LOOK bits: one or two coefficients whose codes and values are among them, else what the first code is. */
enum { JPEG_LONG = 0x80, JPEG_END = 128 };
struct jpeg_look {
	uint8_t bits;    /* taken; JPEG_LONG: bits of the code (0: it is longer), and `first` is its symbol */
	uint8_t first;   /* so many places on lies the first coefficient … */
	uint8_t second;  /* … and the second; or a place that is empty as yet */
	uint8_t on;      /* so many places on the reading goes; JPEG_END more behind a block's last code */
	int16_t values[2];
};
struct jpeg_table {
	struct jpeg_look look[1 << JPEG_LOOK]; /* of DC the first values only */
	struct jpeg_look ones[1 << JPEG_LOOK]; /* one coefficient at a time */
	uint32_t above[JPEG_CODE_MOST + 1];    /* codes of so many bits, moved left to 16, lie below this */
	int32_t offset[JPEG_CODE_MOST + 1];    /* code + this: number of the symbol */
	uint8_t symbols[256];
	bool there;
};

struct jpeg_part {
	const struct jpeg_table *dc, *ac;
	const uint16_t *quant; /* in the order of the file (zigzag) */
};

struct jpeg_plan {
	struct span code; /* from the first coded byte on */
	uint32_t width, height;
	unsigned parts, wide, high; /* 1 or 3; brightness samples for one of colour, across and down */
	uint32_t restart;           /* units between marks; 0: none */
	struct jpeg_part part[3];
	uint16_t quant[4][64];
	struct jpeg_table dc[4], ac[4];
};

/* Reads everything up to the code. False: not for the short way. */
bool jpeg_plan_make(struct span bytes, struct jpeg_plan *ret);

/* Samples the picture; `bright`: from brightness alone. False: not for the short way after all, `p` to be begun again. Compiled for several processors. */
typedef bool jpeg_samples_fn(const struct jpeg_plan *plan, bool bright, struct picture *p);
jpeg_samples_fn jpeg_samples_plain, jpeg_samples_avx2;

/* The order in which a block's coefficients are coded: place of each in the block, by rows. Behind the last one all lie at place 64. */
extern const uint8_t jpeg_zigzag[128];

#endif
