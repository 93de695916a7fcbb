/* A tar as evidence: listed and read. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "evidence/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A few megabytes of each entry are enough: a sparse file may claim a terabyte. */
static enum err out(void *context, const void *bytes, size_t size)
{
	const uint8_t *p = bytes;
	uint64_t *left = context;
	static volatile uint8_t seen;
	for (size_t i = 0; i < size; i += 64)
		seen ^= p[i];
	*left -= size < *left ? size : *left;
	return *left ? OK : ERR_CANCELLED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	struct evidence *e;
	if (size < 512 || memcmp(data + 257, "ustar", 5) != 0) /* no zip, and nothing to decompress: those have targets of their own */
		return 0;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
		close(fd);
		return 0;
	}
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (evidence_open(path, NULL, &e) == OK) {
		for (size_t i = 0; i < evidence_count(e) && i < 40; i++) {
			uint64_t left = 2 << 20;
			if (evidence_find(e, evidence_entry(e, i)->path) == NULL)
				__builtin_trap();
			(void)evidence_read(e, evidence_entry(e, i), out, &left);
		}
		evidence_free(e);
	}
	close(fd);
	return 0;
}
