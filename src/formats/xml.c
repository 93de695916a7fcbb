#include "formats/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "formats/xml_parts.h"

/* ---- the tree ---- */

static void build_fail(struct xml_builder *b, const char *why)
{
	if (!b->error)
		b->error = err_set(ERR_LIMIT, "XML: %s", why);
}

static const char no_room[] = "the memory granted for it is used up";

void xml_build_open(struct xml_builder *b, const char *name)
{
	if (b->error)
		return;
	if (b->depth == XML_DEPTH) {
		build_fail(b, "more than 512 elements inside each other");
		return;
	}
	struct xml_node *n = arena_new(b->arena, struct xml_node);
	if (!n || !name) {
		build_fail(b, no_room);
		return;
	}
	n->name = name;
	n->text = "";
	n->depth = b->depth;
	if (b->depth > 0) {
		n->parent = b->open[b->depth - 1].node;
		struct xml_node **last = &b->open[b->depth - 1].last_child;
		*(*last ? &(*last)->next : &n->parent->children) = n;
		*last = n;
	} else {
		*(b->last_root ? &b->last_root->next : &b->first_root) = n;
		b->last_root = n;
	}
	b->open[b->depth].node = n;
	b->open[b->depth].last_child = NULL;
	b->open[b->depth].last_attribute = NULL;
	buf_clear(&b->open[b->depth].text);
	b->depth++;
}

void xml_build_attribute(struct xml_builder *b, const char *name, const char *value)
{
	if (b->error || b->depth == 0)
		return;
	struct xml_attribute *a = arena_new(b->arena, struct xml_attribute);
	if (!a || !name || !value) {
		build_fail(b, no_room);
		return;
	}
	a->name = name;
	a->value = value;
	struct xml_attribute **last = &b->open[b->depth - 1].last_attribute;
	*(*last ? &(*last)->next : &b->open[b->depth - 1].node->attributes) = a;
	*last = a;
}

void xml_build_text(struct xml_builder *b, const char *text, size_t size)
{
	if (b->error || b->depth == 0)
		return;
	struct buf *t = &b->open[b->depth - 1].text;
	t->limit = b->arena->limit;
	buf_add(t, text, size);
	if (t->failed)
		build_fail(b, no_room);
}

/* Also after a failure, so that what an unfinished element holds is kept. */
static void close_innermost(struct xml_builder *b)
{
	struct xml_node *n = b->open[--b->depth].node;
	struct buf *t = &b->open[b->depth].text;
	if (t->failed || t->size == 0)
		return;
	/* White space that only lays out the children says nothing. */
	if (n->children && strspn(t->data, " \t\r\n") == t->size)
		return;
	const char *text = arena_copy(b->arena, t->data, t->size);
	if (text)
		n->text = text;
	else
		build_fail(b, no_room);
}

void xml_build_close(struct xml_builder *b)
{
	if (!b->error && b->depth > 0)
		close_innermost(b);
}

/* ---- text XML ----
 *
 * libxml2 gives events (SAX2) and builds nothing. Its own limits are lifted, as they are lower than ours; memory is kept by
 * the arena, depth by the builder. Entities: no callback declares or finds one and libxml2 is not its own user data, so that
 * none but the five can ever be expanded, however they are declared; no external subset is asked for. XML_PARSE_NOENT below
 * makes the five (&amp;) plain text. Names stay as written: a prefix is part of them, xmlns an attribute. */

struct text_reader {
	struct xml_builder *b;
	xmlParserCtxt *ctxt;
	char reason[200]; /* libxml2's first fatal complaint */
	bool at_end;      /* it came when all bytes were read */
};

/* "prefix:name", either part may be NULL */
static const char *name_copy(struct xml_builder *b, const xmlChar *prefix, const xmlChar *name)
{
	size_t before = prefix ? strlen((const char *)prefix) : 0, size = name ? strlen((const char *)name) : 0;
	bool colon = prefix && name;
	char *out = arena_alloc(b->arena, before + colon + size + 1);
	if (!out)
		return NULL;
	if (prefix)
		memcpy(out, prefix, before);
	if (colon)
		out[before] = ':';
	if (name)
		memcpy(out + before + colon, name, size);
	return out;
}

static void stop_when_failed(struct text_reader *r)
{
	if (r->b->error)
		xmlStopParser(r->ctxt);
}

/* `spaces`: pairs of prefix and URI. `attributes`: fives of name, prefix, URI, value, end of value; the last `defaulted` come
 * from a DTD and not from the element. */
static void element_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int space_count,
			  const xmlChar **spaces, int count, int defaulted, const xmlChar **attributes)
{
	struct text_reader *r = context;
	(void)uri;
	xml_build_open(r->b, name_copy(r->b, prefix, name));
	for (int i = 0; i < space_count && !r->b->error; i++, spaces += 2)
		xml_build_attribute(r->b, name_copy(r->b, (const xmlChar *)"xmlns", spaces[0]),
				    name_copy(r->b, NULL, spaces[1]));
	for (int i = 0; i < count - defaulted && !r->b->error; i++, attributes += 5)
		xml_build_attribute(r->b, name_copy(r->b, attributes[1], attributes[0]),
				    arena_copy(r->b->arena, attributes[3], (size_t)(attributes[4] - attributes[3])));
	stop_when_failed(r);
}

static void element_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct text_reader *r = context;
	(void)name, (void)prefix, (void)uri;
	xml_build_close(r->b);
	stop_when_failed(r);
}

static void characters(void *context, const xmlChar *text, int size)
{
	struct text_reader *r = context;
	if (size > 0)
		xml_build_text(r->b, (const char *)text, (size_t)size);
	stop_when_failed(r);
}

static void complaint(void *context, xmlError *error)
{
	struct text_reader *r = context;
	if (error->level < XML_ERR_FATAL || r->reason[0])
		return;
	const char *message = error->message ? error->message : "malformed";
	snprintf(r->reason, sizeof r->reason, "line %d: %.*s", error->line, (int)strcspn(message, "\n"), message);
	const xmlParserInput *in = r->ctxt->input;
	r->at_end = !in || in->cur >= in->end;
}

static void libxml_start(void) { xmlInitParser(); }

static enum err text_read(struct xml_builder *b, const void *bytes, size_t size)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, libxml_start);
	if (size == 0)
		return err_set(ERR_TRUNCATED, "XML: no bytes");
	if (size > INT_MAX)
		return err_set(ERR_LIMIT, "XML: more than 2 GiB");
	struct text_reader r = { .b = b, .ctxt = xmlCreateMemoryParserCtxt(bytes, (int)size) };
	if (!r.ctxt)
		return err_set(ERR_NOMEM, "XML: out of memory");
	*r.ctxt->sax = (xmlSAXHandler){
		.startElementNs = element_start,
		.endElementNs = element_end,
		.characters = characters,
		.ignorableWhitespace = characters,
		.cdataBlock = characters,
		.serror = (xmlStructuredErrorFunc)complaint, /* libxml2 2.12 made its parameter const */
		.initialized = XML_SAX2_MAGIC, /* else serror is not called */
	};
	r.ctxt->userData = &r;
	xmlCtxtUseOptions(r.ctxt, XML_PARSE_HUGE | XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlParseDocument(r.ctxt);
	bool good = r.ctxt->wellFormed;
	if (r.ctxt->myDoc)
		xmlFreeDoc(r.ctxt->myDoc); /* libxml2 makes one by itself to note entities */
	r.ctxt->myDoc = NULL;
	xmlFreeParserCtxt(r.ctxt);
	if (b->error)
		return b->error;
	if (!good)
		return err_set(r.at_end ? ERR_TRUNCATED : ERR_FORMAT, "XML: %s", r.reason[0] ? r.reason : "malformed");
	return OK;
}

/* ---- the public face ---- */

enum err xml_read(struct arena *a, const void *bytes, size_t size, struct xml_node **ret)
{
	*ret = NULL;
	struct xml_builder *b = calloc(1, sizeof *b);
	if (!b)
		return err_set(ERR_NOMEM, "XML: out of memory");
	b->arena = a;
	struct span s = span_of(bytes, size);
	enum err e = span_match(&s, "ABX", 4) /* with its NUL */ ? abx_read(b, s) : text_read(b, bytes, size);
	while (b->depth > 0)
		close_innermost(b);
	for (int i = 0; i < XML_DEPTH; i++)
		buf_free(&b->open[i].text);
	*ret = b->first_root;
	if (!e)
		e = b->error;
	free(b);
	return e;
}

const char *xml_attribute(const struct xml_node *n, const char *name)
{
	for (const struct xml_attribute *a = n ? n->attributes : NULL; a; a = a->next)
		if (strcmp(a->name, name) == 0)
			return a->value;
	return NULL;
}

struct xml_node *xml_next(struct xml_node *n)
{
	if (!n)
		return NULL;
	if (n->children)
		return n->children;
	while (n && !n->next)
		n = n->parent;
	return n ? n->next : NULL;
}
