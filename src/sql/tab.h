/* tab: table functions. Each one is a row-source, `struct tab`; tab.c makes an eponymous virtual table with hidden
 * argument columns of it. Internal to sql/. */
#ifndef CUSTOS_SQL_TAB_H
#define CUSTOS_SQL_TAB_H

#include "base/arena.h"
#include "sql/functions.h"

enum { TAB_COLUMNS_MOST = 8, TAB_ARENA_MOST = 256 << 20, TAB_ROWS_MOST = 10000000 };

enum cell_type { CELL_NULL, CELL_INT, CELL_TEXT, CELL_BLOB, CELL_PRINTABLE, CELL_VALUE };

struct cell {
	enum cell_type type; /* CELL_PRINTABLE: text where it is printable UTF-8, else blob. CELL_TEXT is scrubbed. */
	union {
		int64_t integer;
		struct {
			const void *bytes;
			size_t size;
		};
		const struct value *value; /* NULL: SQL NULL */
	};
};

/* What a row-source sees of its cursor. Bytes of cells must stand until the next call. */
struct tab_rows {
	struct span blob;     /* the first argument; stands as long as the cursor */
	const char *argument; /* the second, as text; NULL: none */
	struct arena *arena;
	void *state;	    /* the source's own, from the arena; NULL before `open` */
	struct cell *cells; /* one a visible column, set to CELL_NULL before each call of `next` */
	const struct sql_context *context;
	const char *name; /* of the table function, for notes */
};

struct tab {
	const char *name;
	const char *columns; /* "key, value, type" */
	const char
		*optional; /* name of the hidden column of the second argument, or NULL: the function takes but one */
	/* Reads the blob. An err makes a note; rows that are there all the same are given. */
	enum err (*open)(struct tab_rows *r);
	/* Fills the cells with the next row; false after the last. */
	bool (*next)(struct tab_rows *r);
};

/* For readers that call back: rows are gathered in the arena while `open` runs, and tab_gathered_next is `next`. */
enum err tab_gather(struct tab_rows *r, const struct cell *cells, int count);
bool tab_gathered_next(struct tab_rows *r);
int64_t tab_gathered_count(const struct tab_rows *r); /* so far */

void tab_note(const struct tab_rows *r, uint64_t offset, const char *reason);

static inline struct cell cell_int(int64_t i) { return (struct cell){ .type = CELL_INT, .integer = i }; }
static inline struct cell cell_bytes(enum cell_type type, const void *p, size_t size)
{
	return (struct cell){ .type = type, .bytes = p, .size = size };
}
static inline struct cell cell_span(enum cell_type type, struct span s)
{
	return cell_bytes(type, s.start, span_size(&s));
}
static inline struct cell cell_text(const char *text)
{
	return text ? cell_bytes(CELL_TEXT, text, strlen(text)) : (struct cell){ .type = CELL_NULL };
}
struct cell cell_time(int64_t us); /* TIME_NONE: NULL */

extern const struct tab cookies_tab, file_lines_tab, leveldb_tab, nskeyed_each_tab, plist_each_tab, plist_tree_tab,
	protobuf_each_tab, segb_tab, xml_each_tab, abx_each_tab;

#endif
