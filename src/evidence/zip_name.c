/* Names in a zip: UTF-8 by flag, by extra field or by luck, else code page 437. */
#include <zlib.h>

#include "evidence/zip.h"

/* Code page 437 from 0x80 (Unicode's own table of it). */
static const uint16_t cp437[128] = {
	0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef,
	0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9,
	0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa,
	0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb,
	0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
	0x255d, 0x255c, 0x255b, 0x2510, 0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
	0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
	0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
	0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4,
	0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248,
	0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
};

/* Info-ZIP's Unicode path (0x7075) counts when its checksum is of the very name in the header. */
static bool unicode_path(const struct zip_record *r, struct buf *out)
{
	struct span extra = span_of(r->extra, r->extra_size);
	while (span_left(&extra) >= 4) {
		uint16_t id = span_le16(&extra);
		struct span field = span_take(&extra, span_le16(&extra));
		if (id != 0x7075 || span_u8(&field) != 1)
			continue;
		uint32_t crc = span_le32(&field);
		size_t size = span_left(&field);
		const uint8_t *name = span_bytes(&field, size);
		if (!span_ok(&field) || !size || crc != crc32(0, r->name, (uInt)r->name_size) || utf8_valid(name, size) != size)
			continue;
		buf_add(out, name, size);
		return true;
	}
	return false;
}

void zip_name(const struct zip_record *r, struct buf *out)
{
	size_t before = out->size;
	const uint8_t *name = r->name;
	if (r->extra_size && unicode_path(r, out))
		return;
	/* Bytes that are UTF-8 are taken as that even without the flag: several phone tools do not set it. */
	if ((r->flags & 0x800) || utf8_valid(name, r->name_size) == r->name_size)
		buf_add(out, name, r->name_size);
	else
		for (size_t i = 0; i < r->name_size; i++)
			if (name[i] < 0x80)
				buf_char(out, (char)name[i]);
			else
				buf_codepoint(out, cp437[name[i] - 0x80]);
	/* A zip from DOS or Windows whose writer kept its own separators. On Unix a backslash is part of a name. */
	uint8_t host = (uint8_t)(r->made_by >> 8);
	if ((host == 0 || host == 10 || host == 14) && !memchr(name, '/', r->name_size))
		for (size_t i = before; i < out->size; i++)
			if (out->data[i] == '\\')
				out->data[i] = '/';
}
