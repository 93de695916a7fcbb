/* What the fuzz targets of evidence containers share: the bytes as a file that is opened, listed, looked up and read. */
#ifndef CUSTOS_TESTS_FUZZ_EVIDENCE_H
#define CUSTOS_TESTS_FUZZ_EVIDENCE_H

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "evidence/evidence.h"

/* A few megabytes of each entry are enough: a sparse file may claim a terabyte. */
static enum err evidence_out(void *context, const void *bytes, size_t size)
{
	const uint8_t *p = bytes;
	uint64_t *left = context;
	static volatile uint8_t seen;
	for (size_t i = 0; i < size; i += 64)
		seen ^= p[i];
	*left -= size < *left ? size : *left;
	return *left ? OK : ERR_CANCELLED;
}

static void evidence_walk(const uint8_t *data, size_t size, const struct evidence_options *o)
{
	char path[64];
	struct evidence *e;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
		close(fd);
		return;
	}
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (evidence_open(path, o, &e) == OK) {
		for (size_t i = 0; i < evidence_count(e) && i < 40; i++) {
			uint64_t left = 2 << 20;
			if (evidence_find(e, evidence_entry(e, i)->path) == NULL)
				__builtin_trap();
			(void)evidence_read(e, evidence_entry(e, i), evidence_out, &left);
		}
		evidence_free(e);
	}
	close(fd);
}

#endif
