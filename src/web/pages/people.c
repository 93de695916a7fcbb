#include <stdio.h>
#include <string.h>

#include "casebook/person.h"
#include "web/pages/pages.h"

enum err people_show(struct request *r)
{
	json_t *list = json_array();
	char place[24];
	enum err e = request_set(r, "people", list);
	if (!e)
		e = person_search(r->store, request_query(r, "q"), request_query_int(r, "after", 0, INT64_MAX, 0), LIST_PAGE + 1, list);
	bool more = list_cut(list);
	snprintf(place, sizeof place, "%lld", (long long)json_integer_value(json_object_get(json_array_get(list, json_array_size(list) - 1), "id")));
	if (!e)
		e = list_pages(r, "after", more, place);
	if (!e)
		e = request_set_text(r, "q", request_query(r, "q"));
	if (!e)
		e = request_set(r, "may_write", json_boolean(request_may(r, RIGHT_PERSON_WRITE)));
	if (!e)
		e = request_title(r, "People");
	return e || !request_query(r, "q") ? e : request_consulted(r, "people searched", NULL, 0, json_pack("{s:s}", "words", request_query(r, "q")));
}

static struct person_new typed(struct request *r)
{
	return (struct person_new){ request_field(r, "surname"), request_field(r, "forenames"), request_field(r, "born_on"), request_field(r, "number"), request_field(r, "establishment"), request_field(r, "location") };
}

enum err person_new_show(struct request *r)
{
	enum err e = options_places(r);
	return e ? e : request_title(r, "Add a person");
}

enum err person_new_act(struct request *r)
{
	struct person_new p = typed(r);
	int64_t id;
	enum err e = person_add(r->store, &r->act, &p, &id);
	if (!e)
		e = request_set(r, "id", json_integer(id));
	return e ? e : request_go(r, "/people/%lld", (long long)id);
}

static const char *text_of(const json_t *o, const char *name) { return json_string_value(json_object_get(o, name)); }

enum err person_show(struct request *r)
{
	json_t *p = NULL;
	enum err e = person_one(r->store, r->ids[0], &p);
	if (!e)
		e = json_object_update(r->data, p) ? ERR_NOMEM : request_title(r, "%s, %s", text_of(p, "surname"), text_of(p, "forenames"));
	json_decref(p);
	if (!e)
		e = request_set(r, "may_write", json_boolean(request_may(r, RIGHT_PERSON_WRITE)));
	return e ? e : request_consulted(r, "person read", "person", r->ids[0], NULL);
}

enum err person_edit_show(struct request *r)
{
	static const char *const names[] = { "surname", "forenames", "born_on", "establishment", "location" };
	json_t *p = NULL;
	enum err e = person_one(r->store, r->ids[0], &p);
	for (size_t i = 0; i < sizeof names / sizeof names[0] && !e; i++)
		e = values_set(r, names[i], text_of(p, names[i]));
	if (!e)
		e = request_title(r, "Change %s", text_of(p, "surname"));
	json_decref(p);
	return e ? e : options_places(r);
}

static enum err back(struct request *r, enum err e) { return e ? e : request_go(r, "/people/%lld", (long long)r->ids[0]); }

enum err person_edit_act(struct request *r)
{
	struct person_new p = typed(r);
	return back(r, person_change(r->store, &r->act, r->ids[0], &p));
}

static enum err named(struct request *r, const char *what)
{
	json_t *p = NULL;
	enum err e = person_one(r->store, r->ids[0], &p);
	if (!e)
		e = request_title(r, "%s %s, %s", what, text_of(p, "surname"), text_of(p, "forenames"));
	json_decref(p);
	return e;
}

enum err person_number_show(struct request *r) { return named(r, "Add a prison number of"); }
enum err person_number_act(struct request *r) { return back(r, person_number_add(r->store, &r->act, r->ids[0], request_field(r, "number"))); }

enum err person_merge_show(struct request *r)
{
	enum err e = named(r, "Merge another record into");
	return e ? e : request_set_text(r, "intro", "When one person has two records under two prison numbers: both numbers are kept, and all that belongs to the other record belongs to this one from then on.");
}

enum err person_merge_act(struct request *r)
{
	int64_t other = 0;
	enum err e = person_of_number(r->store, request_field(r, "number"), &other);
	if (e == ERR_NOT_FOUND)
		return request_wrong(r, "number", "Nobody in the casebook has that prison number");
	return back(r, e ? e : person_merge(r->store, &r->act, r->ids[0], other));
}
