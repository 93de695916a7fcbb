/* Gathers what each page is used for and where rows came from, for a picture of at most a few thousand squares. */
#include "cli/recover_map.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KINDS_MOST = 32, WAL_HEADER = 32, FRAME_HEADER = 24 };

struct kind {
	uint8_t use;
	int32_t owner;
	uint32_t count;
};

struct recover_map {
	struct map map;
	struct output_file file;
	struct kind kinds[KINDS_MOST]; /* of the cell that is being filled */
	int kind_count;
	uint32_t filled; /* cells that are done */
};

static uint32_t groups(uint64_t things, uint32_t most, uint32_t *ret_per_group)
{
	*ret_per_group = (uint32_t)((things + most - 1) / most);
	*ret_per_group += !*ret_per_group;
	return (uint32_t)((things + *ret_per_group - 1) / *ret_per_group);
}

static enum err map_begin(void *context, const struct recover_tables *tables)
{
	struct map *m = &((struct recover_map *)context)->map;
	m->tables = tables;
	m->cell_count = groups(tables->page_count, MAP_CELLS_MOST, &m->per_cell);
	m->cells = calloc((size_t)m->cell_count + 1, sizeof *m->cells);
	m->by_table = calloc((size_t)tables->count + 1, sizeof *m->by_table);
	if (m->wal_bytes > WAL_HEADER && tables->page_size)
		m->frame_count = (uint32_t)((m->wal_bytes - WAL_HEADER) / (tables->page_size + FRAME_HEADER));
	m->frame_cells = groups(m->frame_count, MAP_FRAMES_MOST, &m->per_frame_cell);
	m->frames = calloc((size_t)m->frame_cells + 1, sizeof *m->frames);
	for (uint32_t i = 0; m->by_table && i < tables->count; i++)
		m->by_table[i].number = i;
	return m->cells && m->by_table && m->frames ? OK : ERR_NOMEM;
}

/* Settles which two kinds of page the cell shows. */
static void cell_close(struct recover_map *r)
{
	struct map_cell *c = &r->map.cells[r->filled++];
	for (int place = 0; place < 2; place++) {
		struct kind *best = NULL;
		for (int i = 0; i < r->kind_count; i++)
			if (r->kinds[i].count && (!best || r->kinds[i].count > best->count))
				best = &r->kinds[i];
		c->owner[place] = RECOVER_OWNER_NONE;
		if (!best)
			continue;
		c->use[place] = best->use;
		c->owner[place] = best->owner;
		c->count[place] = best->count;
		best->count = 0;
	}
	c->rows_table = RECOVER_OWNER_NONE;
	r->kind_count = 0;
}

static void kind_count_up(struct recover_map *r, uint8_t use, int32_t owner)
{
	for (int i = 0; i < r->kind_count; i++)
		if (r->kinds[i].use == use && r->kinds[i].owner == owner) {
			r->kinds[i].count++;
			return;
		}
	if (r->kind_count < KINDS_MOST)
		r->kinds[r->kind_count++] = (struct kind){ use, owner, 1 };
}

static enum err map_pages(void *context, uint32_t first, uint32_t count, const uint8_t *use, const int32_t *owner)
{
	struct recover_map *r = context;
	struct map *m = &r->map;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t page = (uint64_t)first + i;
		kind_count_up(r, use[i], owner[i]);
		m->uses[use[i]]++;
		if (owner[i] >= 0 && use[i] == PAGE_USE_OVERFLOW)
			m->by_table[owner[i]].overflow++;
		else if (owner[i] >= 0 && (use[i] == PAGE_USE_TABLE || use[i] == PAGE_USE_INDEX))
			m->by_table[owner[i]].pages++;
		else if (owner[i] == RECOVER_OWNER_SCHEMA)
			m->schema_pages++;
		if (page % m->per_cell == 0 || page == m->tables->page_count)
			cell_close(r);
	}
	return OK;
}

static enum err map_row(void *context, const struct recover_row *row)
{
	struct map *m = &((struct recover_map *)context)->map;
	int32_t table = (int32_t)(row->table - m->tables->list);
	uint32_t at = row->page ? (row->page - 1) / m->per_cell : m->cell_count;
	if (row->state == RECOVER_LIVE)
		return OK;
	m->by_table[table].recovered++;
	*(row->file == RECOVER_IN_DB ? &m->rows_db : row->file == RECOVER_IN_WAL ? &m->rows_wal : &m->rows_journal) += 1;
	if (row->file == RECOVER_IN_WAL && row->frame && row->frame <= m->frame_count)
		m->frames[(row->frame - 1) / m->per_frame_cell]++;
	if (at >= m->cell_count)
		return OK;
	struct map_cell *c = &m->cells[at];
	bool first = !c->rows_db && !c->rows_old;
	c->rows_table = first || c->rows_table == table ? table : -2;
	*(row->file == RECOVER_IN_DB ? &c->rows_db : &c->rows_old) += 1;
	return OK;
}

static enum err map_end(void *context)
{
	struct recover_map *r = context;
	struct buf out = { 0 };
	map_draw(&out, &r->map);
	enum err e = out.failed ? ERR_NOMEM : OK;
	for (size_t at = 0; !e && at < out.size;) {
		ssize_t n = write(r->file.fd, out.data + at, out.size - at);
		if (n <= 0)
			e = err_errno("cannot write %s", r->file.path);
		at += n > 0 ? (size_t)n : 0;
	}
	buf_free(&out);
	return e ? e : output_commit(&r->file);
}

enum err recover_map_new(const char *path, const char *name, const char *only, uint64_t wal_bytes, struct recover_map **ret, struct recover_sink *ret_sink)
{
	struct recover_map *r = calloc(1, sizeof *r);
	if (!r)
		return ERR_NOMEM;
	r->map = (struct map){ .name = name, .only = only, .wal_bytes = wal_bytes };
	r->file.fd = -1;
	*ret = r;
	*ret_sink = (struct recover_sink){ .context = r, .begin = map_begin, .pages = map_pages, .row = map_row, .end = map_end };
	return output_open(&r->file, path);
}

void recover_map_free(struct recover_map *r)
{
	if (!r)
		return;
	output_drop(&r->file);
	free(r->map.cells);
	free(r->map.by_table);
	free(r->map.frames);
	free(r);
}
