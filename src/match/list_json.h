/* list_json: JSON as a stream of tokens, however large the file is: RFC 8259, UTF-8, at most 64 deep. This room's own, and its tests'. */
#ifndef CUSTOS_MATCH_LIST_JSON_H
#define CUSTOS_MATCH_LIST_JSON_H

#include "match/list_parse.h"

enum json { JSON_FAILED, JSON_END, JSON_OBJECT, JSON_OBJECT_END, JSON_ARRAY, JSON_ARRAY_END, JSON_KEY, JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL };
enum { JSON_DEPTH_MOST = 64, JSON_TEXT_MOST = 16 << 10 };

struct json_in {
	struct list_in *in;
	enum err failed;  /* after JSON_FAILED; err_message() says where */
	struct buf text;  /* of JSON_KEY, JSON_STRING, JSON_NUMBER; never NULL then. What is beyond JSON_TEXT_MOST is passed over */
	int depth;
	/* inside */
	uint64_t objects; /* a bit for each depth: it is an object */
	bool value_next, comma_next, skipping;
};

struct json_in json_make(struct list_in *in);
void json_free(struct json_in *j);
enum json json_next(struct json_in *j);
/* Passes over the rest of what `t`, the token just taken, began. JSON_FAILED or `t`. */
enum json json_skip(struct json_in *j, enum json t);
const char *json_name(enum json t); /* "an object", "a string": for messages */

#endif
