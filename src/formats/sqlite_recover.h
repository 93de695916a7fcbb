/* sqlite_recover: rows of an SQLite database that no query sees any more.
 *
 * An own reader of the file format, for recovery only: live rows stay with the SQLite library.  It reads every page of the
 * database, of each WAL frame (of every generation, committed or not) and of a rollback journal, and gives each row that is there
 * and is not equal to a live one, once, with where it lies, how it was found and how sure that is.  What each state means and what
 * can be proved: docs/recovery.md.
 *
 * Nothing in the files is trusted; what is wrong becomes a note.  Memory: a few bytes for each page, WAL frame and live row
 * (hashes only), some 120 bytes for each recovered row.
 */
#ifndef CUSTOS_FORMATS_SQLITE_RECOVER_H
#define CUSTOS_FORMATS_SQLITE_RECOVER_H

#include <stdbool.h>

#include "base/err.h"
#include "formats/sqlite_file.h"
#include "formats/sqlite_schema.h"

/* Where a row was found. */
enum recover_state {
	RECOVER_LIVE,        /* only when asked for: `with_live` */
	RECOVER_WAL_OLD,     /* a cell of a page image that a newer one replaced: WAL frame, or database page under a frame */
	RECOVER_FREE_PAGE,   /* a cell of a page that belongs to no tree */
	RECOVER_FREE_BLOCK,  /* a freed block inside a page in use */
	RECOVER_UNALLOCATED, /* the gap of a page, or what an overflow page has left over */
	RECOVER_JOURNAL,     /* a page image in the rollback journal */
	RECOVER_INDEX_ONLY,  /* an index entry whose row is gone: only the index's columns are known */
};

enum recover_fate {
	RECOVER_DELETED, /* no live row has its key */
	RECOVER_EARLIER, /* a live row has its key and other values */
	RECOVER_UNSURE,  /* its key was destroyed */
};

enum recover_file { RECOVER_IN_DB, RECOVER_IN_WAL, RECOVER_IN_JOURNAL };

enum recover_type { RECOVER_NULL, RECOVER_INT, RECOVER_REAL, RECOVER_TEXT, RECOVER_BLOB };

struct recover_value {
	enum recover_type type;
	int64_t integer;
	double real;
	const char *bytes; /* text (valid UTF-8) and blobs: borrowed for the time of the call */
	size_t size;
	bool lost;     /* overwritten: the value is not known (type NULL) */
	bool cut;      /* only its first part stands */
	bool inferred; /* its type was overwritten and concluded from length, schema and neighbours */
	bool absent;   /* not stored: the record is older than the column; the value is the column's DEFAULT where that is a literal */
};

/* A table of the database or of an earlier schema. Lives as long as the recovery. */
struct recover_table {
	const char *name; /* NULL: rows in a tree that no schema names */
	const char *sql;  /* NULL for those */
	struct schema_table schema;
	uint32_t root;
	bool live;     /* in the schema as it stands now */
	uint64_t rows; /* live rows counted */
	uint64_t recovered;
};

struct recover_row {
	const struct recover_table *table; /* best fit; never NULL, but its name can be */
	const struct recover_table *also;  /* another that fits as well (a tie), or NULL */
	bool rowid_known;
	bool rowid_inferred; /* overwritten, and taken from an entry of an index with the same content */
	int64_t rowid;
	const struct recover_value *values; /* in the table's column order, the rowid's alias filled in where known */
	int count;
	enum recover_state state;
	enum recover_fate fate; /* tells nothing of a live row */
	double confidence;  /* [0,1] */
	const char *reason; /* one line; valid during the call */
	enum recover_file file;
	uint32_t page;
	uint64_t offset;   /* of the cell in `file` */
	uint32_t frame;    /* WAL: 1-based frame; journal: 1-based record; else 0 */
	uint32_t sequence; /* greater is later, among versions of a row */
	uint32_t origins;  /* how many places held this row */
};

struct recover_limits {
	uint64_t memory;      /* bytes; 0: 1 GiB */
	uint32_t candidates;  /* rows at most; 0: 20 million */
	bool with_live;       /* give live rows too (state live) */
	bool fragments;       /* give also rows of which more than one column is lost, and index-only rows */
	bool brief;           /* no notes on what is in order: copies passed over, rowids completed */
	bool hot_journal;     /* the live state is the one after rolling the hot journal back (as sqlite_file shows it);
	                       * false: the database file as it stands, and the journal holds what was before */
};

/* What became of one page of the database file, for a page map. */
enum recover_page {
	PAGE_USE_UNKNOWN, PAGE_USE_TABLE, PAGE_USE_INDEX, PAGE_USE_OVERFLOW, PAGE_USE_TRUNK, PAGE_USE_FREE, PAGE_USE_POINTERS,
	PAGE_USE_ORPHAN, PAGE_USE_LOCK,
};

struct recover;

/* Reads everything; inputs (read == NULL: no such file) must outlive the result. `note` may be NULL.
 * ERR_FORMAT when there is nothing like a database in any of them; ERR_LIMIT, ERR_NOMEM, ERR_IO. */
enum err recover_open(struct sqlite_input db, struct sqlite_input wal, struct sqlite_input journal,
		      const struct recover_limits *limits, sqlite_note_fn *note, void *note_context, struct recover **ret);
void recover_free(struct recover *r);

/* The tables seen, current ones first. */
int recover_tables(const struct recover *r);
const struct recover_table *recover_table_at(const struct recover *r, int i);

/* Called for each row. A negative return stops and is returned. */
typedef enum err recover_row_fn(void *context, const struct recover_row *row);

/* Gives the rows: of one table, or of all (NULL). Can be called again. */
enum err recover_rows(struct recover *r, const struct recover_table *only, recover_row_fn *fn, void *context);

uint32_t recover_page_size(const struct recover *r);
uint32_t recover_page_count(const struct recover *r);
/* How page `page` (from 1) is used in the live state, and by which table (NULL: none). */
enum recover_page recover_page_use(const struct recover *r, uint32_t page, const struct recover_table **ret_table);

const char *recover_state_name(enum recover_state s);
const char *recover_fate_name(enum recover_fate f);

#endif
