/* cookies_each(blob): Safari's binary cookies. */
#include "formats/cookies.h"
#include "sql/tab.h"

static enum err cookie_row(void *context, const struct cookie *k)
{
	const struct cell cells[] = {
		cell_span(CELL_TEXT, k->url),
		cell_span(CELL_TEXT, k->name),
		cell_span(CELL_TEXT, k->path),
		cell_span(CELL_TEXT, k->value),
		cell_int(k->flags),
		cell_time(k->created_at),
		cell_time(k->expires_at),
		cell_int((int64_t)k->offset),
	};
	return tab_gather(context, cells, sizeof cells / sizeof *cells);
}

static enum err cookies_open(struct tab_rows *r) { return cookies_read(r->blob, cookie_row, r); }

const struct tab cookies_tab = { "cookies_each", "url, name, path, value, flags, created_at, expires_at, offset", NULL,
				 cookies_open, tab_gathered_next };
