/* Formats of known lists. The first byte chooses the parser, the second how many bytes each read gives. */
#include <assert.h>

#include "../unit/list_help.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err record_check(void *context, const struct list_record *r)
{
	(void)context;
	assert(r->has < 1u << LIST_KINDS && r->flags < LIST_SUSPECTED << 1);
	for (int i = 0; i < LIST_WORDS; i++) {
		const struct list_words *w = &r->words[i];
		assert(w->size <= (i == LIST_CATEGORY ? LIST_CATEGORY_MOST : LIST_TEXT_MOST) && utf8_valid(w->bytes, w->size) == w->size);
		for (size_t k = 0; k < w->size; k++)
			assert((unsigned char)w->bytes[k] >= ' ');
	}
	return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	struct source s = { data + 2, size - 2, (size_t)data[1] + 1 };
	struct list_tally t = { 0 };
	struct list_sink sink = { record_check, NULL, &t };
	struct list_in in;
	if (list_in_make(&in, source_read, &s, -1))
		return 0;
	const struct list_format *f = data[0] < list_format_count ? &list_formats[data[0]] : list_format_detect(&in);
	if (f && !f->parse(&in, &sink))
		assert(!s.left);
	assert(memchr(t.foreign_kind, 0, sizeof t.foreign_kind) && memchr(t.version, 0, sizeof t.version));
	list_in_free(&in);
	return 0;
}
