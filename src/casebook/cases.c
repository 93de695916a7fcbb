#include "casebook/cases.h"

#include "base/time.h"
#include "casebook/log.h"
#include "casebook/officer.h"
#include "casebook/words.h"


static enum err checked(const struct case_new *c)
{
	enum err e = words_check("reference", c->reference, 40, true);
	if (!e)
		e = words_check("title", c->title, WORDS_LINE, true);
	return e ? e : words_check("summary", c->summary, WORDS_TEXT, false);
}

static enum err told(enum err e, const struct case_new *c)
{
	return e == ERR_EXISTS ? err_set(ERR_EXISTS, "reference: %s is a case already", c->reference) : e == ERR_CHANGED ? err_set(ERR_USAGE, "establishment: is not in the register") : e;
}

/* Is there such a case, and open? */
static enum err opened(struct store *s, int64_t id)
{
	int64_t open = 0;
	enum err e = store_query_int(s, "SELECT CASE WHEN state = 'open' THEN 1 ELSE 0 END FROM casefile WHERE id = ?1", (const struct store_value[]){ store_int(id) }, 1, &open);
	if (e == ERR_NOT_FOUND)
		return err_set(ERR_NOT_FOUND, "there is no case %lld", (long long)id);
	return e || open ? e : err_set(ERR_CHANGED, "the case is closed; open it again first");
}

enum err case_open(struct store *s, const struct act *act, const struct case_new *c, int64_t *ret_id)
{
	enum err e = checked(c);
	if (!e)
		e = told(store_query_int(s, "INSERT INTO casefile (reference, title, summary, establishment, state, made_at, made_by) VALUES (?1, ?2, ?3, ?4, 'open', ?5, ?6) RETURNING id",
					 (const struct store_value[]){ store_text(c->reference), store_text(c->title), store_text(c->summary ? c->summary : ""), store_word(c->establishment), store_int(act->at),
								       store_int(act->officer) }, 6, ret_id), c);
	if (!e)
		e = STORE_RUN(s, "INSERT INTO case_officer (casefile, officer) VALUES (?1, ?2)", NULL, NULL, store_int(*ret_id), store_int(act->officer));
	return e ? e : log_change(s, act, LOG_COLLECTION, "case opened", "case", *ret_id, json_pack("{s:s,s:s}", "reference", c->reference, "title", c->title));
}

enum err case_change(struct store *s, const struct act *act, int64_t id, const struct case_new *c)
{
	json_t *before = NULL;
	enum err e = checked(c);
	if (!e)
		e = opened(s, id);
	if (!e)
		e = STORE_RUN(s, "SELECT reference, title, summary, establishment FROM casefile WHERE id = ?1", store_json_one, &before, store_int(id));
	if (!e)
		e = told(STORE_RUN(s, "UPDATE casefile SET reference = ?1, title = ?2, summary = ?3, establishment = ?4 WHERE id = ?5", NULL, NULL, store_text(c->reference), store_text(c->title),
				   store_text(c->summary ? c->summary : ""), store_word(c->establishment), store_int(id)), c);
	if (!e)
		e = log_change(s, act, LOG_ALTERATION, "case changed", "case", id,
			       json_pack("{s:O,s:{s:s,s:s,s:s}}", "before", before, "after", "reference", c->reference, "title", c->title, "summary", c->summary ? c->summary : ""));
	json_decref(before);
	return e;
}

enum err case_close(struct store *s, const struct act *act, int64_t id, bool closed)
{
	int64_t changes = 0;
	enum err e = store_query(s, "UPDATE casefile SET state = ?1, closed_at = ?2 WHERE id = ?3 AND state <> ?1",
				 (const struct store_value[]){ store_text(closed ? "closed" : "open"), closed ? store_int(act->at) : store_null(), store_int(id) }, 3, NULL, NULL, &changes);
	if (!e && !changes)
		e = err_set(ERR_CHANGED, closed ? "the case is closed already, or there is none" : "the case is open already, or there is none");
	return e ? e : log_change(s, act, LOG_ALTERATION, closed ? "case closed" : "case opened again", "case", id, NULL);
}

enum err case_may(struct store *s, int64_t id, int64_t officer, bool all)
{
	int64_t n = 0;
	enum err e = store_query_int(s, "SELECT 1 FROM casefile c WHERE c.id = ?1 AND (?3 = 1 OR EXISTS (SELECT 1 FROM case_officer o WHERE o.casefile = c.id AND o.officer = ?2))",
				     (const struct store_value[]){ store_int(id), store_int(officer), store_int(all) }, 3, &n);
	return e == ERR_NOT_FOUND ? err_set(ERR_NOT_FOUND, "there is no case %lld", (long long)id) : e;
}

/* A row that joins a case and something else: not there, there already. */
static enum err joined(enum err e, const char *field, const char *what)
{
	return e == ERR_CHANGED ? err_set(ERR_USAGE, "%s: there is no such %s", field, what) : e == ERR_EXISTS ? err_set(ERR_EXISTS, "%s: is part of the case already", field) : e;
}

enum err case_person_add(struct store *s, const struct act *act, int64_t id, int64_t person, const char *part)
{
	enum err e = opened(s, id);
	if (!e)
		e = words_one_of("part", part, words_case_parts);
	if (!e)
		e = joined(STORE_RUN(s, "INSERT INTO case_person (casefile, person, part, made_at, made_by) VALUES (?1, ?2, ?3, ?4, ?5)", NULL, NULL, store_int(id), store_int(person), store_text(part),
				     store_int(act->at), store_int(act->officer)), "number", "person");
	return e ? e : log_change(s, act, LOG_COMBINATION, "person added to a case", "case", id, json_pack("{s:I,s:s}", "person", (json_int_t)person, "part", part));
}

enum err case_exhibit_add(struct store *s, const struct act *act, int64_t id, int64_t exhibit)
{
	enum err e = opened(s, id);
	if (!e)
		e = joined(STORE_RUN(s, "INSERT INTO case_exhibit (casefile, exhibit, made_at, made_by) VALUES (?1, ?2, ?3, ?4)", NULL, NULL, store_int(id), store_int(exhibit), store_int(act->at),
				     store_int(act->officer)), "exhibit", "exhibit");
	if (!e)
		e = log_change(s, act, LOG_COMBINATION, "exhibit added to a case", "case", id, json_pack("{s:I}", "exhibit", (json_int_t)exhibit));
	return e ? e : log_change(s, act, LOG_COMBINATION, "became part of a case", "exhibit", exhibit, json_pack("{s:I}", "case", (json_int_t)id));
}

enum err case_officer_add(struct store *s, const struct act *act, int64_t id, int64_t officer)
{
	enum err e = opened(s, id);
	if (!e)
		e = joined(STORE_RUN(s, "INSERT INTO case_officer (casefile, officer) VALUES (?1, ?2)", NULL, NULL, store_int(id), store_int(officer)), "officer", "officer");
	return e ? e : log_change(s, act, LOG_ALTERATION, "officer named on a case", "case", id, json_pack("{s:I}", "officer", (json_int_t)officer));
}

enum err case_remove(struct store *s, const struct act *act, int64_t id, enum case_thing thing, int64_t which)
{
	static const char *const sql[] = { "DELETE FROM case_person WHERE casefile = ?1 AND person = ?2", "DELETE FROM case_exhibit WHERE casefile = ?1 AND exhibit = ?2",
					   "DELETE FROM case_officer WHERE casefile = ?1 AND officer = ?2" };
	static const char *const what[] = { "person taken off a case", "exhibit taken off a case", "officer taken off a case" };
	int64_t changes = 0;
	enum err e = opened(s, id);
	if (!e)
		e = store_query(s, sql[thing], (const struct store_value[]){ store_int(id), store_int(which) }, 2, NULL, NULL, &changes);
	if (!e && !changes)
		e = err_set(ERR_NOT_FOUND, "that is not part of the case");
	return e ? e : log_change(s, act, LOG_ALTERATION, what[thing], "case", id, json_pack("{s:I}", "which", (json_int_t)which));
}

enum err case_note_add(struct store *s, const struct act *act, int64_t id, const struct case_note *n, int64_t *ret_id)
{
	enum err e = opened(s, id);
	if (!e)
		e = words_check("text", n->text, WORDS_TEXT, true);
	if (e)
		return e;
	e = store_query_int(s, "INSERT INTO case_note (casefile, at, text, exhibit_file, record, made_at, made_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
			    (const struct store_value[]){ store_int(id), store_int(n->at == TIME_NONE ? act->at : n->at), store_text(n->text), n->exhibit_file ? store_int(n->exhibit_file) : store_null(),
								  n->record ? store_int(n->record) : store_null(), store_int(act->at), store_int(act->officer) }, 7, ret_id);
	if (e == ERR_CHANGED)
		return err_set(ERR_USAGE, "record: there is no such exhibit file");
	return e ? e : log_change(s, act, LOG_COLLECTION, "note added to a case", "case", id, json_pack("{s:s}", "text", n->text));
}

enum err case_one(struct store *s, int64_t id, json_t **ret)
{
	static const char *const lists[][2] = {
		{ "people", "SELECT p.id, p.surname, p.forenames, c.part, (SELECT min(number) FROM person_number n WHERE n.person = p.id) AS number FROM case_person c JOIN person p ON p.id = c.person WHERE c.casefile = ?1 ORDER BY p.surname, p.id" },
		{ "exhibits", "SELECT x.id, x.reference, x.kind, x.description, x.state FROM case_exhibit c JOIN exhibit x ON x.id = c.exhibit WHERE c.casefile = ?1 ORDER BY x.reference" },
		{ "officers", "SELECT o.id, o.display_name, o.name FROM case_officer c JOIN officer o ON o.id = c.officer WHERE c.casefile = ?1 ORDER BY o.display_name" },
		{ "tasks", "SELECT t.id, t.title, t.due_at, t.done_at, o.display_name AS officer_name, t.role FROM task t LEFT JOIN officer o ON o.id = t.officer WHERE t.casefile = ?1 ORDER BY COALESCE(t.done_at, 0), t.due_at" },
	};
	*ret = NULL;
	enum err e = STORE_RUN(s,
			       "SELECT c.id, c.reference, c.title, c.summary, c.establishment, e.name AS establishment_name, c.state, c.made_at, c.closed_at, o.display_name AS made_by_name FROM casefile c "
			       "JOIN officer o ON o.id = c.made_by LEFT JOIN establishment e ON e.code = c.establishment WHERE c.id = ?1",
			       store_json_one, ret, store_int(id));
	if (!e && !*ret)
		e = err_set(ERR_NOT_FOUND, "there is no case %lld", (long long)id);
	for (size_t i = 0; i < sizeof lists / sizeof lists[0] && !e; i++)
		e = store_json_list(s, *ret, lists[i][0], lists[i][1], id);
	if (e) {
		json_decref(*ret);
		*ret = NULL;
	}
	return e;
}

enum err case_story(struct store *s, int64_t id, int most, json_t *array)
{
	return STORE_RUN(s,
			 "SELECT n.at AS at, 'note' AS kind, n.text AS text, o.display_name AS by, NULL AS exhibit, n.exhibit_file AS exhibit_file, n.record AS record FROM case_note n JOIN officer o ON o.id = n.made_by WHERE n.casefile = ?1 "
			 "UNION ALL SELECT x.found_at, 'found', x.reference || ': ' || x.found_where, x.found_by, x.id, NULL, NULL FROM case_exhibit c JOIN exhibit x ON x.id = c.exhibit WHERE c.casefile = ?1 AND x.found_at IS NOT NULL "
			 "UNION ALL SELECT h.at, 'handed over', x.reference || ': ' || h.from_whom || ' to ' || h.to_whom, o.display_name, x.id, NULL, NULL FROM case_exhibit c JOIN exhibit x ON x.id = c.exhibit "
			 "JOIN hand_over h ON h.exhibit = x.id JOIN officer o ON o.id = h.made_by WHERE c.casefile = ?1 "
			 "UNION ALL SELECT f.made_at, 'examined', x.reference, NULL, x.id, f.id, NULL FROM case_exhibit c JOIN exhibit x ON x.id = c.exhibit JOIN exhibit_file f ON f.exhibit = x.id WHERE c.casefile = ?1 "
			 "UNION ALL SELECT t.done_at, 'task done', t.title, o.display_name, t.exhibit, NULL, NULL FROM task t JOIN officer o ON o.id = t.done_by WHERE t.casefile = ?1 AND t.done_at IS NOT NULL "
			 "ORDER BY 1, 2, 3 LIMIT ?2",
			 store_json_add, array, store_int(id), store_int(most));
}

enum err case_list(struct store *s, int64_t officer, bool all, const char *state, int64_t below, int most, json_t *array)
{
	return STORE_RUN(s,
			 "SELECT c.id, c.reference, c.title, c.state, c.made_at, e.name AS establishment_name, (SELECT count(*) FROM case_exhibit x WHERE x.casefile = c.id) AS exhibits, "
			 "(SELECT count(*) FROM case_person p WHERE p.casefile = c.id) AS people FROM casefile c LEFT JOIN establishment e ON e.code = c.establishment "
			 "WHERE c.id < ?1 AND (?2 = 1 OR EXISTS (SELECT 1 FROM case_officer o WHERE o.casefile = c.id AND o.officer = ?3)) AND (CAST(?4 AS TEXT) IS NULL OR c.state = ?4) ORDER BY c.id DESC LIMIT ?5",
			 store_json_add, array, store_int(below), store_int(all), store_int(officer), store_word(state), store_int(most));
}

enum err task_add(struct store *s, const struct act *act, const struct task_new *t, int64_t *ret_id)
{
	enum err e = words_check("title", t->title, WORDS_LINE, true);
	if (!e && t->casefile)
		e = opened(s, t->casefile);
	if (!e && !t->officer && role_find(t->role) < 0)
		e = err_set(ERR_USAGE, "role: choose an officer or a role");
	if (e)
		return e;
	e = store_query_int(s, "INSERT INTO task (casefile, exhibit, title, due_at, officer, role, made_at, made_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
				    (const struct store_value[]){ t->casefile ? store_int(t->casefile) : store_null(), t->exhibit ? store_int(t->exhibit) : store_null(), store_text(t->title),
								  t->due_at == TIME_NONE ? store_null() : store_int(t->due_at), t->officer ? store_int(t->officer) : store_null(),
								  t->officer ? store_null() : store_text(t->role), store_int(act->at), store_int(act->officer) }, 8, ret_id);
	if (e == ERR_CHANGED)
		return err_set(ERR_USAGE, "officer: there is no such officer or exhibit");
	return e ? e : log_change(s, act, LOG_COLLECTION, "task added", "task", *ret_id, json_pack("{s:s}", "title", t->title));
}

enum err task_may(struct store *s, int64_t id, int64_t officer, uint32_t set)
{
	json_t *task = NULL;
	enum err e = STORE_RUN(s, "SELECT officer, role FROM task WHERE id = ?1", store_json_one, &task, store_int(id));
	if (!e && !task)
		return err_set(ERR_NOT_FOUND, "there is no task %lld", (long long)id);
	int role = role_find(json_string_value(json_object_get(task, "role")));
	bool may = json_integer_value(json_object_get(task, "officer")) == officer || (role >= 0 && set & (1U << role));
	json_decref(task);
	return e || may ? e : err_set(ERR_ACCESS, "the task is somebody else's");
}

enum err task_done(struct store *s, const struct act *act, int64_t id)
{
	int64_t changes = 0;
	enum err e = store_query(s, "UPDATE task SET done_at = ?1, done_by = ?2 WHERE id = ?3 AND done_at IS NULL", (const struct store_value[]){ store_int(act->at), store_int(act->officer), store_int(id) }, 3, NULL, NULL, &changes);
	if (!e && !changes)
		e = err_set(ERR_CHANGED, "the task is done already, or there is none");
	return e ? e : log_change(s, act, LOG_ALTERATION, "task done", "task", id, NULL);
}

enum err task_list(struct store *s, int64_t officer, uint32_t set, int most, json_t *array)
{
	struct store_value values[10] = { store_int(officer), store_int(most) };
	_Static_assert(sizeof values / sizeof values[0] == 10, "eight roles");
	for (int i = 0; i < 8; i++)
		values[2 + i] = i < role_count && set & (1U << i) ? store_text(roles[i].name) : store_null();
	return store_query(s,
			   "SELECT t.id, t.title, t.due_at, t.casefile, c.reference AS case_reference, t.exhibit, x.reference AS exhibit_reference, o.display_name AS officer_name, t.role FROM task t LEFT JOIN casefile c ON c.id = t.casefile "
			   "LEFT JOIN exhibit x ON x.id = t.exhibit LEFT JOIN officer o ON o.id = t.officer WHERE t.done_at IS NULL AND (t.officer = ?1 OR t.role IN (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)) "
			   "ORDER BY CASE WHEN t.due_at IS NULL THEN 1 ELSE 0 END, t.due_at, t.id LIMIT ?2",
			   values, 10, store_json_add, array, NULL);
}
