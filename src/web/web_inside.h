/* web_inside: what the server's own files share. An exchange is one request and its answer, of one thread. */
#ifndef CUSTOS_WEB_WEB_INSIDE_H
#define CUSTOS_WEB_WEB_INSIDE_H

#include <microhttpd.h>
#include <pthread.h>

#include "casebook/evidence.h"
#include "web/page.h"
#include "web/web.h"

#define COOKIE_NAME "__Host-custos"
#define API_PREFIX "/api/v1"

enum { BODY_MOST = 256 << 10, FIELD_MOST = 100 << 10, FIELDS_MOST = 200, PAGE_MOST = 8 << 20, POOL_WAIT_MS = 10000 };

struct consult_queue {
	pthread_mutex_t lock;
	pthread_cond_t done;
	struct consult_wait *waiting;
	bool leading;
};

struct web {
	struct MHD_Daemon *daemon;
	struct store_pool *pool;
	char *folder, *program, *origin, *host, *evidence_folders;
	uint16_t port;
	bool origin_given;
	const struct note_key *log_key;
	struct consult_queue consult;
	struct view_pool *views;
	pthread_t warm;
	bool warming;
};

/* A form's file, aside. */
struct upload {
	int fd; /* 0: none */
	char name[201], path[4096];
	uint64_t size;
};
void upload_end(struct upload *u);

struct exchange {
	struct request r; /* first: a page's view of it */
	struct web *web;
	struct MHD_Connection *connection;
	const char *method;
	char *path;           /* decoded by the library; r.path points into it */
	char address[64];
	char *words[REQUEST_PARTS];
	struct officer_session session;
	unsigned char token[32];
	bool has_token, bearer, head, answered;
	uint64_t received;
	/* the form that is being read */
	struct MHD_PostProcessor *post;
	struct buf body, value;
	char key[65], file[256];
	bool value_open, is_json, has_file;
	enum err body_err;
	char body_why[300];
	struct upload upload;
	struct evidence evidence; /* that a PUT goes to; id 0: not read yet */
	/* the answer */
	char *go;
	struct MHD_Response *bytes;
	bool cookie_set;
	char cookie[256];
};

/* route.c */
enum route { ROUTE_FOUND, ROUTE_NONE, ROUTE_METHOD };
/* Finds the page; splits the path's numbers and words. */
enum route route_find(struct exchange *x);

/* fields.c: false where memory is out */
bool fields_begin(struct exchange *x);
void fields_more(struct exchange *x, const char *bytes, size_t size);
enum err fields_end(struct exchange *x); /* ERR_USAGE with the reason */

/* form.c: data.fields of the page's form, for its template. */
enum err form_fill(const struct request *r, json_t *data);

/* reply.c: each queues one answer. */
enum MHD_Result reply_page(struct exchange *x, unsigned status);
enum MHD_Result reply_fault(struct exchange *x, unsigned status, const char *what, const char *todo);
enum MHD_Result reply_err(struct exchange *x, enum err e);
enum MHD_Result reply_go(struct exchange *x, const char *path, unsigned status);
enum MHD_Result reply_static(struct exchange *x);
enum MHD_Result reply_send(struct exchange *x, unsigned status, struct MHD_Response *response, const char *type);

/* consult.c */
void consult_init(struct consult_queue *q);
void consult_free(struct consult_queue *q);
/* What was consulted is in the log when this returns OK; those who wait at the same time share one transaction. */
enum err consult_write(struct web *w, const struct request *r);

#endif
