#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/pages/pages.h"
#include "web/web.h"

/* A pattern as OpenAPI writes it: /exhibits/{id}/records/{word}; a second number is id2. */
static json_t *path_of(const struct page *p, json_t *parameters)
{
	struct buf out = { 0 };
	int ids = 0, words = 0;
	for (const char *c = p->path; *c; c++) {
		char name[16];
		bool number = *c == ':';
		if (!number && *c != '*') {
			buf_char(&out, *c);
			continue;
		}
		int n = number ? ++ids : ++words;
		snprintf(name, sizeof name, n == 1 ? "%s" : "%s%d", number ? "id" : "word", n);
		buf_printf(&out, "{%s}", name);
		json_array_append_new(parameters, json_pack("{s:s,s:s,s:b,s:{s:s}}", "name", name, "in", "path", "required", 1, "schema", "type", number ? "integer" : "string"));
	}
	json_t *j = json_string(out.data ? out.data : "/");
	buf_free(&out);
	return j;
}

static json_t *rights_of(uint32_t rights)
{
	json_t *list = json_array();
	for (int i = 0; i < role_count; i++)
		if ((roles[i].rights & rights) == rights)
			json_array_append_new(list, json_string(roles[i].name));
	return list;
}

static json_t *body_of(const struct page *p)
{
	json_t *properties = json_object(), *required = json_array();
	for (const struct form_field *f = p->fields; f && f->name; f++) {
		json_t *schema = f->kind == FORM_CHECKBOXES ? json_pack("{s:s,s:{s:s}}", "type", "array", "items", "type", "string") : json_pack("{s:s}", "type", "string");
		json_object_set_new(schema, "description", json_string(f->hint ? f->hint : f->label));
		json_t *words = f->words ? json_array() : NULL;
		for (int i = 0; words && f->words[i]; i++)
			json_array_append_new(words, json_string(f->words[i]));
		if (words)
			json_object_set_new(schema, "enum", words);
		json_object_set_new(properties, f->name, schema);
		if (f->needed && f->kind != FORM_FILE)
			json_array_append_new(required, json_string(f->name));
	}
	json_t *schema = json_pack("{s:s,s:o}", "type", "object", "properties", properties);
	if (json_array_size(required))
		json_object_set(schema, "required", required);
	json_decref(required);
	return json_pack("{s:{s:{s:o}}}", "content", "application/json", "schema", schema);
}

static json_t *operation(const struct page *p, bool acts, const json_t *parameters)
{
	json_t *responses = json_pack("{s:{s:s},s:{s:s},s:{s:s},s:{s:s}}", "200", "description", "Done", "401", "description", "Nobody is signed in", "403", "description", "The role does not allow it", "404", "description", "Not there");
	if (acts)
		json_object_set_new(responses, "422", json_pack("{s:s}", "description", "A field is wrong: error.fields names it"));
	json_t *op = json_pack("{s:s,s:o,s:o,s:O}", "summary", p->about ? p->about : "", "responses", responses, "x-roles", rights_of((uint32_t)(p->see | (acts ? p->change : 0))), "parameters", parameters);
	if (acts && p->flags & PAGE_PUT)
		json_object_set_new(op, "requestBody", json_pack("{s:{s:{s:{s:s,s:s}}}}", "content", "application/octet-stream", "schema", "type", "string", "format", "binary"));
	else if (acts)
		json_object_set_new(op, "requestBody", body_of(p));
	if (p->flags & PAGE_OPEN)
		json_object_set_new(op, "security", json_array());
	return op;
}

json_t *web_openapi(void)
{
	json_t *paths = json_object();
	for (int i = 0; i < page_count; i++) {
		const struct page *p = &pages[i];
		if (p->flags & PAGE_NO_API)
			continue;
		json_t *parameters = json_array(), *name = path_of(p, parameters), *item = json_object_get(paths, json_string_value(name));
		if (!item)
			json_object_set_new(paths, json_string_value(name), item = json_object());
		if (p->show)
			json_object_set_new(item, "get", operation(p, false, parameters));
		if (p->act)
			json_object_set_new(item, p->flags & PAGE_PUT ? "put" : "post", operation(p, true, parameters));
		json_decref(parameters);
		json_decref(name);
	}
	return json_pack("{s:s,s:{s:s,s:s,s:s},s:[{s:s}],s:{s:{s:{s:s,s:s}}},s:[{s:[]}],s:o}", "openapi", "3.1.0", "info", "title", "Custos", "version", CUSTOS_VERSION, "description",
			 "The casebook's pages as JSON: the same paths, rights and log entries. Times are microseconds UTC.", "servers", "url", "/api/v1", "components", "securitySchemes", "bearer", "type", "http", "scheme", "bearer",
			 "security", "bearer", "paths", paths);
}

enum err openapi_show(struct request *r)
{
	json_t *j = web_openapi();
	char *text = j ? json_dumps(j, JSON_INDENT(1)) : NULL;
	enum err e = text ? request_bytes(r, "application/json", text, strlen(text), NULL) : ERR_NOMEM;
	free(text);
	json_decref(j);
	return e;
}

enum err health_show(struct request *r)
{
	int64_t one = 0;
	enum err e = store_query_int(r->store, "SELECT 1", NULL, 0, &one);
	return e ? e : request_bytes(r, "application/json", "{\"status\":\"UP\"}", 15, NULL);
}
