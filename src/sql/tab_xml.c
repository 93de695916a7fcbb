/* xml_each(blob [, name]), abx_each(…): the elements of XML or Android binary XML in document order. */
#include "formats/xml.h"
#include "sql/tab.h"

enum { DEPTH_MOST = 512 };

struct elements {
	struct xml_node *next;
	int64_t id;		      /* of `next`, from 1 */
	int64_t open[DEPTH_MOST + 1]; /* the id of the element that is open at each depth */
};

static enum err elements_open(struct tab_rows *r)
{
	struct elements *s = arena_new(r->arena, struct elements);
	if (!s)
		return err_set(ERR_NOMEM, "no memory");
	r->state = s;
	s->id = 1;
	return xml_read(r->arena, r->blob.start, span_size(&r->blob), &s->next);
}

static const char *attributes_json(struct tab_rows *r, const struct xml_node *n)
{
	struct buf out = { .limit = FUNCTION_OUTPUT_MOST };
	buf_char(&out, '{');
	for (const struct xml_attribute *a = n->attributes; a && !out.failed; a = a->next) {
		if (out.size > 1)
			buf_char(&out, ',');
		buf_json(&out, a->name, strlen(a->name));
		buf_char(&out, ':');
		buf_json(&out, a->value, strlen(a->value));
	}
	buf_char(&out, '}');
	const char *kept = out.failed ? NULL : arena_copy(r->arena, out.data, out.size);
	buf_free(&out);
	return kept;
}

static bool elements_next(struct tab_rows *r)
{
	struct elements *s = r->state;
	while (s && s->next) {
		struct xml_node *n = s->next;
		int64_t id = s->id++, depth = n->depth < 0 ? 0 : n->depth > DEPTH_MOST ? DEPTH_MOST : n->depth;
		s->next = xml_next(n);
		s->open[depth] = id;
		if (r->argument && strcmp(n->name, r->argument) != 0)
			continue;
		r->cells[0] = cell_int(id);
		if (depth > 0)
			r->cells[1] = cell_int(s->open[depth - 1]);
		r->cells[2] = cell_text(n->name);
		r->cells[3] = cell_text(n->text);
		r->cells[4] = cell_int(n->depth);
		r->cells[5] = cell_text(attributes_json(r, n));
		return true;
	}
	return false;
}

#define ELEMENT_COLUMNS "id, parent, name, text, depth, attributes"
const struct tab xml_each_tab = { "xml_each", ELEMENT_COLUMNS, "named", elements_open, elements_next };
const struct tab abx_each_tab = { "abx_each", ELEMENT_COLUMNS, "named", elements_open, elements_next };
