/* xml_parts: how the two readers of xml.h (text and ABX) build the tree. Not for other rooms. */
#ifndef CUSTOS_FORMATS_XML_PARTS_H
#define CUSTOS_FORMATS_XML_PARTS_H

#include "base/span.h"
#include "base/text.h"
#include "formats/xml.h"

enum { XML_DEPTH = 512 };

struct xml_builder {
	struct arena *arena;
	struct xml_node *first_root, *last_root;
	struct {
		struct xml_node *node, *last_child;
		struct xml_attribute *last_attribute;
		struct buf text; /* its memory serves the next element of this depth too */
	} open[XML_DEPTH];
	int depth;      /* elements open */
	enum err error; /* first failure, with its line of context set */
};

/* Each does nothing once `error` is set, and sets it (ERR_LIMIT) when depth or memory are used up.
 * `name` and `value` must be NUL-terminated UTF-8 in the arena. */
void xml_build_open(struct xml_builder *b, const char *name);
void xml_build_attribute(struct xml_builder *b, const char *name, const char *value); /* of the innermost open element */
void xml_build_text(struct xml_builder *b, const char *text, size_t size); /* valid UTF-8; outside of all elements: dropped */
void xml_build_close(struct xml_builder *b);

/* Reads ABX behind its first magic. */
enum err abx_read(struct xml_builder *b, struct span s);

#endif
