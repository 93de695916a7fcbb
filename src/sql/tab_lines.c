/* file_lines(blob): the lines of a text, without their ends (LF or CR LF). */
#include "sql/tab.h"

struct lines {
	struct span rest;
	int64_t line;
};

static enum err lines_open(struct tab_rows *r)
{
	struct lines *s = arena_new(r->arena, struct lines);
	if (!s)
		return err_set(ERR_NOMEM, "no memory");
	s->rest = r->blob;
	r->state = s;
	return OK;
}

static bool lines_next(struct tab_rows *r)
{
	struct lines *s = r->state;
	if (!s || !span_left(&s->rest))
		return false;
	const uint8_t *start = s->rest.at, *end = memchr(start, '\n', span_left(&s->rest));
	size_t size = (size_t)((end ? end : s->rest.end) - start);
	span_skip(&s->rest, size + (end != NULL));
	if (size && start[size - 1] == '\r')
		size--;
	r->cells[0] = cell_int(++s->line);
	r->cells[1] = cell_bytes(CELL_TEXT, start, size);
	r->cells[2] = cell_int(start - r->blob.start);
	return true;
}

const struct tab file_lines_tab = { "file_lines", "line, text, offset", NULL, lines_open, lines_next };
