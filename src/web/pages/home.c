#include "casebook/cases.h"
#include "casebook/exhibits.h"
#include "web/pages/pages.h"

enum { HOME_MOST = 20 };

static enum err tasks(struct request *r)
{
	json_t *list = json_array(), *one;
	size_t i;
	enum err e = list ? task_list(r->store, r->who->officer, r->who->roles, HOME_MOST, list) : ERR_NOMEM;
	json_array_foreach(list, i, one) {
		const json_t *due = json_object_get(one, "due_at");
		json_object_set_new(one, "late", json_boolean(json_is_integer(due) && json_integer_value(due) < r->act.at));
	}
	enum err set = request_set(r, "tasks", list);
	return e ? e : set;
}

enum err home_show(struct request *r)
{
	static const char *const failed_sql = "SELECT x.id, i.reference, j.message FROM job j JOIN examination x ON x.id = j.subject JOIN exhibit i ON i.id = x.exhibit WHERE j.kind = 'examination' AND j.state = 'failed' AND j.made_at > ?1 ORDER BY j.id DESC LIMIT 20";
	bool exhibits = request_may(r, RIGHT_EXHIBIT_READ);
	enum err e = request_title(r, "Home");
	if (!e)
		e = tasks(r);
	if (!e && exhibits)
		e = request_set(r, "sees_exhibits", json_true());
	if (!e && exhibits)
		e = store_json_list(r->store, r->data, "waiting",
				    "SELECT x.id, x.reference, x.kind, x.state, e.name AS establishment_name FROM exhibit x LEFT JOIN establishment e ON e.code = x.establishment WHERE x.state IN ('registered', 'awaiting examination', 'being examined') "
				    "AND x.id > ?1 ORDER BY x.id DESC LIMIT 20", 0);
	if (!e && exhibits)
		e = store_json_list(r->store, r->data, "failed", failed_sql, r->act.at - (int64_t)30 * 86400 * 1000000);
	if (!e && exhibits)
		e = store_json_list(r->store, r->data, "referrals",
				    "SELECT DISTINCT x.id, x.reference, x.description FROM exhibit x JOIN exhibit_file f ON f.exhibit = x.id WHERE f.referral = 1 AND x.state <> 'handed to police' AND x.id > ?1 ORDER BY x.id DESC LIMIT 20", 0);
	if (!e && request_may(r, RIGHT_CASE_READ)) {
		json_t *list = json_array();
		e = request_set(r, "cases", list);
		if (!e)
			e = case_list(r->store, r->who->officer, request_may(r, RIGHT_CASE_ALL), "open", INT64_MAX, HOME_MOST, list);
	}
	return e;
}

enum err task_done_act(struct request *r)
{
	enum err e = request_may(r, RIGHT_CASE_WRITE | RIGHT_CASE_ALL) ? OK : task_may(r->store, r->ids[0], r->who->officer, r->who->roles);
	if (!e)
		e = task_done(r->store, &r->act, r->ids[0]);
	return e ? e : request_go(r, "/");
}
