#include <assert.h>

#include "formats/protobuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = span_of(data, size);
	struct protobuf_field f;
	size_t before = 0;
	while (protobuf_next(&s, &f)) {
		assert(f.offset >= before && span_pos(&s) > f.offset);
		before = span_pos(&s);
	}
	(void)protobuf_path(span_of(data, size), "1[0].2.3", &f);
	struct buf b = { .limit = 16 << 20 };
	enum err e = protobuf_json(span_of(data, size), &b);
	assert(e == OK || e == ERR_LIMIT || !span_ok(&s));
	buf_free(&b);
	return 0;
}
