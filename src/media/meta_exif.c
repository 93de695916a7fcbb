/* EXIF: TIFF directories, docs/formats/exif.md. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "media/meta_inside.h"

enum { ENTRIES_MOST = 1000, DIRECTORIES_MOST = 16 };

/* One TIFF structure: offsets in it are from its byte order mark. */
struct tiff {
	struct meta *m;
	struct span all;
	bool big, is_file;
	uint64_t seen[DIRECTORIES_MOST]; /* directories already read: a chain may run in a circle */
	unsigned seen_count;
	/* what several entries say together */
	char taken[32], digitized[32], modified[32], sub_taken[12], sub_digitized[12], sub_modified[12];
	char zone_taken[16], zone_digitized[16], zone_modified[16];
	double latitude, longitude, gps_hours;
	char latitude_ref, longitude_ref, gps_date[16];
	bool below, thumbnail;
	uint64_t gps_at;
	struct span maker;
};

struct entry {
	uint16_t tag, type;
	uint32_t count;
	struct span value; /* all of it */
};

enum directory { DIR_IMAGE, DIR_EXIF, DIR_GPS, DIR_THUMBNAIL };

static uint16_t t16(const struct tiff *t, struct span *s) { return t->big ? span_be16(s) : span_le16(s); }
static uint32_t t32(const struct tiff *t, struct span *s) { return t->big ? span_be32(s) : span_le32(s); }

static unsigned type_size(uint16_t type)
{
	static const uint8_t sizes[] = { 0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4 };
	return type < sizeof sizes ? sizes[type] : 0;
}

/* The entry's nth value as a number; NaN where there is none, or it is divided by 0. */
static double number(const struct tiff *t, const struct entry *e, uint32_t nth)
{
	unsigned size = type_size(e->type);
	if (!size || nth >= e->count)
		return NAN;
	struct span s = span_part(&e->value, (uint64_t)nth * size, size);
	if (!span_ok(&s))
		return NAN;
	switch (e->type) {
	case 1: case 7: return span_u8(&s);
	case 6: return (int8_t)span_u8(&s);
	case 3: return t16(t, &s);
	case 8: return (int16_t)t16(t, &s);
	case 4: case 13: return t32(t, &s);
	case 9: return (int32_t)t32(t, &s);
	case 5: case 10: {
		uint32_t above = t32(t, &s), below = t32(t, &s);
		if (!below)
			return NAN;
		return e->type == 5 ? (double)above / below : (double)(int32_t)above / (int32_t)below;
	}
	case 11: {
		uint32_t bits = t32(t, &s);
		float f;
		memcpy(&f, &bits, 4);
		return (double)f;
	}
	case 12: {
		uint64_t bits = t->big ? span_be64(&s) : span_le64(&s);
		double d;
		memcpy(&d, &bits, 8);
		return d;
	}
	default: return NAN;
	}
}

static void text(const struct entry *e, char *out, size_t size)
{
	if (e->type == 2 || e->type == 1 || e->type == 7)
		meta_set(out, size, e->value.start, span_size(&e->value));
}
#define TEXT(e, field) text((e), (field), sizeof(field))

static void detail_text(struct tiff *t, const struct entry *e, const char *key)
{
	if (e->type == 2 || e->type == 7 || e->type == 1)
		meta_detail(t->m, key, e->value.start, span_size(&e->value));
}

static void size_part(uint32_t *field, double v)
{
	if (v >= 1 && v <= UINT32_MAX && !*field)
		*field = (uint32_t)v;
}

/* UserComment: eight bytes name the code, then text. */
static void comment(struct tiff *t, const struct entry *e)
{
	struct span s = e->value;
	const uint8_t *code = span_bytes(&s, 8);
	if (!code)
		return;
	if (memcmp(code, "UNICODE", 7) == 0) {
		/* Its byte order is not defined; writers use the file's. Turned round here, as the helper reads little-endian. */
		uint8_t turned[1024];
		size_t n = span_left(&s) < sizeof turned ? span_left(&s) & ~(size_t)1 : sizeof turned;
		const uint8_t *p = span_bytes(&s, n);
		for (size_t i = 0; p && i < n; i++)
			turned[i] = p[t->big ? i ^ 1 : i];
		if (p && n)
			meta_detail_utf16(t->m, "exif:UserComment", turned, n);
	} else if (memcmp(code, "ASCII\0\0\0", 8) == 0 || memcmp(code, "\0\0\0\0\0\0\0\0", 8) == 0) {
		meta_detail(t->m, "exif:UserComment", s.at, span_left(&s));
	}
}

static void image_entry(struct tiff *t, const struct entry *e)
{
	struct media_meta *out = t->m->out;
	double v = number(t, e, 0);
	switch (e->tag) {
	case 0x0100: case 0x0101:
		if (t->is_file)
			size_part(e->tag == 0x0100 ? &out->width : &out->height, v);
		break;
	case 0x010e: detail_text(t, e, "exif:ImageDescription"); break;
	case 0x010f: TEXT(e, out->make); break;
	case 0x0110: TEXT(e, out->model); break;
	case 0x0112:
		if (v >= 1 && v <= 8 && !out->orientation)
			out->orientation = (uint16_t)v;
		break;
	case 0x0131: TEXT(e, out->software); break;
	case 0x0132: TEXT(e, t->modified); break;
	case 0x013b: detail_text(t, e, "exif:Artist"); break;
	case 0x013c: detail_text(t, e, "exif:HostComputer"); break;
	case 0x02bc: meta_xmp(t->m, e->value); break;
	case 0x83bb: meta_iptc(t->m, e->value); break;
	case 0x8298: detail_text(t, e, "exif:Copyright"); break;
	case 0x9c9b: meta_detail_utf16(t->m, "exif:XPTitle", e->value.start, span_size(&e->value)); break;
	case 0x9c9c: meta_detail_utf16(t->m, "exif:XPComment", e->value.start, span_size(&e->value)); break;
	case 0x9c9d: meta_detail_utf16(t->m, "exif:XPAuthor", e->value.start, span_size(&e->value)); break;
	case 0x9c9e: meta_detail_utf16(t->m, "exif:XPKeywords", e->value.start, span_size(&e->value)); break;
	case 0x9c9f: meta_detail_utf16(t->m, "exif:XPSubject", e->value.start, span_size(&e->value)); break;
	case 0xc614: detail_text(t, e, "exif:UniqueCameraModel"); break;
	case 0xc62f: TEXT(e, out->serial); break;
	default: break;
	}
}

static void exif_entry(struct tiff *t, const struct entry *e)
{
	struct media_meta *out = t->m->out;
	switch (e->tag) {
	case 0x829a: meta_detail_real(t->m, "exif:ExposureTime", number(t, e, 0)); break;
	case 0x829d: meta_detail_real(t->m, "exif:FNumber", number(t, e, 0)); break;
	case 0x8827: meta_detail_real(t->m, "exif:ISO", number(t, e, 0)); break;
	case 0x9003: TEXT(e, t->taken); break;
	case 0x9004: TEXT(e, t->digitized); break;
	case 0x9010: TEXT(e, t->zone_modified); break;
	case 0x9011: TEXT(e, t->zone_taken); break;
	case 0x9012: TEXT(e, t->zone_digitized); break;
	case 0x9209: meta_detail_real(t->m, "exif:Flash", number(t, e, 0)); break;
	case 0x920a: meta_detail_real(t->m, "exif:FocalLength", number(t, e, 0)); break;
	case 0x927c: t->maker = e->value; break;
	case 0x9286: comment(t, e); break;
	case 0x9290: TEXT(e, t->sub_modified); break;
	case 0x9291: TEXT(e, t->sub_taken); break;
	case 0x9292: TEXT(e, t->sub_digitized); break;
	case 0xa002: size_part(&t->m->exif_width, number(t, e, 0)); break;
	case 0xa003: size_part(&t->m->exif_height, number(t, e, 0)); break;
	case 0xa405: meta_detail_real(t->m, "exif:FocalLengthIn35mmFilm", number(t, e, 0)); break;
	case 0xa420: TEXT(e, out->unique_id); break;
	case 0xa430: detail_text(t, e, "exif:CameraOwnerName"); break;
	case 0xa431: TEXT(e, out->serial); break;
	case 0xa433: detail_text(t, e, "exif:LensMake"); break;
	case 0xa434: detail_text(t, e, "exif:LensModel"); break;
	case 0xa435: detail_text(t, e, "exif:LensSerialNumber"); break;
	case 0xa460: meta_detail_real(t->m, "exif:CompositeImage", number(t, e, 0)); break;
	default: break;
	}
}

/* Degrees, minutes, seconds; where the later ones are absent or divided by 0 they count as 0. */
static double angle(const struct tiff *t, const struct entry *e)
{
	double d = number(t, e, 0), mi = number(t, e, 1), s = number(t, e, 2);
	return d + (isnan(mi) ? 0 : mi) / 60 + (isnan(s) ? 0 : s) / 3600;
}

static void gps_entry(struct tiff *t, const struct entry *e)
{
	struct media_meta *out = t->m->out;
	char ref[4] = "";
	switch (e->tag) {
	case 1: TEXT(e, ref); t->latitude_ref = ref[0]; break;
	case 2: t->latitude = angle(t, e); break;
	case 3: TEXT(e, ref); t->longitude_ref = ref[0]; break;
	case 4: t->longitude = angle(t, e); break;
	case 5: t->below = number(t, e, 0) == 1; break;
	case 6: out->altitude = number(t, e, 0); break;
	case 7: t->gps_hours = angle(t, e); break;
	case 13: meta_detail_real(t->m, "gps:Speed", number(t, e, 0)); break;
	case 12: detail_text(t, e, "gps:SpeedRef"); break;
	case 17: {
		double v = number(t, e, 0);
		if (v >= 0 && v <= 360)
			out->direction = v;
		break;
	}
	case 16: detail_text(t, e, "gps:ImgDirectionRef"); break;
	case 18: detail_text(t, e, "gps:MapDatum"); break;
	case 27: {
		struct entry rest = *e; /* eight bytes of code before it, as in UserComment */
		rest.value = span_part(&e->value, 8, span_size(&e->value) < 8 ? 0 : span_size(&e->value) - 8);
		detail_text(t, &rest, "gps:ProcessingMethod");
		break;
	}
	case 29: TEXT(e, t->gps_date); break;
	case 31: out->accuracy = number(t, e, 0); break;
	default: break;
	}
}

static void thumbnail_entry(struct tiff *t, const struct entry *e)
{
	if (e->tag == 0x0202 && number(t, e, 0) > 0) {
		t->thumbnail = true;
		meta_detail_real(t->m, "exif:ThumbnailLength", number(t, e, 0));
	}
}

/* One entry's twelve bytes. False: its value is not there (said). */
static bool entry_read(struct tiff *t, struct span *s, struct entry *e)
{
	uint64_t at = meta_at(t->m, s);
	e->tag = t16(t, s);
	e->type = t16(t, s);
	e->count = t32(t, s);
	struct span in_place = span_take(s, 4);
	unsigned size = type_size(e->type);
	if (!size) {
		if (e->tag || e->type || e->count) /* blank entries are left by some editors */
			meta_note(t->m, at, "EXIF tag %04x has the unknown type %u", e->tag, e->type);
		return false;
	}
	uint64_t length = (uint64_t)e->count * size; /* < 2^35 */
	if (length <= 4) {
		e->value = span_part(&in_place, 0, length);
		return true;
	}
	uint32_t offset = t32(t, &in_place);
	e->value = span_part(&t->all, offset, length);
	if (span_ok(&e->value))
		return true;
	/* Of a text what there is may be read; a maker note or a number is whole or nothing. */
	meta_note(t->m, at, "EXIF tag %04x: %llu bytes at %u are not all there", e->tag, (unsigned long long)length, offset);
	if (e->type != 2 || offset >= span_size(&t->all))
		return false;
	e->value = span_part(&t->all, offset, span_size(&t->all) - offset);
	return true;
}

static bool seen_before(struct tiff *t, uint64_t offset)
{
	for (unsigned i = 0; i < t->seen_count; i++)
		if (t->seen[i] == offset)
			return true;
	if (t->seen_count == DIRECTORIES_MOST)
		return true;
	t->seen[t->seen_count++] = offset;
	return false;
}

struct links { uint32_t exif, gps, next; };

static void directory_read(struct tiff *t, uint32_t offset, enum directory kind, struct links *ret)
{
	static void (*const takes[])(struct tiff *, const struct entry *) = { image_entry, exif_entry, gps_entry, thumbnail_entry };
	struct span s = t->all;
	*ret = (struct links){ 0 };
	span_seek(&s, offset);
	uint64_t at = meta_at(t->m, &s);
	if (!span_ok(&s) || span_left(&s) < 2) {
		meta_note(t->m, at, "an EXIF directory at %u is beyond the end", offset);
		return;
	}
	if (seen_before(t, offset)) {
		meta_note(t->m, at, "EXIF directories run in a circle, or are too many");
		return;
	}
	uint32_t count = t16(t, &s);
	if (count > ENTRIES_MOST) {
		meta_note(t->m, at, "an EXIF directory of %u entries: the first %d are read", count, ENTRIES_MOST);
		count = ENTRIES_MOST;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct entry e;
		if (span_left(&s) < 12) {
			meta_note(t->m, meta_at(t->m, &s), "an EXIF directory ends after %u of %u entries", i, count);
			return;
		}
		if (!entry_read(t, &s, &e))
			continue;
		if (kind == DIR_IMAGE && e.tag == 0x8769 && e.type == 4 && e.count)
			ret->exif = (uint32_t)number(t, &e, 0);
		else if (kind == DIR_IMAGE && e.tag == 0x8825 && e.type == 4 && e.count)
			ret->gps = (uint32_t)number(t, &e, 0);
		else
			takes[kind](t, &e);
	}
	if (span_left(&s) >= 4)
		ret->next = t32(t, &s);
}

/* "…" and its sub-seconds as one text; sub-seconds are digits after the point. */
static void with_fraction(char *out, size_t size, const char *time, const char *fraction)
{
	size_t n = strspn(fraction, "0123456789");
	if (n)
		snprintf(out, size, "%s.%.*s", time, (int)n, fraction);
	else
		snprintf(out, size, "%s", time);
}

static void times_settle(struct tiff *t)
{
	char whole[48], local[40], zone[8];
	with_fraction(whole, sizeof whole, t->taken, t->sub_taken);
	meta_taken_text(t->m, RANK_ORIGINAL, whole, t->zone_taken, "exif:DateTimeOriginal");
	with_fraction(whole, sizeof whole, t->digitized, t->sub_digitized);
	meta_taken_text(t->m, RANK_DIGITIZED, whole, t->zone_digitized, "exif:DateTimeDigitized");
	with_fraction(whole, sizeof whole, t->modified, t->sub_modified);
	if (meta_time_text(whole, local, zone)) {
		char both[56];
		int n = snprintf(both, sizeof both, "%s%s", local, t->zone_modified);
		meta_detail(t->m, "exif:DateTime", both, (uint64_t)n);
		if (meta_time_text(both, local, zone) && t->m->out->modified_at == TIME_NONE)
			t->m->out->modified_at = meta_time_moment(local, zone);
	}
}

static void gps_settle(struct tiff *t)
{
	struct media_meta *out = t->m->out;
	if (t->below && !isnan(out->altitude))
		out->altitude = -out->altitude;
	if (!isnan(t->latitude) && !isnan(t->longitude)) {
		bool known = (t->latitude_ref == 'N' || t->latitude_ref == 'S') && (t->longitude_ref == 'E' || t->longitude_ref == 'W');
		if (known)
			meta_position(t->m, t->latitude_ref == 'S' ? -t->latitude : t->latitude,
				      t->longitude_ref == 'W' ? -t->longitude : t->longitude, t->gps_at);
		else
			meta_note(t->m, t->gps_at, "a GPS position without north or south, east or west");
	}
	char local[40], zone[8];
	if (!meta_time_text(t->gps_date, local, zone) || strlen(local) != 10 || !(t->gps_hours >= 0 && t->gps_hours < 24.001))
		return;
	int64_t day;
	if (time_parse(local, &day))
		out->gps_at = day + (int64_t)llround(t->gps_hours * 3600e6);
}

void meta_tiff(struct meta *m, struct span block, bool is_file)
{
	struct tiff t = { .m = m, .all = span_of(block.at, span_left(&block)), .is_file = is_file, .latitude = NAN, .longitude = NAN, .gps_hours = NAN };
	struct span s = t.all;
	uint16_t order = span_be16(&s);
	t.big = order == 0x4d4d;
	if ((order != 0x4d4d && order != 0x4949) || t16(&t, &s) != 42) {
		meta_note(m, meta_at(m, &t.all), "no EXIF: it does not begin as TIFF does");
		return;
	}
	struct links image, other;
	directory_read(&t, t32(&t, &s), DIR_IMAGE, &image);
	if (image.exif)
		directory_read(&t, image.exif, DIR_EXIF, &other);
	if (image.gps) {
		struct span gps = t.all;
		span_seek(&gps, image.gps);
		t.gps_at = meta_at(m, &gps);
		directory_read(&t, image.gps, DIR_GPS, &other);
	}
	if (image.next && !is_file)
		directory_read(&t, image.next, DIR_THUMBNAIL, &other);
	if (t.thumbnail)
		meta_detail_true(m, "thumbnail");
	times_settle(&t);
	gps_settle(&t);
	if (span_size(&t.maker))
		meta_apple(m, t.maker);
}

void meta_exif(struct meta *m, struct span block)
{
	span_match(&block, "Exif\0", 5);
	if (span_left(&block) && *block.at == 0)
		span_skip(&block, 1);
	meta_tiff(m, block, false);
}

/* Apple's maker note: a directory of its own, big-endian, its offsets from the note's first byte. */
void meta_apple(struct meta *m, struct span note)
{
	static const struct { uint16_t tag; const char *name; } names[] = {
		{ 0x0011, "apple:ContentIdentifier" }, { 0x0015, "apple:ImageUniqueID" }, { 0x0017, "apple:LivePhotoVideoIndex" },
		{ 0x0020, "apple:ImageCaptureRequestID" }, { 0x002b, "apple:PhotoIdentifier" },
	};
	struct tiff t = { .m = m, .all = note, .big = true };
	struct span s = note;
	if (!span_match(&s, "Apple iOS\0", 10))
		return;
	span_skip(&s, 2);
	if (span_be16(&s) != 0x4d4d)
		return;
	uint32_t count = span_be16(&s);
	for (uint32_t i = 0; i < count && i < ENTRIES_MOST && span_left(&s) >= 12; i++) {
		struct entry e;
		if (!entry_read(&t, &s, &e))
			continue;
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			if (e.tag == names[k].tag && e.type == 2)
				detail_text(&t, &e, names[k].name);
		if (e.tag == 0x0011)
			TEXT(&e, m->out->unique_id);
		if (e.tag == 0x0014 && (e.type == 9 || e.type == 4))
			meta_detail_real(m, "apple:ImageCaptureType", number(&t, &e, 0));
	}
}
