#include "casebook/examination_inside.h"

#include <stdio.h>
#include <string.h>

#include "casebook/evidence.h"
#include "casebook/evidence_password.h"
#include "casebook/exhibits.h"
#include "casebook/log.h"
#include "casebook/queue.h"
#include "casebook/selectors.h"
#include "casebook/words.h"

static enum err state_row(void *context, const struct store_row *row)
{
	snprintf(context, 40, "%.39s", store_row_text(row, 0));
	return OK;
}

enum err examination_stage(struct store *s, const struct act *act, int64_t exhibit, enum examination_stage stage)
{
	char state[40] = "";
	enum err e = STORE_RUN(s, "SELECT state FROM exhibit WHERE id = ?1", state_row, state, store_int(exhibit));
	for (int i = 0; !e && i < STAGES; i++)
		if (i != (int)stage && strcmp(state, words_exhibit_states[i]) == 0)
			return exhibit_state_set(s, act, exhibit, words_exhibit_states[stage]);
	return e;
}

enum err examination_start(struct store *s, const struct act *act, int64_t evidence, int64_t *ret_id)
{
	struct evidence v;
	int64_t job;
	enum err e = evidence_get(s, evidence, &v);
	if (!e && strcmp(v.state, "ready") != 0)
		e = err_set(ERR_CHANGED, "the evidence is not whole yet: %lld of %lld bytes are there", (long long)v.received, (long long)v.size);
	if (!e)
		e = store_query_int(s, "INSERT INTO examination (exhibit, evidence, made_at, made_by) VALUES (?1, ?2, ?3, ?4) RETURNING id",
				    (const struct store_value[]){ store_int(v.exhibit), store_int(evidence), store_int(act->at), store_int(act->officer) }, 4, ret_id);
	if (!e)
		e = job_add(s, "examination", *ret_id, act->at, &job);
	if (!e)
		e = examination_stage(s, act, v.exhibit, STAGE_AWAITING);
	return e ? e : log_change(s, act, LOG_COLLECTION, "examination asked for", "exhibit", v.exhibit, json_pack("{s:I,s:I}", "examination", (json_int_t)*ret_id, "evidence", (json_int_t)evidence));
}

enum { ENDED_MOST = 32 };

struct ended {
	int count;
	struct {
		int64_t id, exhibit;
		char message[300];
	} of[ENDED_MOST];
};

static enum err ended_row(void *context, const struct store_row *row)
{
	struct ended *x = context;
	if (x->count == ENDED_MOST)
		return OK;
	x->of[x->count].id = store_row_int(row, 0);
	x->of[x->count].exhibit = store_row_int(row, 1);
	snprintf(x->of[x->count++].message, sizeof x->of[0].message, "%s", store_row_text(row, 2));
	return OK;
}

/* Once: whoever comes second finds it ended. */
static enum err ended(struct store *s, const struct act *act, int64_t id, int64_t exhibit, const char *message, const char *what)
{
	int64_t changes = 0, left = 0, files = 0;
	enum err e = store_query(s, "UPDATE examination SET ended_at = ?1, message = ?2 WHERE id = ?3 AND ended_at IS NULL", (const struct store_value[]){ store_int(act->at), store_text(message), store_int(id) }, 3, NULL,
				 NULL, &changes);
	if (e || !changes)
		return e;
	e = evidence_password_forget(s, id);
	if (!e)
		e = store_query_int(s, "SELECT count(*) FROM examination x JOIN job j ON j.kind = 'examination' AND j.subject = x.id WHERE x.exhibit = ?1 AND j.state IN ('waiting', 'running')",
				    (const struct store_value[]){ store_int(exhibit) }, 1, &left);
	if (!e)
		e = store_query_int(s, "SELECT count(*) FROM exhibit_file WHERE exhibit = ?1", (const struct store_value[]){ store_int(exhibit) }, 1, &files);
	if (!e && !left)
		e = examination_stage(s, act, exhibit, files ? STAGE_EXAMINED : STAGE_REGISTERED);
	return e ? e : log_change(s, act, LOG_ALTERATION, what, "exhibit", exhibit, json_pack("{s:I,s:s}", "examination", (json_int_t)id, "message", message));
}

enum err examination_settle(struct store *s, int64_t now, int *ret_count)
{
	struct ended x = { 0 };
	enum err e = STORE_RUN(s, "SELECT x.id, x.exhibit, coalesce(j.message, '') FROM examination x JOIN job j ON j.kind = 'examination' AND j.subject = x.id WHERE x.ended_at IS NULL AND j.state IN ('failed', 'cancelled') ORDER BY x.id LIMIT ?1",
			       ended_row, &x, store_int(ENDED_MOST));
	for (int i = 0; !e && i < x.count; i++)
		e = ended(s, &(struct act){ .at = now }, x.of[i].id, x.of[i].exhibit, x.of[i].message, "examination given up");
	*ret_count = x.count;
	return e;
}

enum err examination_cancel(struct store *s, const struct act *act, int64_t id)
{
	json_t *x = NULL;
	enum err e = examination_one(s, id, &x);
	if (!e)
		e = job_cancel(s, json_integer_value(json_object_get(x, "job")), act->at);
	if (!e)
		e = ended(s, act, id, json_integer_value(json_object_get(x, "exhibit")), "stopped by an officer", "examination stopped");
	json_decref(x);
	return e;
}

enum err examination_one(struct store *s, int64_t id, json_t **ret)
{
	*ret = NULL;
	enum err e = STORE_RUN(s,
			       "SELECT x.id, x.exhibit, i.reference, x.evidence, v.name, j.id AS job, j.state, j.done_share, j.attempts, j.message, x.password_state, x.made_at, j.ended_at, f.id AS exhibit_file FROM examination x JOIN exhibit i ON i.id = x.exhibit "
			       "JOIN evidence v ON v.id = x.evidence LEFT JOIN job j ON j.kind = 'examination' AND j.subject = x.id LEFT JOIN exhibit_file f ON f.examination = x.id WHERE x.id = ?1",
			       store_json_one, ret, store_int(id));
	return e || *ret ? e : err_set(ERR_NOT_FOUND, "there is no examination %lld", (long long)id);
}

enum err exhibit_file_supersede(struct store *s, int64_t file, int64_t evidence)
{
	int64_t older;
	enum err e;
	do {
		e = store_query_int(s, "SELECT coalesce(max(f.id), 0) FROM exhibit_file f JOIN examination x ON x.id = f.examination WHERE x.evidence = ?1 AND f.id < ?2 AND f.superseded = 0",
				    (const struct store_value[]){ store_int(evidence), store_int(file) }, 2, &older);
		if (!e && older)
			e = selectors_remove(s, older);
		if (!e && older)
			e = STORE_RUN(s, "UPDATE exhibit_file SET superseded = 1 WHERE id = ?1", NULL, NULL, store_int(older));
	} while (!e && older);
	return e;
}

struct file_asked {
	struct exhibit_file *file;
	const char *folder;
};

static enum err file_row(void *context, const struct store_row *row)
{
	struct file_asked *a = context;
	struct exhibit_file *f = a->file;
	f->id = store_row_int(row, 0);
	f->exhibit = store_row_int(row, 1);
	f->records = store_row_int(row, 3);
	f->referral = store_row_int(row, 4);
	const char *path = store_row_text(row, 2);
	int n = snprintf(f->path, sizeof f->path, "%s%s%s", *path == '/' ? "" : a->folder, *path == '/' ? "" : "/", path);
	return n > 0 && (size_t)n < sizeof f->path ? OK : err_set(ERR_LIMIT, "%s: the path is too long", a->folder);
}

#define FILE_COLUMNS "SELECT id, exhibit, path, records, referral FROM exhibit_file "

enum err exhibit_file_get(struct store *s, int64_t id, const char *folder, struct exhibit_file *ret)
{
	struct file_asked a = { ret, folder };
	*ret = (struct exhibit_file){ 0 };
	enum err e = STORE_RUN(s, FILE_COLUMNS "WHERE id = ?1", file_row, &a, store_int(id));
	return e || ret->id ? e : err_set(ERR_NOT_FOUND, "there is no exhibit file %lld", (long long)id);
}

enum err exhibit_file_newest(struct store *s, int64_t exhibit, const char *folder, struct exhibit_file *ret)
{
	struct file_asked a = { ret, folder };
	*ret = (struct exhibit_file){ 0 };
	enum err e = STORE_RUN(s, FILE_COLUMNS "WHERE exhibit = ?1 ORDER BY id DESC LIMIT 1", file_row, &a, store_int(exhibit));
	return e || ret->id ? e : err_set(ERR_NOT_FOUND, "the exhibit was not examined yet");
}
