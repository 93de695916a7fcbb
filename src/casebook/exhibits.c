#include "casebook/exhibits.h"

#include <string.h>

#include "base/time.h"
#include "casebook/log.h"
#include "casebook/person.h"
#include "casebook/words.h"

enum { CLOCKS_DIFFER_US = 300000000 };

static struct store_value moment(int64_t at) { return at == TIME_NONE ? store_null() : store_int(at); }

static enum err checked(const struct act *act, const struct exhibit_new *x)
{
	const struct {
		const char *field, *text;
		size_t most;
		bool needed;
	} texts[] = { { "reference", x->reference, 40, true }, { "description", x->description, WORDS_TEXT, false }, { "found_where", x->found_where, WORDS_LINE, true },
		      { "found_by", x->found_by, WORDS_LINE, true }, { "bag", x->bag, 40, false }, { "seal", x->seal, 40, false } };
	enum err e = OK;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0] && !e; i++)
		e = words_check(texts[i].field, texts[i].text, texts[i].most, texts[i].needed);
	if (!e)
		e = words_one_of("kind", x->kind, words_exhibit_kinds);
	return !e && x->found_at != TIME_NONE && x->found_at > act->at + CLOCKS_DIFFER_US ? err_set(ERR_USAGE, "found_at: lies in the future") : e;
}

static enum err person_given(struct store *s, const char *number, int64_t *ret)
{
	*ret = 0;
	enum err e = number && *number ? person_of_number(s, number, ret) : OK;
	return e == ERR_NOT_FOUND ? err_set(ERR_USAGE, "number: nobody in the casebook has that prison number; add the person first") : e;
}

static json_t *words_of(const struct exhibit_new *x)
{
	return json_pack("{s:s,s:s,s:s,s:s*,s:s,s:s,s:s*,s:s*,s:s*}", "reference", x->reference, "kind", x->kind, "description", x->description ? x->description : "", "establishment", x->establishment,
			 "found_where", x->found_where, "found_by", x->found_by, "number", x->number, "bag", x->bag, "seal", x->seal);
}

static enum err told(enum err e, const struct exhibit_new *x)
{
	return e == ERR_EXISTS ? err_set(ERR_EXISTS, "reference: %s is an exhibit already", x->reference) : e == ERR_CHANGED ? err_set(ERR_USAGE, "establishment: is not in the register") : e;
}

enum err exhibit_register(struct store *s, const struct act *act, const struct exhibit_new *x, int64_t *ret_id)
{
	int64_t person = 0;
	enum err e = checked(act, x);
	if (!e)
		e = person_given(s, x->number, &person);
	if (!e)
		e = told(store_query_int(s,
					 "INSERT INTO exhibit (reference, kind, description, establishment, found_where, found_at, found_by, person, state, bag, seal, made_at, made_by) "
					 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) RETURNING id",
					 (const struct store_value[]){ store_text(x->reference), store_text(x->kind), store_text(x->description ? x->description : ""), store_word(x->establishment),
								       store_text(x->found_where), moment(x->found_at), store_text(x->found_by), person ? store_int(person) : store_null(),
								       store_text(words_exhibit_states[0]), store_word(x->bag), store_word(x->seal), store_int(act->at), store_int(act->officer) },
					 13, ret_id),
			 x);
	return e ? e : log_change(s, act, LOG_COLLECTION, "exhibit registered", "exhibit", *ret_id, words_of(x));
}

enum err exhibit_change(struct store *s, const struct act *act, int64_t id, const struct exhibit_new *x)
{
	json_t *before = NULL;
	int64_t person = 0;
	enum err e = checked(act, x);
	if (!e)
		e = person_given(s, x->number, &person);
	if (!e)
		e = STORE_RUN(s, "SELECT reference, kind, description, establishment, found_where, found_at, found_by, person, bag, seal FROM exhibit WHERE id = ?1", store_json_one, &before, store_int(id));
	if (!e && !before)
		e = err_set(ERR_NOT_FOUND, "there is no exhibit %lld", (long long)id);
	if (!e)
		e = told(STORE_RUN(s, "UPDATE exhibit SET reference = ?1, kind = ?2, description = ?3, establishment = ?4, found_where = ?5, found_at = ?6, found_by = ?7, person = ?8, bag = ?9, seal = ?10 WHERE id = ?11",
				   NULL, NULL, store_text(x->reference), store_text(x->kind), store_text(x->description ? x->description : ""), store_word(x->establishment), store_text(x->found_where),
				   moment(x->found_at), store_text(x->found_by), person ? store_int(person) : store_null(), store_word(x->bag), store_word(x->seal), store_int(id)),
			 x);
	if (!e)
		e = log_change(s, act, LOG_ALTERATION, "exhibit's entry changed", "exhibit", id, json_pack("{s:O,s:o}", "before", before, "after", words_of(x)));
	json_decref(before);
	return e;
}

enum err exhibit_state_set(struct store *s, const struct act *act, int64_t id, const char *state)
{
	int64_t changes = 0;
	enum err e = words_one_of("state", state, words_exhibit_states);
	if (!e)
		e = store_query(s, "UPDATE exhibit SET state = ?1 WHERE id = ?2", (const struct store_value[]){ store_text(state), store_int(id) }, 2, NULL, NULL, &changes);
	if (!e && !changes)
		e = err_set(ERR_NOT_FOUND, "there is no exhibit %lld", (long long)id);
	return e ? e : log_change(s, act, LOG_ALTERATION, "exhibit's state changed", "exhibit", id, json_pack("{s:s}", "state", state));
}

enum err hand_over_add(struct store *s, const struct act *act, int64_t exhibit, const struct hand_over *h, int64_t *ret_id)
{
	int64_t changes = 0;
	enum err e = words_check("from_whom", h->from_whom, WORDS_LINE, true);
	if (!e)
		e = words_check("to_whom", h->to_whom, WORDS_LINE, true);
	if (!e)
		e = words_check("place", h->place, WORDS_LINE, true);
	if (!e)
		e = words_check("reason", h->reason, WORDS_TEXT, false);
	if (!e && !h->seal_intact && !(h->reason && *h->reason))
		e = err_set(ERR_USAGE, "reason: say why the seal was broken");
	if (!e)
		e = words_check("bag", h->bag, 40, false);
	if (!e)
		e = words_check("seal", h->seal, 40, false);
	if (!e && (h->at == TIME_NONE || h->at > act->at + CLOCKS_DIFFER_US))
		e = err_set(ERR_USAGE, h->at == TIME_NONE ? "at: is missing" : "at: lies in the future");
	if (!e)
		e = store_query(s, "UPDATE exhibit SET bag = COALESCE(?1, bag), seal = COALESCE(?2, seal) WHERE id = ?3", (const struct store_value[]){ store_word(h->bag), store_word(h->seal), store_int(exhibit) }, 3, NULL, NULL,
				&changes);
	if (!e && !changes)
		e = err_set(ERR_NOT_FOUND, "there is no exhibit %lld", (long long)exhibit);
	if (!e)
		e = store_query_int(s,
				    "INSERT INTO hand_over (exhibit, at, from_whom, to_whom, place, reason, bag, seal, seal_intact, made_at, made_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) RETURNING id",
				    (const struct store_value[]){ store_int(exhibit), store_int(h->at), store_text(h->from_whom), store_text(h->to_whom), store_text(h->place), store_text(h->reason ? h->reason : ""),
								  store_word(h->bag), store_word(h->seal), h->seal_intact < 0 ? store_null() : store_int(h->seal_intact != 0), store_int(act->at), store_int(act->officer) },
				    11, ret_id);
	struct act given = *act;
	given.to_whom = h->to_whom;
	return e ? e : log_change(s, &given, LOG_ALTERATION, "exhibit handed over", "exhibit", exhibit,
				  json_pack("{s:I,s:s,s:s,s:s,s:s*,s:s*,s:i}", "at", (json_int_t)h->at, "from_whom", h->from_whom, "place", h->place, "reason", h->reason ? h->reason : "", "bag", h->bag, "seal", h->seal,
					    "seal_intact", h->seal_intact));
}

enum err exhibit_one(struct store *s, int64_t id, json_t **ret)
{
	static const char *const lists[][2] = {
		{ "hand_overs", "SELECT h.id, h.at, h.from_whom, h.to_whom, h.place, h.reason, h.bag, h.seal, h.seal_intact, h.made_at, o.display_name AS made_by_name FROM hand_over h JOIN officer o ON o.id = h.made_by "
				"WHERE h.exhibit = ?1 ORDER BY h.at, h.id" },
		{ "evidence", "SELECT e.id, e.name, e.size, e.received, e.sha256, e.state, e.made_at, o.display_name AS made_by_name FROM evidence e JOIN officer o ON o.id = e.made_by WHERE e.exhibit = ?1 ORDER BY e.id" },
		{ "examinations", "SELECT x.id, x.evidence, x.made_at, x.ended_at, x.message, x.password_state, j.state, j.done_share, j.attempts FROM examination x LEFT JOIN job j ON j.kind = 'examination' AND j.subject = x.id "
				  "WHERE x.exhibit = ?1 ORDER BY x.id DESC" },
		{ "files", "SELECT f.id, f.examination, f.size, f.seal, f.records, f.referral, f.made_at FROM exhibit_file f WHERE f.exhibit = ?1 ORDER BY f.id DESC" },
		{ "cases", "SELECT c.id, c.reference, c.title, c.state FROM case_exhibit x JOIN casefile c ON c.id = x.casefile WHERE x.exhibit = ?1 ORDER BY c.id DESC" },
	};
	*ret = NULL;
	enum err e = STORE_RUN(s,
			       "SELECT x.id, x.reference, x.kind, x.description, x.establishment, e.name AS establishment_name, x.found_where, x.found_at, x.found_by, x.person, p.surname || ', ' || p.forenames AS person_name, "
			       "(SELECT min(number) FROM person_number n WHERE n.person = x.person) AS number, x.state, x.bag, x.seal, x.made_at, o.display_name AS made_by_name FROM exhibit x "
			       "LEFT JOIN establishment e ON e.code = x.establishment LEFT JOIN person p ON p.id = x.person LEFT JOIN officer o ON o.id = x.made_by WHERE x.id = ?1",
			       store_json_one, ret, store_int(id));
	if (!e && !*ret)
		e = err_set(ERR_NOT_FOUND, "there is no exhibit %lld", (long long)id);
	for (size_t i = 0; i < sizeof lists / sizeof lists[0] && !e; i++)
		e = store_json_list(s, *ret, lists[i][0], lists[i][1], id);
	if (e) {
		json_decref(*ret);
		*ret = NULL;
	}
	return e;
}

enum err exhibit_list(struct store *s, const struct exhibit_filter *f, int most, json_t *array)
{
	char pattern[WORDS_LINE + 3] = "%";
	size_t n = 1;
	for (const char *c = f->text ? f->text : ""; *c && n <= WORDS_LINE; c++)
		if (!strchr("%_\\", *c))
			pattern[n++] = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	pattern[n] = '%';
	pattern[n + 1] = 0;
	return STORE_RUN(s,
			 "SELECT x.id, x.reference, x.kind, x.description, e.name AS establishment_name, x.state, x.found_at, x.made_at, x.person, p.surname || ', ' || p.forenames AS person_name, "
			 "(SELECT max(records) FROM exhibit_file f WHERE f.exhibit = x.id) AS records, (SELECT max(referral) FROM exhibit_file f WHERE f.exhibit = x.id) AS referral FROM exhibit x "
			 "LEFT JOIN establishment e ON e.code = x.establishment LEFT JOIN person p ON p.id = x.person WHERE x.id < ?1 AND (CAST(?2 AS TEXT) IS NULL OR x.state = ?2) "
			 "AND (CAST(?3 AS TEXT) IS NULL OR x.establishment = ?3) AND (lower(x.reference) LIKE ?4 OR lower(x.description) LIKE ?4 OR lower(x.bag) LIKE ?4 OR lower(x.seal) LIKE ?4) "
			 "ORDER BY x.id DESC LIMIT ?5",
			 store_json_add, array, store_int(f->below), store_word(f->state), store_word(f->establishment), store_text(pattern), store_int(most));
}
