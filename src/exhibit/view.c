#include "exhibit/view_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exhibit/exhibit.h"

static const char *const common_names[VIEW_COMMON] = {
	[VIEW_APP] = "app", [VIEW_ACCOUNT] = "account", [VIEW_PROFILE] = "profile", [VIEW_STATE] = "state", [VIEW_FATE] = "fate", [VIEW_CONFIDENCE] = "confidence",
	[VIEW_FILE] = "file", [VIEW_FILE_PATH] = "file_path", [VIEW_SHA256] = "file_sha256", [VIEW_TABLE] = "source_table", [VIEW_ROW] = "row", [VIEW_PAGE] = "page",
	[VIEW_OFFSET] = "offset", [VIEW_FRAME] = "frame", [VIEW_REASON] = "reason", [VIEW_ARTIFACT] = "artifact",
};

/* Names by normalised selector: contacts first, then the phone's own accounts. */
static const char names_sql[] =
	"PRAGMA temp_store=MEMORY; CREATE TEMP TABLE names(value TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;"
	"INSERT OR IGNORE INTO names SELECT j.value, c.name FROM contact_record c, json_each(c.selectors) j WHERE c.name <> '' AND j.value <> '' ORDER BY c.id;"
	"INSERT OR IGNORE INTO names SELECT coalesce(s.value, ''), a.display_name FROM account_record a JOIN selector s ON s.id IN (a.user_id, a.phone, a.handle) WHERE a.display_name <> '' ORDER BY a.id;";

enum err view_open(const char *path, struct view **ret)
{
	struct view *v = calloc(1, sizeof *v);
	enum err e = v && (v->path = strdup(path)) ? OK : ERR_NOMEM;
	if (!e && stat(path, &v->is))
		e = err_errno("cannot open exhibit %s", path);
	if (!e)
		e = exhibit_open(path, &v->db);
	if (e) {
		view_close(v);
		return e;
	}
	*ret = v;
	return OK;
}

void view_close(struct view *v)
{
	if (!v)
		return;
	sqlite3_finalize(v->hits);
	sqlite3_finalize(v->shown);
	sqlite3_close(v->db);
	free(v->path);
	free(v);
}

sqlite3 *view_db(struct view *v) { return v->db; }

enum err view_fail(struct view *v, const char *what) { return err_set(ERR_FORMAT, "%s cannot be read: %s", what, sqlite3_errmsg(v->db)); }

enum err view_prepare(struct view *v, const struct buf *sql, const char *what, sqlite3_stmt **ret)
{
	if (sql->failed)
		return ERR_NOMEM;
	if (!v->named && strstr(sql->data, "temp.names")) { /* made for the first who asks for names */
		if (sqlite3_exec(v->db, names_sql, NULL, NULL, NULL) != SQLITE_OK)
			return err_set(ERR_FORMAT, "contacts of %s cannot be read: %s", v->path, sqlite3_errmsg(v->db));
		v->named = true;
	}
	return sqlite3_prepare_v2(v->db, sql->data, (int)sql->size, ret, NULL) == SQLITE_OK ? OK : view_fail(v, what);
}

void view_phrase(struct buf *out, const char *phrase, size_t size)
{
	size_t bare = size > 1 && phrase[size - 1] == '*' ? size - 1 : size;
	buf_text(out, out->size ? " \"" : "\"");
	for (size_t i = 0; i < bare; i++) {
		if (phrase[i] == '"')
			buf_char(out, '"');
		buf_char(out, phrase[i]);
	}
	buf_text(out, bare < size ? "\"*" : "\"");
}

void view_words(struct buf *out, const char *words)
{
	for (const char *p = words + strspn(words, " \t\r\n"); *p; p += strspn(p, " \t\r\n")) {
		size_t size = strcspn(p, " \t\r\n");
		view_phrase(out, p, size);
		p += size;
	}
}

static void condition(struct buf *sql, bool *any, const char *text)
{
	buf_text(sql, *any ? " AND " : " WHERE ");
	buf_text(sql, text);
	*any = true;
}

/* The record has the selector in one of its columns, normalised or as found. */
static void selector_condition(struct buf *sql, bool *any, const struct kind *k)
{
	condition(sql, any, "(v.account = :selector");
	for (int i = 0; i < kind_columns(k); i++) {
		if (k->columns[i].type == COLUMN_SELECTOR)
			buf_printf(sql, " OR v.\"%s\" = :selector OR v.\"%s_raw\" = :selector", k->columns[i].name, k->columns[i].name);
		else if (k->columns[i].type == COLUMN_SELECTORS)
			buf_printf(sql, " OR EXISTS (SELECT 1 FROM json_each(v.\"%s\") j WHERE j.value = :selector)", k->columns[i].name);
	}
	buf_char(sql, ')');
}

void view_where(struct buf *sql, const struct kind *k, const struct view_filter *f, bool *any)
{
	const char *at = k->columns[kind_when(k)].name;
	char line[200];
	if (f->text) {
		snprintf(line, sizeof line, "v.id IN (SELECT rowid FROM %s_fts WHERE %s_fts MATCH :text)", k->name, k->name);
		condition(sql, any, line);
	}
	snprintf(line, sizeof line, "v.\"%s\" >= :from", at);
	if (f->from != TIME_NONE)
		condition(sql, any, line);
	snprintf(line, sizeof line, "v.\"%s\" <= :to", at);
	if (f->to != TIME_NONE)
		condition(sql, any, line);
	if (f->app)
		condition(sql, any, "v.app = :app COLLATE NOCASE");
	if (f->state)
		condition(sql, any, "v.state = :state");
	if (f->deleted)
		condition(sql, any, "v.state <> 'live'");
	if (f->profile)
		condition(sql, any, "v.profile = :profile");
	if (f->thread && kind_column(k, "thread") >= 0)
		condition(sql, any, "(v.thread = :thread OR v.thread_raw = :thread)");
	if (f->no_known && strcmp(k->name, "media") == 0)
		condition(sql, any, "coalesce(v.path_file, v.file) NOT IN (SELECT file FROM known_good)");
	if (f->selector)
		selector_condition(sql, any, k);
}

static void bind_text(sqlite3_stmt *q, const char *name, const char *text)
{
	int i = sqlite3_bind_parameter_index(q, name);
	if (i && text)
		sqlite3_bind_text(q, i, text, -1, SQLITE_STATIC);
}

void view_bind_int(sqlite3_stmt *q, const char *name, int64_t value)
{
	int i = sqlite3_bind_parameter_index(q, name);
	if (i)
		sqlite3_bind_int64(q, i, value);
}

void view_bind(sqlite3_stmt *q, const struct view_filter *f)
{
	view_bind_int(q, ":from", f->from);
	view_bind_int(q, ":to", f->to);
	bind_text(q, ":app", f->app);
	bind_text(q, ":selector", f->selector);
	bind_text(q, ":state", f->state);
	bind_text(q, ":profile", f->profile);
	bind_text(q, ":thread", f->thread);
	bind_text(q, ":text", f->text);
}

void view_select(struct buf *sql, const struct kind *k)
{
	buf_text(sql, "SELECT v.*");
	for (int i = 0; i < kind_columns(k); i++)
		if (k->columns[i].type == COLUMN_SELECTOR)
			buf_printf(sql, ", (SELECT name FROM temp.names n WHERE n.value = v.\"%s\") AS \"%s_name\"", k->columns[i].name, k->columns[i].name);
	buf_printf(sql, " FROM %s v", k->plural);
}

static int result_column(sqlite3_stmt *q, const char *name, const char *suffix)
{
	char full[100];
	snprintf(full, sizeof full, "%s%s", name, suffix);
	for (int i = 0; i < sqlite3_column_count(q); i++)
		if (strcmp(sqlite3_column_name(q, i), full) == 0)
			return i;
	return -1;
}

void view_layout_read(struct view_layout *l, sqlite3_stmt *q, const struct kind *k)
{
	for (int i = 0; i < kind_columns(k); i++) {
		l->at[i] = result_column(q, k->columns[i].name, "");
		l->raw[i] = result_column(q, k->columns[i].name, "_raw");
		l->name[i] = result_column(q, k->columns[i].name, "_name");
		l->file[i] = result_column(q, k->columns[i].name, "_file");
	}
	l->id = result_column(q, "id", "");
	for (int i = 0; i < VIEW_COMMON; i++)
		l->common[i] = result_column(q, common_names[i], "");
}

static const char *column_text(const struct view_record *r, int column) { return column < 0 ? NULL : (const char *)sqlite3_column_text(r->q, column); }

int view_column(const struct view_record *r, int i, enum view_part part)
{
	const struct view_layout *l = r->layout;
	return part == VIEW_RAW ? l->raw[i] : part == VIEW_NAME ? l->name[i] : part == VIEW_FILE_ID ? l->file[i] : l->at[i];
}

int view_common_column(const struct view_record *r, enum view_common c) { return r->layout->common[c]; }

const char *view_common_text(const struct view_record *r, enum view_common c) { return column_text(r, r->layout->common[c]); }
const char *view_text(const struct view_record *r, int i) { return column_text(r, r->layout->at[i]); }
const char *view_raw(const struct view_record *r, int i) { return column_text(r, r->layout->raw[i]); }
const char *view_name(const struct view_record *r, int i) { return column_text(r, r->layout->name[i]); }
int64_t view_file(const struct view_record *r, int i) { return r->layout->file[i] < 0 ? 0 : sqlite3_column_int64(r->q, r->layout->file[i]); }
int64_t view_int(const struct view_record *r, int i) { return sqlite3_column_int64(r->q, r->layout->at[i]); }
double view_real(const struct view_record *r, int i) { return sqlite3_column_double(r->q, r->layout->at[i]); }
bool view_null(const struct view_record *r, int i) { return sqlite3_column_type(r->q, r->layout->at[i]) == SQLITE_NULL; }

bool view_live(const struct view_record *r)
{
	const char *state = view_common_text(r, VIEW_STATE);
	return state && strcmp(state, "live") == 0;
}

struct view_record view_record_of(const struct kind *k, sqlite3_stmt *q, const struct view_layout *l)
{
	struct view_record r = { .kind = k, .q = q, .layout = l, .id = sqlite3_column_int64(q, l->id), .at = TIME_NONE };
	if (!view_null(&r, kind_when(k)))
		r.at = view_int(&r, kind_when(k));
	return r;
}

void view_place_move(struct view_place *p, const struct view_record *r)
{
	*p = (struct view_place){ .begun = true, .timed = r->at != TIME_NONE, .at = r->at, .id = r->id, .kind = (int)(r->kind - kinds) };
}

/* The place's condition and the order, over the columns of `v` ("v." or ""). */
static void place_condition(struct buf *sql, bool *any, const char *v, const char *at, const struct view_place *place, bool timed, bool backwards)
{
	char line[160];
	snprintf(line, sizeof line, "%s\"%s\" IS %sNULL", v, at, timed ? "NOT " : "");
	condition(sql, any, line);
	if (!place->begun || place->timed != timed)
		return;
	if (timed)
		snprintf(line, sizeof line, "(%s\"%s\", %sid) %c (:at, :id)", v, at, v, backwards ? '<' : '>');
	else
		snprintf(line, sizeof line, "%sid %c :id", v, backwards ? '<' : '>');
	condition(sql, any, line);
}

static void order_add(struct buf *sql, const char *v, const char *at, bool timed, bool backwards, int most)
{
	const char *order = backwards ? " DESC" : "";
	buf_text(sql, " ORDER BY ");
	if (timed)
		buf_printf(sql, "%s\"%s\"%s, ", v, at, order);
	buf_printf(sql, "%sid%s LIMIT %d", v, order, most);
}

/* One stretch of the order: the records with a moment, or those without. */
static enum err stretch(struct view *v, const struct view_list *list, bool timed, struct view_place *place, int *left, bool *ret_more)
{
	const struct kind *k = list->kind;
	const char *at = k->columns[kind_when(k)].name;
	struct buf sql = { 0 };
	struct view_layout l;
	sqlite3_stmt *q = NULL;
	bool any = false;
	view_select(&sql, k);
	if (list->thread) {
		/* Ids first, by the index over conversations; what belongs to them is looked up only for these. */
		buf_printf(&sql, " JOIN (SELECT id FROM %s", kind_table(k));
		condition(&sql, &any, "thread IS nullif(:thread_id, 0)");
		place_condition(&sql, &any, "", at, place, timed, list->backwards);
		order_add(&sql, "", at, timed, list->backwards, *left + 1);
		buf_text(&sql, ") x ON x.id = v.id");
	} else {
		view_where(&sql, k, list->filter, &any);
		place_condition(&sql, &any, "v.", at, place, timed, list->backwards);
	}
	order_add(&sql, "v.", at, timed, list->backwards, *left + 1);
	enum err e = view_prepare(v, &sql, k->plural, &q);
	buf_free(&sql);
	if (e)
		return e;
	if (list->filter)
		view_bind(q, list->filter);
	view_bind_int(q, ":at", place->at);
	view_bind_int(q, ":id", place->id);
	view_bind_int(q, ":thread_id", list->thread ? *list->thread : 0);
	view_layout_read(&l, q, k);
	int rc = SQLITE_DONE;
	while (!e && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		if (!*left) {
			*ret_more = true;
			break;
		}
		struct view_record r = view_record_of(k, q, &l);
		e = list->fn(list->context, &r);
		view_place_move(place, &r);
		--*left;
	}
	if (!e && rc != SQLITE_ROW && rc != SQLITE_DONE)
		e = view_fail(v, k->plural);
	sqlite3_finalize(q);
	return e;
}

enum err view_list(struct view *v, const struct view_list *list, struct view_place *place, int most, bool *ret_more)
{
	enum err e = OK;
	*ret_more = false;
	/* Those without a moment are the first stretch forwards, the second backwards. */
	for (int i = 0; !e && !*ret_more && i < 2; i++) {
		bool timed = i != list->backwards;
		if (i == 0 && place->begun && place->timed != timed)
			continue; /* behind it already */
		e = stretch(v, list, timed, place, &most, ret_more);
	}
	return e;
}

enum err view_records(struct view *v, const struct kind *k, const struct view_filter *f, bool backwards, struct view_place *place, int most, view_record_fn fn, void *context, bool *ret_more)
{
	return view_list(v, &(struct view_list){ .kind = k, .filter = f, .backwards = backwards, .fn = fn, .context = context }, place, most, ret_more);
}

enum err view_one(struct view *v, const struct kind *k, int64_t id, view_record_fn fn, void *context)
{
	struct buf sql = { 0 };
	struct view_layout l;
	sqlite3_stmt *q = NULL;
	view_select(&sql, k);
	buf_text(&sql, " WHERE v.id = :id");
	enum err e = view_prepare(v, &sql, k->plural, &q);
	buf_free(&sql);
	if (e)
		return e;
	view_bind_int(q, ":id", id);
	view_layout_read(&l, q, k);
	int rc = sqlite3_step(q);
	if (rc == SQLITE_ROW) {
		struct view_record r = view_record_of(k, q, &l);
		e = fn(context, &r);
	} else {
		e = rc == SQLITE_DONE ? err_set(ERR_NOT_FOUND, "the exhibit has no %s %lld", k->name, (long long)id) : view_fail(v, k->plural);
	}
	sqlite3_finalize(q);
	return e;
}
