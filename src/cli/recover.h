/* recover: the rows of one database that no query sees. A worker in the sandbox reads the files (recover_worker.c) and tells through its
 * pipe; recover_read.c checks what it says and gives it to sinks. Shared by cmd_recover.c and recover_*.c alone. */
#ifndef CUSTOS_CLI_RECOVER_H
#define CUSTOS_CLI_RECOVER_H

#include "base/sandbox.h"
#include "base/text.h"
#include "formats/sqlite_recover.h"

enum { RECOVER_STATES = RECOVER_INDEX_ONLY + 1, RECOVER_PAGE_USES = PAGE_USE_LOCK + 1, RECOVER_NO_FILE = 0xff };

/* Owner of a page that no table has, and of the schema's own pages. */
enum { RECOVER_OWNER_NONE = -1, RECOVER_OWNER_SCHEMA = -2 };

/* What the worker is asked. */
struct recover_order {
	uint8_t db, wal, journal; /* places in the list of descriptors; RECOVER_NO_FILE: none */
	bool live, fragments, hot_journal;
	bool grouped; /* one table behind the other, else in the order in which they were found */
	bool counts;  /* rows of each table by state before the first row: costs a second reading */
	bool pages;   /* what each page is used for */
	const char *table; /* only tables of this name (SQLite's comparison); NULL: all */
};

/* A sandbox_fn: the job is an order. */
int recover_worker(const void *job, size_t size, const int *fds, int fd_count, int out);

/* What is known before the first row. Tables are the worker's, in its order: the ones of the schema as it stands first. */
struct recover_tables {
	struct recover_table *list;
	uint64_t (*counts)[RECOVER_STATES]; /* by table; all 0 when not asked for */
	uint32_t count, room;
	uint32_t page_size, page_count;
};

/* Takes what the worker tells. Each member may be NULL. An err returned ends the reading and is returned by recover_read. Rows' tables point into the list. */
struct recover_sink {
	void *context;
	enum err (*begin)(void *context, const struct recover_tables *tables);
	enum err (*pages)(void *context, uint32_t first, uint32_t count, const uint8_t *use, const int32_t *owner); /* from page 1, in order */
	enum err (*row)(void *context, const struct recover_row *row);
	void (*note)(void *context, uint64_t offset, const char *reason);
	void (*progress)(void *context, uint64_t done, uint64_t all);
	enum err (*end)(void *context); /* all rows were given */
};

/* Runs a worker over the descriptors and gives what it says to each sink in turn. ERR_FORMAT: no database, or the parser died; ERR_CANCELLED. */
enum err recover_read(struct sandbox *box, const struct recover_order *order, const int *fds, int fd_count, uint64_t bytes,
		      const struct recover_sink *sinks, int sink_count);

/* A name for a table that has none, in `room`; else its own. */
const char *recover_table_label(const struct recover_table *t, char *room, size_t size);
/* A column's name, "column 3" where there is none. */
const char *recover_column_label(const struct recover_table *t, int i, char *room, size_t size);
/* "lost: a, b; cut: c; inferred: d", or nothing. */
void recover_marks(struct buf *out, const struct recover_row *row);
/* "db", "wal", "journal". */
const char *recover_file_name(enum recover_file f);

/* A number that reads back as the same, no longer than needed. */
void recover_real(struct buf *out, double d);

/* To standard output; clears `b`. ERR_CANCELLED when nobody reads it any more (output_reader_gone), which is no failure. */
enum err output_text(struct buf *b);
enum err output_flush(void);
bool output_reader_gone(void);
/* There are other outputs: when nobody reads this one any more, it is dropped and the work goes on. */
void output_goes_on(void);

/* An output file that appears whole under its name or not at all: OUT.part until output_commit; never over another file. */
struct output_file {
	const char *path;
	char *part;
	int fd;
};
enum err output_open(struct output_file *o, const char *path);
enum err output_commit(struct output_file *o);
void output_drop(struct output_file *o); /* removes what is not committed */

/* The sinks. Each is made by X_new (NULL: no memory, or an err), used through its struct recover_sink, and freed. `rows` counts what was given. */
struct recover_text; /* tables for a person */
enum err recover_text_new(bool rows, struct recover_text **ret, struct recover_sink *ret_sink);
void recover_text_free(struct recover_text *t);

struct recover_lines; /* CSV or JSON lines */
enum err recover_lines_new(bool json, struct recover_lines **ret, struct recover_sink *ret_sink);
void recover_lines_free(struct recover_lines *l);

struct recover_sqlite; /* a database */
enum err recover_sqlite_new(const char *path, struct recover_sqlite **ret, struct recover_sink *ret_sink);
void recover_sqlite_free(struct recover_sqlite *s);

struct recover_map; /* a picture of the pages */
/* `name`: the file's, for the title; `only`: the one table that is asked for, or NULL; `wal_bytes`: the WAL's size, 0: none. */
enum err recover_map_new(const char *path, const char *name, const char *only, uint64_t wal_bytes, struct recover_map **ret, struct recover_sink *ret_sink);
void recover_map_free(struct recover_map *m);

#endif
