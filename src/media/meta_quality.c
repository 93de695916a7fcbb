/* Which JPEG coder: are the quantisation tables those that libjpeg scales for a quality, and which? */
#include <stdio.h>
#include <string.h>

#include "media/meta_inside.h"

/* ITU-T T.81, tables K.1 and K.2, row by row. */
static const uint8_t standard[2][64] = {
	{ 16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
	  18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99 },
	{ 17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
	  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99 },
};

/* Where in a row-by-row table the ith value of a file lies. */
static const uint8_t zigzag[64] = {
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
};

/* libjpeg's jpeg_quality_scaling() and jpeg_add_quant_table(): the quality that makes this table, or 0. */
static int quality_of(const uint16_t table[64], int which, bool wide)
{
	for (int q = 100; q >= 1; q--) {
		int scale = q < 50 ? 5000 / q : 200 - 2 * q, i;
		for (i = 0; i < 64; i++) {
			int v = (standard[which][zigzag[i]] * scale + 50) / 100;
			v = v < 1 ? 1 : v > 255 && !wide ? 255 : v;
			if (v != table[i])
				break;
		}
		if (i == 64)
			return q;
	}
	return 0;
}

/* FNV-1a over the tables in use, sixteen bits a value: the same in every file that the same coder wrote at the same setting. */
static uint32_t tables_hash(const struct jpeg_coding *c)
{
	uint32_t h = 2166136261u;
	const uint8_t use[2] = { c->luma_table, c->chroma_table };
	for (int k = 0; k < (c->components > 1 ? 2 : 1); k++)
		for (int i = 0; i < 64; i++) {
			h = (h ^ c->tables[use[k]][i] >> 8) * 16777619u;
			h = (h ^ (c->tables[use[k]][i] & 255)) * 16777619u;
		}
	return h;
}

static const char *sampling_name(const struct jpeg_coding *c)
{
	if (c->components == 1)
		return "grey";
	switch (c->sampling) {
	case 0x11: return "4:4:4";
	case 0x21: return "4:2:2";
	case 0x12: return "4:4:0";
	case 0x22: return "4:2:0";
	case 0x41: return "4:1:1";
	default: return "other sampling";
	}
}

void meta_jpeg_coding(const struct jpeg_coding *c, char *out, size_t size)
{
	char tables[48];
	if (!c->there[c->luma_table])
		snprintf(tables, sizeof tables, "no tables");
	else {
		int luma = quality_of(c->tables[c->luma_table], 0, c->wide[c->luma_table]), chroma = luma;
		if (c->components > 1 && c->luma_table != c->chroma_table && c->there[c->chroma_table])
			chroma = quality_of(c->tables[c->chroma_table], 1, c->wide[c->chroma_table]);
		if (luma && luma == chroma)
			snprintf(tables, sizeof tables, "libjpeg q=%d", luma);
		else if (luma && chroma)
			snprintf(tables, sizeof tables, "libjpeg q=%d/%d", luma, chroma);
		else
			snprintf(tables, sizeof tables, "qt:%08x", tables_hash(c));
	}
	snprintf(out, size, "%s, %s%s%s%s", tables, sampling_name(c), c->progressive ? ", progressive" : "", c->arithmetic ? ", arithmetic" : "",
		 c->lossless ? ", lossless" : "");
}
