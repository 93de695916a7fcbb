/* fixture: the files of tests/unit/data/. */
#ifndef CUSTOS_TESTS_FIXTURE_H
#define CUSTOS_TESTS_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

/* The whole file tests/unit/data/`name`; with a complaint, and empty, when it cannot be read. Free with buf_free(). */
static inline struct buf fixture_read(const char *name)
{
	struct buf b = { 0 }, path = { 0 };
	const char *source = getenv("CUSTOS_SOURCE");
	buf_printf(&path, "%s/tests/unit/data/%s", source ? source : ".", name);
	FILE *f = path.data ? fopen(path.data, "rb") : NULL;
	char part[4096];
	for (size_t n; f && (n = fread(part, 1, sizeof part, f)) > 0;)
		buf_add(&b, part, n);
	if (f)
		fclose(f);
	else
		fprintf(stderr, "cannot read %s\n", path.data);
	buf_free(&path);
	return b;
}

#endif
