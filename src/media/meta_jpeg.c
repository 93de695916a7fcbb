/* JPEG: segments up to the picture, and what its coding tells. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/meta_inside.h"

enum { SEGMENTS_MOST = 10000, XMP_MOST = 1 << 20 };

static const char xmp_head[] = "http://ns.adobe.com/xap/1.0/", extended_head[] = "http://ns.adobe.com/xmp/extension/";

struct jpeg {
	struct meta *m;
	struct jpeg_coding coding;
	/* an extended XMP packet, put together as its parts come */
	uint8_t *extended;
	uint32_t extended_size;
	char extended_name[32];
	bool exif, sized;
};

static void tables_take(struct jpeg *j, struct span s)
{
	while (span_left(&s)) {
		uint8_t head = span_u8(&s), id = head & 15;
		if (head >> 4 > 1 || id > 3)
			break;
		uint16_t values[64];
		for (int i = 0; i < 64; i++)
			values[i] = head >> 4 ? span_be16(&s) : span_u8(&s);
		if (!span_ok(&s))
			break;
		memcpy(j->coding.tables[id], values, sizeof values);
		j->coding.there[id] = true;
		j->coding.wide[id] = head >> 4;
	}
	if (!span_ok(&s) || span_left(&s))
		meta_note(j->m, meta_at(j->m, &s), "a quantisation table is damaged");
}

static void frame_take(struct jpeg *j, uint8_t marker, struct span s)
{
	span_skip(&s, 1);
	uint32_t height = span_be16(&s), width = span_be16(&s);
	uint8_t components = span_u8(&s);
	if (!span_ok(&s)) {
		meta_note(j->m, meta_at(j->m, &s), "a frame header is damaged");
		return;
	}
	j->sized = true;
	j->m->out->width = width;
	j->m->out->height = height;
	j->coding.components = components;
	j->coding.progressive = marker == 0xc2 || marker == 0xc6 || marker == 0xca || marker == 0xce;
	j->coding.arithmetic = marker >= 0xc9;
	j->coding.lossless = (marker & 3) == 3;
	for (int i = 0; i < components && i < 3; i++) {
		span_skip(&s, 1);
		uint8_t sampling = span_u8(&s), table = span_u8(&s) & 3;
		if (i == 0) {
			j->coding.sampling = sampling;
			j->coding.luma_table = table;
		} else if (i == 1) {
			j->coding.chroma_table = table;
		}
	}
}

/* One part of a packet too long for one segment: 32 letters that name it, its whole length, this part's offset, and the part. */
static void extended_take(struct jpeg *j, struct span s)
{
	uint64_t at = meta_at(j->m, &s);
	const uint8_t *name = span_bytes(&s, 32);
	uint32_t size = span_be32(&s), offset = span_be32(&s);
	if (!name || !span_ok(&s) || !size)
		return;
	if (size > XMP_MOST || size > span_size(&j->m->file)) {
		if (!offset)
			meta_note(j->m, at, "an extended XMP packet of %u bytes is not read", size);
		return;
	}
	if (!j->extended) {
		j->extended = calloc(1, size);
		if (!j->extended)
			return;
		j->extended_size = size;
		memcpy(j->extended_name, name, 32);
	}
	if (memcmp(j->extended_name, name, 32) != 0 || size != j->extended_size || offset > size || span_left(&s) > size - offset) {
		meta_note(j->m, at, "a part of an extended XMP packet fits nowhere");
		return;
	}
	memcpy(j->extended + offset, s.at, span_left(&s));
}

/* Multi-picture format: how many pictures are in the file (CIPA DC-007: tag B001). */
static void pictures_count(struct jpeg *j, struct span s)
{
	struct span head = s;
	bool big = span_be16(&s) == 0x4d4d;
	span_skip(&s, 2);
	uint32_t offset = big ? span_be32(&s) : span_le32(&s);
	if (offset > 64)
		return;
	span_seek(&head, offset);
	unsigned count = big ? span_be16(&head) : span_le16(&head);
	for (unsigned i = 0; i < count && i < 16 && span_left(&head) >= 12; i++) {
		unsigned tag = big ? span_be16(&head) : span_le16(&head);
		span_skip(&head, 6);
		uint32_t v = big ? span_be32(&head) : span_le32(&head);
		if (tag == 0xb001 && v < 1000)
			meta_detail_int(j->m, "jpeg:pictures", v);
	}
}

static void segment_take(struct jpeg *j, uint8_t marker, struct span s)
{
	struct meta *m = j->m;
	if (marker == 0xdb) {
		tables_take(j, s);
	} else if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
		if (!j->sized)
			frame_take(j, marker, s);
	} else if (marker == 0xe0 && span_match(&s, "JFIF\0", 5)) {
		unsigned version = span_be16(&s);
		char text[16];
		int n = snprintf(text, sizeof text, "%u.%02u", version >> 8, version & 255);
		meta_detail(m, "jpeg:JFIF", text, (uint64_t)n);
	} else if (marker == 0xe1 && span_left(&s) > 6 && memcmp(s.at, "Exif\0", 5) == 0) {
		if (j->exif) /* one alone counts; a second one is somebody's trick, or several parts of one too long */
			meta_note(m, meta_at(m, &s), "a second EXIF block is not read");
		else
			meta_exif(m, s);
		j->exif = true;
	} else if (marker == 0xe1 && span_match(&s, xmp_head, sizeof xmp_head)) {
		meta_xmp(m, s);
	} else if (marker == 0xe1 && span_match(&s, extended_head, sizeof extended_head)) {
		extended_take(j, s);
	} else if (marker == 0xe2 && span_match(&s, "MPF\0", 4)) {
		pictures_count(j, span_of(s.at, span_left(&s)));
	} else if (marker == 0xe2 && span_match(&s, "ICC_PROFILE\0", 12)) {
		meta_detail_true(m, "jpeg:ICC");
	} else if (marker == 0xeb && span_left(&s) > 16 && memmem(s.at, span_left(&s) < 64 ? span_left(&s) : 64, "jumb", 4)) {
		meta_detail_true(m, "c2pa");
	} else if (marker == 0xed && span_match(&s, "Photoshop 3.0\0", 14)) {
		meta_photoshop(m, s);
	} else if (marker == 0xec && span_match(&s, "Ducky", 5)) {
		meta_detail_true(m, "jpeg:Ducky"); /* Photoshop's "save for web" */
	} else if (marker == 0xee && span_match(&s, "Adobe", 5)) {
		meta_detail_true(m, "jpeg:Adobe");
	} else if (marker == 0xfe) {
		meta_detail(m, "jpeg:comment", s.at, span_left(&s));
	}
}

/* From the first scan's header on to the end of the picture; sets s->at behind it. False when it does not end. */
static bool scans_pass(struct span *s)
{
	while (span_left(s) >= 2) {
		const uint8_t *ff = memchr(s->at, 0xff, span_left(s) - 1);
		if (!ff)
			return false;
		span_seek(s, (uint64_t)(ff - s->start) + 1);
		uint8_t marker = *s->at;
		if (marker == 0xff)
			continue;
		span_skip(s, 1);
		if (marker == 0xd9)
			return true;
		if (marker >= 0xc0 && marker != 0xff && !(marker >= 0xd0 && marker <= 0xd8)) {
			struct span ahead = *s;
			span_skip(s, span_be16(&ahead));
		}
	}
	return false;
}

/* Passes the segments before the picture. True when a scan begins. */
static bool segments_read(struct jpeg *j, struct span *s)
{
	bool lost = false;
	for (unsigned n = 0; n < SEGMENTS_MOST && span_left(s) >= 2; n++) {
		const uint8_t *ff = memchr(s->at, 0xff, span_left(s));
		if (ff != s->at && !lost)
			meta_note(j->m, meta_at(j->m, s), "no JPEG marker where one should be");
		lost = lost || ff != s->at;
		if (!ff)
			return false;
		span_seek(s, (uint64_t)(ff - s->start));
		while (span_left(s) && *s->at == 0xff)
			span_skip(s, 1);
		uint8_t marker = span_u8(s);
		if (marker == 0xd9)
			return false;
		if (marker <= 1 || (marker >= 0xd0 && marker <= 0xd8))
			continue;
		struct span ahead = *s;
		uint16_t size = span_be16(&ahead);
		if (marker == 0xda)
			return true;
		if (size < 2 || span_left(s) < size) {
			meta_note(j->m, meta_at(j->m, s), "a JPEG segment %02x of %u bytes is not all there", marker, size);
			return false;
		}
		span_skip(s, 2);
		segment_take(j, marker, span_take(s, (uint64_t)size - 2));
	}
	return false;
}

void meta_jpeg(struct meta *m)
{
	struct jpeg j = { .m = m };
	struct span s = m->file;
	span_skip(&s, 2);
	if (segments_read(&j, &s)) {
		if (!scans_pass(&s))
			meta_detail_true(m, "jpeg:unended");
		else if (span_left(&s))
			meta_detail_int(m, "jpeg:after_end", (int64_t)span_left(&s));
	} else {
		meta_detail_true(m, "jpeg:unended");
	}
	if (j.extended)
		meta_xmp(m, span_of(j.extended, j.extended_size));
	free(j.extended);
	if (j.exif)
		meta_detail_true(m, "exif");
	if (j.sized)
		meta_jpeg_coding(&j.coding, m->out->encoder, sizeof m->out->encoder);
	meta_samsung_trailer(m);
}
