#include <assert.h>

#include "formats/segb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t file_size;

static enum err check(void *context, const struct segb_entry *e)
{
	size_t *sum = context;
	*sum += span_size(&e->data);
	assert(e->offset + span_size(&e->data) <= file_size);
	return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t sum = 0;
	file_size = size;
	segb_read(span_of(data, size), check, &sum);
	assert(sum <= size); /* no byte is in two entries */
	return 0;
}
