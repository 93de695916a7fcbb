/* segb_each(blob): the entries of an Apple SEGB (Biome) file. */
#include "formats/segb.h"
#include "sql/tab.h"

static enum err entry_row(void *context, const struct segb_entry *e)
{
	struct tab_rows *r = context;
	const struct cell cells[] = {
		cell_int(tab_gathered_count(r) + 1),
		cell_int(e->version),
		cell_int(e->state),
		cell_time(e->created_at),
		cell_span(CELL_BLOB, e->data),
		cell_int(e->crc_ok),
		cell_int((int64_t)e->offset),
	};
	return tab_gather(r, cells, sizeof cells / sizeof *cells);
}

static enum err segb_open(struct tab_rows *r) { return segb_read(r->blob, entry_row, r); }

const struct tab segb_tab = { "segb_each", "ordinal, version, state, created_at, data, crc_ok, offset", NULL, segb_open,
			      tab_gathered_next };
