#include "casebook/officer_inside.h"

#include <string.h>

#include "casebook/log.h"
#include "casebook/words.h"

const struct role roles[] = {
	{ "administrator", "manages officers, roles, lists, keys and retention; sees no phone's contents by that", RIGHT_ADMIN | RIGHT_EXHIBIT_READ | RIGHT_LOG_READ },
	{ "examiner", "examines devices: uploads extractions, reads all that was found",
	  RIGHT_EXHIBIT_READ | RIGHT_EXHIBIT_WRITE | RIGHT_EVIDENCE | RIGHT_RECORD_READ | RIGHT_PERSON_READ | RIGHT_CASE_READ | RIGHT_CASE_WRITE | RIGHT_SEARCH },
	{ "investigator", "finds the person behind an account or a post; leads cases",
	  RIGHT_EXHIBIT_READ | RIGHT_EXHIBIT_WRITE | RIGHT_RECORD_READ | RIGHT_PERSON_READ | RIGHT_PERSON_WRITE | RIGHT_CASE_READ | RIGHT_CASE_WRITE | RIGHT_CASE_ALL | RIGHT_SEARCH },
	{ "safeguarding", "looks after children at risk", RIGHT_EXHIBIT_READ | RIGHT_RECORD_READ | RIGHT_PERSON_READ | RIGHT_CASE_READ | RIGHT_CASE_WRITE | RIGHT_CASE_ALL | RIGHT_SAFEGUARDING | RIGHT_SEARCH },
	{ "gate", "records finds and scans at the gate and in reception; reads no phone's contents", RIGHT_EXHIBIT_READ | RIGHT_EXHIBIT_WRITE | RIGHT_PERSON_READ },
	{ "access supervisor", "supervises prisoners' internet sessions", RIGHT_ACCESS | RIGHT_PERSON_READ },
	{ "liaison", "carries cases to police, platforms and adjudication", RIGHT_EXHIBIT_READ | RIGHT_EXHIBIT_WRITE | RIGHT_RECORD_READ | RIGHT_PERSON_READ | RIGHT_CASE_READ | RIGHT_CASE_WRITE | RIGHT_CASE_ALL | RIGHT_LIAISON },
	{ "auditor", "reads registers and the custody log, changes nothing", RIGHT_EXHIBIT_READ | RIGHT_PERSON_READ | RIGHT_CASE_READ | RIGHT_CASE_ALL | RIGHT_LOG_READ },
};
const int role_count = sizeof roles / sizeof roles[0];
enum { ROLE_ADMINISTRATOR = 0 };

int role_find(const char *name)
{
	for (int i = 0; name && i < role_count; i++)
		if (strcmp(roles[i].name, name) == 0)
			return i;
	return -1;
}

uint32_t roles_rights(uint32_t set)
{
	uint32_t rights = 0;
	for (int i = 0; i < role_count; i++)
		rights |= set & (1U << i) ? roles[i].rights : 0;
	return rights;
}

enum err officer_name_fold(const char *name, char *ret)
{
	size_t n = name ? strlen(name) : 0;
	if (n < 2 || n > OFFICER_NAME)
		return err_set(ERR_USAGE, "name: use 2 to %d letters, digits or . - _ @", OFFICER_NAME);
	for (size_t i = 0; i < n; i++) {
		char c = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !(i && strchr(".-_@", c)))
			return err_set(ERR_USAGE, "name: use letters, digits or . - _ @, beginning with a letter or digit");
		ret[i] = c;
	}
	ret[n] = 0;
	return OK;
}

static json_t *role_names(uint32_t set)
{
	json_t *names = json_array();
	for (int i = 0; names && i < role_count; i++)
		if (set & (1U << i))
			json_array_append_new(names, json_string(roles[i].name));
	return names;
}

static enum err roles_put(struct store *s, int64_t id, uint32_t set)
{
	enum err e = STORE_RUN(s, "DELETE FROM officer_role WHERE officer = ?1", NULL, NULL, store_int(id));
	for (int i = 0; i < role_count && !e; i++)
		if (set & (1U << i))
			e = STORE_RUN(s, "INSERT INTO officer_role (officer, role) VALUES (?1, ?2)", NULL, NULL, store_int(id), store_text(roles[i].name));
	return e;
}

static enum err checked(const struct officer_new *o)
{
	enum err e = words_check("display_name", o->display_name, WORDS_LINE, true);
	return e || (o->roles && !(o->roles >> role_count)) ? e : err_set(ERR_USAGE, "roles: choose at least one");
}

enum err officer_insert(struct store *s, const struct act *act, const struct officer_new *o, const char *hash, int64_t *ret_id)
{
	char name[OFFICER_NAME + 1];
	enum err e = officer_name_fold(o->name, name);
	if (!e)
		e = checked(o);
	if (!e)
		e = store_query_int(s, "INSERT INTO officer (name, display_name, establishment, password, created_at) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
				    (const struct store_value[]){ store_text(name), store_text(o->display_name), store_text(o->establishment), store_text(hash), store_int(act->at) }, 5, ret_id);
	if (e == ERR_EXISTS)
		return err_set(ERR_EXISTS, "name: %s is taken", name);
	if (!e)
		e = roles_put(s, *ret_id, o->roles);
	return e ? e : log_change(s, act, LOG_ALTERATION, "officer added", "officer", *ret_id, json_pack("{s:s,s:s,s:o}", "name", name, "display_name", o->display_name, "roles", role_names(o->roles)));
}

enum err officer_add(struct store *s, const struct act *act, const struct officer_new *o, int64_t *ret_id) { return officer_insert(s, act, o, NULL, ret_id); }

/* Somebody must be able to let others in. */
static enum err administrator_left(struct store *s)
{
	int64_t n = 0;
	enum err e = store_query_int(s, "SELECT count(*) FROM officer o JOIN officer_role r ON r.officer = o.id WHERE r.role = ?1 AND o.locked_at IS NULL AND o.password IS NOT NULL",
				     (const struct store_value[]){ store_text(roles[ROLE_ADMINISTRATOR].name) }, 1, &n);
	return e || n ? e : err_set(ERR_CHANGED, "roles: nobody would be left who may administer; give another officer that role first");
}

enum err officer_change(struct store *s, const struct act *act, int64_t id, const struct officer_new *o, bool locked)
{
	json_t *before = NULL;
	int64_t changes = 0;
	enum err e = checked(o);
	if (!e)
		e = officer_one(s, id, &before);
	if (!e)
		e = store_query(s, "UPDATE officer SET display_name = ?1, establishment = ?2, locked_at = CASE WHEN ?3 = 0 THEN NULL ELSE COALESCE(locked_at, ?4) END WHERE id = ?5",
				(const struct store_value[]){ store_text(o->display_name), store_text(o->establishment), store_int(locked), store_int(act->at), store_int(id) }, 5, NULL, NULL, &changes);
	if (!e)
		e = roles_put(s, id, o->roles);
	if (!e)
		e = administrator_left(s);
	if (!e && locked)
		e = STORE_RUN(s, "DELETE FROM session WHERE officer = ?1", NULL, NULL, store_int(id));
	if (!e)
		e = log_change(s, act, LOG_ALTERATION, locked ? "officer changed and locked" : "officer changed", "officer", id,
			       json_pack("{s:O,s:{s:s,s:o,s:b}}", "before", before, "after", "display_name", o->display_name, "roles", role_names(o->roles), "locked", (int)locked));
	json_decref(before);
	return e;
}

/* A row a role, the officers in order: the roles of one come together. */
static enum err officer_row(void *array, const struct store_row *row)
{
	json_t *last = json_array_size(array) ? json_array_get(array, json_array_size(array) - 1) : NULL;
	if (!last || json_integer_value(json_object_get(last, "id")) != store_row_int(row, 0)) {
		last = store_row_json(row);
		if (json_object_del(last, "role") || json_object_set_new(last, "roles", json_array()) || json_array_append_new(array, last))
			return ERR_NOMEM;
	}
	return store_row_null(row, 7) || !json_array_append_new(json_object_get(last, "roles"), json_string(store_row_text(row, 7))) ? OK : ERR_NOMEM;
}

#define OFFICER_COLUMNS                                                                                                                       \
	"SELECT o.id, o.name, o.display_name, o.establishment, o.created_at, o.locked_at, o.seen_at, r.role, CASE WHEN o.password IS NULL THEN 0 ELSE 1 END AS has_password " \
	"FROM officer o LEFT JOIN officer_role r ON r.officer = o.id "

enum err officer_list(struct store *s, json_t *array) { return store_query(s, OFFICER_COLUMNS "ORDER BY o.name, r.role", NULL, 0, officer_row, array, NULL); }

enum err officer_one(struct store *s, int64_t id, json_t **ret)
{
	json_t *array = json_array();
	enum err e = array ? STORE_RUN(s, OFFICER_COLUMNS "WHERE o.id = ?1 ORDER BY r.role", officer_row, array, store_int(id)) : ERR_NOMEM;
	*ret = e ? NULL : json_incref(json_array_get(array, 0));
	json_decref(array);
	return e || *ret ? e : err_set(ERR_NOT_FOUND, "there is no officer %lld", (long long)id);
}
