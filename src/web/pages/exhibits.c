#include <string.h>

#include "base/time.h"
#include "casebook/exhibits.h"
#include "casebook/selectors.h"
#include "web/pages/pages.h"

enum err exhibits_show(struct request *r)
{
	struct exhibit_filter f = { .state = request_query(r, "state"), .text = request_query(r, "q"), .below = request_query_int(r, "below", 1, INT64_MAX, INT64_MAX) };
	json_t *list = json_array();
	char place[24];
	enum err e = request_set(r, "exhibits", list);
	if (!e)
		e = exhibit_list(r->store, &f, LIST_PAGE + 1, list);
	bool more = list_cut(list);
	snprintf(place, sizeof place, "%lld", (long long)json_integer_value(json_object_get(json_array_get(list, json_array_size(list) - 1), "id")));
	if (!e)
		e = list_pages(r, "below", more, place);
	if (!e)
		e = request_set_text(r, "q", f.text);
	if (!e)
		e = request_set(r, "may_write", json_boolean(request_may(r, RIGHT_EXHIBIT_WRITE)));
	return e ? e : request_title(r, "Exhibits");
}

static struct exhibit_new typed(struct request *r)
{
	return (struct exhibit_new){ .reference = request_field(r, "reference"), .kind = request_field(r, "kind"), .description = request_field(r, "description"), .establishment = request_field(r, "establishment"),
				     .found_where = request_field(r, "found_where"), .found_by = request_field(r, "found_by"), .found_at = request_field_moment(r, "found_at"), .number = request_field(r, "number"),
				     .bag = request_field(r, "bag"), .seal = request_field(r, "seal") };
}

enum err exhibit_new_show(struct request *r)
{
	enum err e = options_places(r);
	if (!e)
		e = values_set(r, "found_by", r->who->display_name);
	if (!e)
		e = request_set_text(r, "intro", "The bag's and seal's numbers may be scanned: the scanner types them.");
	return e ? e : request_title(r, "Register an exhibit");
}

enum err exhibit_new_act(struct request *r)
{
	struct exhibit_new x = typed(r);
	int64_t id;
	enum err e = exhibit_register(r->store, &r->act, &x, &id);
	if (!e)
		e = request_set(r, "id", json_integer(id));
	return e ? e : request_go(r, "/exhibits/%lld", (long long)id);
}

static const char *text_of(const json_t *o, const char *name) { return json_string_value(json_object_get(o, name)); }

enum err exhibit_edit_show(struct request *r)
{
	static const char *const names[] = { "reference", "kind", "description", "establishment", "found_where", "found_by", "number", "bag", "seal" };
	json_t *x = NULL;
	enum err e = exhibit_one(r->store, r->ids[0], &x);
	for (size_t i = 0; i < sizeof names / sizeof names[0] && !e; i++)
		e = values_set(r, names[i], text_of(x, names[i]));
	if (!e && json_is_integer(json_object_get(x, "found_at")))
		e = values_moment(r, "found_at", json_integer_value(json_object_get(x, "found_at")));
	if (!e)
		e = request_title(r, "Change the entry of %s", text_of(x, "reference"));
	json_decref(x);
	return e ? e : options_places(r);
}

enum err exhibit_edit_act(struct request *r)
{
	struct exhibit_new x = typed(r);
	enum err e = exhibit_change(r->store, &r->act, r->ids[0], &x);
	return e ? e : request_go(r, "/exhibits/%lld", (long long)r->ids[0]);
}

enum err hand_over_show(struct request *r)
{
	json_t *x = NULL;
	enum err e = exhibit_one(r->store, r->ids[0], &x);
	if (!e)
		e = request_title(r, "Record a hand-over of %s", text_of(x, "reference"));
	if (!e)
		e = values_moment(r, "at", r->act.at);
	if (!e)
		e = request_set_text(r, "intro", "Each change of hands and each change of the seal, in the order in which they happened.");
	json_decref(x);
	return e;
}

enum err hand_over_act(struct request *r)
{
	const char *intact = request_field(r, "seal_intact");
	int64_t id;
	struct hand_over h = { .at = request_field_moment(r, "at"), .from_whom = request_field(r, "from_whom"), .to_whom = request_field(r, "to_whom"), .place = request_field(r, "place"), .reason = request_field(r, "reason"),
			       .bag = request_field(r, "bag"), .seal = request_field(r, "seal"), .seal_intact = strcmp(intact, "intact") == 0 ? 1 : strcmp(intact, "broken") == 0 ? 0 : -1 };
	enum err e = hand_over_add(r->store, &r->act, r->ids[0], &h, &id);
	return e ? e : request_go(r, "/exhibits/%lld", (long long)r->ids[0]);
}

struct counting {
	struct request *r;
	json_t *array;
};

static json_t *moment(int64_t at) { return at == TIME_NONE ? json_null() : json_integer(at); }

static enum err count_add(void *context, const struct view_count *c)
{
	struct counting *k = context;
	return json_array_append_new(k->array, json_pack("{s:s,s:s,s:I,s:I,s:o,s:o,s:o}", "kind", c->kind->name, "plural", c->kind->plural, "live", (json_int_t)c->live, "recovered", (json_int_t)c->recovered, "first",
							 moment(c->first), "last", moment(c->last), "href", json_sprintf("/exhibits/%lld/records/%s", (long long)k->r->ids[0], c->kind->plural)))
		       ? ERR_NOMEM
		       : OK;
}

/* What the newest examination found, and what it shares with other exhibits: for who may read it. */
static enum err contents(struct request *r)
{
	struct opened o;
	int64_t common = 0, all = 0;
	json_t *counts = json_array(), *shared = json_array();
	enum err e = request_set(r, "counts", counts);
	if (!e)
		e = request_set(r, "shared", shared);
	if (!e)
		e = exhibit_view(r, "summary", NULL, &o);
	if (e)
		return e;
	e = view_counts(o.view, count_add, &(struct counting){ r, counts });
	exhibit_view_close(&o);
	if (!e)
		e = selectors_shared(r->store, r->ids[0], 20, shared, &common, &all);
	if (!e)
		e = request_set(r, "shared_all", json_integer(all));
	return e ? e : request_set(r, "common", json_integer(common));
}

/* Did its newest examination end for want of a password? */
static bool password_wanted(const json_t *exhibit, const json_t *evidence)
{
	size_t i;
	json_t *x;
	json_array_foreach(json_object_get(exhibit, "examinations"), i, x)
		if (json_equal(json_object_get(x, "evidence"), json_object_get(evidence, "id")))
			return json_is_string(json_object_get(x, "password_state"));
	return false;
}

enum err exhibit_show(struct request *r)
{
	json_t *x = NULL, *one;
	size_t i;
	enum err e = exhibit_one(r->store, r->ids[0], &x);
	if (e)
		return e;
	json_array_foreach(json_object_get(x, "files"), i, one)
		if (json_integer_value(json_object_get(one, "referral")))
			request_set(r, "referral", json_true());
	bool evidence = request_may(r, RIGHT_EVIDENCE), examined = json_array_size(json_object_get(x, "files")) > 0;
	json_array_foreach(json_object_get(x, "evidence"), i, one) {
		json_object_set_new(one, "may_examine", json_boolean(evidence && strcmp(text_of(one, "state"), "ready") == 0));
		json_object_set_new(one, "password_wanted", json_boolean(password_wanted(x, one)));
	}
	e = json_object_update(r->data, x) ? ERR_NOMEM : request_title(r, "%s", text_of(x, "reference"));
	json_decref(x);
	if (!e && examined && request_may(r, RIGHT_RECORD_READ))
		e = contents(r);
	if (!e)
		e = request_set(r, "may_write", json_boolean(request_may(r, RIGHT_EXHIBIT_WRITE)));
	if (!e)
		e = request_set(r, "may_evidence", json_boolean(evidence));
	if (!e)
		e = request_set(r, "sees_log", json_boolean(request_may(r, RIGHT_LOG_READ)));
	return e ? e : request_consulted(r, "exhibit's entry read", "exhibit", r->ids[0], NULL);
}
