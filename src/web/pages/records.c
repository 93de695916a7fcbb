#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "web/pages/pages.h"

/* One value for a page: text or a moment, the name that contacts give it, how it was found. */
static json_t *cell(const struct view_record *v, int i, bool long_form)
{
	const struct column *c = &v->kind->columns[i];
	json_t *j = json_object();
	const char *name = c->type == COLUMN_SELECTOR ? view_name(v, i) : NULL, *raw = c->type == COLUMN_SELECTOR ? view_raw(v, i) : NULL, *text;
	if (!j || view_null(v, i))
		return j;
	if (c->type == COLUMN_TIME)
		json_object_set_new(j, "at", json_integer(view_int(v, i)));
	else if (c->type == COLUMN_BOOL)
		json_object_set_new(j, "text", json_string(view_int(v, i) ? "yes" : "no"));
	else {
		text = view_text(v, i);
		if (text && !long_form && strlen(text) > 200) {
			struct buf cut = { 0 };
			buf_scrub(&cut, text, 200);
			buf_text(&cut, " …");
			json_object_set_new(j, "text", text_json(cut.data));
			buf_free(&cut);
		} else
			json_object_set_new(j, "text", text_json(text));
		if (raw && text && long_form && strcmp(raw, text) != 0)
			json_object_set_new(j, "raw", text_json(raw));
	}
	if (name)
		json_object_set_new(j, "name", text_json(name));
	return j;
}

/* "sent_at" as people read it. */
static json_t *words_of(const char *name)
{
	char text[64];
	snprintf(text, sizeof text, "%s", name);
	for (char *c = text; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	return json_string(text);
}

/* The same as a heading. */
static json_t *heading_of(const char *name)
{
	json_t *words = words_of(name);
	const char *text = json_string_value(words);
	json_t *heading = text && *text >= 'a' && *text <= 'z' ? json_sprintf("%c%s", *text - 'a' + 'A', text + 1) : json_incref(words);
	json_decref(words);
	return heading;
}

struct listing {
	struct request *r;
	json_t *rows;
};

/* A page shows no column that is empty in all its rows; the API gives them all. */
static void columns_cut(json_t *columns, json_t *rows)
{
	for (size_t i = json_array_size(columns); i-- > 0;) {
		bool empty = true;
		for (size_t k = 0; k < json_array_size(rows) && empty; k++)
			empty = json_object_size(json_array_get(json_object_get(json_array_get(rows, k), "cells"), i)) == 0;
		for (size_t k = 0; k < json_array_size(rows) && empty; k++)
			json_array_remove(json_object_get(json_array_get(rows, k), "cells"), i);
		if (empty && json_array_size(rows))
			json_array_remove(columns, i);
	}
}

static enum err row_add(void *context, const struct view_record *v)
{
	struct listing *l = context;
	json_t *line = record_line(l->r->ids[0], v), *cells = json_array();
	for (int i = 0; cells && v->kind->columns[i].name; i++)
		json_array_append_new(cells, cell(v, i, false));
	if (json_object_set_new(line, "cells", cells))
		return ERR_NOMEM;
	return json_array_append_new(l->rows, line) ? ERR_NOMEM : OK;
}

enum err records_show(struct request *r)
{
	const struct kind *k = kind_find(r->words[0]);
	struct opened o;
	struct view_filter f;
	struct view_place place;
	struct buf words = { 0 };
	bool more = false;
	char at[96];
	json_t *rows = json_array(), *columns = json_array();
	enum err e = request_set(r, "rows", rows);
	if (!e)
		e = request_set(r, "columns", columns);
	if (!e && (!k || strcmp(k->plural, r->words[0]) != 0))
		e = ERR_NOT_FOUND;
	if (!e)
		e = exhibit_view(r, k->plural, k->plural, &o);
	if (e)
		return e;
	for (int i = 0; k->columns[i].name; i++)
		json_array_append_new(columns, json_pack("{s:s,s:o}", "name", k->columns[i].name, "label", words_of(k->columns[i].name)));
	e = filter_read(r, &f, &words);
	place_read(request_query(r, "after"), &place);
	if (!e)
		e = view_records(o.view, k, &f, false, &place, LIST_PAGE, row_add, &(struct listing){ r, rows }, &more);
	place_write(&place, at, sizeof at);
	buf_free(&words);
	exhibit_view_close(&o);
	if (!r->api)
		columns_cut(columns, rows);
	if (!e)
		e = list_pages(r, "after", more, at);
	if (!e)
		e = request_set(r, "plural", heading_of(k->plural));
	if (!e)
		e = request_set_text(r, "about", k->about);
	return e ? e : request_consulted(r, "records of an exhibit read", "exhibit", r->ids[0], json_pack("{s:s}", "kind", k->name));
}

static enum err origin_add(json_t *list, const struct view_record *v, const char *label, enum view_common c)
{
	const char *text = view_common_text(v, c);
	if (!text || !*text)
		return OK;
	return json_array_append_new(list, json_pack("{s:s,s:o}", "label", label, "text", text_json(text))) ? ERR_NOMEM : OK;
}

struct looking {
	struct request *r;
	struct view *view;
};

/* The file that a column points to: its thumbnail, where it may be shown. */
static enum err picture_add(struct looking *l, const struct view_record *v)
{
	struct request *r = l->r;
	bool withheld = false, thumbnail = false;
	for (int i = 0; v->kind->columns[i].name; i++) {
		int64_t file = v->kind->columns[i].type == COLUMN_PATH ? view_file(v, i) : 0;
		if (!file)
			continue;
		enum err e = view_file_shown(l->view, file, &withheld, &thumbnail);
		if (e || !thumbnail)
			return e;
		bool clear = request_query(r, "clear") != NULL;
		e = request_set(r, "thumbnail", json_sprintf("/exhibits/%lld/thumbnails/%lld%s", (long long)r->ids[0], (long long)file, clear ? "?clear=1" : ""));
		if (!e && clear)
			e = request_set(r, "clear", json_true());
		return e || clear ? e : request_set(r, "clear_href", json_sprintf("%s?clear=1", r->path));
	}
	return OK;
}

static enum err record_take(void *context, const struct view_record *v)
{
	static const struct {
		const char *label;
		enum view_common c;
	} parts[] = { { "App", VIEW_APP }, { "Account", VIEW_ACCOUNT }, { "Profile", VIEW_PROFILE }, { "File", VIEW_FILE_PATH }, { "SHA-256 of the file", VIEW_SHA256 }, { "Table", VIEW_TABLE }, { "Row", VIEW_ROW }, { "Page", VIEW_PAGE },
		      { "Offset", VIEW_OFFSET }, { "Frame of the write-ahead log", VIEW_FRAME }, { "State", VIEW_STATE }, { "Confidence", VIEW_CONFIDENCE }, { "Reason", VIEW_REASON }, { "Artifact", VIEW_ARTIFACT } };
	struct looking *l = context;
	json_t *cells = json_array(), *origin = json_array();
	enum err e = request_set(l->r, "cells", cells);
	if (!e)
		e = request_set(l->r, "origin", origin);
	for (int i = 0; !e && v->kind->columns[i].name; i++) {
		json_t *one = view_null(v, i) ? NULL : cell(v, i, true);
		if (!one)
			continue;
		json_object_set_new(one, "label", words_of(v->kind->columns[i].name));
		e = json_array_append_new(cells, one) ? ERR_NOMEM : OK;
	}
	for (size_t i = 0; !e && i < sizeof parts / sizeof parts[0]; i++)
		e = origin_add(origin, v, parts[i].label, parts[i].c);
	json_t *line = record_line(l->r->ids[0], v);
	if (!e && json_object_update_missing(l->r->data, line))
		e = ERR_NOMEM;
	json_decref(line);
	if (!e)
		e = request_set_text(l->r, "reason", view_common_text(v, VIEW_REASON));
	return e ? e : picture_add(l, v);
}

enum err record_show(struct request *r)
{
	const struct kind *k = kind_find(r->words[0]);
	struct opened o;
	if (!k || strcmp(k->plural, r->words[0]) != 0)
		return ERR_NOT_FOUND;
	enum err e = exhibit_view(r, k->plural, k->name, &o);
	if (e)
		return e;
	e = view_one(o.view, k, r->ids[1], record_take, &(struct looking){ r, o.view });
	exhibit_view_close(&o);
	if (!e)
		e = request_set(r, "record", json_integer(r->ids[1]));
	return e ? e : request_consulted(r, request_query(r, "clear") ? "record read, its picture without blur" : "record read", "exhibit", r->ids[0], json_pack("{s:s,s:I}", "kind", k->name, "record", (json_int_t)r->ids[1]));
}

enum err notes_show(struct request *r)
{
	struct opened o;
	sqlite3_stmt *q = NULL;
	json_t *notes = json_array();
	int64_t last = request_query_int(r, "after", 0, INT64_MAX, 0);
	char place[24];
	enum err e = request_set(r, "notes", notes);
	if (!e)
		e = exhibit_view(r, "notes", "What could not be read", &o);
	if (e)
		return e;
	if (sqlite3_prepare_v2(view_db(o.view), "SELECT n.id, f.path, n.offset, n.about, n.reason FROM note n LEFT JOIN file f ON f.id = n.file WHERE n.id > ?1 ORDER BY n.id LIMIT ?2", -1, &q, NULL) != SQLITE_OK)
		e = err_set(ERR_SQL, "%s", sqlite3_errmsg(view_db(o.view)));
	sqlite3_bind_int64(q, 1, last);
	sqlite3_bind_int(q, 2, LIST_PAGE + 1);
	while (!e && sqlite3_step(q) == SQLITE_ROW)
		json_array_append_new(notes, json_pack("{s:I,s:o,s:o,s:o,s:o}", "id", (json_int_t)sqlite3_column_int64(q, 0), "path", text_json((const char *)sqlite3_column_text(q, 1)), "offset",
						       sqlite3_column_type(q, 2) == SQLITE_NULL ? json_null() : json_integer(sqlite3_column_int64(q, 2)), "about", text_json((const char *)sqlite3_column_text(q, 3)), "reason",
						       text_json((const char *)sqlite3_column_text(q, 4))));
	sqlite3_finalize(q);
	exhibit_view_close(&o);
	bool more = list_cut(notes);
	snprintf(place, sizeof place, "%lld", (long long)json_integer_value(json_object_get(json_array_get(notes, json_array_size(notes) - 1), "id")));
	return e ? e : list_pages(r, "after", more, place);
}

static enum err hit_add(void *context, const struct view_record *v)
{
	struct listing *l = context;
	return json_array_append_new(l->rows, record_line(l->r->ids[0], v)) ? ERR_NOMEM : OK;
}

enum err words_show(struct request *r)
{
	struct opened o;
	struct view_filter f;
	struct buf words = { 0 };
	json_t *hits = json_array();
	enum err e = request_set(r, "hits", hits);
	if (!e)
		e = exhibit_view(r, "search", "Search", &o);
	if (e)
		return e;
	e = filter_read(r, &f, &words);
	for (int i = 0; i < kind_count && !e && f.text; i++) {
		struct view_place place = { 0 };
		bool more;
		if (kind_searched(&kinds[i]))
			e = view_records(o.view, &kinds[i], &f, true, &place, LIST_PAGE, hit_add, &(struct listing){ r, hits }, &more);
	}
	buf_free(&words);
	exhibit_view_close(&o);
	if (!e)
		e = request_set_text(r, "q", request_query(r, "q"));
	return e || !request_query(r, "q") ? e : request_consulted(r, "exhibit searched", "exhibit", r->ids[0], json_pack("{s:s}", "words", request_query(r, "q")));
}
