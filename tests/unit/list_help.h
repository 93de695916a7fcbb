/* Bytes in memory as a list's input, in pieces as small as wanted. */
#ifndef CUSTOS_TESTS_LIST_HELP_H
#define CUSTOS_TESTS_LIST_HELP_H

#include <string.h>

#include "match/list_parse.h"

struct source {
	const void *at;
	size_t left, piece;
};

static int64_t source_read(void *context, void *to, size_t size)
{
	struct source *s = context;
	size_t n = s->left < size ? s->left : size;
	n = n < s->piece ? n : s->piece;
	memcpy(to, s->at, n);
	s->at = (const char *)s->at + n;
	s->left -= n;
	return (int64_t)n;
}

#endif
