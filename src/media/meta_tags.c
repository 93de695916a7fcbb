/* What a film's writer says in words: "udta", and "meta" with "keys" and "ilst". */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "media/meta_inside.h"

enum { KEYS_MOST = 128, TEXT_MOST = 1024 };

static double real_of(const char *text)
{
	char *end;
	double v = strtod(text, &end);
	return end != text && !*end && isfinite(v) ? v : NAN;
}

/* One property by its name: into its field where it has one, into the details always. */
static void tag_take(struct meta *m, const char *key, const char *value)
{
	static const char apple[] = "com.apple.quicktime.";
	struct media_meta *out = m->out;
	size_t n = strlen(value);
	const char *k = strncmp(key, apple, sizeof apple - 1) == 0 ? key + sizeof apple - 1 : key;

	meta_detail(m, key, value, n);
	if (!strcmp(k, "make") || !strcmp(k, "udta:©mak") || !strcmp(k, "com.android.manufacturer") || !strcmp(k, "ilst:©mak"))
		META_SET(out->make, value, n);
	else if (!strcmp(k, "model") || !strcmp(k, "udta:©mod") || !strcmp(k, "com.android.model") || !strcmp(k, "ilst:©mod"))
		META_SET(out->model, value, n);
	else if (!strcmp(k, "software") || !strcmp(k, "udta:©swr") || !strcmp(k, "ilst:©swr"))
		META_SET(out->software, value, n);
	else if (!strcmp(k, "udta:©too") || !strcmp(k, "ilst:©too") || !strcmp(k, "udta:©enc") || !strcmp(k, "ilst:©enc") || !strcmp(k, "encoder"))
		meta_encoder(m, value, n);
	else if (!strcmp(k, "content.identifier"))
		META_SET(out->unique_id, value, n);
	else if (!strcmp(k, "creationdate"))
		meta_taken_text(m, RANK_ORIGINAL, value, NULL, "quicktime:creationdate");
	else if (!strcmp(k, "udta:©day") || !strcmp(k, "ilst:©day"))
		meta_taken_text(m, RANK_XMP, value, NULL, k);
	else if (!strcmp(k, "location.ISO6709") || !strcmp(k, "udta:©xyz") || !strcmp(k, "ilst:©xyz"))
		meta_iso6709(m, value);
	else if (!strcmp(k, "location.accuracy.horizontal"))
		out->accuracy = real_of(value);
	else if (!strcmp(k, "direction.facing") && real_of(value) >= 0)
		out->direction = real_of(value);
}

/* A "data" box: type, locale, value. As text, or "" when it is of another kind (a picture). */
static void data_text(struct span s, char *out, size_t size)
{
	uint32_t type = span_be32(&s);
	span_skip(&s, 4);
	size_t n = span_left(&s);
	out[0] = 0;
	if (!span_ok(&s))
		return;
	if (type == 1 || type == 4) {
		meta_clean(out, size, s.at, n);
	} else if (type == 2) {
		struct buf b = { .limit = 4 * TEXT_MOST };
		buf_utf16(&b, s.at, n < TEXT_MOST ? n : TEXT_MOST, true);
		if (!b.failed && b.data)
			meta_clean(out, size, b.data, b.size);
		buf_free(&b);
	} else if ((type == 21 || type == 22 || (type >= 65 && type <= 78 && type != 70 && type != 71 && type != 72)) && n >= 1 && n <= 8) {
		uint64_t v = span_be(&s, (unsigned)n);
		bool negative = (type == 21 || (type >= 65 && type <= 69) || type == 74) && n < 8 && v >> (8 * n - 1);
		int64_t whole = (int64_t)v - (negative ? (int64_t)(UINT64_C(1) << (8 * n)) : 0);
		snprintf(out, size, "%lld", (long long)whole);
	} else if (type == 23 && n == 4) {
		uint32_t bits = span_be32(&s);
		float f;
		memcpy(&f, &bits, 4);
		snprintf(out, size, "%.9g", (double)f);
	} else if (type == 24 && n == 8) {
		uint64_t bits = span_be64(&s);
		double d;
		memcpy(&d, &bits, 8);
		snprintf(out, size, "%.9g", d);
	}
}

/* Four letters, of which the first may be © in Latin-1, as a name. */
static void code_name(const char *prefix, uint32_t type, char *out, size_t size)
{
	uint8_t letters[4] = { (uint8_t)(type >> 24), (uint8_t)(type >> 16), (uint8_t)(type >> 8), (uint8_t)type };
	char clean[16];
	meta_clean(clean, sizeof clean, letters, 4);
	snprintf(out, size, "%s%s", prefix, clean);
}

struct keys {
	struct span names[KEYS_MOST]; /* the nth is number n + 1 */
	uint32_t count;
};

static void keys_take(struct meta *m, struct box b, struct keys *k)
{
	struct span s = b.body;
	span_skip(&s, 4);
	uint32_t count = span_be32(&s);
	for (k->count = 0; k->count < count && k->count < KEYS_MOST && span_left(&s) >= 8; k->count++) {
		uint32_t size = span_be32(&s);
		span_skip(&s, 4); /* whose names they are: "mdta" */
		if (size < 8 || size - 8 > span_left(&s)) {
			meta_note(m, meta_at(m, &s), "a key of %u bytes is not all there", size);
			return;
		}
		k->names[k->count] = span_take(&s, size - 8);
	}
}

static void list_take(struct meta *m, struct span s, const struct keys *k)
{
	struct box entry, data;
	while (meta_box_next(m, &s, &entry)) {
		char key[DETAIL_KEY], value[DETAIL_VALUE];
		if (entry.type >= 1 && entry.type <= k->count)
			meta_clean(key, sizeof key, k->names[entry.type - 1].start, span_size(&k->names[entry.type - 1]));
		else
			code_name("ilst:", entry.type, key, sizeof key);
		if (entry.type == BOX("----")) /* names of its own, in boxes of their own: music players' */
			continue;
		if (meta_box_find(m, entry.body, BOX("data"), &data)) {
			data_text(data.body, value, sizeof value);
			tag_take(m, key, value);
		}
	}
}

void meta_movie_meta(struct meta *m, struct span body)
{
	struct keys k = { .count = 0 };
	struct span s = body, ahead = body;
	struct box b;
	/* ISO's has a version before its boxes, QuickTime's has none: where "hdlr" stands tells. */
	span_skip(&ahead, 4);
	if (span_be32(&ahead) != BOX("hdlr"))
		span_skip(&s, 4);
	s = span_of(s.at, span_left(&s));
	if (meta_box_find(m, s, BOX("keys"), &b))
		keys_take(m, b, &k);
	while (meta_box_next(m, &s, &b))
		if (b.type == BOX("ilst"))
			list_take(m, b.body, &k);
		else if (b.type == BOX("xml "))
			meta_detail_true(m, "mp4:xml");
}

/* QuickTime's user data: length, language, text; one alone of what may be several. A "data" box instead is iTunes' way, and some write bare text. */
static void quicktime_text(struct meta *m, const struct box *b)
{
	struct span s = b->body;
	char key[DETAIL_KEY], value[DETAIL_VALUE];
	uint16_t size = span_be16(&s);
	span_skip(&s, 2);
	code_name("udta:", b->type, key, sizeof key);
	if (span_ok(&s) && size <= span_left(&s) && size)
		meta_clean(value, sizeof value, s.at, size);
	else
		meta_clean(value, sizeof value, b->body.start, span_size(&b->body));
	tag_take(m, key, value);
}

static double fixed(struct span *s) { return (int32_t)span_be32(s) / 65536.0; }

/* 3GPP's place: language, name, role, longitude, latitude, altitude, body. */
static void place_take(struct meta *m, const struct box *b)
{
	struct span s = b->body;
	span_skip(&s, 6);
	const uint8_t *name = s.at, *nul = span_left(&s) ? memchr(s.at, 0, span_left(&s)) : NULL;
	if (!nul)
		return;
	span_skip(&s, (uint64_t)(nul - name) + 2);
	double longitude = fixed(&s), latitude = fixed(&s), altitude = fixed(&s);
	if (!span_ok(&s)) {
		meta_note(m, b->at, "a place is not all there");
		return;
	}
	meta_detail(m, "udta:loci", name, (uint64_t)(nul - name));
	bool first = isnan(m->out->latitude);
	meta_position(m, latitude, longitude, b->at);
	if (first && !isnan(m->out->latitude) && isnan(m->out->altitude) && altitude != 0)
		m->out->altitude = altitude;
}

/* 3GPP's texts: version, language, text. */
static void asset_text(struct meta *m, const struct box *b, const char *key)
{
	struct span s = b->body;
	span_skip(&s, 6);
	if (span_ok(&s))
		meta_detail(m, key, s.at, span_left(&s));
}

void meta_user_data(struct meta *m, struct span s)
{
	struct box b;
	while (meta_box_next(m, &s, &b)) {
		if (b.type >> 24 == 0xa9)
			quicktime_text(m, &b);
		else if (b.type == BOX("meta"))
			meta_movie_meta(m, b.body);
		else if (b.type == BOX("loci"))
			place_take(m, &b);
		else if (b.type == BOX("auth"))
			asset_text(m, &b, "udta:auth");
		else if (b.type == BOX("titl"))
			asset_text(m, &b, "udta:titl");
		else if (b.type == BOX("dscp"))
			asset_text(m, &b, "udta:dscp");
		else if (b.type == BOX("cprt"))
			asset_text(m, &b, "udta:cprt");
		else if (b.type == BOX("XMP_"))
			meta_xmp(m, b.body);
		else if (b.type == BOX("smta"))
			meta_detail_true(m, "udta:smta"); /* Samsung's camera writes it */
		else if (b.type == BOX("hnti") || b.type == BOX("name"))
			continue;
		else if (b.type == BOX("SDLN"))
			meta_detail(m, "udta:SDLN", b.body.start, span_size(&b.body));
	}
}
