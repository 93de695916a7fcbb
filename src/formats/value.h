/* value: the one tree into which property lists, archives, Android XML and protobuf are read.
 *
 * Values live in an arena and borrow text and data from the evidence bytes where they can (so those must outlive them).
 * Trees are acyclic and at most VALUE_DEPTH deep: a parser that meets deeper input stops with ERR_LIMIT.
 * Because a binary plist may refer to one object many times, a "tree" may be a DAG: printing it is bounded by
 * the buffer's limit, walking it by the walker.
 */
#ifndef CUSTOS_FORMATS_VALUE_H
#define CUSTOS_FORMATS_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

enum { VALUE_DEPTH = 512 };

enum value_type {
	VALUE_NULL,
	VALUE_BOOL,  /* integer 0 or 1 */
	VALUE_INT,   /* integer */
	VALUE_REAL,  /* real */
	VALUE_DATE,  /* integer: µs UTC (base/time.h) */
	VALUE_TEXT,  /* bytes/size: valid UTF-8 */
	VALUE_DATA,  /* bytes/size */
	VALUE_UID,   /* integer: NSKeyedArchiver reference */
	VALUE_ARRAY, /* items/count */
	VALUE_DICT,  /* items/keys/count; keys are text values, order and duplicates as in the file */
};

struct value {
	enum value_type type;
	union {
		int64_t integer;
		double real;
		struct {
			const char *bytes; /* not necessarily NUL-terminated */
			size_t size;
		};
		struct {
			struct value **items; /* never holds NULL below count */
			struct value **keys;  /* VALUE_DICT only */
			size_t count;
		};
	};
};

/* The first entry of dict `v` named `key` (NUL-terminated), or NULL; also NULL when `v` is NULL or no dict. */
const struct value *value_get(const struct value *v, const char *key);

/* Item `i` of array `v`, or NULL. */
const struct value *value_at(const struct value *v, size_t i);

/* The node a path names, or NULL. Paths are SQLite's JSON paths: `$`, `$.key`, `$."a key"`, `$[3]`, `$[#-1]`, chained. */
const struct value *value_path(const struct value *v, const char *path);

/* JSON of the tree. Dates become ISO 8601 strings, data base64 strings, UIDs {"CF$UID":n}, not-a-number null. */
void value_json(struct buf *out, const struct value *v);

/* A new node, or NULL when the arena is full. */
struct value *value_new(struct arena *a, enum value_type type);
struct value *value_text(struct arena *a, const char *bytes, size_t size); /* borrows; scrubs invalid UTF-8 into the arena */

#endif
