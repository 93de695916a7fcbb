#include "casebook/person.h"

#include <string.h>

#include "base/time.h"
#include "casebook/log.h"
#include "casebook/words.h"

enum err person_number_fold(const char *number, char ret[8])
{
	size_t n = number ? strlen(number) : 0;
	bool good = n == 7;
	for (size_t i = 0; good && i < 7; i++) {
		char c = number[i] >= 'a' && number[i] <= 'z' ? (char)(number[i] - 'a' + 'A') : number[i];
		good = i >= 1 && i <= 4 ? c >= '0' && c <= '9' : c >= 'A' && c <= 'Z';
		ret[i] = c;
	}
	ret[good ? 7 : 0] = 0;
	return good ? OK : err_set(ERR_USAGE, "number: a prison number is a letter, four digits and two letters: A1234BC");
}

static enum err checked(const struct person_new *p)
{
	int64_t at;
	enum err e = words_check("surname", p->surname, WORDS_LINE, true);
	if (!e)
		e = words_check("forenames", p->forenames, WORDS_LINE, false);
	if (!e)
		e = words_check("location", p->location, WORDS_LINE, false);
	if (!e && p->born_on && *p->born_on && (strlen(p->born_on) != 10 || !time_parse(p->born_on, &at)))
		e = err_set(ERR_USAGE, "born_on: enter a date such as 1990-02-28");
	return e;
}


static enum err establishment_known(enum err e) { return e == ERR_CHANGED ? err_set(ERR_USAGE, "establishment: is not in the register") : e; }

static json_t *words_of(const struct person_new *p)
{
	return json_pack("{s:s,s:s,s:s*,s:s*,s:s*}", "surname", p->surname, "forenames", p->forenames ? p->forenames : "", "born_on", p->born_on, "establishment", p->establishment, "location", p->location);
}

enum err person_number_add(struct store *s, const struct act *act, int64_t id, const char *number)
{
	char folded[8];
	enum err e = person_number_fold(number, folded);
	if (!e)
		e = STORE_RUN(s, "INSERT INTO person_number (number, person, given_at) VALUES (?1, ?2, ?3)", NULL, NULL, store_text(folded), store_int(id), store_int(act->at));
	if (e == ERR_EXISTS)
		return err_set(ERR_EXISTS, "number: %s belongs to another person; merge the two if they are one", folded);
	if (e == ERR_CHANGED)
		return err_set(ERR_NOT_FOUND, "there is no person %lld", (long long)id);
	return e ? e : log_change(s, act, LOG_ALTERATION, "prison number added", "person", id, json_pack("{s:s}", "number", folded));
}

enum err person_add(struct store *s, const struct act *act, const struct person_new *p, int64_t *ret_id)
{
	enum err e = checked(p);
	if (!e)
		e = store_query_int(s, "INSERT INTO person (surname, forenames, born_on, establishment, location, made_at, made_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
				    (const struct store_value[]){ store_text(p->surname), store_text(p->forenames ? p->forenames : ""), store_word(p->born_on), store_word(p->establishment), store_word(p->location),
								  store_int(act->at), act->officer ? store_int(act->officer) : store_null() }, 7, ret_id);
	e = establishment_known(e);
	if (!e)
		e = log_change(s, act, LOG_COLLECTION, "person added", "person", *ret_id, words_of(p));
	return e || !p->number || !*p->number ? e : person_number_add(s, act, *ret_id, p->number);
}

enum err person_change(struct store *s, const struct act *act, int64_t id, const struct person_new *p)
{
	json_t *before = NULL;
	enum err e = checked(p);
	if (!e)
		e = STORE_RUN(s, "SELECT surname, forenames, born_on, establishment, location FROM person WHERE id = ?1 AND merged_into IS NULL", store_json_one, &before, store_int(id));
	if (!e && !before)
		e = err_set(ERR_NOT_FOUND, "there is no person %lld", (long long)id);
	if (!e)
		e = establishment_known(STORE_RUN(s, "UPDATE person SET surname = ?1, forenames = ?2, born_on = ?3, establishment = ?4, location = ?5 WHERE id = ?6", NULL, NULL, store_text(p->surname),
						  store_text(p->forenames ? p->forenames : ""), store_word(p->born_on), store_word(p->establishment), store_word(p->location), store_int(id)));
	if (!e)
		e = log_change(s, act, LOG_ALTERATION, "person changed", "person", id, json_pack("{s:O,s:o}", "before", before, "after", words_of(p)));
	json_decref(before);
	return e;
}

enum err person_merge(struct store *s, const struct act *act, int64_t id, int64_t other)
{
	static const char *const moves[] = {
		"UPDATE person_number SET person = ?1 WHERE person = ?2",
		"UPDATE exhibit SET person = ?1 WHERE person = ?2",
		"DELETE FROM case_person WHERE person = ?2 AND casefile IN (SELECT casefile FROM case_person WHERE person = ?1)",
		"UPDATE case_person SET person = ?1 WHERE person = ?2",
		"UPDATE person SET merged_into = ?1 WHERE id = ?2 OR merged_into = ?2",
	};
	int64_t there = 0;
	enum err e = id == other ? err_set(ERR_USAGE, "other: is the same record") : OK;
	if (!e)
		e = store_query_int(s, "SELECT count(*) FROM person WHERE id IN (?1, ?2) AND merged_into IS NULL", (const struct store_value[]){ store_int(id), store_int(other) }, 2, &there);
	if (!e && there != 2)
		e = err_set(ERR_NOT_FOUND, "other: there is no such person, or it was merged already");
	for (size_t i = 0; i < sizeof moves / sizeof moves[0] && !e; i++)
		e = STORE_RUN(s, moves[i], NULL, NULL, store_int(id), store_int(other));
	if (!e)
		e = log_change(s, act, LOG_COMBINATION, "two records of one person merged", "person", id, json_pack("{s:I}", "other", (json_int_t)other));
	return e ? e : log_change(s, act, LOG_COMBINATION, "merged into another record", "person", other, json_pack("{s:I}", "into", (json_int_t)id));
}

enum err person_one(struct store *s, int64_t id, json_t **ret)
{
	*ret = NULL;
	enum err e = STORE_RUN(s,
			       "SELECT p.id, p.surname, p.forenames, p.born_on, p.establishment, e.name AS establishment_name, p.location, p.merged_into, p.made_at FROM person p "
			       "LEFT JOIN establishment e ON e.code = p.establishment WHERE p.id = ?1",
			       store_json_one, ret, store_int(id));
	if (!e && !*ret)
		e = err_set(ERR_NOT_FOUND, "there is no person %lld", (long long)id);
	if (!e)
		e = store_json_list(s, *ret, "numbers", "SELECT number, given_at FROM person_number WHERE person = ?1 ORDER BY number", id);
	if (!e)
		e = store_json_list(s, *ret, "exhibits", "SELECT id, reference, kind, state, found_at FROM exhibit WHERE person = ?1 ORDER BY id DESC", id);
	if (!e)
		e = store_json_list(s, *ret, "cases", "SELECT c.id, c.reference, c.title, c.state, p.part FROM case_person p JOIN casefile c ON c.id = p.casefile WHERE p.person = ?1 ORDER BY c.id DESC", id);
	if (e) {
		json_decref(*ret);
		*ret = NULL;
	}
	return e;
}

enum err person_search(struct store *s, const char *text, int64_t after, int most, json_t *array)
{
	char pattern[WORDS_LINE + 2] = "%";
	size_t n = 0;
	for (; text && *text && n < WORDS_LINE; text++)
		if (!strchr("%_\\", *text))
			pattern[n++] = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
	pattern[n] = '%';
	pattern[n + 1] = 0;
	return STORE_RUN(s,
			 "SELECT p.id, p.surname, p.forenames, p.born_on, p.establishment, p.location, (SELECT min(number) FROM person_number n WHERE n.person = p.id) AS number FROM person p "
			 "WHERE p.merged_into IS NULL AND p.id > ?2 AND (lower(p.surname) LIKE ?1 OR lower(p.forenames) LIKE ?1 OR EXISTS (SELECT 1 FROM person_number n WHERE n.person = p.id AND lower(n.number) LIKE ?1)) "
			 "ORDER BY p.id LIMIT ?3",
			 store_json_add, array, store_text(pattern), store_int(after), store_int(most));
}

enum err person_of_number(struct store *s, const char *number, int64_t *ret_id)
{
	char folded[8];
	enum err e = person_number_fold(number, folded);
	if (!e)
		e = store_query_int(s, "SELECT person FROM person_number WHERE number = ?1", (const struct store_value[]){ store_text(folded) }, 1, ret_id);
	return e == ERR_NOT_FOUND ? err_set(ERR_NOT_FOUND, "number: nobody in the casebook has %s", folded) : e;
}
