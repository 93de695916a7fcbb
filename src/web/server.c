#include "web/web_inside.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/time.h"
#include "casebook/words_find.h"

enum { CONNECTIONS = 200, IDLE_S = 60, CONNECTION_MEMORY = 64 << 10, STACK = 1 << 20, VIEWS_MOST = 256 };

static bool same(const char *a, const char *b) { return a && b && strcasecmp(a, b) == 0; }

static const char *header(struct exchange *x, const char *name) { return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name); }

static bool token_read(const char *text, unsigned char token[32])
{
	for (int i = 0; i < 64; i++) {
		int c = text[i], v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
		if (v < 0)
			return false;
		token[i / 2] = (unsigned char)(i % 2 ? token[i / 2] | v : v << 4);
	}
	return !text[64];
}

/* Only under the names it is reached by: a foreign page whose name was pointed at this address (DNS rebinding) gets nothing. */
static bool host_known(struct exchange *x)
{
	const char *host = header(x, "Host"), *port;
	char own[80];
	if (!host)
		return false;
	if (same(host, x->web->host))
		return true;
	port = strrchr(host, ':');
	snprintf(own, sizeof own, "%.40s:%u", port && port - host < 40 ? "localhost" : "", x->web->port);
	return !x->web->origin_given && same(host, own);
}

/* A form that another site's page sends is refused, whatever else it brings. */
static bool from_here(struct exchange *x)
{
	const char *site = header(x, "Sec-Fetch-Site"), *origin = header(x, "Origin"), *host = header(x, "Host"), *rest;
	if (site && !same(site, "same-origin") && !same(site, "none"))
		return false;
	if (!origin)
		return true;
	rest = strstr(origin, "://");
	return rest && same(rest + 3, host);
}

static bool csrf_right(struct exchange *x)
{
	unsigned char given[32], wrong = 0;
	const char *text = header(x, "X-CSRF-Token");
	if (!text)
		text = request_field(&x->r, "csrf");
	if (x->bearer)
		return true; /* no browser adds that by itself */
	if (!token_read(text, given))
		return false;
	for (int i = 0; i < 32; i++)
		wrong |= (unsigned char)(given[i] ^ x->session.csrf[i]);
	return !wrong;
}

static enum err touch(void *context, struct store *s)
{
	struct exchange *x = context;
	return session_touch(s, x->token, x->r.act.at);
}

/* Who asks? ERR_NOT_FOUND: nobody that is known. */
static enum err sign_in_find(struct exchange *x)
{
	const char *bearer = header(x, "Authorization"), *cookie = MHD_lookup_connection_value(x->connection, MHD_COOKIE_KIND, COOKIE_NAME);
	x->bearer = bearer && strncasecmp(bearer, "Bearer ", 7) == 0;
	const char *text = x->bearer ? bearer + 7 : cookie;
	x->has_token = text && token_read(text, x->token);
	if (!x->has_token)
		return ERR_NOT_FOUND;
	bool due = false;
	enum err e = session_find(x->r.store, x->token, x->r.act.at, &x->session, &due);
	if (e)
		return e;
	x->r.who = &x->session;
	x->r.act.officer = x->session.officer;
	return due ? store_transact(x->r.store, touch, x) : OK;
}

static void address_read(struct exchange *x)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *a = info ? info->client_addr : NULL;
	if (a && a->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)a)->sin_addr, x->address, sizeof x->address);
	else if (a && a->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, x->address, sizeof x->address);
	x->r.address = x->address;
}

static enum MHD_Result to_sign_in(struct exchange *x)
{
	if (x->r.api)
		return reply_fault(x, 401, "Sign in first", "POST /api/v1/sign-in gives a token for Authorization: Bearer.");
	return reply_go(x, "/sign-in", 303);
}

/* All that can be said before the body is read. Answers where the request is refused. */
static enum MHD_Result begin(struct exchange *x)
{
	size_t api = strlen(API_PREFIX);
	const char *length = header(x, "Content-Length");
	bool reads;
	x->head = strcmp(x->method, "HEAD") == 0;
	if (x->head)
		x->method = "GET";
	reads = strcmp(x->method, "GET") == 0;
	x->r.path = x->path;
	if (strncmp(x->path, API_PREFIX, api) == 0 && x->path[api] == '/') {
		x->r.api = true;
		x->r.path = x->path + api;
	}
	if (utf8_valid(x->path, strlen(x->path)) != strlen(x->path) || !host_known(x))
		return reply_fault(x, 400, "The request could not be read", "Use the address that Custos printed when it started.");
	if (reads && strncmp(x->r.path, "/static/", 8) == 0)
		return reply_static(x);
	enum route found = route_find(x);
	if (found != ROUTE_FOUND)
		return found == ROUTE_METHOD ? reply_fault(x, 405, "That cannot be done here", "This address only shows, or only acts.") : reply_err(x, ERR_NOT_FOUND);
	enum err e = store_get(x->web->pool, POOL_WAIT_MS, &x->r.store);
	if (!e)
		e = sign_in_find(x);
	if (e && e != ERR_NOT_FOUND)
		return reply_err(x, e);
	const struct page *p = x->r.page;
	if (!(p->flags & PAGE_OPEN) && !x->r.who)
		return to_sign_in(x);
	if (!(p->flags & PAGE_OPEN) && (!request_may(&x->r, p->see) || (!reads && !request_may(&x->r, p->change))))
		return reply_err(x, ERR_ACCESS);
	if (reads)
		return MHD_YES;
	if (!from_here(x) || ((p->flags & PAGE_PUT) && !csrf_right(x)))
		return reply_fault(x, 403, "This form did not come from Custos", "Open the page again and send the form from there.");
	if (length && strtoull(length, NULL, 10) > (p->body_most ? p->body_most : BODY_MOST))
		return reply_fault(x, 413, "That is too large", "This page takes less than what was to be sent.");
	store_put(x->web->pool, x->r.store); /* a body may take its time */
	x->r.store = NULL;
	return fields_begin(x) ? MHD_YES : MHD_NO;
}

/* "field: what is wrong", as the casebook tells it, becomes a mistake of the form; another text one without a field. */
static void mistake_note(struct exchange *x, const char *message)
{
	char field[65], text[400];
	const char *colon = strchr(message, ':');
	if (json_array_size(x->r.errors))
		return; /* the page noted it itself */
	snprintf(text, sizeof text, "%s", message);
	if (colon && colon > message && (size_t)(colon - message) < sizeof field && strspn(message, "abcdefghijklmnopqrstuvwxyz_") == (size_t)(colon - message)) {
		memcpy(field, message, (size_t)(colon - message));
		field[colon - message] = 0;
		snprintf(text, sizeof text, "%s%s", field, colon);
		for (char *c = text; *c && *c != ':'; c++)
			*c = *c == '_' ? ' ' : *c;
		if (*text >= 'a' && *text <= 'z')
			*text = (char)(*text - 'a' + 'A');
	} else
		*field = 0;
	request_wrong(&x->r, field, "%s", *text ? text : "this cannot be done");
}

static enum err act_run(void *context, struct store *s)
{
	struct exchange *x = context;
	x->r.store = s;
	json_object_clear(x->r.data);
	json_array_clear(x->r.errors);
	return x->r.page->act(&x->r);
}

/* The log takes a connection of its own; who waits for one must not hold another. */
static enum err consulted(struct exchange *x)
{
	store_put(x->web->pool, x->r.store);
	x->r.store = NULL;
	return consult_write(x->web, &x->r);
}

static enum MHD_Result show(struct exchange *x, unsigned status)
{
	enum err e = x->r.page->show ? x->r.page->show(&x->r) : OK;
	if (!e)
		e = consulted(x);
	return e ? reply_err(x, e) : reply_page(x, status);
}

static enum MHD_Result finish(struct exchange *x)
{
	const struct page *p = x->r.page;
	if (strcmp(x->method, "GET") == 0)
		return show(x, 200);
	enum err e = fields_end(x);
	if (e)
		return reply_err(x, e);
	if (!(p->flags & PAGE_OPEN) && !(p->flags & PAGE_PUT) && !csrf_right(x))
		return reply_fault(x, 403, "This form did not come from Custos", "Open the page again and send the form from there.");
	if ((e = store_get(x->web->pool, POOL_WAIT_MS, &x->r.store)))
		return reply_err(x, e);
	e = p->flags & PAGE_NO_TRANSACTION ? act_run(x, x->r.store) : store_transact(x->r.store, act_run, x);
	if (!e && json_array_size(x->r.errors))
		e = ERR_USAGE;
	if (!e && !(e = consulted(x))) {
		if (x->go && !x->r.api)
			return reply_go(x, x->go, 303);
		return x->bytes || x->r.api || p->template ? reply_page(x, 200) : reply_go(x, "/", 303);
	}
	if ((e == ERR_USAGE || e == ERR_EXISTS || e == ERR_CHANGED || e == ERR_PASSWORD || (e == ERR_BUSY && (p->flags & PAGE_OPEN))) && (p->show || x->r.api)) {
		unsigned status = e == ERR_USAGE ? 422 : e == ERR_PASSWORD ? 403 : e == ERR_BUSY ? 429 : 409;
		mistake_note(x, err_message());
		json_object_clear(x->r.data);
		x->r.template = NULL;
		x->r.consulted_count = 0;
		return x->r.api ? reply_page(x, status) : show(x, status);
	}
	return reply_err(x, e);
}

static void exchange_free(struct exchange *x)
{
	if (!x)
		return;
	store_put(x->web->pool, x->r.store);
	if (x->post)
		MHD_destroy_post_processor(x->post);
	if (x->bytes)
		MHD_destroy_response(x->bytes);
	for (int i = 0; i < REQUEST_PARTS; i++)
		free(x->words[i]);
	for (int i = 0; i < x->r.consulted_count; i++)
		json_decref(x->r.consulted[i].details);
	json_decref(x->r.fields);
	json_decref(x->r.data);
	json_decref(x->r.errors);
	buf_free(&x->body);
	buf_free(&x->value);
	upload_end(&x->upload);
	free(x->path);
	free(x->go);
	memset(&x->session, 0, sizeof x->session);
	free(x);
}

static struct exchange *exchange_new(struct web *w, struct MHD_Connection *connection, const char *path, const char *method)
{
	struct exchange *x = calloc(1, sizeof *x);
	if (!x)
		return NULL;
	x->web = w;
	x->connection = connection;
	x->method = method;
	x->path = strdup(path);
	x->r.web = w;
	x->r.act.at = time_now();
	x->r.fields = json_object();
	x->r.data = json_object();
	x->r.errors = json_array();
	if (x->path && x->r.fields && x->r.data && x->r.errors)
		return x;
	exchange_free(x);
	return NULL;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *path, const char *method, const char *version, const char *body, size_t *size, void **own)
{
	struct exchange *x = *own;
	(void)version;
	if (!x) {
		*own = x = exchange_new(context, connection, path, method);
		if (!x)
			return MHD_NO;
		address_read(x);
		return begin(x);
	}
	if (x->answered) { /* refused before its body came */
		*size = 0;
		return MHD_YES;
	}
	if (*size) {
		fields_more(x, body, *size);
		*size = 0;
		return MHD_YES;
	}
	enum MHD_Result result = finish(x);
	store_put(x->web->pool, x->r.store); /* sending may take its time */
	x->r.store = NULL;
	return result;
}

static void completed(void *context, struct MHD_Connection *connection, void **own, enum MHD_RequestTerminationCode why)
{
	(void)context, (void)connection, (void)why;
	exchange_free(*own);
	*own = NULL;
}

static enum err addressed(const struct web_options *o, struct sockaddr_storage *ret, size_t *ret_size)
{
	struct sockaddr_in *four = (struct sockaddr_in *)(void *)ret;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)ret;
	memset(ret, 0, sizeof *ret);
	if (inet_pton(AF_INET, o->address, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(o->port);
		*ret_size = sizeof *four;
	} else if (inet_pton(AF_INET6, o->address, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(o->port);
		*ret_size = sizeof *six;
	} else
		return err_set(ERR_USAGE, "%s: no address to listen on; give one such as 127.0.0.1 or ::1", o->address);
	return OK;
}

/* The socket is made here, so that what is wrong with it is told in words. */
static enum err listening(const struct web_options *o, int *ret_fd, uint16_t *ret_port)
{
	struct sockaddr_storage a;
	size_t size = 0;
	int on = 1;
	enum err e = addressed(o, &a, &size);
	if (e)
		return e;
	int fd = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t got = sizeof a;
	if (fd < 0)
		return err_errno("a socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&a, (socklen_t)size) || listen(fd, 128) || getsockname(fd, (struct sockaddr *)&a, &got)) {
		e = err_errno("listening on %s port %u", o->address, o->port);
		close(fd);
		return e;
	}
	*ret_port = ntohs(a.ss_family == AF_INET ? ((struct sockaddr_in *)(void *)&a)->sin_port : ((struct sockaddr_in6 *)(void *)&a)->sin6_port);
	*ret_fd = fd;
	return OK;
}

static enum err named(struct web *w, const struct web_options *o)
{
	const char *host = o->origin ? strstr(o->origin, "://") : NULL;
	if (o->origin && (!host || strchr(host + 3, '/') || !host[3]))
		return err_set(ERR_USAGE, "%s: an origin is https:// and a name, without a path", o->origin);
	w->origin_given = o->origin != NULL;
	if (asprintf(&w->host, strchr(o->address, ':') ? "[%s]:%u" : "%s:%u", o->address, w->port) < 0)
		return ERR_NOMEM;
	if (o->origin) {
		free(w->host);
		w->host = strdup(host + 3);
		w->origin = strdup(o->origin);
	} else if (asprintf(&w->origin, "http://%s", w->host) < 0)
		return ERR_NOMEM;
	w->folder = strdup(o->folder);
	w->program = strdup(o->program ? o->program : "custos");
	w->evidence_folders = strdup(o->evidence_folders ? o->evidence_folders : "");
	return w->host && w->origin && w->folder && w->program && w->evidence_folders ? OK : ERR_NOMEM;
}

/* Opens the exhibits before somebody waits for the first search of their words. */
static void *views_warm(void *context)
{
	struct web *w = context;
	struct store *s = NULL;
	json_t *hits = json_array(), *failed = json_array();
	if (hits && failed && store_get(w->pool, POOL_WAIT_MS, &s) == OK)
		(void)words_find(s, w->views, w->folder, "\"\"", 1, hits, failed); /* no word: nothing is found, and what cannot be read is told to who asks */
	store_put(w->pool, s);
	json_decref(hits);
	json_decref(failed);
	return NULL;
}

enum err web_start(const struct web_options *o, struct web **ret)
{
	int fd = -1;
	*ret = NULL;
	struct web *w = calloc(1, sizeof *w);
	if (!w)
		return ERR_NOMEM;
	w->pool = o->pool;
	w->log_key = o->log_key;
	consult_init(&w->consult);
	enum err e = listening(o, &fd, &w->port);
	if (!e)
		e = named(w, o);
	if (!e)
		e = view_pool_new(VIEWS_MOST, &w->views);
	if (!e) {
		w->daemon = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC, w->port, NULL, NULL, answer, w, MHD_OPTION_LISTEN_SOCKET, fd,
					     MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_CONNECTION_LIMIT, o->connections ? o->connections : CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
					     (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
		if (!w->daemon)
			e = err_set(ERR_IO, "the web server could not be started");
		else
			fd = -1; /* the daemon closes it */
	}
	if (fd >= 0)
		close(fd);
	if (e) {
		web_stop(w);
		return e;
	}
	w->warming = pthread_create(&w->warm, NULL, views_warm, w) == 0;
	*ret = w;
	return OK;
}

uint16_t web_port(const struct web *w) { return w->port; }

void web_stop(struct web *w)
{
	if (!w)
		return;
	if (w->daemon)
		MHD_stop_daemon(w->daemon);
	if (w->warming)
		pthread_join(w->warm, NULL);
	view_pool_free(w->views);
	consult_free(&w->consult);
	free(w->folder);
	free(w->evidence_folders);
	free(w->program);
	free(w->origin);
	free(w->host);
	free(w);
}
