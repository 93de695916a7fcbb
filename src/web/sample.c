#include "web/sample.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "casebook/cases.h"
#include "casebook/evidence.h"
#include "casebook/examination.h"
#include "casebook/exhibits.h"
#include "casebook/officer.h"
#include "casebook/person.h"
#include "casebook/place.h"

static const char places[] = "prison_id,name,active\nFHI,Fernhill (HMP),1\nOGI,Oldgate (HMP & YOI),1\n";

struct sample {
	const char *evidence;
	char folder[PATH_MAX];
	struct act act;
	int64_t exhibit, casefile;
};

static enum err registers(struct sample *x, struct store *s)
{
	int64_t count = 0, person;
	enum err e = store_query_int(s, "SELECT (SELECT count(*) FROM exhibit) + (SELECT count(*) FROM officer)", NULL, 0, &count);
	if (!e && count)
		return err_set(ERR_EXISTS, "the casebook is not empty: the sample is for a new one");
	if (!e)
		e = officer_add(s, &x->act, &(struct officer_new){ "sample", "Sample officer", NULL, 1U << role_find("examiner") }, &x->act.officer);
	if (!e)
		e = place_import(s, &x->act, places, strlen(places), &count);
	if (!e)
		e = person_add(s, &x->act, &(struct person_new){ "Example", "Reece", "1998-05-04", "A1234BC", "FHI", "B2-14" }, &person);
	if (!e)
		e = exhibit_register(s, &x->act,
				     &(struct exhibit_new){ "SO/1", "mobile phone", "Invented: a small black phone, found during a search", "FHI", "cell B2-14, behind the pipe", "Sample officer", x->act.at - (int64_t)86400 * 1000000,
							    "A1234BC", "B000001", "S000001" }, &x->exhibit);
	if (!e)
		e = case_open(s, &x->act, &(struct case_new){ "SAMPLE/1", "A phone in Fernhill", "An invented story. All people, numbers and places in it are made up.", "FHI" }, &x->casefile);
	return e ? e : case_person_add(s, &x->act, x->casefile, person, "owner of the device");
}

static enum err make(void *context, struct store *s)
{
	struct sample *x = context;
	int64_t evidence, id;
	enum err e = registers(x, s);
	if (!e)
		e = case_exhibit_add(s, &x->act, x->casefile, x->exhibit);
	if (!e)
		e = case_note_add(s, &x->act, x->casefile, &(struct case_note){ x->act.at - (int64_t)3600 * 1000000, "The phone was found in the cell of one prisoner and, by what staff say, used by several.", 0, 0 }, &id);
	if (!e)
		e = task_add(s, &x->act, &(struct task_new){ "Read the conversations of the last week", x->act.at + (int64_t)2 * 86400 * 1000000, x->casefile, 0, 0, "investigator" }, &id);
	if (!e)
		e = evidence_point(s, &x->act, x->exhibit, x->evidence, x->folder, &evidence);
	return e ? e : examination_start(s, &x->act, evidence, &id);
}

enum err sample_make(struct store_pool *pool, const char *evidence)
{
	struct sample x = { .act = { .at = time_now(), .why = "sample" } };
	char real[PATH_MAX];
	struct store *s = NULL;
	if (!realpath(evidence, real))
		return err_errno("%s", evidence);
	x.evidence = real;
	memcpy(x.folder, real, (size_t)(strrchr(real, '/') - real)); /* pointed at as an officer would: below its own folder */
	enum err e = store_get(pool, 5000, &s);
	if (!e)
		e = store_transact(s, make, &x);
	store_put(pool, s);
	return e;
}
