/* sqlite_file: a database file with its WAL or hot journal laid over it, as a flat array of pages.
 *
 * Which bytes does SQLite see for page n?  The newest committed WAL frame of n (checksums and salts checked, up to the last valid
 * commit), else the original page out of a hot rollback journal, else the database file.  A `-wal` that is missing, stale or another
 * database's is left aside, and said so.  Specification: sqlite.org/fileformat2.html. Notes: docs/formats/sqlite.md.
 * No SQL here: src/sql/evidence_vfs.h shows this to the SQLite library.
 */
#ifndef CUSTOS_FORMATS_SQLITE_FILE_H
#define CUSTOS_FORMATS_SQLITE_FILE_H

#include "base/err.h"
#include "base/span.h"

/* Reads `size` bytes at `offset` into `to`; returns how many were there (a short count means the end), or a negative err. */
typedef int64_t sqlite_read_fn(void *context, void *to, uint64_t offset, size_t size);

struct sqlite_input {
	sqlite_read_fn *read; /* NULL: no such file */
	void *context;
	uint64_t size;
};

typedef void sqlite_note_fn(void *context, uint64_t offset, const char *reason);

struct sqlite_file;

/* Opens; `wal` and `journal` may have read == NULL. The inputs must outlive the result. ERR_FORMAT when the main file is neither
 * empty nor begins with a database header (a WAL that holds page 1 can stand in for an empty main file). */
enum err sqlite_file_open(struct sqlite_input db, struct sqlite_input wal, struct sqlite_input journal, sqlite_note_fn *note,
			  void *note_context, struct sqlite_file **ret);
void sqlite_file_free(struct sqlite_file *f);

uint32_t sqlite_file_page_size(const struct sqlite_file *f);
uint64_t sqlite_file_pages(const struct sqlite_file *f); /* as committed */
uint64_t sqlite_file_pages_there(const struct sqlite_file *f); /* how many can have bytes in any of the files: a header may state more */

/* Reads bytes of the laid-over file (any offset and size); bytes 18 and 19 of page 1 read as 1, so that SQLite asks for no WAL. Short count
 * at the end. */
int64_t sqlite_file_read(struct sqlite_file *f, void *to, uint64_t offset, size_t size);

/* Where the bytes of a page come from: 0 the database file, else 1-based WAL frame; -1 the journal. */
int64_t sqlite_file_page_source(const struct sqlite_file *f, uint32_t page);

/* Where the bytes of a page lie: in which file, from which offset on, and for the log in which frame (from 1; else 0). */
enum sqlite_part { SQLITE_PART_DB, SQLITE_PART_WAL, SQLITE_PART_JOURNAL };
struct sqlite_spot {
	enum sqlite_part part;
	uint32_t frame;
	uint64_t offset;
};
struct sqlite_spot sqlite_file_spot(const struct sqlite_file *f, uint32_t page);

#endif
