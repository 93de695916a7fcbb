#include "casebook/looks.h"

#include <limits.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "casebook/program.h"
#include "exhibit/exhibit.h"
#include "match/near_file.h"

enum { AT_ONCE = 16, HITS_MOST = 50000, HASH_MS = 30000, SAID_MOST = 16384, STORE_WAIT_MS = 5000 };

static enum err near_path(const char *folder, char ret[PATH_MAX])
{
	return snprintf(ret, PATH_MAX, "%s/media.near", folder) < PATH_MAX ? OK : err_set(ERR_LIMIT, "%s: the path is too long", folder);
}

/* --- taking in --- */

struct taking {
	int count;
	struct {
		int64_t id;
		char path[1024];
	} of[AT_ONCE];
};

static enum err wanting_row(void *context, const struct store_row *row)
{
	struct taking *t = context; /* LIMIT is AT_ONCE */
	t->of[t->count].id = store_row_int(row, 0);
	snprintf(t->of[t->count++].path, sizeof t->of[0].path, "%s", store_row_text(row, 1));
	return OK;
}

static enum err taken(void *context, struct store *s)
{
	const struct taking *t = context;
	enum err e = OK;
	for (int i = 0; !e && i < t->count; i++)
		e = STORE_RUN(s, "UPDATE exhibit_file SET looks = 1 WHERE id = ?1", NULL, NULL, store_int(t->of[i].id));
	return e;
}

static enum err forgotten(void *context, struct store *s) { return (void)context, STORE_RUN(s, "UPDATE exhibit_file SET looks = 0 WHERE looks = 1", NULL, NULL, store_null()); }

static const char hashes_sql[] = "SELECT DISTINCT file, pdq FROM media_hash WHERE quality >= ?1 AND length(pdq) = 32 AND file NOT IN (SELECT file FROM sensitive) AND file NOT IN (SELECT file FROM known_good)";

/* An exhibit that cannot be read keeps nobody else's pictures out: it counts as taken in, and a search for words names it. */
static enum err exhibit_take(struct near_file *near, const char *folder, int64_t id, const char *relative)
{
	char path[PATH_MAX];
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	enum err e = OK;
	if (snprintf(path, sizeof path, "%s%s%s", *relative == '/' ? "" : folder, *relative == '/' ? "" : "/", relative) >= (int)sizeof path || exhibit_open(path, &db))
		return OK;
	if (sqlite3_prepare_v2(db, hashes_sql, -1, &q, NULL) == SQLITE_OK && sqlite3_bind_int(q, 1, PDQ_QUALITY_LEAST) == SQLITE_OK)
		while (!e && sqlite3_step(q) == SQLITE_ROW) {
			int64_t file = sqlite3_column_int64(q, 0);
			const void *bytes = sqlite3_column_blob(q, 1);
			if (file < 0 || file > UINT32_MAX || !bytes)
				continue;
			struct pdq hash = pdq_of_bytes(bytes);
			e = near_file_append(near, &hash, &(uint64_t){ (uint64_t)id << 32 | (uint64_t)file }, 1);
		}
	sqlite3_finalize(q);
	sqlite3_close(db);
	return e;
}

static enum err take(struct store *s, const char *folder, const char *near_folder, struct taking *t)
{
	struct near_file *near = NULL;
	enum err e = near_file_open(near_folder, NEAR_FILE_WRITE, &near);
	for (int i = 0; !e && i < t->count; i++)
		e = exhibit_take(near, folder, t->of[i].id, t->of[i].path);
	if (!e)
		e = near_file_commit(near, 1);
	near_file_free(near);
	return e ? e : store_transact(s, taken, t); /* dying just before this takes them in twice: a search tells each once */
}

/* Lost, or damaged: what the casebook believes to be in is not. */
static enum err check(struct store *s, const char *near_folder)
{
	struct near_file *near = NULL;
	char aside[PATH_MAX + 40];
	int64_t in = 0;
	enum err e = near_file_open(near_folder, NEAR_FILE_READ, &near);
	near_file_free(near);
	if (e == ERR_FORMAT || e == ERR_TRUNCATED) {
		snprintf(aside, sizeof aside, "%s.damaged-%lld", near_folder, (long long)(time_now() / 1000000));
		if (rename(near_folder, aside))
			return err_errno("%s", near_folder);
	} else if (e != ERR_NOT_FOUND)
		return e;
	e = store_query_int(s, "SELECT count(*) FROM exhibit_file WHERE looks = 1", NULL, 0, &in);
	return e || !in ? e : store_transact(s, forgotten, NULL);
}

enum err looks_catch_up(struct store_pool *pool, const char *folder, bool look, const atomic_bool *stop)
{
	char near_folder[PATH_MAX];
	int64_t wanting = 0;
	struct taking *t = malloc(sizeof *t);
	struct store *s = NULL;
	enum err e = t ? near_path(folder, near_folder) : ERR_NOMEM;
	if (!e)
		e = store_get(pool, STORE_WAIT_MS, &s);
	if (!e)
		e = store_query_int(s, "SELECT count(*) FROM exhibit_file WHERE looks = 0 AND superseded = 0", NULL, 0, &wanting);
	if (!e && (look || wanting))
		e = check(s, near_folder);
	while (!e && !(stop && atomic_load(stop))) {
		t->count = 0;
		e = STORE_RUN(s, "SELECT id, path FROM exhibit_file WHERE looks = 0 AND superseded = 0 ORDER BY id LIMIT ?1", wanting_row, t, store_int(AT_ONCE));
		if (e || !t->count)
			break;
		e = take(s, folder, near_folder, t);
	}
	store_put(pool, s);
	free(t);
	return e == ERR_EXISTS ? OK : e;
}

/* --- a picture --- */

/* Lines of `custos hash --dihedral`: SHA-256, hash, quality, form, path. */
static enum err forms_parse(char *said, struct pdq ret_forms[PDQ_DIHEDRALS])
{
	char *rest = NULL;
	unsigned seen = 0;
	for (char *line = strtok_r(said, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char hash[65] = "", form[32] = "";
		int quality = 0;
		if (sscanf(line, "%*64s %64s %d %31s", hash, &quality, form) != 3)
			continue;
		if (quality < PDQ_QUALITY_LEAST)
			return err_set(ERR_FORMAT, "there is too little in this picture to compare it (quality %d of 100, at least %d)", quality, PDQ_QUALITY_LEAST);
		for (int i = 0; i < PDQ_DIHEDRALS; i++)
			if (strcmp(form, pdq_form_name((enum pdq_form)i)) == 0 && pdq_parse(hash, strlen(hash), &ret_forms[i]))
				seen |= 1u << i;
	}
	return seen == (1u << PDQ_DIHEDRALS) - 1 ? OK : err_set(ERR_FORMAT, "this is no picture that can be read: JPEG, PNG, HEIC, AVIF, WebP or GIF");
}

enum err looks_read(const char *program, const char *path, struct pdq ret_forms[PDQ_DIHEDRALS])
{
	char said[SAID_MOST];
	size_t size = 0;
	pid_t pid;
	int out;
	struct timespec now, end;
	enum err e = program_start((char *[]){ PROGRAM_WORD(program), PROGRAM_WORD("hash"), PROGRAM_WORD("--dihedral"), PROGRAM_WORD("--"), PROGRAM_WORD(path), NULL }, NULL, -1, &pid, &out);
	if (e)
		return e;
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += HASH_MS / 1000;
	bool late = false;
	for (ssize_t n = 1; n != 0 && !late && size < sizeof said - 1;) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		late = now.tv_sec > end.tv_sec;
		n = poll(&(struct pollfd){ .fd = out, .events = POLLIN }, 1, 500) > 0 ? read(out, said + size, sizeof said - 1 - size) : -1;
		size += n > 0 ? (size_t)n : 0;
	}
	said[size] = 0;
	int status = program_end(pid, out, late || size == sizeof said - 1);
	if (late)
		return err_set(ERR_LIMIT, "this picture takes too long to read");
	return WIFSIGNALED(status) ? err_set(ERR_FORMAT, "this picture cannot be read") : forms_parse(said, ret_forms);
}

/* --- searching --- */

struct look {
	uint64_t id;
	uint32_t distance, form;
};

struct looking {
	struct look *hits;
	size_t count;
	int64_t exhibit;
	char reference[81];
};

static bool look_hit(void *context, struct near_file_hit hit)
{
	struct looking *l = context;
	l->hits[l->count++] = (struct look){ hit.id, hit.distance, hit.query };
	return l->count < HITS_MOST;
}

static int by_id(const void *a, const void *b)
{
	const struct look *x = a, *y = b;
	return x->id != y->id ? (x->id > y->id) - (x->id < y->id) : (x->distance > y->distance) - (x->distance < y->distance);
}

static int by_distance(const void *a, const void *b)
{
	const struct look *x = a, *y = b;
	return x->distance != y->distance ? (x->distance > y->distance) - (x->distance < y->distance) : by_id(a, b);
}

static enum err exhibit_row(void *context, const struct store_row *row)
{
	struct looking *l = context;
	l->exhibit = store_row_int(row, 0);
	snprintf(l->reference, sizeof l->reference, "%s", store_row_text(row, 1));
	return OK;
}

static enum err look_tell(struct store *s, struct looking *l, const struct look *h, json_t *array)
{
	l->exhibit = 0;
	int64_t file = (int64_t)(h->id >> 32);
	enum err e = STORE_RUN(s, "SELECT x.id, x.reference FROM exhibit_file f JOIN exhibit x ON x.id = f.exhibit WHERE f.id = ?1 AND f.superseded = 0", exhibit_row, l, store_int(file));
	if (e || !l->exhibit)
		return e;
	return json_array_append_new(array, json_pack("{s:I,s:s,s:I,s:I,s:i,s:s}", "exhibit", (json_int_t)l->exhibit, "reference", l->reference, "exhibit_file", (json_int_t)file, "file", (json_int_t)(h->id & UINT32_MAX),
						      "distance", (int)h->distance, "form", pdq_form_name((enum pdq_form)h->form)))
		       ? ERR_NOMEM
		       : OK;
}

enum err looks_find(struct store *s, const char *folder, const struct pdq forms[PDQ_DIHEDRALS], int radius, int most, json_t *array, int64_t *ret_behind)
{
	char near_folder[PATH_MAX];
	struct near_file *near = NULL;
	struct looking l = { .hits = malloc(HITS_MOST * sizeof *l.hits) };
	enum err e = l.hits ? near_path(folder, near_folder) : ERR_NOMEM;
	if (!e)
		e = store_query_int(s, "SELECT count(*) FROM exhibit_file WHERE looks = 0 AND superseded = 0", NULL, 0, ret_behind);
	if (!e && (e = near_file_open(near_folder, NEAR_FILE_READ, &near)) == ERR_NOT_FOUND)
		e = store_query_int(s, "SELECT count(*) FROM exhibit_file WHERE superseded = 0", NULL, 0, ret_behind); /* there is none: nobody was looked at */
	else if (!e)
		e = near_file_find_forms(near, forms, radius, look_hit, &l);
	size_t count = 0;
	if (l.hits)
		qsort(l.hits, l.count, sizeof *l.hits, by_id);
	for (size_t i = 0; i < l.count; i++) /* each file by its nearest hash */
		if (!count || l.hits[count - 1].id != l.hits[i].id)
			l.hits[count++] = l.hits[i];
	if (l.hits)
		qsort(l.hits, count, sizeof *l.hits, by_distance);
	for (size_t i = 0; !e && i < count && (int)json_array_size(array) < most; i++)
		e = look_tell(s, &l, &l.hits[i], array);
	near_file_free(near);
	free(l.hits);
	return e;
}
