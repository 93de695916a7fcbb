#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "web/pages/pages.h"

static const struct tab {
	const char *word, *text, *path;
} tabs[] = {
	{ "summary", "Summary", "" },           { "conversations", "Conversations", "/conversations" }, { "timeline", "Timeline", "/timeline" }, { "media", "Pictures", "/media" },
	{ "contacts", "Contacts", "/records/contacts" }, { "accounts", "Accounts", "/records/accounts" }, { "calls", "Calls", "/records/calls" }, { "places", "Places", "/places" },
	{ "apps", "Apps", "/records/apps" },    { "visits", "Web", "/records/visits" },                 { "notes", "Notes", "/notes" },          { "search", "Search", "/search" },
};

enum err exhibit_tabs(struct request *r, int64_t exhibit, const char *current)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < sizeof tabs / sizeof tabs[0]; i++)
		json_array_append_new(list, json_pack("{s:s,s:o,s:b}", "text", tabs[i].text, "href", json_sprintf("/exhibits/%lld%s", (long long)exhibit, tabs[i].path), "current", (int)(strcmp(tabs[i].word, current) == 0)));
	return request_set(r, "tabs", list);
}

struct reference {
	char text[81];
};

static enum err reference_row(void *context, const struct store_row *row)
{
	snprintf(((struct reference *)context)->text, sizeof ((struct reference *)context)->text, "%s", store_row_text(row, 0));
	return OK;
}

enum err exhibit_view(struct request *r, const char *tab, const char *title, struct opened *ret)
{
	struct reference reference = { "" };
	*ret = (struct opened){ .r = r };
	enum err e = STORE_RUN(r->store, "SELECT reference FROM exhibit WHERE id = ?1", reference_row, &reference, store_int(r->ids[0]));
	if (!e)
		e = exhibit_file_newest(r->store, r->ids[0], web_folder(r->web), &ret->file);
	if (!e)
		e = view_take(web_views(r->web), ret->file.path, &ret->view);
	if (!e)
		e = exhibit_tabs(r, r->ids[0], tab);
	if (!e && title)
		e = request_title(r, "%s: %s", title, reference.text);
	if (!e)
		e = request_set_text(r, "reference", reference.text);
	if (!e)
		e = request_set(r, "exhibit", json_integer(r->ids[0]));
	if (!e)
		e = request_set(r, "exhibit_file", json_integer(ret->file.id));
	if (e)
		exhibit_view_close(ret);
	return e;
}

void exhibit_view_close(struct opened *o)
{
	view_give(web_views(o->r->web), o->view);
	o->view = NULL;
}

json_t *text_json(const char *text)
{
	if (!text)
		return json_null();
	json_t *j = json_string(text);
	if (j)
		return j;
	struct buf clean = { 0 };
	buf_scrub(&clean, text, strlen(text));
	j = clean.data ? json_stringn(clean.data, clean.size) : NULL;
	buf_free(&clean);
	return j;
}

/* The words of the columns that a one-line listing shows. */
static json_t *title_of(const struct view_record *v)
{
	struct buf out = { .limit = 2000 };
	const struct kind *k = v->kind;
	for (int i = 0; k->columns[i].name; i++) {
		if (!(k->columns[i].flags & COLUMN_TITLE))
			continue;
		const char *text = view_text(v, i), *name = k->columns[i].type == COLUMN_SELECTOR ? view_name(v, i) : NULL;
		if (name)
			text = name;
		if (!text || !*text)
			continue;
		size_t n = strnlen(text, 300);
		if (out.size)
			buf_text(&out, " · ");
		buf_scrub(&out, text, n);
	}
	json_t *j = json_string(out.data ? out.data : "");
	buf_free(&out);
	return j;
}

json_t *record_line(int64_t exhibit, const struct view_record *v)
{
	bool live = view_live(v);
	return json_pack("{s:I,s:s,s:o,s:o,s:o,s:o,s:o,s:b,s:o}", "id", (json_int_t)v->id, "kind", v->kind->name, "at", v->at == TIME_NONE ? json_null() : json_integer(v->at), "app", text_json(view_common_text(v, VIEW_APP)),
			 "title", title_of(v), "state", text_json(view_common_text(v, VIEW_STATE)), "fate", text_json(view_common_text(v, VIEW_FATE)), "recovered", (int)!live, "href",
			 json_sprintf("/exhibits/%lld/records/%s/%lld", (long long)exhibit, v->kind->plural, (long long)v->id));
}

enum err filter_read(struct request *r, struct view_filter *f, struct buf *words)
{
	const char *from = request_query(r, "from"), *to = request_query(r, "to"), *q = request_query(r, "q"), *app = request_query(r, "app");
	int64_t at;
	*f = (struct view_filter)VIEW_FILTER_ALL;
	if (from && time_parse(from, &at))
		f->from = at;
	if (to && time_parse(to, &at))
		f->to = strlen(to) == 10 ? at + (int64_t)86400 * 1000000 : at;
	f->app = app;
	f->deleted = request_query(r, "deleted") != NULL;
	if (q)
		view_words(words, q);
	f->text = words->size ? words->data : NULL;
	return words->failed ? ERR_NOMEM
			     : request_set(r, "filter", json_pack("{s:s*,s:s*,s:s*,s:s*,s:b}", "q", q, "from", from, "to", to, "app", app, "deleted", (int)f->deleted));
}

void place_write(const struct view_place *p, char *out, size_t room) { snprintf(out, room, "%d.%lld.%lld.%d", (int)p->timed, (long long)p->at, (long long)p->id, p->kind); }

bool place_read(const char *text, struct view_place *ret)
{
	int timed, kind;
	long long at, id;
	*ret = (struct view_place){ 0 };
	if (!text || sscanf(text, "%1d.%20lld.%20lld.%3d", &timed, &at, &id, &kind) != 4 || kind < 0 || kind >= kind_count)
		return false;
	*ret = (struct view_place){ .begun = true, .timed = timed, .at = at, .id = id, .kind = kind };
	return true;
}
