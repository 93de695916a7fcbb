#include <string.h>

#include "web/web_inside.h"

static const struct {
	const char *flag, *type;
} shown[] = {
	[FORM_LINE] = { "is_line", "text" }, [FORM_NARROW] = { "is_line", "text" }, [FORM_AREA] = { "is_area", NULL }, [FORM_DAY] = { "is_line", "date" }, [FORM_MOMENT] = { "is_line", "datetime-local" },
	[FORM_PASSWORD] = { "is_line", "password" }, [FORM_SELECT] = { "is_select", NULL }, [FORM_RADIOS] = { "is_radios", NULL }, [FORM_CHECKBOXES] = { "is_checkboxes", NULL }, [FORM_FILE] = { "is_file", NULL },
	[FORM_HIDDEN] = { "is_hidden", NULL },
};

/* What the field holds: as it was typed, where that could not be taken; else what is known. */
static const json_t *held(const struct request *r, const json_t *data, const char *name)
{
	const json_t *typed = json_array_size(r->errors) ? json_object_get(r->fields, name) : NULL;
	return typed ? typed : json_object_get(json_object_get(data, "values"), name);
}

static bool is_chosen(const json_t *value, const char *option)
{
	size_t i;
	json_t *one;
	if (json_is_string(value))
		return strcmp(json_string_value(value), option) == 0;
	json_array_foreach(value, i, one)
		if (json_is_string(one) && strcmp(json_string_value(one), option) == 0)
			return true;
	return false;
}

static enum err option_add(json_t *options, const struct form_field *f, const char *value, const char *text, const json_t *chosen)
{
	json_t *id = json_sprintf("%s-%zu", f->name, json_array_size(options) + 1);
	return json_array_append_new(options, json_pack("{s:s,s:s,s:s,s:o,s:b}", "field", f->name, "value", value, "text", text, "id", id, "selected", (int)is_chosen(chosen, value))) ? ERR_NOMEM : OK;
}

static json_t *options_of(const struct form_field *f, const json_t *data, const json_t *chosen)
{
	json_t *options = json_array(), *one;
	size_t i;
	enum err e = options ? OK : ERR_NOMEM;
	if (!e && f->kind == FORM_SELECT && !f->needed)
		e = option_add(options, f, "", "", chosen);
	for (int k = 0; !e && f->words && f->words[k]; k++)
		e = option_add(options, f, f->words[k], f->words[k], chosen);
	json_array_foreach(json_object_get(json_object_get(data, "options"), f->name), i, one) {
		const char *value = json_string_value(json_object_get(one, "value")), *text = json_string_value(json_object_get(one, "text"));
		if (!e && value && text)
			e = option_add(options, f, value, text, chosen);
	}
	if (!e)
		return options;
	json_decref(options);
	return NULL;
}

static const char *error_of(const struct request *r, const char *name)
{
	size_t i;
	json_t *one;
	json_array_foreach(r->errors, i, one)
		if (strcmp(json_string_value(json_object_get(one, "field")), name) == 0)
			return json_string_value(json_object_get(one, "text"));
	return NULL;
}

static json_t *field_of(const struct request *r, const json_t *data, const struct form_field *f)
{
	const json_t *value = held(r, data, f->name);
	bool group = f->kind == FORM_RADIOS || f->kind == FORM_CHECKBOXES, choice = group || f->kind == FORM_SELECT;
	json_t *label = f->needed || f->kind == FORM_PASSWORD || choice ? json_string(f->label) : json_sprintf("%s (optional)", f->label);
	json_t *field = json_pack("{s:s,s:o*,s:s*,s:b,s:s*,s:b,s:b,s:s*,s:s*}", "name", f->name, "label", label, "hint", f->hint, shown[f->kind].flag, 1, "type", shown[f->kind].type, "is_group", (int)group, "narrow",
				  (int)(f->kind == FORM_NARROW || f->kind == FORM_DAY || f->kind == FORM_MOMENT), "autocomplete", f->autocomplete, "error", error_of(r, f->name));
	if (field && value && !choice && f->kind != FORM_PASSWORD && f->kind != FORM_FILE)
		json_object_set(field, "value", json_is_array(value) ? json_array_get(value, 0) : (json_t *)(uintptr_t)value);
	if (field && choice)
		json_object_set_new(field, "options", options_of(f, data, value));
	return field;
}

enum err form_fill(const struct request *r, json_t *data)
{
	json_t *fields = json_array();
	enum err e = fields ? OK : ERR_NOMEM;
	for (const struct form_field *f = r->page->fields; f->name && !e; f++)
		e = json_array_append_new(fields, field_of(r, data, f)) ? ERR_NOMEM : OK;
	if (e) {
		json_decref(fields);
		return e;
	}
	if (r->page->button)
		json_object_set_new(data, "button", json_string(r->page->button));
	return json_object_set_new(data, "fields", fields) ? ERR_NOMEM : OK;
}
