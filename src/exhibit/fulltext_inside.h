/* Shared by fulltext.c and segment.c alone. */
#ifndef CUSTOS_EXHIBIT_FULLTEXT_INSIDE_H
#define CUSTOS_EXHIBIT_FULLTEXT_INSIDE_H

#include "exhibit/fulltext.h"

/* One word and where it stands: its doclist as FTS5 stores it. */
struct word {
	const unsigned char *term; /* with FTS5's prefix '0', which says: of the main index */
	uint32_t term_size, hash;
	unsigned char *list;
	uint32_t size, room;
	uint32_t positions; /* where the last row's begin: the byte of their size */
	uint32_t position, column;
	int64_t rowid; /* the last one */
};

/* Writes the words, sorted, as segment `number`. Returns its last page. */
enum err segment_write(const struct fulltext_sink *sink, int64_t number, struct word *const *words, size_t count, int64_t *ret_last);

#endif
