/* fulltext: the FTS5 index of a kind, made of words as its records pass, inside this room.
 *
 * FTS5 builds the same thing from the finished table; here each text is read once, when it is written.  What comes out is what FTS5 keeps in its
 * own tables (docs/formats/fts5.md): leaves of one or more segments, sorted by word, for %_data; the first word of each leaf for %_idx; and the
 * two rows that say what there is.  Words are cut as the tokenizer of the schema cuts them, unicode61 with remove_diacritics 2: words of ASCII
 * alone here, all others by SQLite's own.
 */
#ifndef CUSTOS_EXHIBIT_FULLTEXT_H
#define CUSTOS_EXHIBIT_FULLTEXT_H

#include "exhibit/exhibit.h"

enum { FULLTEXT_AVERAGES = 1, FULLTEXT_STRUCTURE = 10, FULLTEXT_PAGE = 4050 };

/* Where the rows go. Ids of `data` grow, within all calls. */
struct fulltext_sink {
	enum err (*data)(void *context, int64_t id, const void *block, size_t size);
	enum err (*idx)(void *context, int64_t segment, const void *term, size_t size, int64_t page);
	void *context;
};

struct fulltext;

/* `columns` texts a row; a segment is written when `room` bytes of memory are used. */
enum err fulltext_new(int columns, size_t room, const struct fulltext_sink *sink, struct fulltext **ret);
/* Rowids must grow. A text may be NULL. */
enum err fulltext_row(struct fulltext *f, int64_t rowid, const char *const *texts, const size_t *sizes);
/* Writes the last segment and gives the two rows %_data has besides: how much there is, and which segments (without the four bytes of the cookie at
 * its beginning). */
enum err fulltext_end(struct fulltext *f, struct buf *ret_averages, struct buf *ret_structure);
void fulltext_free(struct fulltext *f); /* accepts NULL */

/* The kind's columns that are in its index, as indexes into kind->columns; how many. */
int fulltext_columns(const struct kind *k, int ret[KIND_COLUMNS_MOST]);
/* The memory of a kind's words: part of what fixes where one segment ends and the next begins, so it must not depend on the run. */
size_t fulltext_room(const struct kind *k);

#endif
