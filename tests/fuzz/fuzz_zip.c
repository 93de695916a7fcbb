/* A zip as evidence: listed and read. The first byte: with the password or without, the directory or none. */
#include "fuzz_evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evidence_options o = { .password = size && (data[0] & 1) ? "Wing-B 2-14" : NULL };
	if (size)
		evidence_walk(data + 1, size - 1, &o);
	return 0;
}
