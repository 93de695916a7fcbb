/* abx(blob): Android binary XML as XML text. */
#include "formats/xml.h"
#include "sql/functions.h"

/* Character data or a quoted attribute: the five entities, and no character that XML forbids. */
static void escape(struct buf *out, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '&':
			buf_text(out, "&amp;");
			break;
		case '<':
			buf_text(out, "&lt;");
			break;
		case '>':
			buf_text(out, "&gt;");
			break;
		case '"':
			buf_text(out, "&quot;");
			break;
		case '\t':
		case '\n':
		case '\r':
			buf_printf(out, "&#%d;", *text);
			break;
		default:
			if ((unsigned char)*text < 0x20)
				buf_text(out, "\xef\xbf\xbd");
			else
				buf_char(out, *text);
		}
}

static void start_tag(struct buf *out, const struct xml_node *n)
{
	buf_char(out, '<');
	buf_text(out, n->name);
	for (const struct xml_attribute *a = n->attributes; a; a = a->next) {
		buf_char(out, ' ');
		buf_text(out, a->name);
		buf_text(out, "=\"");
		escape(out, a->value);
		buf_char(out, '"');
	}
	buf_char(out, '>');
	escape(out, n->text);
}

static void end_tag(struct buf *out, const struct xml_node *n)
{
	buf_text(out, "</");
	buf_text(out, n->name);
	buf_char(out, '>');
}

/* The tree without recursion: after a node come its children, else its own end and those of the parents that end with
 * it. */
static void xml_text(struct buf *out, const struct xml_node *n)
{
	while (n && !out->failed) {
		start_tag(out, n);
		if (n->children) {
			n = n->children;
			continue;
		}
		end_tag(out, n);
		while (n && !n->next) {
			n = n->parent;
			if (n)
				end_tag(out, n);
		}
		n = n ? n->next : NULL;
	}
}

static void abx_call(sqlite3_context *c, int count, sqlite3_value **values)
{
	(void)count;
	struct span s = function_span(values[0]);
	if (!span_size(&s))
		return;
	struct arena a = arena_make(FUNCTION_ARENA_MOST);
	struct buf out = { .limit = FUNCTION_OUTPUT_MOST };
	struct xml_node *root = NULL;
	if (xml_read(&a, s.start, span_size(&s), &root) < 0)
		function_note(sqlite3_user_data(c), 0, "abx", err_message());
	xml_text(&out, root);
	if (root)
		function_text(c, &out);
	buf_free(&out);
	arena_free(&a);
}

const struct function xml_functions[] = {
	{ "abx", 1, FUNCTION_FORMAT, abx_call, NULL },
	{ 0 },
};
