#include "media/meta.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "media/meta_inside.h"

static bool brand_is(const uint8_t *brand, const char *list)
{
	for (; *list; list += 4)
		if (memcmp(brand, list, 4) == 0)
			return true;
	return false;
}

/* Of an ISO base media file: a still picture where a brand says so, else a film. */
static enum meta_kind ftyp_kind(struct span bytes)
{
	uint32_t size = span_be32(&bytes);
	span_skip(&bytes, 4);
	struct span brands = span_of(bytes.at, span_left(&bytes));
	if (size >= 16 && size - 8 < span_size(&brands))
		brands = span_part(&brands, 0, size - 8);
	enum meta_kind kind = META_MP4;
	for (int i = 0; i < 32 && span_left(&brands) >= 4; i++) {
		const uint8_t *brand = span_bytes(&brands, 4);
		if (i == 1)
			continue; /* the minor version */
		if (brand_is(brand, "avifavis"))
			return META_AVIF;
		if (brand_is(brand, "heicheixheimheishevchevxmif1msf1"))
			kind = META_HEIF;
	}
	return kind;
}

enum meta_kind meta_kind_of(struct span bytes)
{
	const uint8_t *p = span_bytes(&bytes, 12);
	if (!p)
		return META_NONE;
	if (p[0] == 0xff && p[1] == 0xd8 && p[2] == 0xff)
		return META_JPEG;
	if (memcmp(p, "\x89PNG\r\n\x1a\n", 8) == 0)
		return META_PNG;
	if (memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WEBP", 4) == 0)
		return META_WEBP;
	if (memcmp(p, "GIF87a", 6) == 0 || memcmp(p, "GIF89a", 6) == 0)
		return META_GIF;
	if (memcmp(p, "II*\0", 4) == 0 || memcmp(p, "MM\0*", 4) == 0)
		return META_TIFF;
	if (memcmp(p, "\x1a\x45\xdf\xa3", 4) == 0)
		return META_MATROSKA;
	if (memcmp(p + 4, "ftyp", 4) == 0)
		return ftyp_kind(span_of(bytes.start, span_size(&bytes)));
	/* QuickTime files of old have no ftyp. */
	static const char *const first[] = { "moov", "mdat", "wide", "skip", "free", "pnot" };
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++)
		if (memcmp(p + 4, first[i], 4) == 0)
			return META_MP4;
	return META_NONE;
}

const char *meta_kind_name(enum meta_kind k)
{
	static const char *const names[] = { "none", "jpeg", "png", "webp", "gif", "tiff", "heif", "avif", "mp4", "matroska" };
	return names[k];
}

void meta_note(struct meta *m, uint64_t offset, const char *format, ...)
{
	if (++m->out->notes > META_NOTES_MOST || !m->note)
		return;
	char reason[160];
	if (m->out->notes == META_NOTES_MOST) {
		snprintf(reason, sizeof reason, "more is damaged; further notes are left out");
	} else {
		va_list args;
		va_start(args, format);
		vsnprintf(reason, sizeof reason, format, args);
		va_end(args);
	}
	m->note(m->context, offset, reason);
}

uint64_t meta_at(const struct meta *m, const struct span *s)
{
	uintptr_t at = (uintptr_t)s->at, start = (uintptr_t)m->file.start, end = (uintptr_t)m->file.end;
	return at >= start && at <= end ? at - start : 0;
}

/* The lists of names and values as one JSON object; what there is no room for is left out, and that said. */
static enum err detail_write(struct meta *m)
{
	static const char tail[] = ", \"cut\": true}";
	struct buf b = { 0 };
	bool done[DETAIL_ITEMS] = { false };
	buf_char(&b, '{');
	for (unsigned i = 0; i < m->item_count; i++) {
		if (done[i])
			continue;
		const char *key = m->pool + m->items[i].key;
		size_t before = b.size;
		unsigned same = 0;
		for (unsigned j = i; j < m->item_count; j++)
			same += strcmp(m->pool + m->items[j].key, key) == 0;
		if (b.size > 1)
			buf_text(&b, ", ");
		buf_json(&b, key, strlen(key));
		buf_text(&b, same > 1 ? ": [" : ": ");
		for (unsigned j = i, nth = 0; j < m->item_count; j++) {
			if (strcmp(m->pool + m->items[j].key, key) != 0)
				continue;
			done[j] = true;
			const char *value = m->pool + m->items[j].value;
			if (nth++)
				buf_text(&b, ", ");
			if (m->items[j].bare)
				buf_text(&b, value);
			else
				buf_json(&b, value, strlen(value));
		}
		if (same > 1)
			buf_char(&b, ']');
		if (b.size + sizeof tail > META_DETAIL_MOST) {
			b.size = before;
			m->detail_cut = true;
		}
	}
	buf_text(&b, !m->detail_cut ? "}" : b.size > 1 ? tail : "\"cut\": true}");
	bool failed = b.failed;
	if (!failed)
		snprintf(m->out->detail, META_DETAIL_MOST, "%.*s", (int)b.size, b.data);
	buf_free(&b);
	return failed ? ERR_NOMEM : OK;
}

enum err media_meta_read(struct span bytes, struct media_meta *ret, meta_note_fn *note, void *context)
{
	static void (*const readers[])(struct meta *) = {
		[META_JPEG] = meta_jpeg, [META_PNG] = meta_png, [META_WEBP] = meta_webp, [META_GIF] = meta_gif,
		[META_HEIF] = meta_movie, [META_AVIF] = meta_movie, [META_MP4] = meta_movie, [META_MATROSKA] = meta_matroska,
	};
	memset(ret, 0, sizeof *ret);
	memcpy(ret->detail, "{}", 3);
	ret->kind = meta_kind_of(bytes);
	ret->taken_at = ret->gps_at = ret->modified_at = TIME_NONE;
	ret->duration = ret->latitude = ret->longitude = ret->altitude = ret->direction = ret->accuracy = NAN;
	if (ret->kind == META_NONE)
		return ERR_UNSUPPORTED;
	struct meta *m = calloc(1, sizeof *m);
	if (!m)
		return ERR_NOMEM;
	m->out = ret;
	m->file = span_of(bytes.start, span_size(&bytes));
	m->note = note;
	m->context = context;
	if (ret->kind == META_TIFF)
		meta_tiff(m, m->file, true);
	else
		readers[ret->kind](m);
	/* Whoever scaled or cropped the picture may have left what EXIF says of its size. */
	if (m->exif_width && m->exif_height && ret->width && (m->exif_width != ret->width || m->exif_height != ret->height)) {
		char size[32];
		int n = snprintf(size, sizeof size, "%ux%u", m->exif_width, m->exif_height);
		meta_detail(m, "exif_size", size, (uint64_t)n);
	}
	enum err e = detail_write(m);
	free(m);
	return e;
}
