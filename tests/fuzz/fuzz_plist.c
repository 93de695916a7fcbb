#include "formats/plist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = arena_make(16 << 20);
	const struct value *v;
	plist_is(data, size);
	if (plist_read(&a, data, size, &v) == OK) {
		struct buf out = { .limit = 1 << 16 };
		value_json(&out, v);
		if (nskeyed_resolve(&a, v, &v) == OK) {
			buf_clear(&out);
			value_json(&out, v);
		}
		buf_free(&out);
	}
	arena_free(&a);
	return 0;
}
