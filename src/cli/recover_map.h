/* recover_map: what recover_map.c gathers and recover_picture.c draws. */
#ifndef CUSTOS_CLI_RECOVER_MAP_H
#define CUSTOS_CLI_RECOVER_MAP_H

#include "cli/recover.h"

enum { MAP_CELLS_MOST = 4096, MAP_FRAMES_MOST = 1024 };

/* A square of the picture: one page, or some that lie side by side. */
struct map_cell {
	uint8_t use[2];    /* the two most frequent uses, and whose */
	int32_t owner[2];
	uint32_t count[2]; /* pages; [1] can be 0 */
	uint32_t rows_db, rows_old; /* recovered from the database's own image; from WAL and journal images of these pages */
	int32_t rows_table;         /* whose rows; -2: of several tables */
};

struct map_table {
	uint32_t number; /* in the list of tables */
	uint32_t pages, overflow;
	uint64_t recovered;
};

struct map {
	const struct recover_tables *tables;
	const char *name, *only; /* only: the one table whose rows are given, or NULL */
	uint64_t wal_bytes;
	struct map_cell *cells;
	uint32_t cell_count, per_cell;
	struct map_table *by_table; /* as the list of tables until it is sorted for the legend */
	uint64_t uses[RECOVER_PAGE_USES], schema_pages;
	uint32_t *frames;           /* recovered rows by group of WAL frames */
	uint32_t frame_count, frame_cells, per_frame_cell;
	uint64_t rows_db, rows_wal, rows_journal;
};

/* The whole picture. */
void map_draw(struct buf *out, struct map *m);

#endif
