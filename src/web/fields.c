/* A form's fields, from application/x-www-form-urlencoded, multipart/form-data or a JSON object: text, all of it UTF-8. */
#include "web/web_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void refuse(struct exchange *x, enum err e, const char *why)
{
	if (x->body_err)
		return;
	x->body_err = e;
	snprintf(x->body_why, sizeof x->body_why, "%s", why);
}

static void value_add(struct exchange *x, const char *name, json_t *value)
{
	json_t *old = json_object_get(x->r.fields, name), *list;
	if (!value)
		refuse(x, ERR_USAGE, "the form holds text that is no UTF-8");
	else if (!old && json_object_size(x->r.fields) >= FIELDS_MOST)
		refuse(x, ERR_LIMIT, "the form has too many fields");
	else if (!old)
		json_object_set(x->r.fields, name, value);
	else if (json_is_array(old) && json_array_size(old) < FIELDS_MOST)
		json_array_append(old, value);
	else if (!json_is_array(old) && (list = json_array())) {
		json_array_append(list, old);
		json_array_append(list, value);
		json_object_set_new(x->r.fields, name, list);
	}
	json_decref(value);
}

static void value_close(struct exchange *x)
{
	if (x->value_open) {
		const char *text = x->value.data ? x->value.data : "";
		if (x->value.failed)
			refuse(x, ERR_LIMIT, "a field of the form is too long");
		else if (memchr(text, 0, x->value.size))
			refuse(x, ERR_USAGE, "the form holds text with a zero byte");
		else
			value_add(x, x->key, json_stringn(text, x->value.size));
	}
	x->value_open = false;
	buf_clear(&x->value);
}

static enum MHD_Result field_part(void *context, enum MHD_ValueKind kind, const char *key, const char *file, const char *type, const char *encoding, const char *data, uint64_t offset, size_t size)
{
	struct exchange *x = context;
	(void)kind, (void)type, (void)encoding;
	if (x->body_err)
		return MHD_NO;
	if (file) {
		value_close(x);
		if (!x->r.page->body)
			return refuse(x, ERR_USAGE, "this form takes no file"), MHD_NO;
		if (!*file && !size)
			return MHD_YES; /* nothing was chosen */
		x->has_file = true;
		enum err e = x->r.page->body(&x->r, key, file, offset, data, size);
		if (e)
			refuse(x, e, err_message());
		return e ? MHD_NO : MHD_YES;
	}
	if (!key || strlen(key) >= sizeof x->key)
		return refuse(x, ERR_USAGE, "a field's name is too long"), MHD_NO;
	if (offset == 0) {
		value_close(x);
		strcpy(x->key, key);
		x->value_open = true;
	}
	buf_add(&x->value, data, size);
	return MHD_YES;
}

static bool type_is(const char *type, const char *wanted)
{
	size_t n = strlen(wanted);
	return type && strncasecmp(type, wanted, n) == 0 && (!type[n] || type[n] == ';' || type[n] == ' ');
}

bool fields_begin(struct exchange *x)
{
	const char *type = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Content-Type");
	x->value.limit = FIELD_MOST;
	x->body.limit = BODY_MOST;
	if (x->r.page->flags & PAGE_PUT)
		return true;
	x->is_json = type_is(type, "application/json");
	if (x->is_json)
		return true;
	if (!type || type_is(type, "application/x-www-form-urlencoded") || type_is(type, "multipart/form-data")) {
		if (!type)
			return true; /* a POST without a body */
		x->post = MHD_create_post_processor(x->connection, 64 << 10, field_part, x);
		return x->post != NULL;
	}
	refuse(x, ERR_USAGE, "Content-Type: expected a form or application/json");
	return true;
}

void fields_more(struct exchange *x, const char *bytes, size_t size)
{
	uint64_t most = x->r.page->body_most ? x->r.page->body_most : BODY_MOST, offset = x->received;
	x->received += size;
	if (x->body_err)
		return;
	if (x->received > most)
		refuse(x, ERR_LIMIT, "what was sent is larger than this page takes");
	else if (x->r.page->flags & PAGE_PUT) {
		enum err e = x->r.page->body ? x->r.page->body(&x->r, NULL, NULL, offset, bytes, size) : ERR_USAGE;
		if (e)
			refuse(x, e, err_message());
	} else if (x->is_json)
		buf_add(&x->body, bytes, size);
	else if (!x->post || MHD_post_process(x->post, bytes, size) != MHD_YES)
		refuse(x, ERR_USAGE, "the form cannot be read");
}

/* Members of a JSON object as a form has them: numbers and truth become text; deeper things are refused. */
static void json_fields(struct exchange *x)
{
	json_error_t error;
	json_t *body = json_loadb(x->body.data ? x->body.data : "", x->body.size, JSON_REJECT_DUPLICATES, &error), *value, *item;
	const char *name;
	size_t i;
	char why[280], number[32];
	if (x->body.failed || !json_is_object(body)) {
		char place[60];
		snprintf(place, sizeof place, "line %d, column %d", error.line, error.column); /* not jansson's own words: they quote the body, and that may hold a password */
		snprintf(why, sizeof why, "the body is no JSON object: %s", x->body.failed ? "it is too large" : body ? "it is something else" : place);
		refuse(x, ERR_USAGE, why);
		json_decref(body);
		return;
	}
	json_object_foreach(body, name, value) {
		if (strlen(name) >= sizeof x->key || json_is_object(value) || json_is_real(value)) {
			snprintf(why, sizeof why, "%.64s: expected text or a whole number", name);
			refuse(x, ERR_USAGE, why);
		} else if (json_is_integer(value)) {
			snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
			value_add(x, name, json_string(number));
		} else if (json_is_boolean(value))
			value_add(x, name, json_string(json_is_true(value) ? "1" : ""));
		else if (json_is_string(value) && json_string_length(value) <= FIELD_MOST)
			value_add(x, name, json_incref(value));
		else if (json_is_array(value)) {
			json_array_foreach(value, i, item) {
				if (json_is_string(item))
					value_add(x, name, json_incref(item));
				else
					refuse(x, ERR_USAGE, "a list in the body holds something else than text");
			}
		} else if (json_is_string(value))
			refuse(x, ERR_LIMIT, "a field of the body is too long");
	}
	json_decref(body);
}

enum err fields_end(struct exchange *x)
{
	if (x->post) {
		MHD_destroy_post_processor(x->post);
		x->post = NULL;
		value_close(x);
	}
	if (x->is_json && !x->body_err)
		json_fields(x);
	return x->body_err ? err_set(x->body_err, "%s", x->body_why) : OK;
}
