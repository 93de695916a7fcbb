/* xml: XML (libxml2: no network, no entities beyond the five, no DTD) and Android binary XML (ABX) as one tree of elements.
 * ABX byte-level notes: docs/formats/abx.md. */
#ifndef CUSTOS_FORMATS_XML_H
#define CUSTOS_FORMATS_XML_H

#include "base/arena.h"
#include "base/err.h"

struct xml_attribute {
	const char *name, *value; /* NUL-terminated UTF-8, in the arena; typed ABX values as Android's text form has them:
				    * decimal, hexadecimal without prefix for the hex types, true/false, bytes hex or base64 */
	struct xml_attribute *next;
};

struct xml_node {
	const char *name;  /* element name */
	const char *text;  /* all character data directly inside, joined; "" when none, or when it is only white space between children */
	struct xml_attribute *attributes;
	struct xml_node *parent, *children, *next; /* first child; next sibling, in document order */
	int depth;         /* of a root: 0 */
};

/* Reads text XML or ABX (magic "ABX\0"). ABX may hold several roots: they are siblings. On damage the elements before it are
 * kept: *ret holds them, and the err tells what stopped (ERR_FORMAT, ERR_TRUNCATED, ERR_LIMIT). Depth at most 512. */
enum err xml_read(struct arena *a, const void *bytes, size_t size, struct xml_node **ret);

/* The attribute's value, or NULL. */
const char *xml_attribute(const struct xml_node *n, const char *name);

/* The next node in document order (children first), or NULL: for loops over a whole tree. */
struct xml_node *xml_next(struct xml_node *n);

#endif
