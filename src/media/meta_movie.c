/* MP4, QuickTime, 3GP (and the frame of HEIF): boxes, docs/formats/isobmff.md. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "media/meta_inside.h"

enum { BOXES_MOST = 100000, TRACKS_MOST = 32 };
#define EPOCH_1904 2082844800u /* seconds from 1904 to 1970 */
#define YEAR_2000 946684800u

struct track {
	uint32_t handler, width, height, coded_width, coded_height;
	uint16_t orientation;
	char name[64], codec[8], compressor[32];
};

bool meta_box_next(struct meta *m, struct span *s, struct box *ret)
{
	uint64_t at = meta_at(m, s);
	if (span_left(s) < 8) {
		/* QuickTime ends lists with four zero bytes; a few more are padding. */
		for (; span_left(s) && *s->at == 0; span_skip(s, 1))
			;
		if (span_left(s))
			meta_note(m, at, "%zu bytes that are no box", span_left(s));
		return false;
	}
	if (m->boxes++ == BOXES_MOST)
		meta_note(m, at, "more than %d boxes", BOXES_MOST);
	if (m->boxes > BOXES_MOST)
		return false;
	uint64_t size = span_be32(s), head = 8;
	ret->type = span_be32(s);
	ret->at = at;
	if (size == 1) {
		size = span_be64(s);
		head = 16;
	} else if (size == 0) {
		if (ret->type == 0) /* zero bytes to the end */
			return false;
		size = head + span_left(s);
	}
	if (!span_ok(s) || size < head) {
		meta_note(m, at, "a box of %llu bytes is shorter than its own head", (unsigned long long)size);
		return false;
	}
	if (size - head > span_left(s)) {
		meta_note(m, at, "a box of %llu bytes ends after %llu", (unsigned long long)size, (unsigned long long)(head + span_left(s)));
		size = head + span_left(s);
	}
	ret->body = span_take(s, size - head);
	return true;
}

bool meta_box_find(struct meta *m, struct span s, uint32_t type, struct box *ret)
{
	while (meta_box_next(m, &s, ret))
		if (ret->type == type)
			return true;
	return false;
}

static void code_text(uint32_t code, char out[5])
{
	for (int i = 0; i < 4; i++)
		out[i] = (char)(code >> (24 - 8 * i));
	out[4] = 0;
}

void meta_encoder(struct meta *m, const void *bytes, uint64_t length)
{
	char one[64], *out = m->out->encoder;
	size_t n = strlen(out), room = sizeof m->out->encoder - n;
	meta_clean(one, sizeof one, bytes, length);
	if (!one[0] || strstr(out, one) || strlen(one) + 3 > room)
		return;
	snprintf(out + n, room, "%s%s", n ? ", " : "", one);
}

static void brands_take(struct meta *m, struct span s)
{
	char brand[5];
	code_text(span_be32(&s), brand);
	meta_detail(m, "mp4:brand", brand, 4);
	span_skip(&s, 4);
	for (int i = 0; i < 16 && span_left(&s) >= 4; i++) {
		code_text(span_be32(&s), brand);
		meta_detail(m, "mp4:compatible", brand, 4);
	}
}

/* Seconds since 1904; 0 is not said. Some writers count from 1970, which no time since 2000 can be mistaken for. */
static int64_t moment_1904(struct meta *m, uint64_t value, uint64_t at)
{
	if (!value)
		return TIME_NONE;
	if (value < YEAR_2000 || value > UINT32_MAX + (uint64_t)EPOCH_1904) {
		meta_note(m, at, "the time %llu (seconds since 1904) is no likely one", (unsigned long long)value);
		return TIME_NONE;
	}
	if (value < EPOCH_1904) {
		meta_note(m, at, "the time %llu is taken to count from 1970, not 1904", (unsigned long long)value);
		return time_from((int64_t)value, 1, 0);
	}
	return time_from((int64_t)(value - EPOCH_1904), 1, 0);
}

static void header_take(struct meta *m, struct box b)
{
	struct span s = b.body;
	bool wide = span_be32(&s) >> 24 == 1;
	uint64_t created = wide ? span_be64(&s) : span_be32(&s), modified = wide ? span_be64(&s) : span_be32(&s);
	uint32_t scale = span_be32(&s);
	uint64_t duration = wide ? span_be64(&s) : span_be32(&s), unknown = wide ? UINT64_MAX : UINT32_MAX;
	if (!span_ok(&s)) {
		meta_note(m, b.at, "a movie header is not all there");
		return;
	}
	meta_taken_at(m, RANK_CONTAINER, moment_1904(m, created, b.at), "mvhd");
	if (modified != created && m->out->modified_at == TIME_NONE)
		m->out->modified_at = moment_1904(m, modified, b.at);
	if (scale && duration && duration != unknown && isnan(m->out->duration))
		m->out->duration = (double)duration / scale;
}

static void track_header(struct track *t, struct span s)
{
	bool wide = span_be32(&s) >> 24 == 1;
	span_skip(&s, wide ? 32 : 20);
	span_skip(&s, 16);
	int32_t a = (int32_t)span_be32(&s), b = (int32_t)span_be32(&s);
	span_skip(&s, 4);
	int32_t c = (int32_t)span_be32(&s), d = (int32_t)span_be32(&s);
	span_skip(&s, 16);
	uint32_t width = span_be32(&s) >> 16, height = span_be32(&s) >> 16;
	if (!span_ok(&s))
		return;
	t->width = width;
	t->height = height;
	if (a > 0 && d > 0 && !b && !c)
		t->orientation = 1;
	else if (!a && !d && b > 0 && c < 0)
		t->orientation = 6;
	else if (a < 0 && d < 0 && !b && !c)
		t->orientation = 3;
	else if (!a && !d && b < 0 && c > 0)
		t->orientation = 8;
}

/* Whose data the track holds, and a name that its writer gave it: length and letters (QuickTime), or letters and NUL. */
static void handler_take(struct track *t, struct span s)
{
	span_skip(&s, 8);
	t->handler = span_be32(&s);
	span_skip(&s, 12);
	if (!span_ok(&s) || !span_left(&s))
		return;
	if (*s.at == span_left(&s) - 1)
		span_skip(&s, 1);
	meta_clean(t->name, sizeof t->name, s.at, span_left(&s));
}

/* The first description of the samples: the codec, and of pictures their size and who coded them. */
static void sample_take(struct track *t, struct span s)
{
	span_skip(&s, 12);
	code_text(span_be32(&s), t->codec);
	span_skip(&s, 24);
	uint32_t width = span_be16(&s), height = span_be16(&s);
	span_skip(&s, 14);
	uint8_t size = span_u8(&s);
	struct span name = span_take(&s, 31);
	if (t->handler != BOX("vide") || !span_ok(&name))
		return;
	t->coded_width = width;
	t->coded_height = height;
	meta_clean(t->compressor, sizeof t->compressor, name.start, size < 31 ? size : 31);
}

static void track_take(struct meta *m, struct span s, bool *video)
{
	static const uint32_t path[] = { BOX("minf"), BOX("stbl"), BOX("stsd") };
	struct track t = { 0 };
	struct box b, inner;
	while (meta_box_next(m, &s, &b)) {
		if (b.type == BOX("tkhd")) {
			track_header(&t, b.body);
		} else if (b.type == BOX("meta")) {
			meta_movie_meta(m, b.body);
		} else if (b.type == BOX("udta")) {
			meta_user_data(m, b.body);
		} else if (b.type == BOX("mdia")) {
			if (meta_box_find(m, b.body, BOX("hdlr"), &inner))
				handler_take(&t, inner.body);
			bool found = true;
			inner.body = b.body;
			for (int i = 0; i < 3 && found; i++)
				found = meta_box_find(m, inner.body, path[i], &inner);
			if (found)
				sample_take(&t, inner.body);
		}
	}
	meta_detail(m, "mp4:handler", t.name, strlen(t.name));
	meta_detail(m, "mp4:codec", t.codec, strlen(t.codec));
	if (t.handler != BOX("vide") || *video)
		return;
	*video = true;
	meta_encoder(m, t.compressor, strlen(t.compressor));
	bool coded = t.coded_width && t.coded_height;
	m->out->width = coded ? t.coded_width : t.width;
	m->out->height = coded ? t.coded_height : t.height;
	if (!m->out->orientation)
		m->out->orientation = t.orientation;
	if (coded && t.width && (t.width != t.coded_width || t.height != t.coded_height)) {
		char text[32];
		int n = snprintf(text, sizeof text, "%ux%u", t.width, t.height);
		meta_detail(m, "mp4:shown", text, (uint64_t)n);
	}
}

static void movie_take(struct meta *m, struct span s)
{
	struct box b, inner;
	bool video = false;
	int64_t tracks = 0;
	while (meta_box_next(m, &s, &b)) {
		if (b.type == BOX("mvhd"))
			header_take(m, b);
		else if (b.type == BOX("trak") && ++tracks <= TRACKS_MOST)
			track_take(m, b.body, &video);
		else if (b.type == BOX("udta"))
			meta_user_data(m, b.body);
		else if (b.type == BOX("meta"))
			meta_movie_meta(m, b.body);
		else if (b.type == BOX("cmov"))
			meta_note(m, b.at, "a packed movie box is not read");
		else if (b.type == BOX("mvex") && meta_box_find(m, b.body, BOX("mehd"), &inner))
			meta_detail_true(m, "mp4:fragments");
	}
	meta_detail_int(m, "mp4:tracks", tracks);
}

static void extension_take(struct meta *m, struct span s)
{
	static const uint8_t xmp[] = { 0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac };
	static const uint8_t c2pa[] = { 0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7e, 0xc4, 0x81 };
	if (span_match(&s, xmp, sizeof xmp))
		meta_xmp(m, s);
	else if (span_match(&s, c2pa, sizeof c2pa))
		meta_detail_true(m, "c2pa");
}

/* x264 leaves its version and settings in the first frame. */
static void samples_look(struct meta *m, struct span s)
{
	static const char mark[] = "x264 - core ";
	size_t size = span_left(&s) < 4096 ? span_left(&s) : 4096, n = 0;
	const uint8_t *at = memmem(s.at, size, mark, sizeof mark - 1);
	if (!at)
		return;
	size_t left = size - (size_t)(at - s.at);
	while (n < left && n < 40 && at[n] >= ' ' && at[n] < 0x7f && !(n > sizeof mark && at[n] == '-'))
		n++;
	meta_encoder(m, at, n);
}

void meta_movie(struct meta *m)
{
	struct span s = m->file;
	struct box b;
	bool films = m->out->kind == META_MP4, looked = false;
	while (meta_box_next(m, &s, &b)) {
		if (b.type == BOX("ftyp"))
			brands_take(m, b.body);
		else if (b.type == BOX("moov"))
			movie_take(m, b.body);
		else if (b.type == BOX("meta") && films)
			meta_movie_meta(m, b.body);
		else if (b.type == BOX("meta"))
			meta_items(m, b.body);
		else if (b.type == BOX("uuid"))
			extension_take(m, b.body);
		else if (b.type == BOX("mpvd"))
			meta_detail_true(m, "heif:motion_photo");
		else if (b.type == BOX("udta"))
			meta_user_data(m, b.body);
		else if (b.type == BOX("mdat") && films && !looked) {
			samples_look(m, b.body);
			looked = true;
		}
	}
	meta_samsung_trailer(m);
}
