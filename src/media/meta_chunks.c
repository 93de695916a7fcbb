/* PNG, WebP and GIF: chunks and blocks one after the other. Nothing in them is unpacked. */
#include <stdio.h>
#include <string.h>

#include "media/meta_inside.h"

enum { CHUNKS_MOST = 50000 };

/* A PNG keyword of 1 to 79 bytes and its NUL; "" when there is none. */
static void keyword_take(struct span *s, char out[80])
{
	size_t left = span_left(s) < 80 ? span_left(s) : 80;
	const uint8_t *nul = left ? memchr(s->at, 0, left) : NULL;
	out[0] = 0;
	if (!nul || nul == s->at)
		return;
	meta_clean(out, 80, s->at, (uint64_t)(nul - s->at));
	span_skip(s, (uint64_t)(nul - s->at) + 1);
}

static void png_text(struct meta *m, struct span s, bool international)
{
	char word[80], key[DETAIL_KEY + 32];
	keyword_take(&s, word);
	if (!word[0])
		return;
	if (international) {
		uint8_t packed = span_u8(&s);
		span_skip(&s, 1);
		for (int i = 0; i < 2; i++) { /* language and translated keyword */
			const uint8_t *nul = span_left(&s) ? memchr(s.at, 0, span_left(&s)) : NULL;
			if (!nul)
				return;
			span_skip(&s, (uint64_t)(nul - s.at) + 1);
		}
		if (packed) {
			meta_note(m, meta_at(m, &s), "the packed PNG text \"%s\" is not read", word);
			return;
		}
	}
	if (strcmp(word, "XML:com.adobe.xmp") == 0) {
		meta_xmp(m, s);
		return;
	}
	if (strcmp(word, "Software") == 0)
		META_SET(m->out->software, s.at, span_left(&s));
	snprintf(key, sizeof key, "png:%s", word);
	meta_detail(m, key, s.at, span_left(&s));
}

static void png_time(struct meta *m, struct span s)
{
	char text[40];
	unsigned y = span_be16(&s), mo = span_u8(&s), d = span_u8(&s), h = span_u8(&s), mi = span_u8(&s), sec = span_u8(&s);
	if (!span_ok(&s))
		return;
	snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:%02uZ", y, mo, d, h, mi, sec);
	int64_t at;
	if (m->out->modified_at == TIME_NONE && time_parse(text, &at)) /* the standard wants UTC; not every writer keeps to it */
		m->out->modified_at = at;
	meta_detail(m, "png:tIME", text, strlen(text));
}

void meta_png(struct meta *m)
{
	struct span s = m->file;
	span_skip(&s, 8);
	for (unsigned n = 0; span_left(&s) >= 8; n++) {
		uint64_t at = meta_at(m, &s);
		if (n == CHUNKS_MOST) {
			meta_note(m, at, "more than %d PNG chunks", CHUNKS_MOST);
			return;
		}
		uint32_t size = span_be32(&s);
		const uint8_t *type = span_bytes(&s, 4);
		if (size > span_left(&s)) {
			meta_note(m, at, "a PNG chunk of %u bytes is not all there", size);
			return;
		}
		struct span chunk = span_take(&s, size);
		span_skip(&s, span_left(&s) < 4 ? span_left(&s) : 4); /* its sum is not checked: a chunk changed without it is still read */
		if (memcmp(type, "IHDR", 4) == 0 && !m->out->width) {
			m->out->width = span_be32(&chunk);
			m->out->height = span_be32(&chunk);
		} else if (memcmp(type, "eXIf", 4) == 0) {
			meta_exif(m, chunk);
			meta_detail_true(m, "exif");
		} else if (memcmp(type, "tEXt", 4) == 0 || memcmp(type, "iTXt", 4) == 0) {
			png_text(m, chunk, type[0] == 'i');
		} else if (memcmp(type, "zTXt", 4) == 0) {
			char word[80];
			keyword_take(&chunk, word);
			meta_note(m, at, "the packed PNG text \"%s\" is not read", word);
		} else if (memcmp(type, "tIME", 4) == 0) {
			png_time(m, chunk);
		} else if (memcmp(type, "iDOT", 4) == 0) {
			meta_detail_true(m, "png:iDOT"); /* Apple's own encoder alone writes it */
		} else if (memcmp(type, "caBX", 4) == 0) {
			meta_detail_true(m, "c2pa");
		} else if (memcmp(type, "acTL", 4) == 0) {
			meta_detail_int(m, "png:frames", span_be32(&chunk));
		} else if (memcmp(type, "IEND", 4) == 0) {
			if (span_left(&s))
				meta_detail_int(m, "png:after_end", (int64_t)span_left(&s));
			return;
		}
	}
	meta_note(m, meta_at(m, &s), "the PNG has no end");
}

static void webp_frame(struct meta *m, struct span s, bool lossless)
{
	if (m->out->width)
		return;
	if (lossless) {
		span_skip(&s, 1);
		uint32_t bits = span_le32(&s);
		m->out->width = (bits & 0x3fff) + 1;
		m->out->height = (bits >> 14 & 0x3fff) + 1;
	} else {
		span_skip(&s, 3);
		if (!span_match(&s, "\x9d\x01\x2a", 3))
			return;
		m->out->width = span_le16(&s) & 0x3fff;
		m->out->height = span_le16(&s) & 0x3fff;
	}
	if (!span_ok(&s))
		m->out->width = m->out->height = 0;
}

void meta_webp(struct meta *m)
{
	struct span s = m->file;
	uint32_t frames = 0;
	span_skip(&s, 12);
	for (unsigned n = 0; span_left(&s) >= 8; n++) {
		uint64_t at = meta_at(m, &s);
		if (n == CHUNKS_MOST) {
			meta_note(m, at, "more than %d WebP chunks", CHUNKS_MOST);
			break;
		}
		const uint8_t *type = span_bytes(&s, 4);
		uint32_t size = span_le32(&s);
		bool cut = size > span_left(&s);
		if (cut)
			meta_note(m, at, "a WebP chunk of %u bytes is not all there", size);
		struct span chunk = span_take(&s, cut ? span_left(&s) : size);
		span_skip(&s, size % 2 && span_left(&s) ? 1 : 0);
		if (memcmp(type, "VP8X", 4) == 0) {
			span_skip(&chunk, 4);
			uint64_t w = span_le16(&chunk) | (uint32_t)span_u8(&chunk) << 16, h = span_le16(&chunk) | (uint32_t)span_u8(&chunk) << 16;
			if (span_ok(&chunk)) {
				m->out->width = (uint32_t)w + 1;
				m->out->height = (uint32_t)h + 1;
			}
		} else if (memcmp(type, "VP8 ", 4) == 0 || memcmp(type, "VP8L", 4) == 0) {
			webp_frame(m, chunk, type[3] == 'L');
			const char *coding = type[3] == 'L' ? "WebP lossless" : "WebP lossy";
			META_SET(m->out->encoder, coding, strlen(coding));
		} else if (memcmp(type, "ANMF", 4) == 0) {
			frames++;
		} else if (memcmp(type, "EXIF", 4) == 0 && !cut) {
			meta_exif(m, chunk);
			meta_detail_true(m, "exif");
		} else if (memcmp(type, "XMP ", 4) == 0) {
			meta_xmp(m, chunk);
		}
	}
	if (frames)
		meta_detail_int(m, "webp:frames", frames);
}

/* Sub-blocks up to the empty one. False when they do not end. */
static bool gif_blocks_pass(struct span *s)
{
	while (span_left(s)) {
		uint8_t size = span_u8(s);
		if (!size)
			return true;
		span_skip(s, size);
	}
	return false;
}

static bool gif_extension(struct meta *m, struct span *s, uint64_t *hundredths)
{
	uint8_t label = span_u8(s);
	if (label == 0xfe && span_left(s) && *s->at) {
		struct span first = *s; /* a comment longer than one block is cut */
		uint8_t size = span_u8(&first);
		struct span text = span_take(&first, size);
		meta_detail(m, "gif:comment", text.start, span_size(&text));
	} else if (label == 0xf9 && span_left(s) >= 6 && *s->at == 4) {
		struct span control = *s;
		span_skip(&control, 2);
		*hundredths += span_le16(&control);
	} else if (label == 0xff && span_match(s, "\x0bXMP DataXMP", 12)) {
		/* The packet lies there bare; 257 bytes behind it lead a reader that takes them for lengths to the end. */
		static const uint8_t tail[] = { 0x01, 0xff, 0xfe, 0xfd };
		const uint8_t *end = memmem(s->at, span_left(s), tail, sizeof tail);
		if (end)
			meta_xmp(m, span_take(s, (uint64_t)(end - s->at)));
	}
	return gif_blocks_pass(s);
}

void meta_gif(struct meta *m)
{
	struct span s = m->file;
	uint64_t hundredths = 0;
	int64_t frames = 0;
	span_skip(&s, 6);
	m->out->width = span_le16(&s);
	m->out->height = span_le16(&s);
	uint8_t flags = span_u8(&s);
	span_skip(&s, 2);
	if (flags & 0x80)
		span_skip(&s, 3u << ((flags & 7) + 1));
	bool ended = false;
	while (!ended && span_left(&s)) {
		uint64_t at = meta_at(m, &s);
		uint8_t block = span_u8(&s);
		if (block == 0x3b) {
			ended = true;
		} else if (block == 0x21) {
			if (!gif_extension(m, &s, &hundredths))
				break;
		} else if (block == 0x2c) {
			span_skip(&s, 8);
			uint8_t local = span_u8(&s);
			if (local & 0x80)
				span_skip(&s, 3u << ((local & 7) + 1));
			span_skip(&s, 1);
			frames++;
			if (!gif_blocks_pass(&s))
				break;
		} else {
			meta_note(m, at, "no GIF block where one should be");
			break;
		}
	}
	if (!ended)
		meta_note(m, meta_at(m, &s), "the GIF has no end");
	else if (span_left(&s))
		meta_detail_int(m, "gif:after_end", (int64_t)span_left(&s));
	meta_detail_int(m, "gif:frames", frames);
	if (frames > 1)
		m->out->duration = (double)hundredths / 100;
}
