/* A JPEG file's head, for the short way: only what nearly every camera and platform writes is let through. */
#include <string.h>

#include "media/jpeg_fast.h"

#define OVER 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64
const uint8_t jpeg_zigzag[128] = {
	0,  1,	8,  16, 9,  2,	3,  10, 17, 24, 32, 25, 18, 11, 4,  5,	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,	7,  14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
	OVER, OVER, OVER, OVER,
};

struct head {
	uint8_t counts[2][4][17]; /* of codes, by kind (0 DC, 1 AC) and table */
	uint8_t ids[3], tables[3];
	bool quant_there[4], jfif, adobe, frame, good;
};

static bool quant_read(struct span *s, struct head *h, struct jpeg_plan *p)
{
	while (span_left(s)) {
		unsigned which = span_u8(s); /* high half: two bytes each */
		if (which > 3)
			return false;
		for (int i = 0; i < 64; i++)
			if (!(p->quant[which][i] = span_u8(s)))
				return false;
		h->quant_there[which] = true;
	}
	return span_ok(s);
}

static bool codes_read(struct span *s, struct head *h, struct jpeg_plan *p)
{
	while (span_left(s)) {
		unsigned kind = span_u8(s), count = 0, code = 0;
		if (kind & 0xec)
			return false;
		struct jpeg_table *t = kind >> 4 ? &p->ac[kind & 3] : &p->dc[kind & 3];
		uint8_t *counts = h->counts[kind >> 4][kind & 3];
		for (int i = 1; i <= JPEG_CODE_MOST; i++) {
			counts[i] = span_u8(s);
			t->offset[i] = (int32_t)count - (int32_t)code;
			count += counts[i];
			code += counts[i];
			if (code > 1u << i)
				return false;
			t->above[i] = code << (JPEG_CODE_MOST - i);
			code <<= 1;
		}
		const uint8_t *symbols = span_bytes(s, count);
		if (count > 256 || !symbols)
			return false;
		memset(t->symbols, 0, sizeof t->symbols);
		memcpy(t->symbols, symbols, count);
		for (unsigned i = 0; i < count; i++)
			if (kind >> 4 ? (symbols[i] & 15) > 10 || ((symbols[i] & 15) == 0 && symbols[i] != 0 && symbols[i] != 0xf0) : symbols[i] > 11)
				return false;
		t->there = true;
	}
	return span_ok(s);
}

static bool frame_read(struct span *s, struct head *h, struct jpeg_plan *p)
{
	unsigned depth = span_u8(s);
	p->height = span_be16(s);
	p->width = span_be16(s);
	p->parts = span_u8(s);
	if (h->frame || depth != 8 || (p->parts != 1 && p->parts != 3))
		return false;
	for (unsigned i = 0; i < p->parts; i++) {
		h->ids[i] = span_u8(s);
		unsigned sampling = span_u8(s);
		h->tables[i] = span_u8(s);
		if (h->tables[i] > 3 || (i && sampling != 0x11))
			return false;
		if (i == 0) {
			p->wide = p->parts == 1 ? 1 : sampling >> 4;
			p->high = p->parts == 1 ? 1 : sampling & 15;
			if (p->parts == 1 && sampling != 0x11)
				return false;
		}
	}
	h->frame = true;
	/* 4:4:4, 4:2:2, 4:2:0 */
	return span_ok(s) && !span_left(s) && (p->wide == 1 || p->wide == 2) && (p->high == 1 || (p->high == 2 && p->wide == 2));
}

/* By the next bits, of which the first `gone` are others': the code and, where it is there too, the value behind it. */
static struct jpeg_look code_look(const struct jpeg_table *t, unsigned bits, unsigned gone, bool ac, unsigned size_most)
{
	unsigned high = bits << (16 - JPEG_LOOK + gone) & 0xffff, length = 1, there = JPEG_LOOK - gone;
	while (length <= there && high >= t->above[length])
		length++;
	if (length > there)
		return (struct jpeg_look){ .bits = JPEG_LONG };
	unsigned symbol = t->symbols[((int32_t)(high >> (16 - length)) + t->offset[length]) & 255];
	unsigned size = ac ? symbol & 15 : symbol, run = ac ? symbol >> 4 : 0;
	if (length + size > there || size > size_most)
		return (struct jpeg_look){ .bits = (uint8_t)(JPEG_LONG | length), .first = (uint8_t)symbol };
	int value = size ? (int)(high >> (16 - length - size) & ((1u << size) - 1)) : 0;
	if (size && value < 1 << (size - 1))
		value -= (1 << size) - 1;
	struct jpeg_look l = { .bits = (uint8_t)(length + size), .first = (uint8_t)run, .second = (uint8_t)(run + 1), .on = (uint8_t)(run + 1), .values = { (int16_t)value, 0 } };
	if (ac && symbol == 0)
		l.on = JPEG_END;
	return l;
}

static void table_look(struct jpeg_table *t, bool ac, unsigned size_most)
{
	for (unsigned bits = 0; bits < 1u << JPEG_LOOK; bits++) {
		struct jpeg_look *l = &t->look[bits];
		*l = t->ones[bits] = code_look(t, bits, 0, ac, size_most);
		if (!ac || l->bits & JPEG_LONG || l->on == JPEG_END || l->bits == JPEG_LOOK)
			continue;
		struct jpeg_look next = code_look(t, bits, l->bits, true, size_most);
		if (next.bits & JPEG_LONG)
			continue;
		l->bits = (uint8_t)(l->bits + next.bits);
		l->second = (uint8_t)(l->on + next.first);
		l->values[1] = next.values[0];
		l->on = (uint8_t)(l->on + next.on);
	}
}

static bool scan_read(struct span *s, struct head *h, struct jpeg_plan *p)
{
	unsigned count = span_u8(s);
	if (!h->frame || count != p->parts)
		return false;
	for (unsigned i = 0; i < count; i++) {
		unsigned id = span_u8(s), tables = span_u8(s), quant = h->tables[i];
		if (id != h->ids[i] || tables & 0xcc || !h->quant_there[quant] || !p->dc[tables >> 4].there || !p->ac[tables & 15].there)
			return false;
		p->part[i] = (struct jpeg_part){ &p->dc[tables >> 4], &p->ac[tables & 15], p->quant[quant] };
	}
	unsigned from = span_u8(s), to = span_u8(s), bits = span_u8(s);
	return span_ok(s) && !span_left(s) && from == 0 && to == 63 && bits == 0;
}

static bool colours_known(const struct head *h, const struct jpeg_plan *p)
{
	return p->parts == 1 || h->jfif || h->adobe || (h->ids[0] == 1 && h->ids[1] == 2 && h->ids[2] == 3);
}

bool jpeg_plan_make(struct span s, struct jpeg_plan *p)
{
	struct head h = { .frame = false };
	*p = (struct jpeg_plan){ .restart = 0 };
	if (span_be16(&s) != 0xffd8)
		return false;
	for (int i = 0; i < 1000; i++) {
		unsigned mark = span_be16(&s), size = span_be16(&s);
		struct span body = span_take(&s, size - 2u);
		if (!span_ok(&s) || size < 2 || mark < 0xffc0)
			return false;
		const uint8_t *text = body.at;
		size_t left = span_left(&body);
		bool good = true;
		switch (mark) {
		case 0xffc0: /* baseline, and extended of 8 bits */
		case 0xffc1:
			good = frame_read(&body, &h, p);
			break;
		case 0xffc4:
			good = codes_read(&body, &h, p);
			break;
		case 0xffdb:
			good = quant_read(&body, &h, p);
			break;
		case 0xffdd:
			p->restart = span_be16(&body);
			good = span_ok(&body) && !span_left(&body);
			break;
		case 0xffe0:
			if (left >= 5 && memcmp(text, "JFIF\0", 5) == 0) {
				h.jfif = true;
				good = left >= 14 && text[5] == 1;
			}
			break;
		case 0xffee:
			if (left >= 5 && memcmp(text, "Adobe", 5) == 0) {
				h.adobe = true;
				good = left >= 12 && text[11] == 1;
			}
			break;
		case 0xffda:
			if (!scan_read(&body, &h, p) || !colours_known(&h, p))
				return false;
			for (unsigned k = 0; k < p->parts; k++) {
				/* So large a value may stand at each place without any check. */
				unsigned most = 0, bits = 0;
				for (unsigned q = 0; q < p->parts; q++)
					for (int n = 1; p->part[q].ac == p->part[k].ac && n < 64; n++)
						most = p->part[q].quant[n] > most ? p->part[q].quant[n] : most;
				while (bits < 10 && ((2u << bits) - 1) * most <= JPEG_VALUE_MOST)
					bits++;
				table_look((struct jpeg_table *)(uintptr_t)p->part[k].ac, true, bits);
				table_look((struct jpeg_table *)(uintptr_t)p->part[k].dc, false, 11);
			}
			p->code = s;
			return true;
		default:
			/* APP1 to APP15, comments; all else has a meaning that is not followed here. */
			good = (mark > 0xffe0 && mark <= 0xffef) || mark == 0xfffe;
		}
		if (!good)
			return false;
	}
	return false;
}
