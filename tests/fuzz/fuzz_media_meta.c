#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "media/meta.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t file_size;

static void note_check(void *context, uint64_t offset, const char *reason)
{
	unsigned *notes = context;
	assert(++*notes <= META_NOTES_MOST && offset <= file_size && reason[0]);
}

static void text_check(const char *text, size_t room)
{
	size_t size = strnlen(text, room);
	assert(size < room && utf8_valid(text, size) == size);
	for (size_t i = 0; i < size; i++)
		assert((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
}
#define TEXT_CHECK(field) text_check((field), sizeof(field))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct media_meta m;
	unsigned notes = 0;
	file_size = size;
	if (media_meta_read(span_of(data, size), &m, note_check, &notes) != OK)
		return 0;
	TEXT_CHECK(m.make);
	TEXT_CHECK(m.model);
	TEXT_CHECK(m.serial);
	TEXT_CHECK(m.unique_id);
	TEXT_CHECK(m.software);
	TEXT_CHECK(m.encoder);
	TEXT_CHECK(m.taken_local);
	TEXT_CHECK(m.zone);
	TEXT_CHECK(m.taken_from);
	TEXT_CHECK(m.detail);
	assert(m.orientation <= 8 && m.detail[0] == '{' && m.detail[strlen(m.detail) - 1] == '}');
	assert(isnan(m.latitude) == isnan(m.longitude));
	assert(isnan(m.latitude) || (fabs(m.latitude) <= 90 && fabs(m.longitude) <= 180));
	assert(!(m.duration < 0) && !isinf(m.duration));
	return 0;
}
