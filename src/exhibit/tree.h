/* tree: the exhibit's b-trees, written leaf after leaf, inside this room.
 *
 * Rows come in the order of their ids and keys in the order of their index, so a tree needs no descent: a page is filled from its first cell to
 * its last, goes to the file once, and becomes a cell of the page above.  What is made is an SQLite table or index as the file format describes
 * it (docs/formats/sqlite.md), under a root page that SQLite has made; the page size has no reserved bytes.
 */
#ifndef CUSTOS_EXHIBIT_TREE_H
#define CUSTOS_EXHIBIT_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "exhibit/exhibit.h"

/* The file: pages are numbered as they are taken and written nearly always one behind the other. */
struct pages {
	int fd;
	uint32_t size;    /* of a page */
	uint32_t next;    /* the number the next one gets */
	struct buf ahead; /* pages not yet written, in the order of their numbers */
	uint32_t ahead_at;
};

/* After `there` pages that the file has. */
void pages_begin(struct pages *p, int fd, uint32_t size, uint32_t there);
/* Writes what is pending. The caller notes the file's size (pages_count) in its header. */
enum err pages_flush(struct pages *p);
uint32_t pages_count(const struct pages *p);
void pages_free(struct pages *p);

enum { TREE_DEPTH_MOST = 20 };

struct tree {
	struct pages *pages;
	uint32_t root; /* its page */
	bool index;
	bool used;     /* `rowid` is one */
	int64_t rowid; /* the last one given */
	int depth;
	unsigned char *moved[2]; /* cells on their way up */
	struct tree_level {
		unsigned char *page;
		uint32_t count, top; /* cells; where the lowest begins */
	} levels[TREE_DEPTH_MOST];
};

void tree_begin(struct tree *t, struct pages *p, uint32_t root, bool index);
/* Rowids must grow. */
enum err tree_row(struct tree *t, int64_t rowid, const void *record, size_t size);
/* Of an index: records in its order. */
enum err tree_key(struct tree *t, const void *record, size_t size);
/* Puts the top into the root page. Frees, also on an error. */
enum err tree_end(struct tree *t);
void tree_free(struct tree *t);

/* Appends the cells as a record; the cell `rowid` (-1: none) is the INTEGER PRIMARY KEY and stored as NULL. */
void record_encode(struct buf *out, const struct cell *cells, int count, int rowid);
/* An SQLite varint, at most 9 bytes; returns how many. */
int varint_put(unsigned char *to, uint64_t v);

#endif
