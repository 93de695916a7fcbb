/* NCMEC hash sharing, version 2: <queryResult><images count=""><image>…, <deletedImage>…; <videos>…; <paging><next>. Read with libxml2's events, piece by
 * piece; document types, and with them entities, are refused. */
#include <limits.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/time.h"
#include "match/list_parse.h"

enum { TEXT_MOST = 64 << 10, LEVEL_ROOT = 1, LEVEL_GROUP, LEVEL_ENTRY, LEVEL_FIELD, LEVEL_HASH };

struct ncmec {
	struct list_in *in;
	struct list_sink *sink;
	struct list_making m;
	xmlParserCtxtPtr xml;
	enum err failed;
	int depth, passed_over; /* passed_over: depth of an element that says nothing for us, with all in it; 0: none */
	uint64_t counted, count; /* entries of this group: as stated, if stated; as read */
	bool has_count, hashes, paging;
	struct buf text;        /* of the innermost element */
	struct buf member, id;
};

static void stop(struct ncmec *n, enum err e, const char *what, const char *name)
{
	if (n->failed)
		return;
	n->in->row_line = (uint64_t)xmlSAX2GetLineNumber(n->xml);
	n->failed = list_in_bad(n->in, e, "%s%s%.60s", what, name ? ": " : "", name ? name : "");
	xmlStopParser(n->xml);
}

static bool is(const xmlChar *name, const char *word) { return strcmp((const char *)name, word) == 0; }

/* The value of an attribute, NULL where it is not there. */
static const char *attribute(const xmlChar **attributes, int count, const char *name, size_t *ret_size)
{
	for (int i = 0; i < count; i++)
		if (is(attributes[5 * i], name)) {
			*ret_size = (size_t)(attributes[5 * i + 4] - attributes[5 * i + 3]);
			return (const char *)attributes[5 * i + 3];
		}
	return NULL;
}

static bool number_read(const char *p, size_t size, uint64_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < size; i++) {
		if (p[i] < '0' || p[i] > '9' || i == 18)
			return false;
		*ret = *ret * 10 + (uint64_t)(p[i] - '0');
	}
	return size > 0;
}

static void root_begin(struct ncmec *n, const xmlChar *name, const xmlChar *uri)
{
	/* "https://…/v2": an element of another namespace would be another format. */
	const char *version = uri ? strrchr((const char *)uri, '/') : NULL;
	if (!is(name, "queryResult"))
		stop(n, ERR_FORMAT, "the document is no queryResult", (const char *)name);
	else if (!version || strcmp(version, "/v2") != 0)
		stop(n, ERR_UNSUPPORTED, "the document is not of hash sharing's version 2", uri ? (const char *)uri : "no namespace");
	else
		strcpy(n->sink->tally->version, "v2");
}

static void group_begin(struct ncmec *n, const xmlChar *name, const xmlChar **attributes, int count)
{
	size_t size = 0;
	n->paging = is(name, "paging");
	if (!is(name, "images") && !is(name, "videos")) {
		n->passed_over = n->paging ? 0 : n->depth;
		return;
	}
	const char *stated = attribute(attributes, count, "count", &size);
	n->counted = 0;
	n->has_count = stated;
	if (stated && !number_read(stated, size, &n->count))
		stop(n, ERR_FORMAT, "a count that is no number", NULL);
}

static void entry_begin(struct ncmec *n, const xmlChar *name)
{
	if (n->paging)
		return;
	bool deleted = strncmp((const char *)name, "deleted", 7) == 0;
	bool video = is(name, "video") || is(name, "deletedVideo");
	if (!video && !is(name, "image") && !is(name, "deletedImage")) {
		stop(n, ERR_FORMAT, "an entry of a kind that is not known", (const char *)name);
		return;
	}
	list_making_clear(&n->m);
	buf_clear(&n->member);
	buf_clear(&n->id);
	n->m.record.flags = (deleted ? LIST_TOMBSTONE : 0) | (video ? LIST_VIDEO : 0);
	n->m.record.keyed = true;
	n->counted++;
}

static void element_begin(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces, const xmlChar **spaces, int count, int defaulted,
			  const xmlChar **attributes)
{
	struct ncmec *n = context;
	size_t size = 0;
	const char *value;
	(void)prefix, (void)namespaces, (void)spaces, (void)defaulted;
	n->depth++;
	buf_clear(&n->text);
	if (n->passed_over || n->failed)
		return;
	if (n->depth == LEVEL_ROOT)
		root_begin(n, name, uri);
	else if (n->depth == LEVEL_GROUP)
		group_begin(n, name, attributes, count);
	else if (n->depth == LEVEL_ENTRY)
		entry_begin(n, name);
	else if (n->depth == LEVEL_FIELD && (n->hashes = is(name, "fingerprints")))
		return;
	else if (n->depth == LEVEL_FIELD && is(name, "member") && (value = attribute(attributes, count, "id", &size)))
		buf_add(&n->member, value, size);
	else if (n->depth > LEVEL_HASH || (n->depth == LEVEL_HASH && !n->hashes))
		n->passed_over = n->depth;
}

static void hash_end(struct ncmec *n, const xmlChar *name)
{
	static const struct {
		const char *name;
		enum list_kind kind;
	} kinds[] = { { "md5", LIST_MD5 }, { "sha1", LIST_SHA1 }, { "sha256", LIST_SHA256 }, { "pdq", LIST_PDQ } };
	char why[LIST_WHY];
	const char *text = n->text.data ? n->text.data : "";
	if (is(name, "pdna")) {
		list_making_photodna(&n->m, n->sink, text, n->text.size);
		return;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (is(name, kinds[i].name)) {
			if (!list_making_hash(&n->m, kinds[i].kind, text, n->text.size, why))
				stop(n, ERR_FORMAT, why, NULL);
			return;
		}
	list_making_foreign(n->sink, (const char *)name, strlen((const char *)name));
}

static void field_end(struct ncmec *n, const xmlChar *name)
{
	const char *text = n->text.data ? n->text.data : "";
	if (n->paging)
		return;
	if (is(name, "id"))
		buf_add(&n->id, text, n->text.size);
	else if (is(name, "classification"))
		list_making_word(&n->m, n->sink, LIST_CATEGORY, text, n->text.size);
	else if (is(name, "timestamp") && !time_parse(text, &n->m.record.time))
		stop(n, ERR_FORMAT, "a timestamp that is none", text);
}

static void entry_end(struct ncmec *n, const xmlChar *name)
{
	if (n->paging) {
		n->sink->tally->more |= is(name, "next") && n->text.size > 0;
		return;
	}
	if (!n->id.size || !n->member.size) {
		stop(n, ERR_FORMAT, "an entry without its id or its member's", NULL);
		return;
	}
	buf_char(&n->member, '/');
	buf_add(&n->member, n->id.data, n->id.size);
	list_making_word(&n->m, n->sink, LIST_MEDIA, n->member.data ? n->member.data : "", n->member.size);
	n->failed = n->id.failed || n->member.failed ? ERR_NOMEM : list_making_done(&n->m, n->sink);
	if (n->failed)
		xmlStopParser(n->xml);
}

static void element_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct ncmec *n = context;
	(void)prefix, (void)uri;
	int depth = n->depth--;
	if (n->failed)
		return;
	if (n->passed_over) {
		n->passed_over = n->passed_over == depth ? 0 : n->passed_over;
	} else if (depth == LEVEL_HASH) {
		hash_end(n, name);
	} else if (depth == LEVEL_FIELD) {
		field_end(n, name);
	} else if (depth == LEVEL_ENTRY) {
		entry_end(n, name);
	} else if (depth == LEVEL_GROUP && !n->paging && n->has_count && n->counted != n->count) {
		stop(n, ERR_TRUNCATED, "there are not as many entries as the count states, in", (const char *)name);
	}
	buf_clear(&n->text);
}

static void text_add(void *context, const xmlChar *text, int size)
{
	struct ncmec *n = context;
	if (size > 0 && !n->passed_over && n->text.size < TEXT_MOST)
		buf_add(&n->text, text, (size_t)size < TEXT_MOST - n->text.size ? (size_t)size : TEXT_MOST - n->text.size);
}

static void document_type(void *context, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)name, (void)public_id, (void)system_id;
	stop(context, ERR_FORMAT, "a document type is declared: such documents are not read", NULL);
}

static xmlEntityPtr entity_get(void *context, const xmlChar *name)
{
	(void)context;
	return xmlGetPredefinedEntity(name);
}

static void complain(void *context, xmlErrorPtr e)
{
	struct ncmec *n = context;
	if (e->level >= XML_ERR_FATAL && !n->failed) {
		char what[200];
		size_t size = strcspn(e->message ? e->message : "", "\n");
		bool ended = e->code == XML_ERR_DOCUMENT_END || e->code == XML_ERR_TAG_NOT_FINISHED || list_in_peek(n->in) < 0;
		memcpy(what, e->message ? e->message : "", size < sizeof what ? size : sizeof what - 1);
		what[size < sizeof what ? size : sizeof what - 1] = 0;
		n->in->row_line = e->line > 0 ? (uint64_t)e->line : 1;
		n->in->row_offset = n->in->offset + n->in->at;
		n->failed = list_in_bad(n->in, ended ? ERR_TRUNCATED : ERR_FORMAT, "%s%s", ended ? "the file ends before the list does: " : "", what);
	}
}

/* libxml2 knows these by itself; for others it would look for files, which a worker cannot open. */
static bool encoding_known(struct span head)
{
	static const char *const known[] = { "utf-8", "us-ascii", "ascii", "iso-8859-1", "utf-16" };
	char text[256] = "";
	size_t size = span_left(&head) < sizeof text - 1 ? span_left(&head) : sizeof text - 1;
	memcpy(text, head.at, size);
	char *end = strstr(text, "?>"), *p = strstr(text, "encoding");
	if (!p || (end && p > end))
		return true;
	p += strcspn(p, "\"'");
	p += *p != 0;
	size = strcspn(p, "\"'");
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (list_word_is(p, size, known[i]))
			return true;
	return false;
}

static enum err document_take(struct ncmec *n)
{
	struct list_in *in = n->in;
	while (list_in_peek(in) >= 0 && !n->failed) {
		size_t size = in->size - in->at;
		const char *piece = (const char *)in->piece + in->at;
		in->row_offset = in->offset + in->at;
		in->at = in->size;
		if (xmlParseChunk(n->xml, piece, (int)size, 0) != 0)
			break;
	}
	if (!n->failed && !in->failed)
		xmlParseChunk(n->xml, "", 0, 1);
	if (!n->failed)
		n->failed = in->failed;
	if (!n->failed && (!n->xml->wellFormed || !n->sink->tally->version[0])) {
		in->row_line = 0;
		n->failed = list_in_bad(in, ERR_FORMAT, "this is no XML");
	}
	return n->failed;
}

enum err list_parse_ncmec(struct list_in *in, struct list_sink *sink)
{
	xmlSAXHandler events = { .initialized = XML_SAX2_MAGIC, .startElementNs = element_begin, .endElementNs = element_end, .characters = text_add, .cdataBlock = text_add,
				 .internalSubset = document_type, .getEntity = entity_get, .serror = complain };
	struct ncmec n = { .in = in, .sink = sink };
	/* White space before the declaration is no XML, but files that were copied by hand begin so. */
	while (list_in_peek(in) == '\n' || list_in_peek(in) == '\r' || list_in_peek(in) == ' ')
		list_in_take(in);
	if (!encoding_known(list_in_head(in, 200)))
		return list_in_bad(in, ERR_UNSUPPORTED, "its encoding is not read: UTF-8, UTF-16, ASCII and ISO-8859-1 are");
	n.xml = xmlCreatePushParserCtxt(&events, &n, NULL, 0, NULL);
	enum err e = n.xml ? OK : ERR_NOMEM;
	if (!e) {
		xmlCtxtUseOptions(n.xml, XML_PARSE_NONET);
		list_making_clear(&n.m);
		e = document_take(&n);
	}
	if (!e && (n.text.failed || n.member.failed))
		e = ERR_NOMEM;
	xmlFreeParserCtxt(n.xml);
	list_making_free(&n.m);
	buf_free(&n.text);
	buf_free(&n.member);
	buf_free(&n.id);
	return e;
}
