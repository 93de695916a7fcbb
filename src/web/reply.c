#include "web/web_inside.h"

#include <stdlib.h>
#include <string.h>

#include "web/static.h"
#include "web/template.h"

static const struct navigation {
	const char *text, *path;
	uint64_t need;
} navigation[] = {
	{ "Home", "/", 0 },
	{ "Exhibits", "/exhibits", RIGHT_EXHIBIT_READ },
	{ "People", "/people", RIGHT_PERSON_READ },
	{ "Cases", "/cases", RIGHT_CASE_READ },
	{ "Search", "/search", RIGHT_SEARCH },
	{ "Custody", "/custody", RIGHT_LOG_READ },
	{ "Administration", "/admin", RIGHT_ADMIN },
};

enum MHD_Result reply_send(struct exchange *x, unsigned status, struct MHD_Response *response, const char *type)
{
	if (!response)
		return MHD_NO;
	static const char *const headers[][2] = {
		{ "Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "same-origin" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Permissions-Policy", "camera=(), microphone=(), geolocation=()" },
	};
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
		MHD_add_response_header(response, headers[i][0], headers[i][1]);
	if (x->web->origin_given && strncmp(x->web->origin, "https:", 6) == 0)
		MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
	if (type)
		MHD_add_response_header(response, "Content-Type", type);
	if (!MHD_get_response_header(response, "Cache-Control"))
		MHD_add_response_header(response, "Cache-Control", "no-store");
	if (x->cookie_set)
		MHD_add_response_header(response, "Set-Cookie", x->cookie);
	x->answered = true;
	enum MHD_Result result = MHD_queue_response(x->connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result send_buf(struct exchange *x, unsigned status, struct buf *b, const char *type)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(b->size, b->data ? b->data : (char *)"", b->data ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	*b = (struct buf){ 0 };
	return reply_send(x, status, response, type);
}

static enum MHD_Result send_json(struct exchange *x, unsigned status, json_t *j)
{
	struct buf b = { 0 };
	b.data = j ? json_dumps(j, JSON_COMPACT) : NULL;
	if (!b.data)
		return MHD_NO;
	b.size = strlen(b.data);
	return send_buf(x, status, &b, "application/json");
}

static json_t *hex(const unsigned char *bytes, size_t size)
{
	struct buf b = { 0 };
	buf_hex(&b, bytes, size);
	json_t *j = b.data ? json_stringn(b.data, b.size) : NULL;
	buf_free(&b);
	return j;
}

/* What every page's frame shows: who is signed in, where one can go. Never part of what the API gives. */
static json_t *framed(struct exchange *x)
{
	const struct officer_session *who = x->r.who;
	json_t *data = json_copy(x->r.data), *nav = json_array();
	if (!data || !nav) {
		json_decref(data);
		json_decref(nav);
		return NULL;
	}
	for (size_t i = 0; who && i < sizeof navigation / sizeof navigation[0]; i++) {
		const struct navigation *n = &navigation[i];
		size_t size = strlen(n->path);
		bool here = size == 1 ? strcmp(x->r.path, "/") == 0 : strncmp(x->r.path, n->path, size) == 0 && (!x->r.path[size] || x->r.path[size] == '/');
		if ((who->rights & n->need) == n->need)
			json_array_append_new(nav, json_pack("{s:s,s:s,s:b}", "text", n->text, "href", n->path, "current", (int)here));
	}
	json_object_set_new(data, "nav", nav);
	if (who) {
		json_object_set_new(data, "csrf", hex(who->csrf, sizeof who->csrf));
		json_object_set_new(data, "me", json_pack("{s:I,s:s,s:s}", "id", (json_int_t)who->officer, "name", who->name, "display_name", who->display_name));
	}
	json_object_set_new(data, "path", json_string(x->r.path));
	if (json_array_size(x->r.errors))
		json_object_set(data, "errors", x->r.errors);
	if (x->r.page && x->r.page->fields && form_fill(&x->r, data)) {
		json_decref(data);
		return NULL;
	}
	return data;
}

static enum MHD_Result reply_html(struct exchange *x, unsigned status, const char *name)
{
	const struct template *t = template_find(name);
	struct buf out = { .limit = PAGE_MOST };
	json_t *data = framed(x);
	enum err e = !t ? err_set(ERR_NOT_FOUND, "template %s", name) : !data ? ERR_NOMEM : template_render(&out, t, data);
	json_decref(data);
	if (!e)
		return send_buf(x, status, &out, "text/html; charset=utf-8");
	buf_free(&out);
	static char plain[] = "Custos could not make this page. Nothing was changed by showing it. Tell the administrator the time and the address.\n";
	return reply_send(x, 500, MHD_create_response_from_buffer(sizeof plain - 1, plain, MHD_RESPMEM_PERSISTENT), "text/plain; charset=utf-8");
}

static enum MHD_Result reply_mistakes(struct exchange *x, unsigned status)
{
	json_t *j = json_pack("{s:{s:i,s:s,s:O}}", "error", "status", (int)status, "message", "the request was not carried out", "fields", x->r.errors);
	enum MHD_Result result = send_json(x, status, j);
	json_decref(j);
	return result;
}

enum MHD_Result reply_page(struct exchange *x, unsigned status)
{
	if (x->bytes) {
		struct MHD_Response *response = x->bytes;
		x->bytes = NULL;
		return reply_send(x, status, response, NULL);
	}
	if (x->r.api)
		return json_array_size(x->r.errors) ? reply_mistakes(x, status) : send_json(x, status, x->r.data);
	return reply_html(x, status, x->r.template ? x->r.template : x->r.page->template ? x->r.page->template : "error");
}

enum MHD_Result reply_fault(struct exchange *x, unsigned status, const char *what, const char *todo)
{
	if (x->r.api) {
		json_t *j = json_pack("{s:{s:i,s:s,s:s}}", "error", "status", (int)status, "message", what, "do", todo ? todo : "");
		enum MHD_Result result = send_json(x, status, j);
		json_decref(j);
		return result;
	}
	json_object_clear(x->r.data);
	json_array_clear(x->r.errors);
	json_object_set_new(x->r.data, "title", json_string(what));
	json_object_set_new(x->r.data, "todo", json_string(todo ? todo : ""));
	json_object_set_new(x->r.data, "status", json_integer(status));
	return reply_html(x, status, "error");
}

enum MHD_Result reply_err(struct exchange *x, enum err e)
{
	char message[400];
	snprintf(message, sizeof message, "%.*s", (int)utf8_valid(err_message(), strnlen(err_message(), sizeof message - 1)), err_message());
	switch (e) {
	case ERR_NOT_FOUND:
		return reply_fault(x, 404, "Page not found", "Check the address. What was here may have been merged or is not open to you.");
	case ERR_ACCESS:
		return reply_fault(x, 403, "You may not see or do this", "Your role does not allow it. An administrator can change your roles.");
	case ERR_USAGE:
		return reply_fault(x, 400, "The request could not be read", message);
	case ERR_LIMIT:
		return reply_fault(x, 413, "That is too large", message);
	case ERR_EXISTS:
	case ERR_CHANGED:
		return reply_fault(x, 409, "That cannot be done as things stand", message);
	case ERR_BUSY:
		return reply_fault(x, 503, "Too much at once", "Nothing was changed. Wait a moment and try again.");
	case ERR_OFFLINE:
		return reply_fault(x, 503, "The database does not answer", "Nothing that was acknowledged is lost. Try again in a minute; if it stays so, tell the administrator.");
	case ERR_SPACE:
		return reply_fault(x, 507, "The disk is full", "Nothing that was acknowledged is lost. Tell the administrator; go on when there is space.");
	default:
		return reply_fault(x, 500, "Something went wrong", message);
	}
}

enum MHD_Result reply_go(struct exchange *x, const char *path, unsigned status)
{
	static char empty[] = "";
	struct MHD_Response *response = MHD_create_response_from_buffer(0, empty, MHD_RESPMEM_PERSISTENT);
	if (response)
		MHD_add_response_header(response, "Location", path);
	return reply_send(x, status, response, NULL);
}

/* Does the client take gzip? "gzip;q=0" is as good as never asked for. */
static bool takes_gzip(struct exchange *x)
{
	const char *accept = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Accept-Encoding"), *at = accept ? strstr(accept, "gzip") : NULL;
	return at && strncmp(at, "gzip;q=0", 8) != 0;
}

enum MHD_Result reply_static(struct exchange *x)
{
	const char *name = x->r.path + strlen("/static/"), *known = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "If-None-Match");
	for (int i = 0; i < web_static_count; i++) {
		const struct web_static *f = &web_static[i];
		if (strcmp(f->name, name) != 0)
			continue;
		bool same = known && strstr(known, f->etag), gzip = f->gzip && takes_gzip(x);
		struct MHD_Response *response = MHD_create_response_from_buffer(same ? 0 : gzip ? f->gzip_size : f->size, (void *)(uintptr_t)(gzip ? f->gzip : f->bytes), MHD_RESPMEM_PERSISTENT);
		if (!response)
			return MHD_NO;
		MHD_add_response_header(response, "ETag", f->etag);
		MHD_add_response_header(response, "Vary", "Accept-Encoding");
		MHD_add_response_header(response, "Cache-Control", "public, max-age=3600");
		if (gzip && !same)
			MHD_add_response_header(response, "Content-Encoding", "gzip");
		return reply_send(x, same ? 304 : 200, response, f->type);
	}
	return reply_fault(x, 404, "Page not found", "There is no such file.");
}
