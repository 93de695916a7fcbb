/* Matroska and WebM: elements, docs/formats/matroska.md. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "media/meta_inside.h"

enum { ELEMENTS_MOST = 100000, TAGS_MOST = 500 };
#define EPOCH_2001 978307200 /* seconds from 1970 */

struct element {
	uint32_t id;
	uint64_t at;
	struct span body;
	bool endless; /* its length is not said: it goes on to the end of what holds it */
};

/* A number whose first byte's leading zeros say its length; the marker bit is kept in an id, dropped in a length. */
static bool number(struct span *s, unsigned most, bool keep, uint64_t *ret)
{
	uint8_t first = span_u8(s);
	unsigned width = first ? (unsigned)__builtin_clz(first) - 23 : 9;
	if (!span_ok(s) || width > most)
		return false;
	uint64_t v = keep ? first : first & (0xffu >> width);
	for (unsigned i = 1; i < width; i++)
		v = v << 8 | span_u8(s);
	*ret = v;
	if (!keep && v == (UINT64_C(1) << (7 * width)) - 1)
		*ret = UINT64_MAX;
	return span_ok(s);
}

static bool element_next(struct meta *m, struct span *s, struct element *ret)
{
	uint64_t id, size;
	if (!span_left(s))
		return false;
	ret->at = meta_at(m, s);
	if (m->boxes++ == ELEMENTS_MOST)
		meta_note(m, ret->at, "more than %d elements", ELEMENTS_MOST);
	if (m->boxes > ELEMENTS_MOST)
		return false;
	if (!number(s, 4, true, &id) || !number(s, 8, false, &size)) {
		meta_note(m, ret->at, "no Matroska element where one should be");
		return false;
	}
	ret->endless = size == UINT64_MAX;
	if (!ret->endless && size > span_left(s))
		meta_note(m, ret->at, "an element %x of %llu bytes ends after %zu", (unsigned)id, (unsigned long long)size, span_left(s));
	if (size > span_left(s))
		size = span_left(s);
	ret->id = (uint32_t)id;
	ret->body = span_take(s, size);
	return true;
}

static uint64_t whole(struct span s)
{
	size_t n = span_size(&s);
	return n >= 1 && n <= 8 ? span_be(&s, (unsigned)n) : 0;
}

static double real(struct span s)
{
	if (span_size(&s) == 4) {
		uint32_t bits = span_be32(&s);
		float f;
		memcpy(&f, &bits, 4);
		return (double)f;
	}
	if (span_size(&s) != 8)
		return NAN;
	uint64_t bits = span_be64(&s);
	double d;
	memcpy(&d, &bits, 8);
	return d;
}

static void info_take(struct meta *m, struct span s)
{
	struct element e;
	double duration = NAN;
	uint64_t scale = 1000000;
	while (element_next(m, &s, &e)) {
		switch (e.id) {
		case 0x2ad7b1: scale = whole(e.body); break;
		case 0x4489: duration = real(e.body); break;
		case 0x4461: /* nanoseconds since 2001 */
			if (span_size(&e.body) == 8)
				meta_taken_at(m, RANK_CONTAINER, time_from((int64_t)whole(e.body), 1000000000, EPOCH_2001), "matroska:DateUTC");
			break;
		case 0x4d80: meta_detail(m, "matroska:MuxingApp", e.body.start, span_size(&e.body)); break;
		case 0x5741:
			META_SET(m->out->software, e.body.start, span_size(&e.body));
			meta_detail(m, "matroska:WritingApp", e.body.start, span_size(&e.body));
			break;
		case 0x7ba9: meta_detail(m, "matroska:Title", e.body.start, span_size(&e.body)); break;
		case 0x73a4: /* one for each file, by its muxer's lot */
			if (span_size(&e.body) == 16) {
				char hex[33];
				for (int i = 0; i < 16; i++)
					snprintf(hex + 2 * i, 3, "%02x", e.body.start[i]);
				meta_detail(m, "matroska:SegmentUUID", hex, 32);
			}
			break;
		default: break;
		}
	}
	duration = duration * (double)scale / 1e9;
	if (isfinite(duration) && duration > 0)
		m->out->duration = duration;
}

static void track_take(struct meta *m, struct span s)
{
	struct element e, v;
	while (element_next(m, &s, &e)) {
		if (e.id == 0x86) {
			meta_detail(m, "matroska:codec", e.body.start, span_size(&e.body));
		} else if (e.id == 0x536e) {
			meta_detail(m, "matroska:track", e.body.start, span_size(&e.body));
		} else if (e.id == 0xe0 && !m->out->width) {
			struct span video = e.body;
			uint64_t width = 0, height = 0;
			while (element_next(m, &video, &v)) {
				if (v.id == 0xb0)
					width = whole(v.body);
				else if (v.id == 0xba)
					height = whole(v.body);
			}
			m->out->width = width <= UINT32_MAX ? (uint32_t)width : 0;
			m->out->height = height <= UINT32_MAX ? (uint32_t)height : 0;
		}
	}
}

static void tag_take(struct meta *m, struct span s)
{
	struct element e;
	char name[40] = "", key[56], value[DETAIL_VALUE] = "";
	while (element_next(m, &s, &e)) {
		if (e.id == 0x45a3)
			meta_clean(name, sizeof name, e.body.start, span_size(&e.body));
		else if (e.id == 0x4487)
			meta_clean(value, sizeof value, e.body.start, span_size(&e.body));
	}
	if (!name[0])
		return;
	snprintf(key, sizeof key, "matroska:%s", name);
	meta_detail(m, key, value, strlen(value));
	if (strcmp(name, "ENCODER") == 0 || strcmp(name, "ENCODED_BY") == 0)
		meta_encoder(m, value, strlen(value));
	else if (strcmp(name, "LOCATION") == 0 || strcmp(name, "RECORDING_LOCATION") == 0)
		meta_iso6709(m, value);
	else if (strcmp(name, "DATE_RECORDED") == 0 || strcmp(name, "CREATION_TIME") == 0)
		meta_taken_text(m, RANK_XMP_CREATED, value, NULL, key);
}

static void tags_take(struct meta *m, struct span s)
{
	struct element tag, simple;
	unsigned n = 0;
	while (element_next(m, &s, &tag))
		while (tag.id == 0x7373 && n < TAGS_MOST && element_next(m, &tag.body, &simple))
			if (simple.id == 0x67c8) {
				tag_take(m, simple.body);
				n++;
			}
}

static void segment_take(struct meta *m, struct span s)
{
	struct element e;
	while (element_next(m, &s, &e)) {
		if (e.id == 0x1549a966)
			info_take(m, e.body);
		else if (e.id == 0x1654ae6b) {
			struct element track;
			while (element_next(m, &e.body, &track))
				if (track.id == 0xae)
					track_take(m, track.body);
		} else if (e.id == 0x1254c367)
			tags_take(m, e.body);
		else if (e.id == 0x1f43b675 && e.endless) /* a live recording: what follows is not looked for */
			meta_detail_true(m, "matroska:live");
	}
}

void meta_matroska(struct meta *m)
{
	struct span s = m->file;
	struct element e, inner;
	while (element_next(m, &s, &e)) {
		if (e.id == 0x1a45dfa3) {
			while (element_next(m, &e.body, &inner))
				if (inner.id == 0x4282)
					meta_detail(m, "matroska:DocType", inner.body.start, span_size(&inner.body));
		} else if (e.id == 0x18538067) {
			segment_take(m, e.body);
			return;
		}
	}
}
