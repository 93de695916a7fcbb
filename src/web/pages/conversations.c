#include <string.h>

#include "base/time.h"
#include "web/pages/pages.h"

struct listing {
	struct request *r;
	struct view *view;
	json_t *rows;
};

static json_t *moment(int64_t at) { return at == TIME_NONE ? json_null() : json_integer(at); }

static enum err thread_add(void *context, const struct view_thread *t)
{
	struct listing *l = context;
	struct buf last = { 0 };
	size_t n = t->last ? strlen(t->last) : 0;
	buf_scrub(&last, t->last ? t->last : "", n > 120 ? 120 : n);
	if (n > 120)
		buf_text(&last, " …");
	json_t *j = json_pack("{s:I,s:o,s:o,s:o,s:o,s:o,s:I,s:I,s:o,s:o}", "id", (json_int_t)t->selector, "key", text_json(t->key), "app", text_json(t->app), "name", text_json(t->name), "type", text_json(t->type), "last",
			      text_json(last.data ? last.data : ""), "messages", (json_int_t)t->messages, "recovered", (json_int_t)t->recovered, "first_at", moment(t->first_at), "last_at", moment(t->last_at));
	buf_free(&last);
	return json_array_append_new(l->rows, j) ? ERR_NOMEM : OK;
}

enum err conversations_show(struct request *r)
{
	struct opened o;
	struct view_place place;
	bool more = false;
	char at[96];
	json_t *threads = json_array();
	enum err e = request_set(r, "threads", threads);
	if (!e)
		e = exhibit_view(r, "conversations", "Conversations", &o);
	if (e)
		return e;
	place_read(request_query(r, "after"), &place);
	e = view_threads(o.view, request_query(r, "app"), &place, LIST_PAGE, thread_add, &(struct listing){ r, o.view, threads }, &more);
	place_write(&place, at, sizeof at);
	exhibit_view_close(&o);
	if (!e)
		e = list_pages(r, "after", more, at);
	return e ? e : request_consulted(r, "conversations of an exhibit listed", "exhibit", r->ids[0], NULL);
}

static int column_of(const struct view_record *v, const char *name) { return kind_column(v->kind, name); }

static const char *value_of(const struct view_record *v, const char *name)
{
	int i = column_of(v, name);
	return i < 0 ? NULL : view_text(v, i);
}

static enum err message_add(void *context, const struct view_record *v)
{
	struct listing *l = context;
	const char *direction = value_of(v, "direction"), *sender = NULL;
	int sender_column = column_of(v, "sender"), attachment = column_of(v, "attachment");
	bool withheld = false, thumbnail = false;
	if (sender_column >= 0 && !(sender = view_name(v, sender_column)))
		sender = view_text(v, sender_column);
	int64_t file = attachment >= 0 ? view_file(v, attachment) : 0;
	enum err e = file ? view_file_shown(l->view, file, &withheld, &thumbnail) : OK;
	if (e)
		return e;
	json_t *j = record_line(l->r->ids[0], v);
	if (json_object_update_new(j, json_pack("{s:b,s:b,s:o,s:o,s:o,s:o,s:o,s:b}", "out", (int)(direction && strcmp(direction, "out") == 0), "system", (int)(direction && strcmp(direction, "system") == 0), "sender", text_json(sender), "body",
						text_json(value_of(v, "body")), "type", text_json(value_of(v, "type")), "sent_at", moment(v->at), "attachment", text_json(attachment >= 0 ? view_text(v, attachment) : NULL), "withheld",
						(int)withheld)))
		return ERR_NOMEM;
	if (thumbnail)
		json_object_set_new(j, "thumbnail", json_sprintf("/exhibits/%lld/thumbnails/%lld", (long long)l->r->ids[0], (long long)file));
	return json_array_append_new(l->rows, j) ? ERR_NOMEM : OK;
}

static enum err thread_take(void *context, const struct view_thread *t)
{
	struct listing *l = context;
	enum err e = thread_add(l, t);
	return e ? e : request_set(l->r, "thread", json_incref(json_array_get(l->rows, 0)));
}

enum err conversation_show(struct request *r)
{
	struct opened o;
	struct view_place place;
	bool more = false;
	char at[96];
	json_t *messages = json_array(), *about = json_array();
	enum err e = request_set(r, "messages", messages);
	if (!e)
		e = exhibit_view(r, "conversations", "Conversation", &o);
	if (!e) {
		e = view_thread(o.view, r->ids[1], thread_take, &(struct listing){ r, o.view, about });
		if (!e && !json_array_size(about))
			e = ERR_NOT_FOUND;
		place_read(request_query(r, "after"), &place);
		if (!e)
			e = view_messages(o.view, r->ids[1], false, &place, LIST_PAGE, message_add, &(struct listing){ r, o.view, messages }, &more);
		place_write(&place, at, sizeof at);
		exhibit_view_close(&o);
	}
	json_decref(about);
	if (!e)
		e = list_pages(r, "after", more, at);
	return e ? e : request_consulted(r, "conversation read", "exhibit", r->ids[0], json_pack("{s:I}", "thread", (json_int_t)r->ids[1]));
}
