#include "formats/typedstream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf out = { .limit = 1 << 20 };
	typedstream_text(data, size, &out);
	buf_free(&out);
	return 0;
}
