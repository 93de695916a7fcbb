/* view: what a reader asks of a sealed exhibit, a page at a time. Commands, pages and the API stand on it.
 *
 * Each list is paged by a place in its order (a moment and an id), not by a number of rows to skip: page 4,000 costs what page 1 does. Records without
 * a moment come first, by id. Names are those of the exhibit's own contacts and accounts. Nothing is written; one thread at a time.
 * Text handed to a callback lives until it returns. What a callback returns other than OK ends the list and is its result.
 */
#ifndef CUSTOS_EXHIBIT_VIEW_H
#define CUSTOS_EXHIBIT_VIEW_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "base/time.h"
#include "exhibit/kind.h"
#include "media/pdq.h"

/* What a record must have. Times µs UTC, TIME_NONE: any. NULL: any. */
struct view_filter {
	int64_t from, to;
	const char *app, *profile, *state, *selector, *thread;
	const char *text; /* an FTS5 query: make it of a person's words with view_words */
	bool deleted;     /* recovered ones only */
	bool no_known;    /* of media: without files that only lists of known-good ones name */
};
#define VIEW_FILTER_ALL { .from = TIME_NONE, .to = TIME_NONE }

/* A place in an order. Zero: before the first. */
struct view_place {
	bool begun, timed; /* timed: the last one had a moment */
	int64_t at, id;
	int kind;          /* of a timeline: index of the last one's kind in kinds[] */
};

struct view;

/* Errors of exhibit_open. */
enum err view_open(const char *path, struct view **ret);
void view_close(struct view *v); /* accepts NULL */
sqlite3 *view_db(struct view *v);

/* A person's words as one FTS5 query: each must occur, a word's last * stands for any ending; no other character is an operator. */
void view_words(struct buf *out, const char *words);
/* The same of words that must stand side by side. */
void view_phrase(struct buf *out, const char *phrase, size_t size);

/* Conditions of a filter over `k`'s view named v, as " WHERE … AND …", or "" (*any stays false); their parameters by view_bind. */
void view_where(struct buf *sql, const struct kind *k, const struct view_filter *f, bool *any);
void view_bind(sqlite3_stmt *q, const struct view_filter *f);

/* One record of a list, read through view_text() and its like. */
struct view_record {
	const struct kind *kind;
	int64_t id, at; /* at: TIME_NONE when it has no moment */
	sqlite3_stmt *q;
	const struct view_layout *layout;
};
typedef enum err (*view_record_fn)(void *context, const struct view_record *r);

/* The columns every record has. */
enum view_common { VIEW_APP, VIEW_ACCOUNT, VIEW_PROFILE, VIEW_STATE, VIEW_FATE, VIEW_CONFIDENCE, VIEW_FILE, VIEW_FILE_PATH, VIEW_SHA256, VIEW_TABLE, VIEW_ROW, VIEW_PAGE,
	VIEW_OFFSET, VIEW_FRAME, VIEW_REASON, VIEW_ARTIFACT, VIEW_COMMON };
const char *view_common_text(const struct view_record *r, enum view_common c); /* NULL when it has none */
/* For who prints any value: the result column of r->q, or -1. */
enum view_part { VIEW_VALUE, VIEW_RAW, VIEW_NAME, VIEW_FILE_ID };
int view_column(const struct view_record *r, int i, enum view_part part);
int view_common_column(const struct view_record *r, enum view_common c);

/* Of the kind's column `i`: the value as text (NULL when none), as found (selectors), the name that contacts give it, the file entry (paths; 0: none). */
const char *view_text(const struct view_record *r, int i);
const char *view_raw(const struct view_record *r, int i);
const char *view_name(const struct view_record *r, int i);
int64_t view_file(const struct view_record *r, int i);
int64_t view_int(const struct view_record *r, int i);
double view_real(const struct view_record *r, int i);
bool view_null(const struct view_record *r, int i);
bool view_live(const struct view_record *r);

/* At most `most` records of a kind, in the order of their moments (backwards: the latest first), behind `place`, which is moved on. *ret_more: there are more. */
enum err view_records(struct view *v, const struct kind *k, const struct view_filter *f, bool backwards, struct view_place *place, int most, view_record_fn fn, void *context, bool *ret_more);

/* One record by its id: ERR_NOT_FOUND. */
enum err view_one(struct view *v, const struct kind *k, int64_t id, view_record_fn fn, void *context);

/* Records of all kinds that have a moment, in order, at most `most`; kinds by bit (1 << index in kinds[]; 0: all). */
enum err view_timeline(struct view *v, const struct view_filter *f, uint32_t kinds_wanted, bool backwards, struct view_place *place, int most, view_record_fn fn, void *context, bool *ret_more);

/* How many records of the wanted kinds fall into each of `count` equal parts of [from, to). Those outside are not counted. */
enum err view_histogram(struct view *v, uint32_t kinds_wanted, int64_t from, int64_t to, int count, int64_t *ret_counts);

/* The first and last moment of all records, without the thousandth at either end (phones invent times); TIME_NONE when there is none. */
enum err view_span(struct view *v, int64_t *ret_from, int64_t *ret_to);

struct view_count {
	const struct kind *kind;
	int64_t live, recovered, first, last; /* moments; TIME_NONE */
};
typedef enum err (*view_count_fn)(void *context, const struct view_count *c);
/* Each kind that has records. */
enum err view_counts(struct view *v, view_count_fn fn, void *context);

struct view_thread {
	int64_t selector;              /* identity within the exhibit: give it to view_messages */
	const char *key, *app, *name;  /* the app's key; a name: of the thread, else of its one other member, else NULL */
	const char *type;              /* one-to-one, group … or NULL */
	const char *last;              /* the last message's words, or NULL */
	int64_t messages, recovered, first_at, last_at; /* TIME_NONE */
};
typedef enum err (*view_thread_fn)(void *context, const struct view_thread *t);
/* Conversations that have messages, the latest first; `app` NULL: of all apps. */
enum err view_threads(struct view *v, const char *app, struct view_place *place, int most, view_thread_fn fn, void *context, bool *ret_more);
enum err view_thread(struct view *v, int64_t selector, view_thread_fn fn, void *context);
/* The messages of one conversation, in order. */
enum err view_messages(struct view *v, int64_t thread, bool backwards, struct view_place *place, int most, view_record_fn fn, void *context, bool *ret_more);

/* How many records have the words of `query` (view_words), counted up to `most` in each kind. */
enum err view_hits(struct view *v, const char *query, int most, int64_t *ret);

/* Whether a file is on a list of illegal pictures, and else whether it has a thumbnail. */
enum err view_file_shown(struct view *v, int64_t file, bool *ret_withheld, bool *ret_thumbnail);

/* A picture or video among those that look alike. */
struct view_alike {
	int64_t file;
	int distance;     /* from the group's leader, or from what was asked for */
	int quality;
	int64_t frame;    /* which hash it was: -1 a picture's, or what moves began with */
	bool video, key;  /* key: a key frame of a video, of which no other frames were hashed */
};
struct view_group {
	const struct view_alike *members; /* the leader first, then by distance and file */
	uint32_t count;                   /* at least two */
};
struct view_group_counts {
	uint32_t files, groups, grouped, largest, incomparable; /* files compared; groups of two and more and the files in them; files without a comparable hash */
};
typedef enum err (*view_group_fn)(void *context, const struct view_group *g);
/* Near-duplicates (match/groups.h), the largest group first; each file by its first comparable hash. Files on lists of illegal pictures are not among them, known-good
 * ones neither. `fn` may be NULL. */
enum err view_groups(struct view *v, int radius, view_group_fn fn, void *context, struct view_group_counts *ret);

typedef enum err (*view_alike_fn)(void *context, const struct view_alike *a);
/* Files of which some hash lies within `radius` of one of `hashes`, each once by its nearest, the nearest file first; the same files left out. */
enum err view_similar(struct view *v, const struct pdq *hashes, uint32_t count, int radius, view_alike_fn fn, void *context);

#endif
