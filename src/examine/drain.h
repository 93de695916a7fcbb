/* drain: the writing thread's state, shared by drain.c and record.c alone. */
#ifndef CUSTOS_EXAMINE_DRAIN_H
#define CUSTOS_EXAMINE_DRAIN_H

#include "examine/examine_inside.h"
#include "examine/wire.h"

struct run_list {
	size_t json_at, json_size;
	uint32_t first, count; /* members, in run_state.members */
};

/* What the run at hand has told so far. */
struct run_state {
	bool open;
	const struct artifact *artifact;
	int kind, own;            /* index in kinds[]; its columns */
	int64_t id;               /* of the row in `run` */
	int variant;
	struct buf table;         /* the driving table's name */
	int64_t *selectors;       /* the run's number → the exhibit's id */
	uint32_t selector_count, selector_room;
	struct run_list *lists;
	uint32_t list_count, list_room;
	int64_t *members;
	uint32_t member_count, member_room;
	struct buf texts;         /* the lists' JSON */
	struct tally_use *use[KIND_COLUMNS_MOST]; /* by column, then by selector or list number */
	uint32_t use_room[KIND_COLUMNS_MOST];
	int64_t records;
	bool recovered;           /* over recovered rows */
	struct source_slot {      /* the sources of the run: one for each app and account */
		struct buf app;
		int64_t account, id;
	} *sources;
	int source_count, last_source;
	bool sources_full;
};

struct drain {
	struct examination *x;
	struct tally *tally;
	struct attach *attach;
	struct plan_job *job;
	const char *path;   /* of the job's file */
	int64_t file;       /* its id */
	int64_t next_id[TABLE_KINDS + KIND_TABLES_MOST]; /* the last id given, by table */
	struct run_state run;
	struct listed *listed;
	int64_t thumb_of; /* the last file that a thumbnail was written of */
	bool done;          /* 'Z' was seen */
};

/* One frame. ERR_FORMAT: the worker sent nonsense (err_message says what); others end the examination. */
enum err frame_take(struct drain *d, char type, struct span payload);
/* Forgets the run; `broken`: the worker died in it, what it sent stays. */
enum err run_close(struct drain *d, int64_t rows, int64_t used, bool broken);

enum err note_put(struct drain *d, int64_t file, int64_t offset, const char *about, const char *reason, size_t reason_size);

#endif
