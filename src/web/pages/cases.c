#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "casebook/cases.h"
#include "casebook/person.h"
#include "web/pages/pages.h"

enum { STORY_MOST = 500 };

static const char *text_of(const json_t *o, const char *name) { return json_string_value(json_object_get(o, name)); }
static enum err may(struct request *r) { return case_may(r->store, r->ids[0], r->who->officer, request_may(r, RIGHT_CASE_ALL)); }
static enum err back(struct request *r, enum err e) { return e ? e : request_go(r, "/cases/%lld", (long long)r->ids[0]); }

enum err cases_show(struct request *r)
{
	json_t *list = json_array();
	char place[24];
	enum err e = request_set(r, "cases", list);
	if (!e)
		e = case_list(r->store, r->who->officer, request_may(r, RIGHT_CASE_ALL), request_query(r, "state"), request_query_int(r, "below", 1, INT64_MAX, INT64_MAX), LIST_PAGE + 1, list);
	bool more = list_cut(list);
	snprintf(place, sizeof place, "%lld", (long long)json_integer_value(json_object_get(json_array_get(list, json_array_size(list) - 1), "id")));
	if (!e)
		e = list_pages(r, "below", more, place);
	if (!e)
		e = request_set(r, "may_write", json_boolean(request_may(r, RIGHT_CASE_WRITE)));
	return e ? e : request_title(r, "Cases");
}

static struct case_new typed(struct request *r) { return (struct case_new){ request_field(r, "reference"), request_field(r, "title"), request_field(r, "summary"), request_field(r, "establishment") }; }

enum err case_new_show(struct request *r)
{
	enum err e = options_places(r);
	return e ? e : request_title(r, "Open a case");
}

enum err case_new_act(struct request *r)
{
	struct case_new c = typed(r);
	int64_t id;
	enum err e = case_open(r->store, &r->act, &c, &id);
	if (!e)
		e = request_set(r, "id", json_integer(id));
	return e ? e : request_go(r, "/cases/%lld", (long long)id);
}

enum err case_show(struct request *r)
{
	json_t *c = NULL, *story = json_array(), *one;
	size_t i;
	enum err e = request_set(r, "story", story);
	if (!e)
		e = may(r);
	if (!e)
		e = case_one(r->store, r->ids[0], &c);
	if (!e)
		e = case_story(r->store, r->ids[0], STORY_MOST, story);
	if (e) {
		json_decref(c);
		return e;
	}
	bool write = request_may(r, RIGHT_CASE_WRITE), open = strcmp(text_of(c, "state"), "open") == 0;
	json_array_foreach(json_object_get(c, "tasks"), i, one)
		json_object_set_new(one, "may_do", json_boolean(write && json_is_null(json_object_get(one, "done_at"))));
	e = json_object_update(r->data, c) ? ERR_NOMEM : OK;
	json_decref(c);
	if (!e)
		e = request_set(r, "may_write", json_boolean(write && open));
	if (!e)
		e = request_set(r, "may_close", json_boolean(write));
	if (!e)
		e = request_set_text(r, "close_word", open ? "close" : "reopen");
	if (!e)
		e = request_set_text(r, "close_text", open ? "Close this case" : "Open this case again");
	return e ? e : request_consulted(r, "case read", "case", r->ids[0], NULL);
}

static enum err part(struct request *r, const char *what)
{
	json_t *c = NULL;
	enum err e = may(r);
	if (!e)
		e = case_one(r->store, r->ids[0], &c);
	if (!e)
		e = request_title(r, "%s %s", what, text_of(c, "reference"));
	json_decref(c);
	return e;
}

enum err case_edit_show(struct request *r)
{
	static const char *const names[] = { "reference", "title", "summary", "establishment" };
	json_t *c = NULL;
	enum err e = part(r, "Change case");
	if (!e)
		e = case_one(r->store, r->ids[0], &c);
	for (size_t i = 0; i < sizeof names / sizeof names[0] && !e; i++)
		e = values_set(r, names[i], text_of(c, names[i]));
	json_decref(c);
	return e ? e : options_places(r);
}

enum err case_edit_act(struct request *r)
{
	struct case_new c = typed(r);
	enum err e = may(r);
	return back(r, e ? e : case_change(r->store, &r->act, r->ids[0], &c));
}

enum err case_note_show(struct request *r)
{
	enum err e = part(r, "Add a note to case");
	return e ? e : values_moment(r, "at", r->act.at);
}

enum err case_note_act(struct request *r)
{
	struct case_note n = { request_field_moment(r, "at"), request_field(r, "text"), request_field_int(r, "exhibit_file", 0), request_field_int(r, "record", 0) };
	int64_t id;
	enum err e = may(r);
	return back(r, e ? e : case_note_add(r->store, &r->act, r->ids[0], &n, &id));
}

enum err case_person_show(struct request *r) { return part(r, "Add a person to case"); }

enum err case_person_act(struct request *r)
{
	int64_t person = 0;
	enum err e = may(r);
	if (!e && (e = person_of_number(r->store, request_field(r, "number"), &person)) == ERR_NOT_FOUND)
		return request_wrong(r, "number", "Nobody in the casebook has that prison number; add the person first");
	return back(r, e ? e : case_person_add(r->store, &r->act, r->ids[0], person, request_field(r, "part")));
}

enum err case_exhibit_show(struct request *r) { return part(r, "Add an exhibit to case"); }

enum err case_exhibit_act(struct request *r)
{
	int64_t exhibit = 0;
	enum err e = may(r);
	if (!e && (e = store_query_int(r->store, "SELECT id FROM exhibit WHERE reference = ?1", (const struct store_value[]){ store_text(request_field(r, "reference")) }, 1, &exhibit)) == ERR_NOT_FOUND)
		return request_wrong(r, "reference", "No exhibit has that mark");
	return back(r, e ? e : case_exhibit_add(r->store, &r->act, r->ids[0], exhibit));
}

/* Officers to choose from. */
static enum err options_officers(struct request *r)
{
	json_t *list = json_array(), *options = json_array(), *one, *all = json_object();
	size_t i;
	enum err e = list && options && all ? officer_list(r->store, list) : ERR_NOMEM;
	json_array_foreach(list, i, one)
		if (json_is_null(json_object_get(one, "locked_at")))
			json_array_append_new(options, json_pack("{s:o,s:O}", "value", json_sprintf("%lld", (long long)json_integer_value(json_object_get(one, "id"))), "text", json_object_get(one, "display_name")));
	json_decref(list);
	json_object_set_new(all, "officer", options);
	enum err set = request_set(r, "options", all);
	return e ? e : set;
}

enum err case_officer_show(struct request *r)
{
	enum err e = part(r, "Name an officer on case");
	return e ? e : options_officers(r);
}

enum err case_officer_act(struct request *r)
{
	enum err e = may(r);
	return back(r, e ? e : case_officer_add(r->store, &r->act, r->ids[0], request_field_int(r, "officer", 0)));
}

enum err case_task_show(struct request *r)
{
	enum err e = part(r, "Add a task to case");
	if (!e)
		e = options_officers(r);
	json_t *list = json_array();
	for (int i = 0; i < role_count && list; i++)
		json_array_append_new(list, json_pack("{s:s,s:s}", "value", roles[i].name, "text", roles[i].name));
	if (!e)
		return json_object_set_new(json_object_get(r->data, "options"), "role", list) ? ERR_NOMEM : OK;
	json_decref(list);
	return e;
}

enum err case_task_act(struct request *r)
{
	struct task_new t = { request_field(r, "title"), request_field_moment(r, "due_at"), r->ids[0], 0, request_field_int(r, "officer", 0), request_field(r, "role") };
	int64_t id;
	enum err e = may(r);
	return back(r, e ? e : task_add(r->store, &r->act, &t, &id));
}

enum err case_close_act(struct request *r)
{
	enum err e = may(r);
	return back(r, e ? e : case_close(r->store, &r->act, r->ids[0], true));
}

enum err case_reopen_act(struct request *r)
{
	enum err e = may(r);
	return back(r, e ? e : case_close(r->store, &r->act, r->ids[0], false));
}
