/* sqlite_schema: what a CREATE TABLE text says about the records of its table. Tolerant: unknown words are passed over. */
#ifndef CUSTOS_FORMATS_SQLITE_SCHEMA_H
#define CUSTOS_FORMATS_SQLITE_SCHEMA_H

#include "base/arena.h"

enum affinity { AFFINITY_BLOB, AFFINITY_TEXT, AFFINITY_NUMERIC, AFFINITY_INTEGER, AFFINITY_REAL };

enum { SCHEMA_COLUMNS = 2000 }; /* SQLite's own limit */

struct schema_column {
	const char *name;
	const char *type; /* as declared, "" when none */
	enum affinity affinity;
	bool not_null;
	bool is_virtual; /* GENERATED ALWAYS … VIRTUAL: not stored */
	bool primary, unique;
	const char *initial; /* DEFAULT literal as written, or NULL: stands for columns that a short record lacks */
};

/* Columns that a UNIQUE or PRIMARY KEY names: SQLite makes an index for each (sqlite_autoindex_TABLE_1, _2 …), but for the rowid's alias. */
struct schema_key {
	int *columns;
	int count;
};

struct schema_table {
	const char *name;
	struct schema_column *columns;
	int count;
	int ipk; /* column that is the rowid's alias, or -1 */
	bool without_rowid;
	int *order;  /* record position → column */
	int stored;  /* columns in a record */
	int keys;    /* WITHOUT ROWID: leading record positions that are the primary key */
	struct schema_key *uniques; /* in the order in which SQLite makes their indexes */
	int unique_count, unique_room;
};

/* Reads a CREATE TABLE text (UTF-8). False when it is none or nothing can be made of it (virtual tables, CREATE … AS is stored
 * by SQLite as plain columns). Results live in `a`. */
bool schema_read(struct arena *a, const char *sql, size_t size, struct schema_table *ret);

struct schema_index {
	const char *name, *table;
	const char **columns; /* NULL: an expression */
	int count;
	bool unique;
};

/* Reads a CREATE INDEX text. False when it is none or is cut. */
bool schema_read_index(struct arena *a, const char *sql, size_t size, struct schema_index *ret);

#endif
