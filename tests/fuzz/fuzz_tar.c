/* A tar as evidence: listed and read. */
#include <string.h>

#include "fuzz_evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 512 || memcmp(data + 257, "ustar", 5) != 0) /* no zip, and nothing to decompress: those have targets of their own */
		return 0;
	evidence_walk(data, size, NULL);
	return 0;
}
