#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/time.h"
#include "casebook/place.h"
#include "web/pages/pages.h"

bool list_cut(json_t *array)
{
	bool more = json_array_size(array) > LIST_PAGE;
	while (json_array_size(array) > LIST_PAGE)
		json_array_remove(array, json_array_size(array) - 1);
	return more;
}

/* Percent-encodes what is no plain character. */
static void encoded(struct buf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-._~", c))
			buf_char(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

enum err list_pages(struct request *r, const char *name, bool next, const char *place)
{
	static const char *const kept[] = { "q", "from", "to", "app", "deleted", "state", "start", "end", NULL };
	struct buf path = { 0 };
	bool later = request_query(r, name) != NULL;
	int count = 0;
	if (!next && !later)
		return OK;
	buf_text(&path, r->path);
	for (int i = 0; kept[i]; i++) {
		const char *value = request_query(r, kept[i]);
		if (!value)
			continue;
		buf_printf(&path, "%c%s=", count++ ? '&' : '?', kept[i]);
		encoded(&path, value);
	}
	enum err e = path.failed ? ERR_NOMEM : request_set(r, "has_pages", json_true());
	if (!e && later)
		e = request_set_text(r, "first", path.data);
	if (!e && next) {
		buf_printf(&path, "%c%s=", count ? '&' : '?', name);
		encoded(&path, place);
		e = path.failed ? ERR_NOMEM : request_set_text(r, "next", path.data);
	}
	buf_free(&path);
	return e;
}

enum err values_set(struct request *r, const char *name, const char *text)
{
	json_t *values = json_object_get(r->data, "values");
	if (!text)
		return OK;
	if (!values && request_set(r, "values", values = json_object()))
		return ERR_NOMEM;
	return json_object_set_new(values, name, json_string(text)) ? ERR_NOMEM : OK;
}

enum err values_moment(struct request *r, const char *name, int64_t at)
{
	char text[32];
	if (at == TIME_NONE)
		return OK;
	time_iso(at - at % 60000000, text, sizeof text);
	text[strlen(text) > 16 ? 16 : 0] = 0; /* as a browser's field wants it */
	return values_set(r, name, text);
}

enum err options_places(struct request *r)
{
	json_t *list = json_array(), *options = json_array(), *one;
	size_t i;
	enum err e = list && options ? place_list(r->store, list) : ERR_NOMEM;
	json_array_foreach(list, i, one)
		json_array_append_new(options, json_pack("{s:O,s:O}", "value", json_object_get(one, "code"), "text", json_object_get(one, "name")));
	json_decref(list);
	if (e) {
		json_decref(options);
		return e;
	}
	json_t *all = json_object_get(r->data, "options");
	if (!all && request_set(r, "options", all = json_object())) {
		json_decref(options);
		return ERR_NOMEM;
	}
	return json_object_set_new(all, "establishment", options) ? ERR_NOMEM : OK;
}
