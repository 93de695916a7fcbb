/* The worker's parts: state of one worker, shared by worker*.c alone. */
#ifndef CUSTOS_EXAMINE_WORKER_INSIDE_H
#define CUSTOS_EXAMINE_WORKER_INSIDE_H

#include <sqlite3.h>

#include "base/text.h"
#include "examine/selector.h"
#include "examine/worker.h"
#include "formats/sqlite_recover.h"
#include "sql/sql.h"

struct intern_slot {
	uint64_t hash;
	uint32_t number; /* 0: free */
	uint32_t key, key_size;
};

/* Text → number from 1, by content. */
struct intern {
	struct intern_slot *slots;
	uint32_t room, count;
	struct buf keys;
};

/* Where and how a row came back. */
struct recovered_row {
	int64_t rowid, arrival;
	uint64_t offset;
	size_t reason_at; /* in recovered_table.reasons */
	uint32_t reason_size, page, frame, sequence;
	uint16_t confidence; /* in 1/1000 */
	uint8_t state, fate;
	bool rowid_known, cut;
	bool keyed; /* its rowid stands in the table's _key */
};

enum { UNIQUE_MOST = 16, UNIQUE_COLUMNS_MOST = 4 };

/* A set of columns of which no two rows have the same; -1: an expression. */
struct unique {
	int columns[UNIQUE_COLUMNS_MOST], count;
};

/* The rows of one table that came back, in temp."<temp>"(_origin, _key, _side, the table's columns): _key is the rowid where known; _side
 * marks rows that may be looked up beside live ones. */
struct recovered_table {
	char *name, temp[40];
	const char *rowid; /* what names it in the live table */
	int number, column_count;
	char **columns;
	struct buf declared; /* ", name affinity" of each column */
	struct recovered_row *rows; /* in the order of their keys, `first` and up */
	int64_t count, room, first;
	struct buf reasons;
	struct unique uniques[UNIQUE_MOST];
	int unique_count;
	bool live, with_rowid, failed, side_ready, side_ok, reuse_told;
	bool drove; /* some artifact showed its rows */
};

struct worker {
	const struct artifact_set *set;
	struct job job;
	const int *fds;
	int fd_count, out;
	bool is_database, broken; /* broken: the pipe is gone */
	sqlite3 *db;
	struct sql_context context;
	struct buf frame; /* frames not yet written */
	bool batch_open;  /* the last frame in `frame` is an open batch of records: notes wait in `later` */
	struct buf later;
	struct intern selectors, lists; /* of the run */
	struct buf values, value_ends;  /* the selectors' normalised texts, one behind the other; where each ends (u32) */
	struct selector selector;
	int64_t cut; /* identifiers and lists of the run that were too long to be kept whole */
	const struct artifact *artifact; /* at work, and where its siblings are */
	const struct job_artifact *siblings;
	struct sqlite_input inputs[3]; /* of a database: it, its WAL, its journal */
	int input_fds[3];
	struct sqlite_file *laid_over; /* the same as the library sees; NULL: no database */
	struct recover *engine;        /* NULL: not begun, or nothing to be read */
	struct recovered_table **recovered;
	int recovered_count;
	struct buf reused;    /* what the row at hand was looked up by and is not certain; see worker_both.c */
	int64_t reused_count;
	int64_t recovered_next; /* key of the next table's first row */
};

/* worker.c */
void worker_begin(struct worker *w, const int *fds, int fd_count, int out);
int worker_end(struct worker *w); /* says so, and gives the process's exit status */
enum err worker_map(const char *path, int fd, struct span *ret);
enum err worker_connect(struct worker *w);                              /* a database of nothing, with all functions */
void worker_artifact(struct worker *w, const struct job_artifact *j);   /* over live rows */

/* worker_send.c: to the pipe */
void send_frame(struct worker *w, char type); /* without payload */
void send_flush(struct worker *w, size_t least);
void send_note(struct worker *w, const char *about, uint64_t offset, const char *reason);
/* Number of the selector within the run; 0 when the text is blank. */
uint32_t send_selector(struct worker *w, const struct artifact *a, const struct column *c, const char *text, size_t size);
uint32_t send_list(struct worker *w, const struct artifact *a, const struct column *c, const char *text, size_t size);
/* Forgets the run's selectors and lists. */
void send_forget(struct worker *w);

/* worker_view.c: which variant fits, and the views its query reads */
const struct variant *variant_choose(struct worker *w, const struct artifact *a, int *ret_number, struct buf *ret_why);
enum views {
	VIEWS_LIVE,              /* of each table its live rows */
	VIEWS_RECOVERED,         /* of the driving table its recovered rows alone; of others live and recovered ones */
	VIEWS_LIVE_OF_RECOVERED, /* of the driving table the live rows that recovered ones are versions of */
};
enum err views_make(struct worker *w, const struct variant *v, enum views views, const struct recovered_table *rows);
enum err siblings_attach(struct worker *w, const struct artifact *a, const struct job_artifact *j);
/* What names the rowid of a table: the first of SQLite's three words that is no column of it; NULL for none. */
const char *rowid_word(struct worker *w, const char *schema, const char *table);
/* A name in double quotes, as SQL takes any. */
void name_quote(struct buf *out, const char *name);
/* The SQL function sibling(). */
int sibling_register(struct worker *w);
void views_drop(struct worker *w, const struct artifact *a);

/* worker_recover.c: rows that no query sees any more */
/* Looks for them; a note says why where it cannot. */
void recovery_open(struct worker *w);
/* How many rows of this table came back. */
int64_t recovery_rows(const struct worker *w, const char *table);
/* They as a temporary table; NULL when there are none, or it cannot be made (a note says so). */
struct recovered_table *recovery_table(struct worker *w, const char *name);
bool recovered_column(const struct recovered_table *t, const char *name);
/* Marks those that may be looked up beside the live rows. False: that failed, and live rows alone are to be looked up. */
bool recovery_side(struct worker *w, struct recovered_table *t);
/* Notes which live rows had other values in these columns: their number may have been another's. */
void recovery_reused(struct worker *w, struct recovered_table *t, const struct need_table *needs);
/* Makes look-ups by the columns that `needs` names fast. */
void recovery_index(struct worker *w, const struct recovered_table *t, const struct need_table *needs);
const struct recovered_row *recovery_row(const struct worker *w, int64_t key, const struct recovered_table **ret);
/* Notes the rows that no artifact showed. */
void recovery_unread(struct worker *w);

/* worker_both.c: the virtual table of live and recovered rows */
int both_register(struct worker *w);

/* worker_rows.c: runs the query; `rows`: over the recovered rows of the driving table, NULL: over the live ones */
enum err rows_send(struct worker *w, const struct job_artifact *j, const struct variant *v, int number, const struct recovered_table *rows);

#endif
