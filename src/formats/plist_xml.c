#include "formats/plist.h"

#include <errno.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "formats/plist_parts.h"

/* libxml2 gives events (SAX2) and builds nothing itself. Its own limits are lifted (a <data> may be larger than 10 MB), so
 * the limits are kept here: depth by `stack`, memory by the arena. A declaration in the DOCTYPE stops the reading: without
 * one there is no entity to expand and no default attribute to add. */

enum element { NONE, PLIST, DICT, ARRAY, KEY, STRING, INTEGER, REAL, TRUE_, FALSE_, DATE, DATA };

static const struct {
	const char *name;
	enum element element;
} elements[] = {
	{ "array", ARRAY }, { "data", DATA },       { "date", DATE },   { "dict", DICT },     { "false", FALSE_ }, { "key", KEY },
	{ "plist", PLIST }, { "integer", INTEGER }, { "real", REAL },   { "string", STRING }, { "true", TRUE_ },
};

struct plist_xml {
	struct arena *arena;
	xmlParserCtxt *ctxt;
	enum err error; /* first failure; err_message() is set */
	char reason[200]; /* libxml2's first complaint */
	bool at_end;      /* it came when all bytes were read */
	bool plist;     /* <plist> was opened */
	struct value *root;
	struct {
		enum element element;
		size_t start; /* its first entry in `pending` */
	} stack[VALUE_DEPTH];
	int depth;
	struct value **pending; /* children of all open containers; keys and items of a dict take turns */
	size_t pending_count, pending_room;
	enum element leaf; /* the open element without children, or NONE */
	struct buf text;   /* what it holds so far */
};

static locale_t c_locale;

static void xml_start(void)
{
	xmlInitParser();
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static void stop(struct plist_xml *p, enum err e, const char *why)
{
	if (p->error)
		return;
	p->error = err_set(e, "XML plist: line %d: %s", xmlSAX2GetLineNumber(p->ctxt), why);
	xmlStopParser(p->ctxt);
}

static void stop_no_room(struct plist_xml *p) { stop(p, ERR_LIMIT, "the memory granted for it is used up"); }

static void value_add(struct plist_xml *p, struct value *v)
{
	if (!v) {
		stop_no_room(p);
	} else if (p->depth == 0) {
		p->root = v;
	} else {
		if (p->pending_count == p->pending_room) {
			size_t room = p->pending_room ? p->pending_room * 2 : 64;
			struct value **more = reallocarray(p->pending, room, sizeof(struct value *));
			if (!more) {
				stop(p, ERR_NOMEM, "out of memory");
				return;
			}
			p->pending = more;
			p->pending_room = room;
		}
		p->pending[p->pending_count++] = v;
	}
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Anything that is no digit (line breaks above all) is passed over, as Apple's reader does. */
static struct value *data_of(struct plist_xml *p)
{
	struct value *v = value_new(p->arena, VALUE_DATA);
	char *out = arena_alloc(p->arena, p->text.size / 4 * 3 + 3);
	if (!v || !out)
		return NULL;
	uint32_t bits = 0;
	int have = 0;
	size_t n = 0;
	for (size_t i = 0; i < p->text.size && p->text.data[i] != '='; i++) {
		int digit = base64_digit(p->text.data[i]);
		if (digit < 0)
			continue;
		bits = bits << 6 | (uint32_t)digit;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (char)(bits >> have & 0xff);
		}
	}
	v->bytes = out;
	v->size = n;
	return v;
}

/* Decimal or 0x hexadecimal with a sign. False when it is none or beyond 127 bits. */
static bool integer_parse(const char *s, unsigned __int128 *ret, bool *negative)
{
	*negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	unsigned base = 10;
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
	}
	*ret = 0;
	if (!*s)
		return false;
	for (; *s; s++) {
		unsigned digit = *s >= '0' && *s <= '9'   ? (unsigned)(*s - '0')
				 : *s >= 'a' && *s <= 'f' ? (unsigned)(*s - 'a' + 10)
				 : *s >= 'A' && *s <= 'F' ? (unsigned)(*s - 'A' + 10)
							  : 16;
		if (digit >= base || *ret >> 120)
			return false;
		*ret = *ret * base + digit;
	}
	return true;
}

static struct value *integer_of(struct plist_xml *p, const char *s)
{
	unsigned __int128 n;
	bool negative;
	if (!integer_parse(s, &n, &negative)) {
		stop(p, ERR_FORMAT, "<integer> holds no integer");
		return NULL;
	}
	return plist_integer(p->arena, n, negative && n != 0);
}

static struct value *real_of(struct plist_xml *p, const char *s)
{
	char *end;
	struct value *v = value_new(p->arena, VALUE_REAL);
	if (!v)
		return NULL;
	v->real = c_locale ? strtod_l(s, &end, c_locale) : strtod(s, &end);
	if (end == s || *end) {
		stop(p, ERR_FORMAT, "<real> holds no number");
		return NULL;
	}
	return v;
}

static struct value *date_of(struct plist_xml *p, const char *s)
{
	int64_t us;
	bool good = time_parse(s, &us) && us != TIME_NONE;
	struct value *v = value_new(p->arena, good ? VALUE_DATE : VALUE_NULL);
	if (v && good)
		v->integer = us;
	return v;
}

/* The text of the leaf without blanks around it; "" when it is empty. */
static const char *text_trimmed(struct plist_xml *p)
{
	char *s = p->text.data;
	if (!s)
		return "";
	for (size_t n = p->text.size; n && strchr(" \t\r\n", s[n - 1]); n--)
		s[n - 1] = 0;
	return s + strspn(s, " \t\r\n");
}

static struct value *leaf_value(struct plist_xml *p)
{
	struct value *v;
	char *copy;
	switch (p->leaf) {
	case KEY:
	case STRING:
		copy = arena_copy(p->arena, p->text.data, p->text.size);
		return copy ? value_text(p->arena, copy, p->text.size) : NULL;
	case INTEGER:
		return integer_of(p, text_trimmed(p));
	case REAL:
		return real_of(p, text_trimmed(p));
	case DATE:
		return date_of(p, text_trimmed(p));
	case DATA:
		return data_of(p);
	default:
		v = value_new(p->arena, VALUE_BOOL);
		if (v)
			v->integer = p->leaf == TRUE_;
		return v;
	}
}

/* {"CF$UID": n} is how Apple writes an archive's reference in XML. */
static bool is_uid(struct value *const *pair, size_t count)
{
	return count == 2 && pair[0]->size == 6 && memcmp(pair[0]->bytes, "CF$UID", 6) == 0 &&
	       pair[1]->type == VALUE_INT && pair[1]->integer >= 0;
}

static struct value *container_value(struct plist_xml *p, enum element element, size_t start)
{
	struct value *const *from = p->pending ? p->pending + start : NULL; /* nothing pending: an empty root */
	size_t count = p->pending_count - start;
	if (element == DICT && is_uid(from, count)) {
		struct value *uid = value_new(p->arena, VALUE_UID);
		if (uid)
			uid->integer = from[1]->integer;
		return uid;
	}
	struct value *v = value_new(p->arena, element == DICT ? VALUE_DICT : VALUE_ARRAY);
	size_t entries = element == DICT ? count / 2 : count;
	struct value **items = arena_array(p->arena, entries, sizeof *items);
	struct value **keys = element == DICT ? arena_array(p->arena, entries, sizeof *keys) : NULL;
	if (!v || !items || (element == DICT && !keys))
		return NULL;
	for (size_t i = 0; i < entries; i++) {
		items[i] = keys ? from[2 * i + 1] : from[i];
		if (keys)
			keys[i] = from[2 * i];
	}
	v->items = items;
	v->keys = keys;
	v->count = entries;
	return v;
}

/* Why `element` may not stand here, or NULL. */
static const char *misplaced(const struct plist_xml *p, enum element element)
{
	if (p->leaf)
		return "an element inside one that holds text";
	if (element == PLIST)
		return p->plist || p->depth || p->root ? "<plist> inside the tree" : NULL;
	if (p->depth == 0)
		return p->root ? "a second root" : element == KEY ? "<key> outside <dict>" : NULL;
	bool in_dict = p->stack[p->depth - 1].element == DICT;
	bool key_next = in_dict && (p->pending_count - p->stack[p->depth - 1].start) % 2 == 0;
	if (key_next != (element == KEY))
		return key_next ? "a value in <dict> without its <key>" : "a <key> where a value belongs";
	return NULL;
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces,
		     const xmlChar **namespace_list, int attributes, int defaulted, const xmlChar **attribute_list)
{
	(void)prefix, (void)uri, (void)namespaces, (void)namespace_list, (void)attributes, (void)defaulted,
		(void)attribute_list;
	struct plist_xml *p = context;
	if (p->error)
		return;
	enum element element = NONE;
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
		if (strcmp((const char *)name, elements[i].name) == 0)
			element = elements[i].element;
	const char *why = element ? misplaced(p, element) : "an element that property lists do not have";
	if (why) {
		stop(p, ERR_FORMAT, why);
	} else if (element == PLIST) {
		p->plist = true;
	} else if (p->depth == VALUE_DEPTH) {
		stop(p, ERR_LIMIT, "too many levels deep");
	} else if (element == DICT || element == ARRAY) {
		p->stack[p->depth].element = element;
		p->stack[p->depth++].start = p->pending_count;
	} else {
		p->leaf = element;
		buf_clear(&p->text);
	}
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	(void)name, (void)prefix, (void)uri;
	struct plist_xml *p = context;
	if (p->error)
		return;
	if (p->leaf) {
		if (p->text.failed) {
			stop_no_room(p);
			return;
		}
		struct value *v = leaf_value(p);
		p->leaf = NONE;
		value_add(p, v);
	} else if (p->depth) {
		enum element element = p->stack[p->depth - 1].element;
		size_t start = p->stack[p->depth - 1].start;
		if (element == DICT && (p->pending_count - start) % 2) {
			stop(p, ERR_FORMAT, "<dict> ends after a key");
			return;
		}
		struct value *v = container_value(p, element, start);
		p->pending_count = start;
		p->depth--;
		value_add(p, v);
	}
}

static void on_text(void *context, const xmlChar *text, int size)
{
	struct plist_xml *p = context;
	if (p->leaf && !p->error)
		buf_add(&p->text, text, (size_t)size);
}

static void on_reference(void *context, const xmlChar *name)
{
	(void)name;
	stop(context, ERR_FORMAT, "an entity that XML does not define");
}

static void on_entity(void *context, const xmlChar *name, int type, const xmlChar *public_id, const xmlChar *system_id,
		      xmlChar *content)
{
	(void)name, (void)type, (void)public_id, (void)system_id, (void)content;
	stop(context, ERR_UNSUPPORTED, "declares entities");
}

static void on_element(void *context, const xmlChar *name, int type, xmlElementContent *content)
{
	(void)name, (void)type, (void)content;
	stop(context, ERR_UNSUPPORTED, "declares elements");
}

static void on_attribute(void *context, const xmlChar *element, const xmlChar *name, int type, int def,
			 const xmlChar *value, xmlEnumeration *tree)
{
	(void)element, (void)name, (void)type, (void)def, (void)value;
	xmlFreeEnumeration(tree); /* it is the handler's */
	stop(context, ERR_UNSUPPORTED, "declares attributes");
}

/* Keeps the first complaint as the reason; nothing is printed. */
static void on_error(void *context, xmlError *error)
{
	struct plist_xml *p = context;
	if (!p || p->reason[0] || error->level < XML_ERR_ERROR || !error->message)
		return;
	p->at_end = !p->ctxt->input || p->ctxt->input->cur >= p->ctxt->input->end;
	size_t n = strcspn(error->message, "\n");
	if (n >= sizeof p->reason)
		n = sizeof p->reason - 1;
	memcpy(p->reason, error->message, n);
}

static enum err plist_xml_done(struct plist_xml *p, const struct value **ret)
{
	if (p->error)
		return p->error;
	if (!p->ctxt->wellFormed)
		return err_set(p->at_end ? ERR_TRUNCATED : ERR_FORMAT, "XML plist: line %d: %s",
			       xmlSAX2GetLineNumber(p->ctxt), p->reason[0] ? p->reason : "not well-formed");
	if (!p->root)
		return err_set(ERR_FORMAT, "XML plist: no value in it");
	*ret = p->root;
	return OK;
}

enum err plist_xml_read(struct arena *a, const void *bytes, size_t size, const struct value **ret)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, xml_start);
	if (size > INT_MAX)
		return err_set(ERR_LIMIT, "XML plist: %zu bytes are too many", size);
	struct plist_xml *p = calloc(1, sizeof *p);
	xmlParserCtxt *ctxt = p ? xmlCreateMemoryParserCtxt(bytes, (int)size) : NULL;
	if (!ctxt) {
		free(p);
		return err_set(ERR_NOMEM, "XML plist: out of memory");
	}
	p->arena = a;
	p->ctxt = ctxt;
	p->text.limit = a->limit;
	xmlCtxtUseOptions(ctxt, XML_PARSE_NONET | XML_PARSE_HUGE);
	*ctxt->sax = (xmlSAXHandler){
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.reference = on_reference,
		.entityDecl = on_entity,
		.elementDecl = on_element,
		.attributeDecl = on_attribute,
		.serror = on_error,
	};
	ctxt->userData = p;
	xmlParseDocument(ctxt);
	enum err e = plist_xml_done(p, ret);
	if (ctxt->myDoc) /* libxml2 makes one for an entity declaration, whatever the handlers */
		xmlFreeDoc(ctxt->myDoc);
	ctxt->myDoc = NULL;
	xmlFreeParserCtxt(ctxt);
	free(p->pending);
	buf_free(&p->text);
	free(p);
	return e;
}
