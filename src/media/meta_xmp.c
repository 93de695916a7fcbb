/* XMP: properties of an RDF/XML packet, as attributes or as elements. Not an XML parser: it looks for tags and forgives the rest, so that half a packet
 * gives half its properties. Names are taken with the prefixes that the standard gives them (a writer may choose others; none that we know does). */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "media/meta_inside.h"

enum { DEPTH_MOST = 32, TAGS_MOST = 20000, NAME_MOST = 56, VALUE_MOST = 1024 };

struct packet {
	struct meta *m;
	char names[DEPTH_MOST][NAME_MOST];
	unsigned depth;
	char latitude[40], longitude[40];
	uint64_t at;
};

static bool in_list(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strncmp(name, *list, strlen(*list)) == 0)
			return true;
	return false;
}

/* "51,30.444N" or "51,30,26N". NaN when it is neither. */
static double angle(const char *text, char positive, char negative)
{
	double parts[3] = { 0 };
	for (int i = 0; i < 3; i++) {
		char *end;
		if (!isdigit((unsigned char)*text))
			return NAN;
		parts[i] = strtod(text, &end);
		text = end;
		if (*text != ',')
			break;
		text++;
	}
	if ((*text != positive && *text != negative) || text[1])
		return NAN;
	double v = parts[0] + parts[1] / 60 + parts[2] / 3600;
	return *text == negative ? -v : v;
}

static void property(struct packet *p, const char *name, const char *value)
{
	/* Large, many and of no use here; or EXIF's own, which are read below. */
	static const char *const skipped[] = { "rdf:", "xml:", "xmlns", "x:", "crs:", "exif:", "exifEX:", "tiff:", "xmpG:", "xmpTPg:", "xmpNote:",
					       "GDepth:", "GImage:", "GAudio:", "stDim:", "stFnt:", "dc:format", "photoshop:DocumentAncestors", NULL };
	struct meta *m = p->m;
	struct media_meta *out = m->out;
	size_t n = strlen(value);
	char local[40], zone[8];

	if (!n || !strchr(name, ':'))
		return;
	if (!strcmp(name, "tiff:Make"))
		META_SET(out->make, value, n);
	else if (!strcmp(name, "tiff:Model"))
		META_SET(out->model, value, n);
	else if (!strcmp(name, "tiff:Software") || !strcmp(name, "xmp:CreatorTool"))
		META_SET(out->software, value, n);
	else if (!strcmp(name, "tiff:Orientation") && n == 1 && *value >= '1' && *value <= '8' && !out->orientation)
		out->orientation = (uint16_t)(*value - '0');
	else if (!strcmp(name, "exifEX:BodySerialNumber") || !strcmp(name, "aux:SerialNumber"))
		META_SET(out->serial, value, n);
	else if (!strcmp(name, "exif:ImageUniqueID"))
		META_SET(out->unique_id, value, n);
	else if (!strcmp(name, "exif:DateTimeOriginal"))
		meta_taken_text(m, RANK_XMP, value, NULL, "xmp:exif:DateTimeOriginal");
	else if (!strcmp(name, "photoshop:DateCreated") || !strcmp(name, "xmp:CreateDate"))
		meta_taken_text(m, RANK_XMP_CREATED, value, NULL, name);
	else if (!strcmp(name, "xmp:ModifyDate") && out->modified_at == TIME_NONE && meta_time_text(value, local, zone))
		out->modified_at = meta_time_moment(local, zone);
	else if (!strcmp(name, "exif:GPSLatitude"))
		snprintf(p->latitude, sizeof p->latitude, "%s", value);
	else if (!strcmp(name, "exif:GPSLongitude"))
		snprintf(p->longitude, sizeof p->longitude, "%s", value);
	if (!in_list(name, skipped) && n <= 300)
		meta_detail(m, name, value, n);
}

/* The five entities and numbered characters; others stay as they are. */
static void value_decode(const uint8_t *from, size_t size, char *out, size_t room)
{
	static const struct { const char *name; char c; } entities[] = { { "amp;", '&' }, { "lt;", '<' }, { "gt;", '>' }, { "quot;", '"' }, { "apos;", '\'' } };
	size_t n = 0;
	while (size && isspace(*from)) {
		from++;
		size--;
	}
	while (size && isspace(from[size - 1]))
		size--;
	for (size_t i = 0; i < size && n + 5 < room; i++) {
		if (from[i] != '&') {
			out[n++] = (char)from[i];
			continue;
		}
		size_t left = size - i - 1, k = 0, used = 0;
		for (; k < sizeof entities / sizeof *entities && !used; k++)
			if (left >= strlen(entities[k].name) && memcmp(from + i + 1, entities[k].name, strlen(entities[k].name)) == 0) {
				out[n++] = entities[k].c;
				used = strlen(entities[k].name);
			}
		if (!used && left >= 3 && from[i + 1] == '#') {
			bool hex = from[i + 2] == 'x';
			uint32_t c = 0;
			size_t t = hex ? 2 : 1;
			for (; t < left && t < 9 && (hex ? isxdigit(from[i + 1 + t]) : isdigit(from[i + 1 + t])); t++) {
				int d = from[i + 1 + t];
				c = c * (hex ? 16 : 10) + (uint32_t)(d <= '9' ? d - '0' : (d | 32) - 'a' + 10);
			}
			if (t < left && from[i + 1 + t] == ';' && c) {
				struct buf b = { 0 };
				buf_codepoint(&b, c);
				if (!b.failed) {
					memcpy(out + n, b.data, b.size);
					n += b.size;
				}
				buf_free(&b);
				used = t + 1;
			}
		}
		if (!used)
			out[n++] = '&';
		i += used;
	}
	out[n] = 0;
}

static bool name_char(uint8_t c) { return isalnum(c) || c == ':' || c == '_' || c == '-' || c == '.' || c >= 0x80; }

static void name_take(struct span *s, char out[NAME_MOST])
{
	size_t n = 0;
	while (span_left(s) && name_char(*s->at)) {
		if (n + 1 < NAME_MOST)
			out[n++] = (char)*s->at;
		span_skip(s, 1);
	}
	out[n] = 0;
}

static void blanks(struct span *s)
{
	while (span_left(s) && isspace(*s->at))
		span_skip(s, 1);
}

/* The innermost name that is no list or list entry: whose value it is. */
static const char *owner(const struct packet *p)
{
	for (unsigned i = p->depth; i-- > 0;)
		if (i < DEPTH_MOST && strncmp(p->names[i], "rdf:", 4) != 0)
			return p->names[i];
	return "";
}

/* An opening tag from its name on, up to and with ">". */
static void tag_open(struct packet *p, struct span *s)
{
	char spare[NAME_MOST], value[VALUE_MOST];
	char *name = p->depth < DEPTH_MOST ? p->names[p->depth] : spare;
	name_take(s, name);
	p->depth++;
	while (span_left(s)) {
		blanks(s);
		if (span_match(s, "/>", 2)) {
			p->depth--;
			return;
		}
		if (span_match(s, ">", 1))
			return;
		char attribute[NAME_MOST];
		name_take(s, attribute);
		blanks(s);
		if (!attribute[0] || !span_match(s, "=", 1)) {
			span_skip(s, span_left(s) ? 1 : 0); /* no attribute: whatever it is, on */
			continue;
		}
		blanks(s);
		uint8_t quote = span_left(s) ? *s->at : 0;
		if (quote != '"' && quote != '\'')
			continue;
		span_skip(s, 1);
		const uint8_t *end = memchr(s->at, quote, span_left(s));
		size_t size = end ? (size_t)(end - s->at) : span_left(s);
		value_decode(s->at, size, value, sizeof value);
		span_skip(s, end ? size + 1 : size);
		if (end)
			property(p, strcmp(attribute, "rdf:resource") == 0 ? owner(p) : attribute, value);
	}
}

static void pass(struct span *s, const char *end)
{
	const uint8_t *at = memmem(s->at, span_left(s), end, strlen(end));
	span_skip(s, at ? (size_t)(at - s->at) + strlen(end) : span_left(s));
}

void meta_xmp(struct meta *m, struct span packet)
{
	struct packet *p = calloc(1, sizeof *p);
	struct span s = span_of(packet.at, span_left(&packet));
	const uint8_t *text = NULL; /* begin of what an element holds, until a tag inside shows that it is no text */
	if (!p)
		return;
	p->m = m;
	p->at = meta_at(m, &s);
	if (span_left(&s) > 1 && (s.at[0] == 0 || s.at[1] == 0 || s.at[0] >= 0xfe)) {
		meta_note(m, p->at, "an XMP packet in UTF-16 or UTF-32 is not read");
		free(p);
		return;
	}
	meta_detail_true(m, "xmp");
	while (span_left(&s)) {
		const uint8_t *lt = memchr(s.at, '<', span_left(&s));
		if (!lt)
			break;
		if (m->tags == TAGS_MOST)
			meta_note(m, meta_at(m, &s), "more than %d tags of XMP", TAGS_MOST);
		if (m->tags++ >= TAGS_MOST)
			break;
		span_seek(&s, (uint64_t)(lt - s.start) + 1);
		if (span_match(&s, "!--", 3)) {
			pass(&s, "-->");
		} else if (span_match(&s, "?", 1)) {
			pass(&s, "?>");
		} else if (span_match(&s, "/", 1)) {
			char value[VALUE_MOST];
			if (text && lt > text) {
				value_decode(text, (size_t)(lt - text), value, sizeof value);
				property(p, owner(p), value);
			}
			text = NULL;
			if (p->depth)
				p->depth--;
			pass(&s, ">");
		} else if (span_left(&s) && (isalpha(*s.at) || *s.at == '_')) {
			unsigned before = p->depth;
			tag_open(p, &s);
			text = p->depth > before ? s.at : NULL;
			if (p->depth == DEPTH_MOST + 1)
				meta_note(m, meta_at(m, &s), "XMP nested deeper than %d", DEPTH_MOST);
		}
	}
	double latitude = angle(p->latitude, 'N', 'S'), longitude = angle(p->longitude, 'E', 'W');
	if (!isnan(latitude) && !isnan(longitude))
		meta_position(m, latitude, longitude, p->at);
	free(p);
}
