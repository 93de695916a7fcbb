/* Establishments, people, exhibits, cases, tasks, with both engines: what is typed is checked, what is merged is found, each change is in the log. */
#include <string.h>

#include "base/time.h"
#include "both.h"
#include "casebook/cases.h"
#include "casebook/exhibits.h"
#include "casebook/log.h"
#include "casebook/officer.h"
#include "casebook/person.h"
#include "casebook/place.h"

#define NOW ((int64_t)1764000000000000)
static const struct act act = { .officer = 1, .at = NOW };

/* One change in a transaction of its own, made by a small function below. */
struct change {
	enum err (*run)(struct store *s, struct change *c);
	int64_t id, other, ret;
	const void *what;
	const char *text;
	size_t size;
};
static enum err change_run(void *c, struct store *s) { return ((struct change *)c)->run(s, c); }
#define DO(function, ...) store_transact(s, change_run, &(struct change){ .run = function, __VA_ARGS__ })

static int64_t made;
static enum err officer_make(struct store *s, struct change *c) { return officer_add(s, &(struct act){ .at = NOW }, &(struct officer_new){ c->text, "An Officer", NULL, c->id ? (uint32_t)c->id : 2 }, &made); }
static enum err places(struct store *s, struct change *c) { return place_import(s, &act, c->text, c->size ? c->size : strlen(c->text), &made); }
static enum err person(struct store *s, struct change *c) { return person_add(s, &act, c->what, &made); }
static enum err person_alter(struct store *s, struct change *c) { return person_change(s, &act, c->id, c->what); }
static enum err number(struct store *s, struct change *c) { return person_number_add(s, &act, c->id, c->text); }
static enum err merge(struct store *s, struct change *c) { return person_merge(s, &act, c->id, c->other); }
static enum err exhibit(struct store *s, struct change *c) { return exhibit_register(s, &act, c->what, &made); }
static enum err exhibit_alter(struct store *s, struct change *c) { return exhibit_change(s, &act, c->id, c->what); }
static enum err state(struct store *s, struct change *c) { return exhibit_state_set(s, &act, c->id, c->text); }
static enum err over(struct store *s, struct change *c) { return hand_over_add(s, &act, c->id, c->what, &made); }
static enum err casefile(struct store *s, struct change *c) { return case_open(s, &act, c->what, &made); }
static enum err case_person(struct store *s, struct change *c) { return case_person_add(s, &act, c->id, c->other, c->text); }
static enum err case_exhibit(struct store *s, struct change *c) { return case_exhibit_add(s, &act, c->id, c->other); }
static enum err case_officer(struct store *s, struct change *c) { return case_officer_add(s, &act, c->id, c->other); }
static enum err removed(struct store *s, struct change *c) { return case_remove(s, &act, c->id, (enum case_thing)c->size, c->other); }
static enum err note(struct store *s, struct change *c) { return case_note_add(s, &act, c->id, c->what, &made); }
static enum err closed(struct store *s, struct change *c) { return case_close(s, &act, c->id, c->other); }
static enum err task(struct store *s, struct change *c) { return task_add(s, &act, c->what, &made); }
static enum err finished(struct store *s, struct change *c) { return task_done(s, &act, c->id); }

static const char *text_of(const json_t *o, const char *name) { return json_string_value(json_object_get(o, name)); }
static int64_t int_of(const json_t *o, const char *name) { return json_integer_value(json_object_get(o, name)); }
static size_t size_of(const json_t *o, const char *name) { return json_array_size(json_object_get(o, name)); }

static const char register_text[] = "\xef\xbb\xbfprison_id,name,active,types\r\nFHI,\"Fernhill (HMP, \"\"test\"\")\",1,HMP\r\nOLD,Oldgate,0,\r\n";

static struct store *begun(const char *name)
{
	opened(name, 1);
	struct store *s = borrowed();
	CHECK_INT(DO(officer_make, .text = "erin"), OK);
	CHECK_INT(made, 1);
	CHECK_INT(DO(places, .text = register_text), OK);
	CHECK_INT(made, 2);
	return s;
}

TEST(establishments_come_from_a_register)
{
	struct store *s = begun("reg1");
	json_t *list = json_array();
	CHECK_INT(place_list(s, list), OK);
	CHECK_INT((int)json_array_size(list), 1); /* Oldgate is closed */
	CHECK_TEXT(text_of(json_array_get(list, 0), "name"), "Fernhill (HMP, \"test\")");
	json_array_clear(list);
	CHECK_INT(DO(places, .text = "code,name\nOLD,Oldgate again\n"), OK);
	CHECK_INT(place_list(s, list), OK);
	CHECK_INT((int)json_array_size(list), 2);
	CHECK_INT(DO(places, .text = "code,name\nAAA,A\nBBB\n"), ERR_FORMAT);
	CHECK(strstr(err_message(), "line 3"));
	CHECK_INT(DO(places, .text = "code,title\nAAA,A\n"), ERR_FORMAT);
	CHECK_INT(DO(places, .text = "code,name\nAAA,\"A\n"), ERR_FORMAT);
	CHECK_INT(DO(places, .text = "code,name\nAAA,\xff\n"), ERR_FORMAT);
	CHECK_INT(DO(places, .text = ""), ERR_FORMAT);
	json_array_clear(list);
	CHECK_INT(place_list(s, list), OK);
	CHECK_INT((int)json_array_size(list), 2); /* nothing of the refused ones */
	json_decref(list);
	given_back(s);
}

TEST(people_are_found_and_merged)
{
	struct store *s = begun("reg2");
	json_t *one = NULL, *list = json_array();
	int64_t id = 0;
	struct person_new ann = { "Example", "Ann", "1990-02-28", "a1234bc", "FHI", "B2-14" }, same = { "Exampel", "Anne", NULL, "Z9999ZZ", NULL, NULL };
	CHECK_INT(DO(person, .what = &ann), OK);
	CHECK_INT(DO(person, .what = &same), OK);
	CHECK_INT(DO(person, .what = &ann), ERR_EXISTS); /* and no third person without a number */
	CHECK_INT(count(s, "SELECT count(*) FROM person"), 2);
	CHECK_INT(DO(person, .what = &(struct person_new){ "", "Ann" }), ERR_USAGE);
	CHECK_INT(DO(person, .what = &(struct person_new){ "X", "Ann", "28/02/1990" }), ERR_USAGE);
	CHECK_INT(DO(person, .what = &(struct person_new){ "X", "Ann", .number = "12345" }), ERR_USAGE);
	CHECK_INT(DO(person, .what = &(struct person_new){ "X", "Ann", .establishment = "XXX" }), ERR_USAGE);
	CHECK_INT(DO(number, .id = 1, .text = "B0001CD"), OK);
	CHECK_INT(DO(number, .id = 99, .text = "B0002CD"), ERR_NOT_FOUND);
	CHECK_INT(person_of_number(s, "z9999zz", &id), OK);
	CHECK_INT(id, 2);
	CHECK_INT(DO(exhibit, .what = &(struct exhibit_new){ "ER/1", "mobile phone", "", NULL, "cell", "Officer A", TIME_NONE, "Z9999ZZ" }), OK);
	CHECK_INT(DO(merge, .id = 1, .other = 1), ERR_USAGE);
	CHECK_INT(DO(merge, .id = 1, .other = 2), OK);
	CHECK_INT(DO(merge, .id = 1, .other = 2), ERR_NOT_FOUND);
	CHECK_INT(person_of_number(s, "Z9999ZZ", &id), OK);
	CHECK_INT(id, 1);
	CHECK_INT(person_one(s, 1, &one), OK);
	CHECK_INT((int)size_of(one, "numbers"), 3);
	CHECK_INT((int)size_of(one, "exhibits"), 1);
	CHECK_TEXT(text_of(one, "establishment_name"), "Fernhill (HMP, \"test\")");
	json_decref(one);
	CHECK_INT(person_one(s, 2, &one), OK);
	CHECK_INT(int_of(one, "merged_into"), 1);
	json_decref(one);
	CHECK_INT(DO(person_alter, .id = 2, .what = &ann), ERR_NOT_FOUND);
	ann.location = "C1-01";
	CHECK_INT(DO(person_alter, .id = 1, .what = &ann), OK);
	CHECK_INT(person_search(s, "exam", 0, 10, list), OK);
	CHECK_INT((int)json_array_size(list), 1);
	CHECK_TEXT(text_of(json_array_get(list, 0), "location"), "C1-01");
	json_array_clear(list);
	CHECK_INT(person_search(s, "b000", 0, 10, list), OK);
	CHECK_INT((int)json_array_size(list), 1);
	json_array_clear(list);
	CHECK_INT(person_search(s, "%", 1, 10, list), OK); /* no wildcard, and none behind 1 */
	CHECK_INT((int)json_array_size(list), 0);
	json_array_clear(list);
	CHECK_INT(log_list(s, "person", 1, INT64_MAX, 100, list), OK);
	CHECK_INT((int)json_array_size(list), 5); /* added, its number, another, merged, changed */
	CHECK_TEXT(text_of(json_array_get(list, 1), "act"), "combination");
	json_decref(list);
	given_back(s);
}

TEST(exhibits_and_their_hand_overs)
{
	struct store *s = begun("reg3");
	json_t *one = NULL, *list = json_array();
	struct exhibit_new x = { "ER/1", "mobile phone", "black, broken glass", "FHI", "cell B2-14, under the mattress", "Officer A", NOW - 1000, NULL, "BAG1", "SEAL1" }, bad = x;
	CHECK_INT(DO(exhibit, .what = &x), OK);
	CHECK_INT(made, 1);
	CHECK_INT(DO(exhibit, .what = &x), ERR_EXISTS);
	bad.reference = "ER/2";
	bad.description = "grey";
	bad.kind = "toaster";
	CHECK_INT(DO(exhibit, .what = &bad), ERR_USAGE);
	bad.kind = "tablet";
	bad.found_at = NOW + 3600000000;
	CHECK_INT(DO(exhibit, .what = &bad), ERR_USAGE);
	bad.found_at = TIME_NONE;
	bad.number = "A1234BC";
	CHECK_INT(DO(exhibit, .what = &bad), ERR_USAGE); /* nobody has it */
	bad.number = NULL;
	bad.found_where = "two\nlines";
	CHECK_INT(DO(exhibit, .what = &bad), ERR_USAGE);
	bad.found_where = "yard";
	CHECK_INT(DO(exhibit, .what = &bad), OK);
	CHECK_INT(DO(over, .id = 1, .what = &(struct hand_over){ NOW, "Officer A", "Erin", "reception", "", NULL, "SEAL2", 0 }), ERR_USAGE); /* a broken seal needs a reason */
	CHECK_INT(DO(over, .id = 1, .what = &(struct hand_over){ NOW, "Officer A", "Erin", "reception", "opened to examine", NULL, "SEAL2", 0 }), OK);
	CHECK_INT(DO(over, .id = 99, .what = &(struct hand_over){ NOW, "Officer A", "Erin", "reception", "", NULL, NULL, 1 }), ERR_NOT_FOUND);
	CHECK_INT(DO(over, .id = 1, .what = &(struct hand_over){ NOW + 3600000000, "A", "B", "C", "", NULL, NULL, 1 }), ERR_USAGE);
	CHECK_INT(DO(state, .id = 1, .text = "examined"), OK);
	CHECK_INT(DO(state, .id = 1, .text = "lost"), ERR_USAGE);
	x.description = "black; glass broken";
	CHECK_INT(DO(exhibit_alter, .id = 1, .what = &x), OK);
	CHECK_INT(exhibit_one(s, 1, &one), OK);
	CHECK_TEXT(text_of(one, "bag"), "BAG1");
	CHECK_TEXT(text_of(one, "state"), "examined");
	CHECK_INT((int)size_of(one, "hand_overs"), 1);
	CHECK_INT(int_of(json_array_get(json_object_get(one, "hand_overs"), 0), "seal_intact"), 0);
	json_decref(one);
	CHECK_INT(exhibit_one(s, 99, &one), ERR_NOT_FOUND);
	CHECK_INT(exhibit_list(s, &(struct exhibit_filter){ .text = "GLASS", .below = INT64_MAX }, 10, list), OK);
	CHECK_INT((int)json_array_size(list), 1);
	json_array_clear(list);
	CHECK_INT(exhibit_list(s, &(struct exhibit_filter){ .state = "registered", .below = INT64_MAX }, 10, list), OK);
	CHECK_INT((int)json_array_size(list), 1);
	CHECK_TEXT(text_of(json_array_get(list, 0), "reference"), "ER/2");
	json_array_clear(list);
	CHECK_INT(exhibit_list(s, &(struct exhibit_filter){ .below = 2 }, 10, list), OK);
	CHECK_INT((int)json_array_size(list), 1);
	json_array_clear(list);
	CHECK_INT(log_list(s, "exhibit", 1, INT64_MAX, 100, list), OK);
	CHECK_INT((int)json_array_size(list), 4);
	CHECK_TEXT(text_of(json_array_get(list, 2), "to_whom"), "Erin");
	json_decref(list);
	given_back(s);
}

TEST(cases_hold_together_what_belongs_together)
{
	struct store *s = begun("reg4");
	json_t *one = NULL, *list = json_array();
	CHECK_INT(DO(officer_make, .text = "ivo", .id = 4), OK);
	CHECK_INT(DO(person, .what = &(struct person_new){ "Example", "Ann" }), OK);
	CHECK_INT(DO(exhibit, .what = &(struct exhibit_new){ "ER/1", "SIM card", "", NULL, "yard", "Officer A", NOW - 5000, NULL }), OK);
	CHECK_INT(DO(casefile, .what = &(struct case_new){ "C/1", "A post", "seen by the public", NULL }), OK);
	CHECK_INT(DO(casefile, .what = &(struct case_new){ "C/1", "Another", "", NULL }), ERR_EXISTS);
	CHECK_INT(DO(case_person, .id = 1, .other = 1, .text = "suspected"), OK);
	CHECK_INT(DO(case_person, .id = 1, .other = 1, .text = "witness"), ERR_EXISTS);
	CHECK_INT(DO(case_person, .id = 1, .other = 9, .text = "witness"), ERR_USAGE);
	CHECK_INT(DO(case_person, .id = 1, .other = 1, .text = "guilty"), ERR_USAGE);
	CHECK_INT(DO(case_exhibit, .id = 1, .other = 1), OK);
	CHECK_INT(DO(note, .id = 1, .what = &(struct case_note){ NOW - 9000, "posted at night", 0, 0 }), OK);
	CHECK_INT(DO(note, .id = 1, .what = &(struct case_note){ NOW, "x", 77, 1 }), ERR_USAGE);
	CHECK_INT(DO(task, .what = &(struct task_new){ "Ask the platform", NOW + 5, 1, 0, 0, "liaison" }), OK);
	CHECK_INT(DO(task, .what = &(struct task_new){ "Seal again", TIME_NONE, 0, 1, 1, NULL }), OK);
	CHECK_INT(DO(task, .what = &(struct task_new){ "Whose?", TIME_NONE, 0, 0, 0, "cook" }), ERR_USAGE);
	CHECK_INT(case_may(s, 1, 1, false), OK);
	CHECK_INT(case_may(s, 1, 2, false), ERR_NOT_FOUND);
	CHECK_INT(case_may(s, 1, 2, true), OK);
	CHECK_INT(case_may(s, 7, 2, true), ERR_NOT_FOUND);
	CHECK_INT(case_list(s, 2, false, NULL, INT64_MAX, 10, list), OK);
	CHECK_INT((int)json_array_size(list), 0);
	CHECK_INT(DO(case_officer, .id = 1, .other = 2), OK);
	CHECK_INT(case_list(s, 2, false, "open", INT64_MAX, 10, list), OK);
	CHECK_INT((int)json_array_size(list), 1);
	json_array_clear(list);
	CHECK_INT(task_list(s, 2, 1U << role_find("liaison"), 10, list), OK);
	CHECK_INT((int)json_array_size(list), 1);
	json_array_clear(list);
	CHECK_INT(task_list(s, 1, 1U << role_find("liaison"), 10, list), OK);
	CHECK_INT((int)json_array_size(list), 2);
	CHECK_TEXT(text_of(json_array_get(list, 0), "title"), "Ask the platform"); /* what has a day comes first */
	json_array_clear(list);
	CHECK_INT(DO(finished, .id = 1), OK);
	CHECK_INT(DO(finished, .id = 1), ERR_CHANGED);
	CHECK_INT(case_story(s, 1, 100, list), OK);
	CHECK_INT((int)json_array_size(list), 3);
	CHECK_TEXT(text_of(json_array_get(list, 0), "text"), "posted at night");
	CHECK_TEXT(text_of(json_array_get(list, 1), "kind"), "found");
	CHECK_TEXT(text_of(json_array_get(list, 2), "kind"), "task done");
	json_decref(list);
	CHECK_INT(DO(closed, .id = 1, .other = 1), OK);
	CHECK_INT(DO(closed, .id = 1, .other = 1), ERR_CHANGED);
	CHECK_INT(DO(note, .id = 1, .what = &(struct case_note){ NOW, "too late", 0, 0 }), ERR_CHANGED);
	CHECK_INT(DO(closed, .id = 1), OK);
	CHECK_INT(DO(removed, .id = 1, .size = CASE_PERSON, .other = 1), OK);
	CHECK_INT(DO(removed, .id = 1, .size = CASE_PERSON, .other = 1), ERR_NOT_FOUND);
	CHECK_INT(case_one(s, 1, &one), OK);
	CHECK(size_of(one, "people") == 0 && size_of(one, "exhibits") == 1 && size_of(one, "officers") == 2 && size_of(one, "tasks") == 1);
	json_decref(one);
	CHECK_INT(case_one(s, 2, &one), ERR_NOT_FOUND);
	given_back(s);
}

static void all(void)
{
	RUN(establishments_come_from_a_register);
	RUN(people_are_found_and_merged);
	RUN(exhibits_and_their_hand_overs);
	RUN(cases_hold_together_what_belongs_together);
}

int main(void) { return both_run(all); }
