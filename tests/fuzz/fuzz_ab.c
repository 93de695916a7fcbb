/* An Android backup: header, master key, decryption and inflation. The first byte sets the pieces in which the payload
 * is fed. */
#include <string.h>

#include "evidence/ab_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err out(void *context, const void *bytes, size_t size)
{
	const uint8_t *p = bytes;
	unsigned *sum = context;
	for (size_t i = 0; i < size; i++)
		*sum += p[i];
	return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ab_header h;
	struct ab_keys keys;
	unsigned sum = 0;
	if (size < 1)
		return 0;
	size_t piece = data[0] ? data[0] : 70000;
	data++;
	size--;
	if (ab_header_read(data, size, &h))
		return 0;
	h.rounds = h.rounds > 8 ? 8 : h.rounds;
	/* A mutated blob opens by luck only, so go on with some key. */
	if (h.encrypted && ab_unlock(&h, "Wing-B 2-14", &keys))
		memset(&keys, 7, sizeof keys);
	struct ab_stream *s = ab_stream_new(h.compressed, h.encrypted ? &keys : NULL, 1 << 22, out, &sum);
	if (!s)
		return 0;
	enum err e = OK;
	for (size_t at = h.size; !e && at < size; at += piece)
		e = ab_stream_feed(s, data + at, size - at < piece ? size - at : piece);
	if (!e)
		(void)ab_stream_end(s);
	ab_stream_free(s);
	return 0;
}
