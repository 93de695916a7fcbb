#include <assert.h>

#include "base/span.h"
#include "formats/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = arena_make(16 << 20);
	struct xml_node *n;
	enum err e = xml_read(&a, data, size, &n);
	assert(e || n);
	size_t bytes = 0;
	for (; n; n = xml_next(n)) {
		assert(n->depth == (n->parent ? n->parent->depth + 1 : 0));
		bytes += strlen(n->name) + strlen(n->text);
		for (const struct xml_attribute *t = n->attributes; t; t = t->next)
			bytes += strlen(t->name);
	}
	assert(bytes < (size_t)1 << 40);
	arena_free(&a);
	return 0;
}
