#include <assert.h>
#include <stdlib.h>

#include "base/span.h"
#include "base/text.h"
#include "formats/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The magic is put before the input, so that no run is spent on text XML. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = arena_make(16 << 20);
	struct xml_node *n;
	char *bytes = malloc(size + 4);
	if (!bytes)
		return 0;
	memcpy(bytes, "ABX", 4);
	if (size)
		memcpy(bytes + 4, data, size);
	enum err e = xml_read(&a, bytes, size + 4, &n);
	free(bytes);
	assert(e || n);
	for (; n; n = xml_next(n)) {
		assert(n->depth == (n->parent ? n->parent->depth + 1 : 0) && n->depth < 512);
		assert(utf8_valid(n->text, strlen(n->text)) == strlen(n->text));
		for (const struct xml_attribute *t = n->attributes; t; t = t->next)
			assert(utf8_valid(t->value, strlen(t->value)) == strlen(t->value));
	}
	arena_free(&a);
	return 0;
}
