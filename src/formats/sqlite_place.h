/* sqlite_place: where the cell of a live row lies, by its rowid.
 *
 * The SQLite library gives a row, but not the bytes it stands in.  This lists a table's leaf pages once, by the interior pages alone,
 * and then finds a rowid's cell in its leaf.  It reads the same laid-over file as the library does (sqlite_file.h), so what it names is
 * the committed state: a page of the database, or the frame of the log that stands for it.
 * Rowids asked in ascending order cost a few nanoseconds each and one page read a leaf; others a binary search and a page read.
 */
#ifndef CUSTOS_FORMATS_SQLITE_PLACE_H
#define CUSTOS_FORMATS_SQLITE_PLACE_H

#include <stdbool.h>

#include "formats/sqlite_file.h"

struct placer;

struct place {
	enum sqlite_part part; /* the file that `offset` counts in */
	uint32_t page;         /* from 1 */
	uint32_t frame;        /* of the log, from 1; 0 elsewhere */
	uint64_t offset;       /* of the cell's first byte */
};

/* Lists the leaves of the table whose b-tree begins at page `root` (sqlite_schema.rootpage). `f` must outlive the result, which takes
 * 16 bytes for each leaf and two pages. ERR_FORMAT when `root` is no page of a table with rowids (an index, a WITHOUT ROWID table);
 * parts of a damaged tree that contradict themselves are left out, and their rows have no place. */
enum err placer_open(struct sqlite_file *f, uint32_t root, struct placer **ret);
void placer_free(struct placer *p);

/* False when the row is not there (or cannot be placed). Not for several threads at once. */
bool place_find(struct placer *p, int64_t rowid, struct place *ret);

#endif
