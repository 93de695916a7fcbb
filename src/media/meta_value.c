/* Texts, times, positions and further properties, cleaned as they are taken. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "media/meta_inside.h"

enum { TEXT_MOST = 4096 }; /* bytes of a text that are looked at */

/* One character of `p` as UTF-8 into `out`; *ret_used bytes of `p` were it. Returns its length; 0: to be left out. */
static size_t clean_one(const uint8_t *p, size_t left, bool latin, char out[4], size_t *ret_used)
{
	uint8_t c = p[0];
	*ret_used = 1;
	if (c == '\t' || c == '\n' || c == '\r')
		c = ' ';
	if (c < 0x80) {
		out[0] = (char)c;
		return c >= 0x20 && c != 0x7f;
	}
	if (latin) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return c >= 0xa0 ? 2 : 0;
	}
	size_t n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (n > left)
		return 0;
	*ret_used = n;
	memcpy(out, p, n);
	return c == 0xc2 && p[1] < 0xa0 ? 0 : n; /* C1 controls */
}

void meta_clean(char *out, size_t size, const void *bytes, uint64_t length)
{
	const uint8_t *p = bytes;
	out[0] = 0;
	if (!p || !length)
		return;
	size_t left = length > TEXT_MOST ? TEXT_MOST : (size_t)length;
	const uint8_t *nul = memchr(p, 0, left);
	if (nul)
		left = (size_t)(nul - p);
	/* Where the text was cut at TEXT_MOST its last character may be half: that alone makes it no Latin-1. */
	size_t good = utf8_valid(p, left);
	bool latin = good < left && !(length > TEXT_MOST && left - good < 4);
	if (!latin)
		left = good;
	size_t n = 0;
	for (size_t used; left; p += used, left -= used) {
		char one[4];
		size_t width = clean_one(p, left, latin, one, &used);
		if (n + width + 1 > size)
			break;
		if (n == 0 && width == 1 && one[0] == ' ')
			continue;
		memcpy(out + n, one, width);
		n += width;
	}
	while (n && out[n - 1] == ' ')
		n--;
	out[n] = 0;
}

void meta_set(char *out, size_t size, const void *bytes, uint64_t length)
{
	if (!out[0])
		meta_clean(out, size, bytes, length);
}

/* The text's place in the pool; 0 is the empty text, and what there is no room for. */
static uint16_t pool_add(struct meta *m, const char *text)
{
	size_t size = strlen(text) + 1;
	if (!m->pool_used)
		m->pool_used = 1;
	if (size == 1 || size > sizeof m->pool - m->pool_used)
		return 0;
	uint16_t at = (uint16_t)m->pool_used;
	memcpy(m->pool + at, text, size);
	m->pool_used += size;
	return at;
}

static void detail_add(struct meta *m, const char *key, const char *value, bool bare)
{
	char name[DETAIL_KEY];
	unsigned same = 0;
	uint16_t known = 0;
	meta_clean(name, sizeof name, key, strlen(key));
	if (!name[0] || !value[0])
		return;
	if (m->offers++ >= DETAIL_OFFERS) {
		m->detail_cut = true;
		return;
	}
	for (unsigned i = 0; i < m->item_count; i++) {
		if (strcmp(m->pool + m->items[i].key, name) != 0)
			continue;
		known = m->items[i].key;
		if (strcmp(m->pool + m->items[i].value, value) == 0)
			return;
		same++;
	}
	if (m->item_count == DETAIL_ITEMS || same >= DETAIL_SAME) {
		m->detail_cut = true;
		return;
	}
	uint16_t k = known ? known : pool_add(m, name), v = pool_add(m, value);
	if (!k || !v) {
		m->detail_cut = true;
		return;
	}
	m->items[m->item_count].key = k;
	m->items[m->item_count].value = v;
	m->items[m->item_count++].bare = bare;
}

void meta_detail(struct meta *m, const char *key, const void *bytes, uint64_t length)
{
	char value[DETAIL_VALUE];
	meta_clean(value, sizeof value, bytes, length);
	detail_add(m, key, value, false);
}

void meta_detail_utf16(struct meta *m, const char *key, const void *bytes, uint64_t length)
{
	struct buf b = { .limit = 4 * TEXT_MOST };
	buf_utf16(&b, bytes, length > TEXT_MOST ? TEXT_MOST : (size_t)length, false);
	if (!b.failed && b.data)
		meta_detail(m, key, b.data, b.size);
	buf_free(&b);
}

void meta_detail_int(struct meta *m, const char *key, int64_t value)
{
	char text[32];
	snprintf(text, sizeof text, "%lld", (long long)value);
	detail_add(m, key, text, true);
}

void meta_detail_real(struct meta *m, const char *key, double value)
{
	char text[40];
	if (!isfinite(value))
		return;
	snprintf(text, sizeof text, "%.9g", value);
	detail_add(m, key, text, true);
}

void meta_detail_true(struct meta *m, const char *key) { detail_add(m, key, "true", true); }

/* `count` digits as a number, or -1. */
static int digits(const char **p, int count)
{
	int v = 0;
	for (int i = 0; i < count; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return -1;
		v = v * 10 + (**p - '0');
	}
	return v;
}

static void skip_one(const char **p, const char *of)
{
	if (**p && strchr(of, **p))
		(*p)++;
}

static bool zone_read(const char *p, char *zone)
{
	zone[0] = 0;
	while (*p == ' ')
		p++;
	if (*p == 'Z' || *p == 'z') {
		memcpy(zone, "Z", 2);
		return !p[1];
	}
	if (*p != '+' && *p != '-')
		return !*p;
	char sign = *p++;
	int h = digits(&p, 2);
	skip_one(&p, ":");
	int mi = *p ? digits(&p, 2) : 0;
	if (h < 0 || h > 14 || mi < 0 || mi > 59 || *p)
		return false;
	snprintf(zone, 8, "%c%02d:%02d", sign, h, mi);
	return true;
}

bool meta_time_text(const char *text, char *local, char *zone)
{
	const char *p = text;
	local[0] = zone[0] = 0;
	while (*p == ' ')
		p++;
	int y = digits(&p, 4);
	skip_one(&p, ":-/.");
	int mo = y < 0 ? -1 : digits(&p, 2);
	skip_one(&p, ":-/.");
	int d = mo < 0 ? -1 : digits(&p, 2);
	if (y < 1 || mo < 1 || mo > 12 || d < 1 || d > 31)
		return false;
	while (*p == ' ')
		p++;
	skip_one(&p, "Tt");
	if (!*p) {
		snprintf(local, 40, "%04d-%02d-%02d", y, mo, d);
		return true;
	}
	int h = digits(&p, 2);
	skip_one(&p, ":");
	int mi = h < 0 ? -1 : digits(&p, 2), s = 0;
	skip_one(&p, ":");
	if (mi >= 0 && *p >= '0' && *p <= '9')
		s = digits(&p, 2);
	if (h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 60)
		return false;
	char fraction[12] = "";
	if (*p == '.' || *p == ',') {
		size_t n = 0;
		fraction[n++] = '.';
		for (p++; *p >= '0' && *p <= '9'; p++)
			if (n < 10)
				fraction[n++] = *p;
		fraction[n > 1 ? n : 0] = 0;
	}
	if (!zone_read(p, zone)) {
		zone[0] = 0;
		return false;
	}
	snprintf(local, 40, "%04d-%02d-%02dT%02d:%02d:%02d%s", y, mo, d, h, mi, s, fraction);
	return true;
}

int64_t meta_time_moment(const char *local, const char *zone)
{
	char text[48];
	int64_t at;
	if (!zone[0] || strlen(local) < 19)
		return TIME_NONE;
	snprintf(text, sizeof text, "%s%s", local, zone);
	return time_parse(text, &at) ? at : TIME_NONE;
}

static void taken_from(struct meta *m, const char *from)
{
	m->out->taken_from[0] = 0;
	META_SET(m->out->taken_from, from, strlen(from));
}

void meta_taken_at(struct meta *m, enum meta_rank rank, int64_t at, const char *from)
{
	if (at == TIME_NONE || rank <= m->rank_at)
		return;
	m->rank_at = rank;
	m->out->taken_at = at;
	taken_from(m, from);
}

void meta_taken_text(struct meta *m, enum meta_rank rank, const char *text, const char *zone_text, const char *from)
{
	char local[40], zone[8], other[8];
	if (!meta_time_text(text, local, zone))
		return;
	if (!zone[0] && zone_text && zone_read(zone_text, other))
		memcpy(zone, other, sizeof zone);
	int64_t at = meta_time_moment(local, zone);
	if (rank > m->rank_local) {
		m->rank_local = rank;
		memcpy(m->out->taken_local, local, sizeof local);
		memcpy(m->out->zone, zone, sizeof zone);
		if (m->rank_at == RANK_NONE)
			taken_from(m, from);
	}
	meta_taken_at(m, rank, at, from);
}

void meta_position(struct meta *m, double latitude, double longitude, uint64_t offset)
{
	if (!(fabs(latitude) <= 90 && fabs(longitude) <= 180)) {
		meta_note(m, offset, "a position beyond the globe");
		return;
	}
	if (latitude == 0 && longitude == 0) {
		meta_note(m, offset, "the position 0, 0 is taken for none");
		return;
	}
	if (isnan(m->out->latitude)) {
		m->out->latitude = latitude;
		m->out->longitude = longitude;
	}
}

/* One signed number of ISO 6709; `degrees` is how many digits whole degrees have. Wider ones carry minutes and seconds. */
static bool iso6709_part(const char **p, int degrees, double *ret)
{
	const char *t = *p;
	if (*t != '+' && *t != '-')
		return false;
	double sign = *t++ == '-' ? -1 : 1;
	int whole = 0;
	double v = 0, scale = 0;
	for (; (*t >= '0' && *t <= '9') || (*t == '.' && !scale); t++) {
		if (*t == '.') {
			scale = 1;
		} else if (scale) {
			v += (*t - '0') * (scale /= 10);
		} else if (++whole <= 9) {
			v = v * 10 + (*t - '0');
		} else {
			return false;
		}
	}
	if (!whole || (degrees && whole > degrees && whole != degrees + 2 && whole != degrees + 4))
		return false;
	if (degrees && whole == degrees + 2) {
		double d = floor(v / 100);
		v = d + (v - d * 100) / 60;
	} else if (degrees && whole == degrees + 4) {
		double d = floor(v / 10000), mi = floor((v - d * 10000) / 100);
		v = d + mi / 60 + (v - d * 10000 - mi * 100) / 3600;
	}
	*ret = sign * v;
	*p = t;
	return true;
}

bool meta_iso6709(struct meta *m, const char *text)
{
	double latitude, longitude, altitude;
	if (!iso6709_part(&text, 2, &latitude) || !iso6709_part(&text, 3, &longitude))
		return false;
	bool first = isnan(m->out->latitude);
	meta_position(m, latitude, longitude, 0);
	if (first && isnan(m->out->altitude) && iso6709_part(&text, 0, &altitude))
		m->out->altitude = altitude;
	return true;
}
