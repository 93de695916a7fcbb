#include "base/text.h"
#include "formats/cookies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err touch(void *context, const struct cookie *c)
{
	/* Every byte that is said to be there is read. */
	const struct span *texts[] = { &c->url, &c->name, &c->path, &c->value };
	for (int i = 0; i < 4; i++)
		*(size_t *)context += utf8_valid(texts[i]->start, span_size(texts[i]));
	return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t sum = 0;
	cookies_read(span_of(data, size), touch, &sum);
	return 0;
}
