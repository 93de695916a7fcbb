#include "casebook/examination.h"

#include <stdio.h>
#include <string.h>

#include "casebook/evidence.h"
#include "casebook/exhibits.h"
#include "casebook/log.h"
#include "casebook/queue.h"
#include "casebook/words.h"

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
		e = exhibit_state_set(s, act, v.exhibit, words_exhibit_states[1]);
	return e ? e : log_change(s, act, LOG_COLLECTION, "examination asked for", "exhibit", v.exhibit, json_pack("{s:I,s:I}", "examination", (json_int_t)*ret_id, "evidence", (json_int_t)evidence));
}

enum err examination_one(struct store *s, int64_t id, json_t **ret)
{
	*ret = NULL;
	enum err e = STORE_RUN(s,
			       "SELECT x.id, x.exhibit, i.reference, x.evidence, v.name, j.id AS job, j.state, j.done_share, j.attempts, j.message, x.made_at, j.ended_at, f.id AS exhibit_file FROM examination x JOIN exhibit i ON i.id = x.exhibit "
			       "JOIN evidence v ON v.id = x.evidence LEFT JOIN job j ON j.kind = 'examination' AND j.subject = x.id LEFT JOIN exhibit_file f ON f.examination = x.id WHERE x.id = ?1",
			       store_json_one, ret, store_int(id));
	return e || *ret ? e : err_set(ERR_NOT_FOUND, "there is no examination %lld", (long long)id);
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
