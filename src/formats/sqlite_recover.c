/* The public face: opens, and tells about tables and pages. Rows: sqlite_give.c. */
#include "formats/sqlite_recover.h"

#include <stdlib.h>
#include <string.h>

#include "formats/sqlite_engine.h"

enum err recover_open(struct sqlite_input db, struct sqlite_input wal, struct sqlite_input journal,
		      const struct recover_limits *limits, sqlite_note_fn *note, void *note_context, struct recover **ret)
{
	struct recover *r = calloc(1, sizeof(*r));
	if (!r)
		return ERR_NOMEM;
	r->db = db;
	r->wal = wal;
	r->journal = journal;
	r->only = -1;
	if (limits)
		r->limits = *limits;
	if (!r->limits.memory)
		r->limits.memory = 1ull << 30;
	if (!r->limits.candidates)
		r->limits.candidates = 20000000;
	r->note = note;
	r->note_context = note_context;
	r->arena = arena_make((size_t)r->limits.memory / 4);
	enum err e = history_load(r);
	if (!e)
		e = tables_start(r);
	if (!e)
		e = trees_walk(r);
	if (!e)
		then_build(r);
	if (!e)
		e = r->nomem ? ERR_NOMEM : scan_all(r);
	if (!e)
		e = settle_all(r);
	if (!e)
		e = index_use(r);
	if (e) {
		recover_free(r);
		return e;
	}
	*ret = r;
	return OK;
}

void recover_free(struct recover *r)
{
	if (!r)
		return;
	for (int i = 0; i < r->table_count; i++)
		free(r->tables[i]->rowids.at);
	free(r->versions);
	free(r->window);
	free(r->quiet);
	free(r->use);
	free(r->owner);
	free(r->tables);
	free(r->trees);
	index_end(r);
	then_free(r);
	free(r->indexes);
	free(r->shapes);
	free(r->live_rows.slots);
	free(r->live_keys.slots);
	free(r->live_small.slots);
	free(r->slack);
	free(r->bare);
	free(r->claims);
	free(r->visits);
	free(r->claimed.slots);
	free(r->live_heads.slots);
	free(r->then.pages);
	free(r->following);
	free(r->again);
	free(r->index);
	free(r->found);
	free(r->ends);
	free(r->page);
	free(r->payload);
	buf_free(&r->text);
	arena_free(&r->arena);
	free(r);
}

/* Table 0 is the schema itself, which is no table of rows to show. */
int recover_tables(const struct recover *r) { return r->table_count - 1; }

const struct recover_table *recover_table_at(const struct recover *r, int i)
{
	return i >= 0 && i < r->table_count - 1 ? &r->tables[i + 1]->pub : NULL;
}

uint32_t recover_page_size(const struct recover *r) { return r->page_size; }
uint32_t recover_page_count(const struct recover *r) { return r->page_count; }

enum recover_page recover_page_use(const struct recover *r, uint32_t page, const struct recover_table **ret_table)
{
	bool there = page >= 1 && page <= r->page_count;
	*ret_table = there && r->owner[page] >= 0 ? &r->tables[r->owner[page]]->pub : NULL;
	return there ? (enum recover_page)r->use[page] : PAGE_USE_UNKNOWN;
}

const char *recover_state_name(enum recover_state s)
{
	static const char *const names[] = { "live", "wal-old", "free-page", "free-block", "unallocated", "journal", "index-only" };
	return names[s];
}

const char *recover_fate_name(enum recover_fate f)
{
	static const char *const names[] = { "deleted", "earlier", "unsure" };
	return names[f];
}
