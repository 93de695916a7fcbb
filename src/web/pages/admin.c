#include <string.h>

#include "casebook/place.h"
#include "web/pages/pages.h"

enum err officers_show(struct request *r)
{
	json_t *list = json_array();
	enum err e = request_set(r, "officers", list);
	if (!e)
		e = officer_list(r->store, list);
	return e ? e : request_title(r, "Officers");
}

static enum err options_roles(struct request *r)
{
	json_t *list = json_array(), *all = json_object();
	for (int i = 0; list && i < role_count; i++)
		json_array_append_new(list, json_pack("{s:s,s:o}", "value", roles[i].name, "text", json_sprintf("%s: %s", roles[i].name, roles[i].about)));
	json_object_set_new(all, "roles", list);
	enum err e = request_set(r, "options", all);
	return e ? e : options_places(r);
}

static struct officer_new typed(struct request *r)
{
	struct officer_new o = { request_field(r, "name"), request_field(r, "display_name"), request_field(r, "establishment"), 0 };
	json_t *chosen = json_object_get(r->fields, "roles"), *one;
	size_t i;
	int role = role_find(json_string_value(chosen));
	o.roles |= role < 0 ? 0 : 1U << role;
	json_array_foreach(chosen, i, one)
		o.roles |= (role = role_find(json_string_value(one))) < 0 ? 0 : 1U << role;
	if (!*o.establishment)
		o.establishment = NULL;
	return o;
}

enum err officer_new_show(struct request *r)
{
	enum err e = options_roles(r);
	if (!e)
		e = request_set_text(r, "intro", "The officer gets a link that works once, and chooses the password.");
	return e ? e : request_title(r, "Add an officer");
}

/* The link is shown once, to who made it: the casebook keeps its hash alone. */
static enum err link_show(struct request *r, int64_t officer, const char *name)
{
	unsigned char token[OFFICER_TOKEN];
	struct buf hex = { 0 };
	enum err e = invitation_make(r->store, &r->act, officer, token);
	buf_hex(&hex, token, sizeof token);
	if (!e)
		e = hex.failed ? ERR_NOMEM : request_set(r, "link", json_sprintf("%s/invitation/%s", web_origin(r->web), hex.data));
	buf_free(&hex);
	if (!e)
		e = request_set_text(r, "name", name);
	if (!e)
		e = request_set(r, "id", json_integer(officer));
	return e ? e : request_title(r, "A link for %s", name);
}

enum err officer_new_act(struct request *r)
{
	struct officer_new o = typed(r);
	int64_t id;
	enum err e = officer_add(r->store, &r->act, &o, &id);
	r->template = "link";
	return e ? e : link_show(r, id, o.display_name);
}

enum err officer_show(struct request *r)
{
	json_t *o = NULL;
	enum err e = officer_one(r->store, r->ids[0], &o);
	if (e)
		return e;
	e = request_title(r, "%s", json_string_value(json_object_get(o, "display_name")));
	if (!e)
		e = values_set(r, "display_name", json_string_value(json_object_get(o, "display_name")));
	if (!e)
		e = values_set(r, "establishment", json_string_value(json_object_get(o, "establishment")));
	if (!e)
		e = values_set(r, "state", json_is_null(json_object_get(o, "locked_at")) ? "active" : "locked");
	json_object_set(json_object_get(r->data, "values"), "roles", json_object_get(o, "roles"));
	if (!e)
		e = request_set(r, "officer", json_incref(o));
	json_decref(o);
	return e ? e : options_roles(r);
}

enum err officer_act(struct request *r)
{
	struct officer_new o = typed(r);
	enum err e = officer_change(r->store, &r->act, r->ids[0], &o, strcmp(request_field(r, "state"), "locked") == 0);
	return e ? e : request_go(r, "/admin");
}

enum err officer_link_act(struct request *r)
{
	json_t *o = NULL;
	enum err e = officer_one(r->store, r->ids[0], &o);
	if (!e)
		e = link_show(r, r->ids[0], json_string_value(json_object_get(o, "display_name")));
	json_decref(o);
	return e;
}

enum err places_import_show(struct request *r)
{
	enum err e = request_set_text(r, "intro", "The register of establishments as CSV: its first line names the columns, prison_id and name among them. What is there already is brought up to date.");
	return e ? e : request_title(r, "Import establishments");
}

enum err places_import_act(struct request *r)
{
	const char *text = request_field(r, "csv");
	int64_t count;
	enum err e = place_import(r->store, &r->act, text, strlen(text), &count);
	if (e == ERR_FORMAT)
		return request_wrong(r, "csv", "%s", err_message());
	return e ? e : request_go(r, "/admin");
}
