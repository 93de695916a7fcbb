/* template: a page's text with places for values, compiled from web/templates/NAME.html by web/compile-templates when Custos is built.
 *
 *   {{name}}  {{case.title}}  {{.}}        the value, escaped: there is no way to put text in unescaped
 *   {{at | time}}                          through a filter (enum template_filter)
 *   {{#if name}} … {{else}} … {{/if}}      false: absent, null, false, 0, "", an empty array or object
 *   {{#each name}} … {{else}} … {{/each}}  for each item of an array; within it a name is the item's own and nobody else's; else: none
 *   {{^name}}                              the page's own, from within an item
 *   {{> part}}                             another file's text, put in when compiled
 *   {{! … }}                               a remark
 *
 * The compiler refuses values outside of text and double-quoted attributes, within script and style, in on… and style attributes; a value that begins an
 * attribute that is an address (href, src, action …) is given only if it is a path of this server.
 */
#ifndef CUSTOS_WEB_TEMPLATE_H
#define CUSTOS_WEB_TEMPLATE_H

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

enum template_op { TEMPLATE_TEXT, TEMPLATE_VALUE, TEMPLATE_IF, TEMPLATE_EACH, TEMPLATE_ELSE, TEMPLATE_END };

enum template_filter {
	FILTER_NONE,
	FILTER_TIME,  /* microseconds UTC: 25 Nov 2026, 14:31:05 UTC */
	FILTER_DAY,   /* 25 November 2026; also of an ISO date */
	FILTER_COUNT, /* 1,234 */
	FILTER_BYTES, /* 1.2 GB */
	FILTER_PART,  /* percent-encoded: a part of a path or a value of a query */
	FILTER_PATH,  /* an address of this server: what does not begin with one "/", "?" or "#" becomes "#" */
	FILTER_ISO,   /* microseconds UTC: 2026-11-25T14:31:05Z, for <time datetime> */
};

struct template_step {
	uint8_t op, filter;
	uint16_t jump;    /* of if and each: the step of its else or end; of else: its end */
	uint32_t size;    /* of text */
	const char *text; /* text, or a name with its parts parted by zero bytes, two at the end; "" alone: the item itself */
};

struct template {
	const char *name;
	const struct template_step *steps;
	int count;
};

extern const struct template templates[];
extern const int template_count;

const struct template *template_find(const char *name); /* NULL */

/* ERR_NOMEM; ERR_LIMIT where the page becomes larger than out->limit. */
enum err template_render(struct buf *out, const struct template *t, const json_t *data);

void html_escape(struct buf *out, const char *text, size_t size);

#endif
