/* A zip as evidence: listed and read. The first byte: with the password or without, the directory or none. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "evidence/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A few megabytes of each entry are enough. */
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
	struct evidence_options o = { .password = size && (data[0] & 1) ? "Wing-B 2-14" : NULL };
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || !size || write(fd, data + 1, size - 1) != (ssize_t)(size - 1)) {
		close(fd);
		return 0;
	}
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (evidence_open(path, &o, &e) == OK) {
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
