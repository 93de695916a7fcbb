/* leveldb(blob): the entries of a LevelDB log or table. Keys and values are blobs: what is text in them, the app
 * decides. */
#include "formats/leveldb.h"
#include "sql/tab.h"

static enum err entry_row(void *context, const struct leveldb_entry *e)
{
	struct tab_rows *r = context;
	/* Decompressed blocks stand during the call only. */
	const char *key = arena_copy(r->arena, e->key.start, span_size(&e->key));
	const char *value = e->deleted ? NULL : arena_copy(r->arena, e->value.start, span_size(&e->value));
	if (!key || (!value && !e->deleted))
		return err_set(ERR_LIMIT, "more entries than fit into memory: the rest is left out");
	const struct cell cells[] = {
		cell_bytes(CELL_BLOB, key, span_size(&e->key)),
		e->deleted ? (struct cell){ .type = CELL_NULL } : cell_bytes(CELL_BLOB, value, span_size(&e->value)),
		cell_int((int64_t)e->sequence),
		cell_int(e->deleted),
		cell_int((int64_t)e->offset),
	};
	return tab_gather(r, cells, sizeof cells / sizeof *cells);
}

static void entry_note(void *context, uint64_t offset, const char *reason) { tab_note(context, offset, reason); }

static enum err leveldb_open(struct tab_rows *r) { return leveldb_read(r->blob, entry_row, entry_note, r); }

const struct tab leveldb_tab = { "leveldb", "key, value, sequence, deleted, offset", NULL, leveldb_open,
				 tab_gathered_next };
