#include "web/web_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"

static struct exchange *exchange_of(const struct request *r) { return (struct exchange *)(uintptr_t)r; }

const char *request_query(const struct request *r, const char *name)
{
	const char *text = MHD_lookup_connection_value(exchange_of(r)->connection, MHD_GET_ARGUMENT_KIND, name);
	return text && *text && utf8_valid(text, strlen(text)) == strlen(text) ? text : NULL;
}

const char *request_field(const struct request *r, const char *name)
{
	const json_t *j = json_object_get(r->fields, name);
	const char *text = json_string_value(json_is_array(j) ? json_array_get(j, 0) : j);
	return text ? text : "";
}

static bool whole_number(const char *text, int64_t *ret)
{
	char *end;
	errno = 0;
	long long n = strtoll(text, &end, 10);
	*ret = n;
	return end != text && !*end && !errno && *text != ' ';
}

int64_t request_query_int(const struct request *r, const char *name, int64_t least, int64_t most, int64_t otherwise)
{
	const char *text = request_query(r, name);
	int64_t n;
	return text && whole_number(text, &n) && n >= least && n <= most ? n : otherwise;
}

int64_t request_field_int(const struct request *r, const char *name, int64_t otherwise)
{
	int64_t n;
	return whole_number(request_field(r, name), &n) ? n : otherwise;
}

int64_t request_field_moment(struct request *r, const char *name)
{
	const char *text = request_field(r, name);
	int64_t at;
	if (!*text)
		return TIME_NONE;
	if (time_parse(text, &at))
		return at;
	request_wrong(r, name, "enter a date such as 2026-11-25 or a time such as 2026-11-25T14:30");
	return TIME_NONE;
}

enum err request_wrong(struct request *r, const char *field, const char *format, ...)
{
	char text[300];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	text[utf8_valid(text, strlen(text))] = 0;
	json_array_append_new(r->errors, json_pack("{s:s,s:s}", "field", field, "text", text));
	return err_set(ERR_USAGE, "%s: %s", field, text);
}

enum err request_go(struct request *r, const char *format, ...)
{
	struct exchange *x = exchange_of(r);
	va_list list;
	free(x->go);
	x->go = NULL;
	va_start(list, format);
	if (vasprintf(&x->go, format, list) < 0)
		x->go = NULL;
	va_end(list);
	return x->go ? OK : ERR_NOMEM;
}

bool request_may(const struct request *r, uint64_t rights) { return r->who && (r->who->rights & rights) == rights; }

enum err request_consulted(struct request *r, const char *what, const char *subject_kind, int64_t subject, json_t *details)
{
	if (r->consulted_count >= REQUEST_CONSULTED) {
		json_decref(details);
		return err_set(ERR_LIMIT, "a page that shows more than %d subjects", REQUEST_CONSULTED);
	}
	r->consulted[r->consulted_count++] = (struct consulted){ what, subject_kind, subject, details };
	return OK;
}

enum err request_set(struct request *r, const char *name, json_t *value) { return json_object_set_new(r->data, name, value) ? ERR_NOMEM : OK; }

enum err request_set_text(struct request *r, const char *name, const char *text)
{
	if (!text)
		return OK;
	json_t *j = json_string(text);
	if (!j) {
		struct buf clean = { 0 };
		buf_scrub(&clean, text, strlen(text));
		j = clean.data ? json_stringn(clean.data, clean.size) : NULL;
		buf_free(&clean);
	}
	return request_set(r, name, j);
}

enum err request_title(struct request *r, const char *format, ...)
{
	char text[300];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	return request_set_text(r, "title", text);
}

/* A name for a header: what is no plain character becomes "_". */
static void offered(struct MHD_Response *response, const char *name)
{
	char header[160];
	int n = snprintf(header, sizeof header, "attachment; filename=\"");
	for (; *name && n < (int)sizeof header - 2; name++)
		header[n++] = (*name >= '0' && *name <= '9') || (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || strchr(".-_ ", *name) ? *name : '_';
	header[n++] = '"';
	header[n] = 0;
	MHD_add_response_header(response, "Content-Disposition", header);
}

static enum err answer(struct request *r, struct MHD_Response *response, const char *type, const char *name)
{
	struct exchange *x = exchange_of(r);
	if (!response)
		return ERR_NOMEM;
	MHD_add_response_header(response, "Content-Type", type);
	if (name)
		offered(response, name);
	if (x->bytes)
		MHD_destroy_response(x->bytes);
	x->bytes = response;
	return OK;
}

enum err request_bytes(struct request *r, const char *type, const void *bytes, size_t size, const char *name)
{
	return answer(r, MHD_create_response_from_buffer(size, (void *)(uintptr_t)(size ? bytes : ""), MHD_RESPMEM_MUST_COPY), type, name);
}

enum err request_file(struct request *r, const char *type, const char *path, const char *name)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		enum err e = fd < 0 ? err_errno("%s", path) : err_set(ERR_FORMAT, "%s: no file", path);
		if (fd >= 0)
			close(fd);
		return e;
	}
	struct MHD_Response *response = MHD_create_response_from_fd64((uint64_t)st.st_size, fd);
	if (!response)
		close(fd);
	return answer(r, response, type, name);
}

struct stream {
	stream_fn *next;
	void *context;
	void (*context_free)(void *);
	struct buf pending;
	size_t sent;
	bool ended;
};

static ssize_t stream_read(void *context, uint64_t at, char *out, size_t most)
{
	struct stream *s = context;
	(void)at;
	while (s->sent == s->pending.size) {
		if (s->ended)
			return MHD_CONTENT_READER_END_OF_STREAM;
		buf_clear(&s->pending);
		s->sent = 0;
		if (s->next(s->context, &s->pending))
			s->ended = true;
		else if (!s->pending.size)
			buf_text(&s->pending, ":\n\n"); /* a remark: tells whether anybody is still there */
	}
	size_t n = s->pending.size - s->sent < most ? s->pending.size - s->sent : most;
	memcpy(out, s->pending.data + s->sent, n);
	s->sent += n;
	return (ssize_t)n;
}

static void stream_free(void *context)
{
	struct stream *s = context;
	if (s->context_free)
		s->context_free(s->context);
	buf_free(&s->pending);
	free(s);
}

enum err request_stream(struct request *r, stream_fn *next, void *context, void (*context_free)(void *))
{
	struct stream *s = calloc(1, sizeof *s);
	if (!s) {
		if (context_free)
			context_free(context);
		return ERR_NOMEM;
	}
	*s = (struct stream){ .next = next, .context = context, .context_free = context_free };
	struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, stream_read, s, stream_free);
	if (!response)
		stream_free(s);
	return answer(r, response, "text/event-stream", NULL);
}

enum err request_session(struct request *r, const unsigned char token[32])
{
	struct exchange *x = exchange_of(r);
	struct buf text = { 0 };
	if (token)
		buf_hex(&text, token, 32);
	snprintf(x->cookie, sizeof x->cookie, COOKIE_NAME "=%s; Path=/; Secure; HttpOnly; SameSite=Strict%s", text.data ? text.data : "", token ? "" : "; Max-Age=0");
	x->cookie_set = !text.failed;
	buf_free(&text);
	return x->cookie_set ? OK : ERR_NOMEM;
}

const unsigned char *request_token(const struct request *r) { return exchange_of(r)->has_token ? exchange_of(r)->token : NULL; }

struct store_pool *web_pool(struct web *w) { return w->pool; }
const char *web_folder(const struct web *w) { return w->folder; }
const char *web_program(const struct web *w) { return w->program; }
const char *web_evidence_folders(const struct web *w) { return w->evidence_folders; }
const char *web_origin(const struct web *w) { return w->origin; }
const struct note_key *web_log_key(const struct web *w) { return w->log_key; }
struct view_pool *web_views(struct web *w) { return w->views; }
