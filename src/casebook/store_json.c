#include "casebook/store.h"

#include "base/text.h"

static json_t *text_json(const char *text, size_t size)
{
	json_t *j = json_stringn(text, size);
	if (j)
		return j;
	struct buf clean = { 0 };
	buf_scrub(&clean, text, size);
	j = clean.failed ? NULL : json_stringn(clean.data ? clean.data : "", clean.size);
	buf_free(&clean);
	return j;
}

static json_t *value_json(const struct store_value *v)
{
	struct buf hex = { 0 };
	json_t *j = NULL;
	switch (v->type) {
	case STORE_INT:
		return json_integer(v->integer);
	case STORE_REAL:
		j = json_real(v->real); /* NULL: infinite or no number */
		return j ? j : json_null();
	case STORE_TEXT:
		return text_json(v->bytes, v->size);
	case STORE_BLOB:
		buf_hex(&hex, v->bytes, v->size);
		j = hex.failed ? NULL : json_stringn(hex.data ? hex.data : "", hex.size);
		buf_free(&hex);
		return j;
	case STORE_NULL:
		break;
	}
	return json_null();
}

json_t *store_row_json(const struct store_row *row)
{
	json_t *object = json_object();
	for (int i = 0; object && i < row->count; i++)
		if (json_object_set_new(object, row->names[i], value_json(&row->values[i]))) {
			json_decref(object);
			object = NULL;
		}
	return object;
}

enum err store_json_add(void *array, const struct store_row *row) { return json_array_append_new(array, store_row_json(row)) ? ERR_NOMEM : OK; }

enum err store_json_one(void *ret_object, const struct store_row *row)
{
	json_t **object = ret_object;
	if (!*object)
		*object = store_row_json(row);
	return *object ? OK : ERR_NOMEM;
}

enum err store_json_list(struct store *s, json_t *object, const char *name, const char *sql, int64_t id)
{
	json_t *list = json_array();
	enum err e = list && !json_object_set_new(object, name, list) ? OK : ERR_NOMEM;
	return e ? e : STORE_RUN(s, sql, store_json_add, list, store_int(id));
}
