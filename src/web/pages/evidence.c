#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "casebook/evidence.h"
#include "casebook/evidence_password.h"
#include "casebook/examination.h"
#include "casebook/exhibits.h"
#include "base/time.h"
#include "web/pages/pages.h"

enum err evidence_new_show(struct request *r)
{
	json_t *x = NULL;
	enum err e = exhibit_one(r->store, r->ids[0], &x);
	if (!e)
		e = request_title(r, "Add an extraction of %s", json_string_value(json_object_get(x, "reference")));
	json_decref(x);
	if (!e)
		e = request_set(r, "multipart", json_true());
	if (!e)
		e = request_set(r, "upload", json_sprintf("/api/v1/exhibits/%lld/evidence", (long long)r->ids[0]));
	return e ? e : request_set_text(r, "intro", "A zip, tar, iTunes backup or Android backup. Large files go in pieces; when the connection breaks, the upload goes on where it was.");
}

struct adding {
	struct request *r;
	struct evidence_new n;
	int64_t id;
};

static enum err add(void *context, struct store *s)
{
	struct adding *a = context;
	return evidence_add(s, &a->r->act, &a->n, &a->id);
}

static enum err told(struct request *r, int64_t id, int64_t received)
{
	enum err e = request_set(r, "id", json_integer(id));
	if (!e)
		e = request_set(r, "received", json_integer(received));
	return e ? e : request_set(r, "next", json_sprintf("/exhibits/%lld", (long long)r->ids[0]));
}

struct pointing {
	struct request *r;
	int64_t id;
};

static enum err point(void *context, struct store *s)
{
	struct pointing *p = context;
	return evidence_point(s, &p->r->act, p->r->ids[0], request_field(p->r, "path"), web_evidence_folders(p->r->web), &p->id);
}

/* Three ways: bytes will follow (an API, a script in the page); a path on the server; a form's file, which is here already (r->upload). */
enum err evidence_new_act(struct request *r)
{
	struct adding a = { r, { r->ids[0], request_field(r, "name"), request_field_int(r, "size", 0), request_field(r, "sha256") }, 0 };
	enum err e;
	if (*request_field(r, "path")) {
		struct pointing p = { r, 0 };
		e = store_transact(r->store, point, &p);
		if (!e)
			e = told(r, p.id, 0);
	} else if (r->api || *request_field(r, "name")) {
		e = store_transact(r->store, add, &a);
		if (!e)
			e = told(r, a.id, 0);
	} else
		e = request_upload_keep(r);
	return e ? e : request_go(r, "/exhibits/%lld", (long long)r->ids[0]);
}

enum err evidence_show(struct request *r)
{
	struct evidence v;
	enum err e = evidence_get(r->store, r->ids[0], &v);
	return e || json_object_update_new(r->data, json_pack("{s:I,s:I,s:s,s:I,s:I,s:s}", "id", (json_int_t)v.id, "exhibit", (json_int_t)v.exhibit, "name", v.name, "size", (json_int_t)v.size, "received", (json_int_t)v.received, "state", v.state))
		       ? (e ? e : ERR_NOMEM)
		       : OK;
}

/* After the last byte of a piece: what came is acknowledged. */
enum err evidence_put_act(struct request *r)
{
	struct evidence v;
	enum err e = evidence_get(r->store, r->ids[0], &v);
	int64_t end = request_query_int(r, "offset", 0, EVIDENCE_MOST, 0) + (int64_t)request_body_size(r);
	if (!e && end < v.received)
		e = err_set(ERR_CHANGED, "this piece is here already");
	if (!e && end > v.received)
		e = evidence_accept(r->store, &r->act, &v, web_folder(r->web), end);
	if (!e)
		e = request_set(r, "id", json_integer(v.id));
	return e ? e : request_set(r, "received", json_integer(end));
}

/* A piece of a PUT goes to its file as it comes; of a long one, what came is acknowledged now and then. */
enum err evidence_body(struct request *r, const char *field, const char *file_name, uint64_t offset, const void *bytes, size_t size)
{
	if (field)
		return request_upload(r, field, file_name, offset, bytes, size);
	struct evidence *v = request_evidence(r);
	int64_t from = request_query_int(r, "offset", 0, EVIDENCE_MOST, 0), end = from + (int64_t)(offset + size);
	struct store *s = NULL;
	if (!v)
		return ERR_NOT_FOUND;
	if (from > v->received)
		return err_set(ERR_CHANGED, "the piece begins at %lld, but only %lld bytes are here", (long long)from, (long long)v->received);
	enum err e = evidence_write(v, web_folder(r->web), from + (int64_t)offset, bytes, size);
	if (e || end - v->received < EVIDENCE_STEP)
		return e;
	e = store_get(web_pool(r->web), 5000, &s);
	if (!e)
		e = evidence_accept(s, &r->act, v, web_folder(r->web), end);
	store_put(web_pool(r->web), s);
	return e;
}

enum err evidence_examine_act(struct request *r)
{
	int64_t id;
	enum err e = examination_start(r->store, &r->act, r->ids[0], &id);
	if (!e && *request_field(r, "password"))
		e = evidence_password_give(r->store, &r->act, web_folder(r->web), id, request_field(r, "password"));
	if (!e)
		e = request_set(r, "id", json_integer(id));
	return e ? e : request_go(r, "/examinations/%lld", (long long)id);
}

static bool goes_on(const json_t *x)
{
	const char *state = json_string_value(json_object_get(x, "state"));
	return state && (strcmp(state, "waiting") == 0 || strcmp(state, "running") == 0);
}

enum err examination_show(struct request *r)
{
	json_t *x = NULL;
	enum err e = examination_one(r->store, r->ids[0], &x);
	if (e)
		return e;
	const char *password = json_string_value(json_object_get(x, "password_state"));
	bool runs = goes_on(x), wants = password && request_may(r, RIGHT_EVIDENCE), wrong = password && strcmp(password, "wrong") == 0;
	e = json_object_update(r->data, x) ? ERR_NOMEM : request_title(r, "Examination of %s", json_string_value(json_object_get(x, "reference")));
	json_decref(x);
	if (!e)
		e = request_set(r, "running", json_boolean(runs));
	if (!e)
		e = request_set(r, "may_give_password", json_boolean(wants));
	if (!e)
		e = request_set(r, "password_wrong", json_boolean(wrong));
	return e || !runs ? e : request_set(r, "events", json_sprintf("/examinations/%lld/events", (long long)r->ids[0]));
}

struct following {
	struct store_pool *pool;
	int64_t id, began;
	char *last;
	bool ended;
};

/* Asks each half second; says something when it changed. */
static enum err follow(void *context, struct buf *out)
{
	struct following *f = context;
	struct store *s = NULL;
	json_t *x = NULL;
	if (f->ended || time_now() - f->began > (int64_t)12 * 3600 * 1000000)
		return ERR_NOT_FOUND;
	enum err e = store_get(f->pool, 1000, &s);
	if (!e)
		e = examination_one(s, f->id, &x);
	store_put(f->pool, s);
	char *text = x ? json_dumps(x, JSON_COMPACT) : NULL;
	f->ended = e == ERR_NOT_FOUND || (x && !goes_on(x));
	json_decref(x);
	if (text && (!f->last || strcmp(text, f->last) != 0)) {
		buf_printf(out, "event: job\ndata: %s\n\n", text);
		free(f->last);
		f->last = text;
		return OK;
	}
	free(text);
	usleep(500000);
	return OK;
}

static void following_free(void *context)
{
	struct following *f = context;
	free(f->last);
	free(f);
}

enum err examination_events_show(struct request *r)
{
	struct following *f = calloc(1, sizeof *f);
	if (!f)
		return ERR_NOMEM;
	*f = (struct following){ .pool = web_pool(r->web), .id = r->ids[0], .began = time_now() };
	return request_stream(r, follow, f, following_free);
}

enum err examination_cancel_act(struct request *r)
{
	enum err e = examination_cancel(r->store, &r->act, r->ids[0]);
	return e ? e : request_go(r, "/examinations/%lld", (long long)r->ids[0]);
}
