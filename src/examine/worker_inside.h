/* The worker's parts: state of one worker, shared by worker*.c alone. */
#ifndef CUSTOS_EXAMINE_WORKER_INSIDE_H
#define CUSTOS_EXAMINE_WORKER_INSIDE_H

#include <sqlite3.h>

#include "base/text.h"
#include "examine/selector.h"
#include "examine/worker.h"
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
};

/* worker_send.c: to the pipe */
void send_flush(struct worker *w, size_t least);
void send_note(struct worker *w, const char *about, uint64_t offset, const char *reason);
/* Number of the selector within the run; 0 when the text is blank. */
uint32_t send_selector(struct worker *w, const struct artifact *a, const struct column *c, const char *text, size_t size);
uint32_t send_list(struct worker *w, const struct artifact *a, const struct column *c, const char *text, size_t size);
/* Forgets the run's selectors and lists. */
void send_forget(struct worker *w);

/* worker_view.c: which variant fits, and the views its query reads */
const struct variant *variant_choose(struct worker *w, const struct artifact *a, int *ret_number, struct buf *ret_why);
enum err views_make(struct worker *w, const struct variant *v);
enum err siblings_attach(struct worker *w, const struct artifact *a, const struct job_artifact *j);
/* A name in double quotes, as SQL takes any. */
void name_quote(struct buf *out, const char *name);
/* The SQL function sibling(). */
int sibling_register(struct worker *w);
void views_drop(struct worker *w, const struct artifact *a);

/* worker_rows.c: runs the query */
enum err rows_send(struct worker *w, const struct artifact *a, const struct variant *v, int number);

#endif
