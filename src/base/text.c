#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for `more` bytes and a NUL, or false with `failed` set. */
static bool buf_room(struct buf *b, size_t more)
{
	if (b->failed)
		return false;
	size_t need;
	if (__builtin_add_overflow(b->size, more, &need) || (b->limit && need > b->limit) || need > SIZE_MAX / 4) {
		b->failed = true;
		return false;
	}
	if (need + 1 <= b->room)
		return true;
	size_t room = b->room ? b->room : 64;
	while (room < need + 1)
		room *= 2;
	char *data = realloc(b->data, room);
	if (!data) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->room = room;
	return true;
}

void buf_add(struct buf *b, const void *bytes, size_t size)
{
	if (!buf_room(b, size))
		return;
	if (size)
		memcpy(b->data + b->size, bytes, size);
	b->size += size;
	b->data[b->size] = 0;
}

void *buf_reserve(struct buf *b, size_t size) { return buf_room(b, size) ? b->data + b->size : NULL; }

void buf_text(struct buf *b, const char *text)
{
	if (text)
		buf_add(b, text, strlen(text));
}

void buf_char(struct buf *b, char c) { buf_add(b, &c, 1); }

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int size = vsnprintf(NULL, 0, format, args);
	if (size >= 0 && buf_room(b, (size_t)size)) {
		vsnprintf(b->data + b->size, (size_t)size + 1, format, again);
		b->size += (size_t)size;
	}
	va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

void buf_clear(struct buf *b)
{
	b->size = 0;
	b->failed = false;
	if (b->data)
		b->data[0] = 0;
}

void buf_free(struct buf *b)
{
	if (!b)
		return;
	free(b->data);
	*b = (struct buf){ .limit = b->limit };
}

void buf_hex(struct buf *b, const void *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = bytes;
	if (size > SIZE_MAX / 8 || !buf_room(b, size * 2))
		return;
	for (size_t i = 0; i < size; i++) {
		b->data[b->size++] = digits[p[i] >> 4];
		b->data[b->size++] = digits[p[i] & 15];
	}
	b->data[b->size] = 0;
}

void buf_base64(struct buf *b, const void *bytes, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *p = bytes;
	for (size_t i = 0; i < size; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;
		if (i + 1 < size)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < size)
			v |= p[i + 2];
		char four[4] = { digits[v >> 18], digits[v >> 12 & 63], i + 1 < size ? digits[v >> 6 & 63] : '=',
				 i + 2 < size ? digits[v & 63] : '=' };
		buf_add(b, four, 4);
	}
}

void buf_codepoint(struct buf *b, uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		c = 0xfffd;
	char u[4];
	size_t n;
	if (c < 0x80) {
		u[0] = (char)c;
		n = 1;
	} else if (c < 0x800) {
		u[0] = (char)(0xc0 | c >> 6);
		u[1] = (char)(0x80 | (c & 63));
		n = 2;
	} else if (c < 0x10000) {
		u[0] = (char)(0xe0 | c >> 12);
		u[1] = (char)(0x80 | (c >> 6 & 63));
		u[2] = (char)(0x80 | (c & 63));
		n = 3;
	} else {
		u[0] = (char)(0xf0 | c >> 18);
		u[1] = (char)(0x80 | (c >> 12 & 63));
		u[2] = (char)(0x80 | (c >> 6 & 63));
		u[3] = (char)(0x80 | (c & 63));
		n = 4;
	}
	buf_add(b, u, n);
}

void buf_utf16(struct buf *b, const void *bytes, size_t size, bool big_endian)
{
	struct span s = span_of(bytes, size & ~(size_t)1);
	while (span_left(&s)) {
		uint32_t c = big_endian ? span_be16(&s) : span_le16(&s);
		if (c >= 0xd800 && c < 0xdc00 && span_left(&s)) {
			struct span ahead = s;
			uint32_t low = big_endian ? span_be16(&ahead) : span_le16(&ahead);
			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				s = ahead;
			}
		}
		buf_codepoint(b, c);
	}
}

/* Length of the valid UTF-8 sequence at `p` (Unicode 15, table 3-7), or 0. */
static size_t utf8_one(const uint8_t *p, size_t left)
{
	uint8_t c = p[0];
	if (c < 0x80)
		return 1;
	size_t n = c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
	if (!n || n > left)
		return 0;
	uint8_t low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80, high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

size_t utf8_valid(const void *text, size_t size)
{
	const uint8_t *p = text;
	size_t i = 0;
	while (i < size) {
		uint64_t eight;
		if (size - i >= 8 && (memcpy(&eight, p + i, 8), !(eight & 0x8080808080808080u))) {
			i += 8;
			continue;
		}
		size_t n = utf8_one(p + i, size - i);
		if (!n)
			break;
		i += n;
	}
	return i;
}

void buf_scrub(struct buf *b, const char *text, size_t size)
{
	while (size) {
		size_t good = utf8_valid(text, size);
		buf_add(b, text, good);
		if (good == size)
			return;
		buf_text(b, "\xef\xbf\xbd");
		text += good + 1;
		size -= good + 1;
	}
}

static void json_valid(struct buf *b, const char *text, size_t size)
{
	size_t from = 0;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		buf_add(b, text + from, i - from);
		from = i + 1;
		if (c == '"' || c == '\\') {
			buf_char(b, '\\');
			buf_char(b, (char)c);
		} else if (c == '\n') {
			buf_text(b, "\\n");
		} else if (c == '\t') {
			buf_text(b, "\\t");
		} else if (c == '\r') {
			buf_text(b, "\\r");
		} else {
			buf_printf(b, "\\u%04x", c);
		}
	}
	buf_add(b, text + from, size - from);
}

void buf_json(struct buf *b, const char *text, size_t size)
{
	buf_char(b, '"');
	while (size) {
		size_t good = utf8_valid(text, size);
		json_valid(b, text, good);
		if (good == size)
			break;
		buf_text(b, "\xef\xbf\xbd");
		text += good + 1;
		size -= good + 1;
	}
	buf_char(b, '"');
}

bool text_ends(const char *text, const char *tail)
{
	size_t a = strlen(text), b = strlen(tail);
	return a >= b && memcmp(text + a - b, tail, b) == 0;
}

/* 64 × 64 → 128 bits, folded: one multiplication mixes eight bytes. */
static uint64_t hash_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t text_hash(const void *bytes, size_t size)
{
	const uint8_t *p = bytes;
	uint64_t h = 0x9e3779b97f4a7c15u ^ size, v;
	for (; size >= 8; p += 8, size -= 8) {
		memcpy(&v, p, 8);
		h = hash_mix(h ^ v, 0xe7037ed1a0b428dbu);
	}
	v = 0;
	if (size)
		memcpy(&v, p, size);
	return hash_mix(h ^ v, 0x8ebc6af09c88c6e3u);
}
