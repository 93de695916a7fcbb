/* kind: the record kinds, declared once.
 *
 * This table feeds the exhibit's schema, the check of artifact files, the wire between worker and parent, the commands, the exports and the
 * manual.  A kind's columns are what its records may hold; a query that names another column is an error when the file is loaded.
 * Times are integer µs UTC; durations seconds; sizes bytes; angles degrees (WGS 84).
 */
#ifndef CUSTOS_EXHIBIT_KIND_H
#define CUSTOS_EXHIBIT_KIND_H

#include <stdbool.h>
#include <stddef.h>

enum column_type {
	COLUMN_TEXT,
	COLUMN_INT,
	COLUMN_REAL,
	COLUMN_BOOL,      /* 0 or 1 */
	COLUMN_TIME,      /* µs UTC */
	COLUMN_SELECTOR,  /* as found on the phone; stored as a reference to the selector table, which holds it normalised beside */
	COLUMN_SELECTORS, /* a JSON array of such, or one alone; stored as a JSON array of them normalised */
	COLUMN_PATH,      /* a path as the app stored it; beside it `<name>_file`, the file entry it was found to be */
};

enum column_flag {
	COLUMN_SEARCHED = 1, /* in the full-text index */
	COLUMN_WHEN = 2,     /* the record's moment in the timeline; one a kind */
	COLUMN_TITLE = 4,    /* what a one-line listing shows */
};

struct column {
	const char *name;
	enum column_type type;
	unsigned flags;
	const char *selector; /* COLUMN_SELECTOR(S): the selector type when it is fixed, else NULL: told by its shape */
	const char *about;    /* one line of meaning, with the unit or the values */
};

enum { KIND_COLUMNS_MOST = 32, KIND_TABLES_MOST = 32 };

struct kind {
	const char *name;   /* "message", as artifact files write it */
	const char *plural; /* the view's and the command's: "messages" */
	const char *table;  /* see kind_table */
	const char *about;
	struct column columns[KIND_COLUMNS_MOST]; /* ends with name == NULL */
};

extern const struct kind kinds[];
extern const int kind_count;

/* The kind of this name or plural, or NULL. */
const struct kind *kind_find(const char *name);

/* The table of a kind in the exhibit: "message_record". */
const char *kind_table(const struct kind *k);

/* Index of the column, or -1. */
int kind_column(const struct kind *k, const char *name);
int kind_columns(const struct kind *k); /* how many */

/* The column with COLUMN_WHEN, or -1. */
int kind_when(const struct kind *k);

/* True when some column is in the full-text index. */
bool kind_searched(const struct kind *k);

#endif
