/* view_inside: what the files of the view share, inside this room. */
#ifndef CUSTOS_EXHIBIT_VIEW_INSIDE_H
#define CUSTOS_EXHIBIT_VIEW_INSIDE_H

#include <sys/stat.h>

#include "exhibit/view.h"

struct view {
	sqlite3 *db;
	char *path;
	struct stat is;             /* the file, as it was opened */
	bool named;                 /* temp.names is there */
	bool counted;
	int64_t rows[KIND_TABLES_MOST]; /* of each kind; see view_rows() */
	sqlite3_stmt *hits, *shown; /* asked again and again */
};

/* Where the result columns of a kind stand; -1: nowhere. */
struct view_layout {
	int at[KIND_COLUMNS_MOST], raw[KIND_COLUMNS_MOST], name[KIND_COLUMNS_MOST], file[KIND_COLUMNS_MOST], id, common[VIEW_COMMON];
};

enum err view_fail(struct view *v, const char *what); /* ERR_FORMAT with SQLite's words */
enum err view_prepare(struct view *v, const struct buf *sql, const char *what, sqlite3_stmt **ret);
void view_bind_int(sqlite3_stmt *q, const char *name, int64_t value); /* nothing where the query has no such parameter */
void view_select(struct buf *sql, const struct kind *k);             /* "SELECT … FROM messages v" with the selectors' names */
void view_layout_read(struct view_layout *l, sqlite3_stmt *q, const struct kind *k);
struct view_record view_record_of(const struct kind *k, sqlite3_stmt *q, const struct view_layout *l);
void view_place_move(struct view_place *p, const struct view_record *r);

/* How many records each kind has, in v->rows. The seal knows: to count them would be to read an index whole. */
enum err view_rows(struct view *v);

/* A list of one kind: by a filter, or (messages) one conversation's, *thread its selector, 0: those without one. */
struct view_list {
	const struct kind *kind;
	const struct view_filter *filter; /* NULL with a thread */
	const int64_t *thread;
	bool backwards;
	view_record_fn fn;
	void *context;
};
enum err view_list(struct view *v, const struct view_list *list, struct view_place *place, int most, bool *ret_more);

#endif
