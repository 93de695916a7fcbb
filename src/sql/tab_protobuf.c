/* protobuf_each(blob [, path]): the fields of a message. */
#include "formats/protobuf.h"
#include "sql/tab.h"

struct fields {
	struct span message;
	size_t offset; /* of the message in the blob */
};

static enum err fields_open(struct tab_rows *r)
{
	struct fields *s = arena_new(r->arena, struct fields);
	if (!s)
		return err_set(ERR_NOMEM, "no memory");
	s->message = r->blob;
	struct protobuf_field f;
	if (r->argument && *r->argument) {
		if (!protobuf_path(r->blob, r->argument, &f) || f.wire != PROTOBUF_LEN)
			return OK;
		s->message = f.bytes;
		s->offset = (size_t)(f.bytes.start - r->blob.start);
	}
	r->state = s;
	return OK;
}

static bool fields_next(struct tab_rows *r)
{
	struct fields *s = r->state;
	struct protobuf_field f;
	if (!s)
		return false;
	if (!protobuf_next(&s->message, &f)) {
		if (!span_ok(&s->message))
			tab_note(r, s->offset, "malformed protobuf message");
		return false;
	}
	r->cells[0] = cell_int(f.number);
	r->cells[1] = cell_int(f.wire);
	r->cells[2] = f.wire == PROTOBUF_LEN ? cell_span(CELL_PRINTABLE, f.bytes) : cell_int((int64_t)f.integer);
	r->cells[3] = cell_int((int64_t)(s->offset + f.offset));
	return true;
}

const struct tab protobuf_each_tab = { "protobuf_each", "field, wire, value, offset", "at", fields_open, fields_next };
