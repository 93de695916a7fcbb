/* The examination's parts: shared by plan.c, pour.c, media.c, drain.c, record.c, tally.c and examine.c alone. */
#ifndef CUSTOS_EXAMINE_INSIDE_H
#define CUSTOS_EXAMINE_INSIDE_H

#include <pthread.h>

#include "base/text.h"
#include "evidence/evidence.h"
#include "examine/examine.h"
#include "examine/worker.h"

/* Places in examine_workers. */
enum { FN_FILE, FN_MANIFEST, FN_MEDIA };

enum { WITH_MOST = 8, JOB_FDS_MOST = SANDBOX_FDS_MOST };

/* What became of an entry's content. */
enum found_status { FOUND_NOT_YET, FOUND_READ, FOUND_DAMAGED, FOUND_UNREAD, FOUND_NO_FILE };

struct found {
	uint8_t sha256[32], md5[16], sha1[20];
	const char *content; /* static: type by content, or NULL */
	char *reason;        /* why it is damaged or unread */
	enum found_status status;
	bool has_md5, has_sha1, kept; /* kept: an interrupted examination read it */
	bool illegal;        /* of media: its bytes are on a list marked illegal */
	struct buf answer;   /* of the worker that reads it as media: frames, until they are in the examination's file of answers: */
	uint64_t answer_at, answer_size;
	int content_at;      /* 1 + its place in contents; 0: read by the plain pass, not by a job */
};

/* Content that workers read: extracted once, shared by the jobs that need it, closed by the last. */
struct content {
	size_t entry;
	int fd;       /* read-only; -1 before and after */
	int users;    /* jobs that still need it */
	enum { CONTENT_NEW, CONTENT_BUSY, CONTENT_READY, CONTENT_FAILED } state;
};

struct plan_job {
	size_t entry;
	uint64_t weight; /* bytes, for the order */
	int db, wal, journal;                /* in contents; -1 none */
	struct buf left_out; /* what the plan had no room for, or empty */
	int left_count, artifact_count;
	struct plan_artifact {
		int artifact;
		int with_count;
		struct {
			int db, wal;
		} with[WITH_MOST];
	} *artifacts;
	/* set by pour, read by drain after `ready` */
	bool ready, no_worker;
	bool replayed;    /* an interrupted examination has its answer */
	uint8_t key[32];  /* resume_job_key */
	bool no_database; /* and a database is all that its artifacts could read: placeholders need no process */
	struct worker_limits limits;
	int out;
	uint32_t worker;
};

/* Files that match known lists, each once. */
struct listed_counts {
	uint64_t illegal, listed, good; /* good: on known-good lists alone, by their bytes: out of sight */
};

struct examination {
	const struct examine_options *o;
	struct evidence *evidence;
	size_t entries;
	struct found *found;
	struct content *contents;
	int content_count, content_room;
	struct plan_job *jobs;
	int job_count, job_room;
	struct exhibit_writer *writer;
	struct resume *resume; /* or NULL */
	struct plan_job media; /* the artifacts that read files by their content; no file of its own */

	pthread_mutex_t lock; /* guards contents, jobs' readiness and what follows */
	pthread_cond_t moved;
	int next_job, drained;
	size_t next_plain;
	int pouring;
	enum err failed; /* the first failure ends all */
	char failure[1024];
	struct listed_counts listed;
	int answers; /* scratch file of media workers' answers, -1 before the first; with the lock */
	uint64_t answers_end;
	_Atomic uint64_t bytes_done, files_done, records, notes, kept_answers;
};

/* plan.c */
enum err plan_make(struct examination *x);
void plan_free(struct examination *x);

/* pour.c: the body of one reading thread */
void *pour_thread(void *examination);

/* media.c: pictures and videos, told by their content while they are read; several go to one worker. One queue for each reading thread. */
struct media_queue;
enum err media_queue_new(struct examination *x, struct media_queue **ret);
void media_queue_free(struct media_queue *q); /* accepts NULL */
bool media_wanted(const struct examination *x, const char *type);
/* Takes over `fd`. What is read of the entry will stand in found[entry].answer, and be written down for a resumed examination. */
enum err media_queue_add(struct media_queue *q, size_t entry, int fd, uint64_t size);
enum err media_queue_end(struct media_queue *q); /* waits for what is under way */
/* Moves found's answer out of memory, and back into it. */
enum err media_answer_put(struct examination *x, struct found *f);
enum err media_answer_get(struct examination *x, struct found *f);

/* listed.c: what known lists say of files and hashes; noted while files are written, told at their end */
struct listed;
enum err listed_new(const struct watch *watch, struct listed **ret); /* NULL without a watch; the others accept that */
void listed_free(struct listed *l);
enum err listed_file(struct listed *l, int64_t file, const struct found *f);
enum err listed_hash(struct listed *l, int64_t file, uint32_t frame, int quality, const uint8_t *pdq);
enum err listed_write(struct listed *l, struct exhibit_writer *w, struct listed_counts *ret);

/* drain.c: takes the jobs in order, then the files, into the exhibit */
enum err drain_all(struct examination *x);

/* examine.c */
void examination_fail(struct examination *x, enum err e); /* with this thread's err_message() */
bool examination_stopped(struct examination *x);

/* tally.c: the selectors of the whole exhibit */
struct tally;
struct tally_use {
	int64_t count, first, last; /* µs; TIME_NONE when no record had a time */
};
struct tally *tally_new(void);
void tally_free(struct tally *t);
/* The exhibit's id of a selector; writes the row when it is new. 0 on failure (err_message). */
int64_t tally_selector(struct tally *t, struct exhibit_writer *w, const char *const text[4], const size_t size[4]);
enum err tally_add(struct tally *t, int64_t selector, int kind, int column, const struct tally_use *use);
enum err tally_write(struct tally *t, struct exhibit_writer *w);

/* attach.c: which entry a path that an app stored means */
struct attach;
enum err attach_new(const struct evidence *e, struct attach **ret);
void attach_free(struct attach *a);
/* Index of the entry, or -1. `near`: the path of the file that names it. */
int64_t attach_find(const struct attach *a, const char *stored, size_t size, const char *near);

/* profile.c: the Android user or iOS container of a path, into `ret` (64 bytes); NULL when there is none */
const char *profile_of(const char *path, char *ret, size_t size);

#endif
