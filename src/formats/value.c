#include "formats/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

struct value *value_new(struct arena *a, enum value_type type)
{
	struct value *v = arena_new(a, struct value);
	if (v)
		v->type = type;
	return v;
}

struct value *value_text(struct arena *a, const char *bytes, size_t size)
{
	struct value *v = value_new(a, VALUE_TEXT);
	if (!v)
		return NULL;
	if (utf8_valid(bytes, size) != size) {
		struct buf clean = { .limit = a->limit };
		buf_scrub(&clean, bytes, size);
		bytes = clean.failed ? NULL : arena_copy(a, clean.data, clean.size);
		size = clean.size;
		buf_free(&clean);
		if (!bytes)
			return NULL;
	}
	v->bytes = bytes;
	v->size = size;
	return v;
}

static const struct value *dict_find(const struct value *v, const char *key, size_t size)
{
	if (!v || v->type != VALUE_DICT)
		return NULL;
	for (size_t i = 0; i < v->count; i++) {
		const struct value *k = v->keys[i];
		if (k->type == VALUE_TEXT && k->size == size && memcmp(k->bytes, key, size) == 0)
			return v->items[i];
	}
	return NULL;
}

const struct value *value_get(const struct value *v, const char *key) { return dict_find(v, key, strlen(key)); }

const struct value *value_at(const struct value *v, size_t i)
{
	return v && v->type == VALUE_ARRAY && i < v->count ? v->items[i] : NULL;
}

/* "[3]" or "[#-1]" at *p, which is moved behind it. */
static const struct value *path_index(const struct value *v, const char **p)
{
	const char *s = *p + 1;
	bool from_end = strncmp(s, "#-", 2) == 0;
	if (from_end)
		s += 2;
	if (*s < '0' || *s > '9')
		return NULL;
	char *end;
	unsigned long i = strtoul(s, &end, 10);
	if (*end != ']' || !v || v->type != VALUE_ARRAY)
		return NULL;
	*p = end + 1;
	if (from_end)
		return i >= 1 && i <= v->count ? v->items[v->count - i] : NULL;
	return value_at(v, i);
}

static const struct value *path_key(const struct value *v, const char **p)
{
	const char *s = *p + 1, *end;
	if (*s == '"') {
		end = strchr(++s, '"');
		if (!end)
			return NULL;
		*p = end + 1;
	} else {
		end = s + strcspn(s, ".[");
		*p = end;
	}
	return end > s ? dict_find(v, s, (size_t)(end - s)) : NULL;
}

const struct value *value_path(const struct value *v, const char *path)
{
	if (*path++ != '$')
		return NULL;
	while (v && *path) {
		if (*path == '.')
			v = path_key(v, &path);
		else if (*path == '[')
			v = path_index(v, &path);
		else
			return NULL;
	}
	return v;
}

static void value_json_at(struct buf *out, const struct value *v, int depth)
{
	char text[40];
	if (!v || depth > VALUE_DEPTH) {
		buf_text(out, "null");
		return;
	}
	switch (v->type) {
	case VALUE_NULL:
		buf_text(out, "null");
		break;
	case VALUE_BOOL:
		buf_text(out, v->integer ? "true" : "false");
		break;
	case VALUE_INT:
		buf_printf(out, "%lld", (long long)v->integer);
		break;
	case VALUE_REAL:
		if (isfinite(v->real))
			buf_printf(out, "%.17g", v->real);
		else
			buf_text(out, "null");
		break;
	case VALUE_DATE:
		buf_printf(out, "\"%s\"", time_iso(v->integer, text, sizeof text));
		break;
	case VALUE_TEXT:
		buf_json(out, v->bytes, v->size);
		break;
	case VALUE_DATA:
		buf_char(out, '"');
		buf_base64(out, v->bytes, v->size);
		buf_char(out, '"');
		break;
	case VALUE_UID:
		buf_printf(out, "{\"CF$UID\":%lld}", (long long)v->integer);
		break;
	case VALUE_ARRAY:
	case VALUE_DICT:
		buf_char(out, v->type == VALUE_ARRAY ? '[' : '{');
		for (size_t i = 0; i < v->count && !out->failed; i++) {
			if (i)
				buf_char(out, ',');
			if (v->type == VALUE_DICT) {
				buf_json(out, v->keys[i]->bytes, v->keys[i]->size);
				buf_char(out, ':');
			}
			value_json_at(out, v->items[i], depth + 1);
		}
		buf_char(out, v->type == VALUE_ARRAY ? ']' : '}');
		break;
	}
}

void value_json(struct buf *out, const struct value *v) { value_json_at(out, v, 0); }
