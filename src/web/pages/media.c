#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "web/pages/pages.h"

enum { GROUPS_SHOWN = 20, MEMBERS_SHOWN = 12, SAME_LOOK = 31 };

struct listing {
	struct request *r;
	struct view *view;
	json_t *rows;
};

static enum err item_add(void *context, const struct view_record *v)
{
	struct listing *l = context;
	int path = kind_column(v->kind, "path");
	int64_t file = path >= 0 ? view_file(v, path) : 0;
	bool withheld = false, thumbnail = false;
	enum err e = file ? view_file_shown(l->view, file, &withheld, &thumbnail) : OK;
	if (e)
		return e;
	json_t *j = record_line(l->r->ids[0], v);
	json_object_update_new(j, json_pack("{s:o,s:o,s:b,s:I}", "path", text_json(path >= 0 ? view_text(v, path) : NULL), "taken_at", v->at == TIME_NONE ? json_null() : json_integer(v->at), "withheld", (int)withheld, "file", (json_int_t)file));
	if (thumbnail)
		json_object_set_new(j, "thumbnail", json_sprintf("/exhibits/%lld/thumbnails/%lld", (long long)l->r->ids[0], (long long)file));
	else if (!withheld)
		json_object_set_new(j, "thumbnail", json_string("/static/nothing.svg"));
	return json_array_append_new(l->rows, j) ? ERR_NOMEM : OK;
}

static enum err group_add(void *context, const struct view_group *g)
{
	struct listing *l = context;
	json_t *members = json_array();
	if (json_array_size(l->rows) >= GROUPS_SHOWN) {
		json_decref(members);
		return OK;
	}
	for (uint32_t i = 0; i < g->count && i < MEMBERS_SHOWN; i++) {
		const struct view_alike *a = &g->members[i];
		json_array_append_new(members, json_pack("{s:I,s:i,s:b,s:o,s:o}", "file", (json_int_t)a->file, "distance", a->distance, "key", (int)a->key, "thumbnail",
							 json_sprintf("/exhibits/%lld/thumbnails/%lld", (long long)l->r->ids[0], (long long)a->file), "href",
							 json_sprintf("/exhibits/%lld/thumbnails/%lld", (long long)l->r->ids[0], (long long)a->file)));
	}
	return json_array_append_new(l->rows, json_pack("{s:I,s:o}", "count", (json_int_t)g->count, "members", members)) ? ERR_NOMEM : OK;
}

enum err media_show(struct request *r)
{
	struct opened o;
	struct view_filter f = VIEW_FILTER_ALL;
	struct view_place place;
	struct view_group_counts counts = { 0 };
	bool more = false, first = !request_query(r, "after");
	char at[96];
	json_t *items = json_array(), *groups = json_array();
	enum err e = request_set(r, "items", items);
	if (!e)
		e = request_set(r, "groups", groups);
	if (!e)
		e = exhibit_view(r, "media", "Pictures and videos", &o);
	if (e)
		return e;
	f.no_known = true;
	place_read(request_query(r, "after"), &place);
	e = view_records(o.view, kind_find("media"), &f, false, &place, LIST_PAGE, item_add, &(struct listing){ r, o.view, items }, &more);
	if (!e && first)
		e = view_groups(o.view, SAME_LOOK, group_add, &(struct listing){ r, o.view, groups }, &counts);
	place_write(&place, at, sizeof at);
	exhibit_view_close(&o);
	if (!e)
		e = list_pages(r, "after", more, at);
	if (!e)
		e = request_set(r, "incomparable", json_integer(counts.incomparable));
	return e ? e : request_consulted(r, "pictures of an exhibit listed", "exhibit", r->ids[0], NULL);
}

enum err thumbnail_show(struct request *r)
{
	struct opened o;
	sqlite3_stmt *q = NULL;
	bool withheld = true, thumbnail = false, clear = request_query(r, "clear") != NULL;
	enum err e = exhibit_view(r, "media", NULL, &o);
	if (e)
		return e;
	e = view_file_shown(o.view, r->ids[1], &withheld, &thumbnail);
	if (!e && !thumbnail)
		e = ERR_NOT_FOUND;
	if (!e && (sqlite3_prepare_v2(view_db(o.view), clear ? "SELECT clear FROM thumbnail WHERE file = ?1" : "SELECT blurred FROM thumbnail WHERE file = ?1", -1, &q, NULL) != SQLITE_OK ||
		   sqlite3_bind_int64(q, 1, r->ids[1]) != SQLITE_OK || sqlite3_step(q) != SQLITE_ROW))
		e = ERR_NOT_FOUND;
	if (!e)
		e = request_bytes(r, "image/jpeg", sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0), NULL);
	sqlite3_finalize(q);
	exhibit_view_close(&o);
	return e || !clear ? e : request_consulted(r, "picture seen without blur", "exhibit", r->ids[0], json_pack("{s:I}", "file", (json_int_t)r->ids[1]));
}
