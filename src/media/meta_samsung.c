/* Samsung's trailer behind the picture: "SEFH", a directory, its length, "SEFT"; offsets run backwards from the directory. */
#include <stdio.h>
#include <string.h>

#include "media/meta_inside.h"

enum { FIELDS_MOST = 64, VALUE_MOST = 200 };

/* Thirteen digits: milliseconds since 1970. */
static int64_t milliseconds(const uint8_t *p, size_t size)
{
	int64_t v = 0;
	if (size != 13)
		return TIME_NONE;
	for (size_t i = 0; i < size; i++) {
		if (p[i] < '0' || p[i] > '9')
			return TIME_NONE;
		v = v * 10 + (p[i] - '0');
	}
	return time_from(v, 1000, 0);
}

/* A field: two zero bytes, its type, the length of its name, the name, the value. */
static void field_take(struct meta *m, struct span s)
{
	char name[48], key[64];
	span_skip(&s, 4);
	uint32_t size = span_le32(&s);
	struct span label = span_take(&s, size);
	if (!span_ok(&label) || !size || size >= sizeof name)
		return;
	meta_clean(name, sizeof name, label.start, size);
	if (strcmp(name, "Image_UTC_Data") == 0)
		meta_taken_at(m, RANK_MAKER, milliseconds(s.at, span_left(&s)), "samsung:Image_UTC_Data");
	snprintf(key, sizeof key, "samsung:%s", name);
	bool printable = span_left(&s) > 0 && span_left(&s) <= VALUE_MOST;
	for (size_t i = 0; printable && i < span_left(&s); i++)
		printable = s.at[i] >= 0x20 && s.at[i] < 0x7f;
	if (printable)
		meta_detail(m, key, s.at, span_left(&s));
	else
		meta_detail_true(m, key);
}

void meta_samsung_trailer(struct meta *m)
{
	struct span s = m->file;
	size_t size = span_size(&s);
	if (size < 32)
		return;
	span_seek(&s, size - 8);
	uint32_t length = span_le32(&s);
	if (!span_match(&s, "SEFT", 4))
		return;
	if (length < 12 || length > size - 8) {
		meta_note(m, size - 8, "Samsung's directory of %u bytes is not there", length);
		return;
	}
	uint64_t begin = size - 8 - length;
	struct span directory = span_part(&m->file, begin, length);
	if (!span_match(&directory, "SEFH", 4)) {
		meta_note(m, begin, "Samsung's directory does not begin as it should");
		return;
	}
	span_skip(&directory, 4);
	uint32_t count = span_le32(&directory);
	for (uint32_t i = 0; i < count && i < FIELDS_MOST && span_left(&directory) >= 12; i++) {
		uint64_t at = meta_at(m, &directory);
		span_skip(&directory, 4); /* type, as the field says again */
		uint32_t back = span_le32(&directory), bytes = span_le32(&directory);
		struct span field = span_part(&m->file, back <= begin ? begin - back : begin, bytes);
		if (back > begin || bytes > back || !span_ok(&field))
			meta_note(m, at, "a field of Samsung's trailer is not there");
		else
			field_take(m, field);
	}
}
