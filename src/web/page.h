/* page: one row of a const table declares a page and, below /api/v1, the same as JSON: its path, its rights, what it shows and what it does.
 *
 * `show` (GET) fills r->data; the page's template or the API gives that, and nothing else. `act` (POST) does what the form asks: it runs in one transaction with its
 * entry in the custody log, so it may run twice and must have no other effect. Where a person is to be told of a mistake (ERR_USAGE with "field: what is wrong",
 * ERR_EXISTS, ERR_CHANGED), nothing is kept and `show` runs again beneath the mistakes (422, 409). After success a browser is sent on (303), an API gets r->data.
 * What a page shows of a person's data it says with request_consulted(): it is in the log before the first byte is sent.
 */
#ifndef CUSTOS_WEB_PAGE_H
#define CUSTOS_WEB_PAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "casebook/act.h"
#include "casebook/officer.h"

enum { REQUEST_PARTS = 4, REQUEST_CONSULTED = 4 };

struct web;
struct page;

struct consulted {
	const char *what, *subject_kind; /* constants */
	int64_t subject;
	json_t *details;                 /* of its own, or NULL */
};

struct request {
	struct web *web;
	const struct page *page;
	struct store *store;
	const struct officer_session *who; /* NULL: nobody is signed in */
	struct act act;                    /* officer and moment of this request */
	bool api;
	const char *path;                  /* without /api/v1 */
	const char *address;               /* the peer's */
	int64_t ids[REQUEST_PARTS];        /* the path's :numbers, in order */
	const char *words[REQUEST_PARTS];  /* the path's *words */
	json_t *fields;                    /* of the form or the JSON body: strings, arrays of strings */
	json_t *data;                      /* what is shown */
	json_t *errors;                    /* [{field, text}] */
	const char *template;              /* another than the page's; NULL: the page's */
	struct consulted consulted[REQUEST_CONSULTED];
	int consulted_count;
};

typedef enum err page_fn(struct request *r);
/* A piece of a body that is too large for memory: of a PUT (field NULL) or of a form's file. `offset` within it. Runs in no transaction. */
typedef enum err body_fn(struct request *r, const char *field, const char *file_name, uint64_t offset, const void *bytes, size_t size);

enum page_flags {
	PAGE_OPEN = 1,     /* for who is not signed in, too */
	PAGE_NO_API = 2,
	PAGE_PUT = 4,      /* `act` answers PUT */
	PAGE_BYTES = 8,    /* `show` answers with request_bytes, request_file or request_stream */
	PAGE_NO_TRANSACTION = 16, /* `act` makes its own transactions */
};

enum form_kind { FORM_LINE, FORM_NARROW, FORM_AREA, FORM_DAY, FORM_MOMENT, FORM_PASSWORD, FORM_SELECT, FORM_RADIOS, FORM_CHECKBOXES, FORM_FILE, FORM_HIDDEN };

/* One field of a form, for the page and for the API's description. A table of them ends with a NULL name. What is chosen from: `words`, else r->data.options[name] =
 * [{value, text}]; what stands there at first: r->data.values[name]. */
struct form_field {
	const char *name, *label, *hint;
	enum form_kind kind;
	bool needed;
	const char *const *words;
	const char *autocomplete;
};

struct page {
	const char *path;      /* parted by "/"; ":" stands for a number, "*" for a word */
	const char *template;  /* NULL: it only acts, or gives bytes */
	uint64_t see;          /* rights needed for any of it */
	page_fn *show;
	uint64_t change;       /* rights needed for `act`, beside those */
	page_fn *act;
	unsigned flags;
	uint64_t body_most;    /* 0: 256 kB */
	body_fn *body;
	const char *about;     /* one line, for the API's description */
	const struct form_field *fields; /* of its form; NULL: none, or a form of its own */
	const char *button;    /* of that form */
};

extern const struct page pages[];
extern const int page_count;

/* A query's value, or NULL; a form's, or "". The first where there are several. They live as long as the request. */
const char *request_query(const struct request *r, const char *name);
const char *request_field(const struct request *r, const char *name);
/* Of a query, within [least, most]; `otherwise` where it is absent or no such number. */
int64_t request_query_int(const struct request *r, const char *name, int64_t least, int64_t most, int64_t otherwise);
int64_t request_field_int(const struct request *r, const char *name, int64_t otherwise);
/* A form's moment: "2026-11-25T14:30" or with seconds, or a day, UTC. TIME_NONE where absent; where it is none, a mistake is noted. */
int64_t request_field_moment(struct request *r, const char *name);
/* Notes a mistake; gives ERR_USAGE. */
enum err request_wrong(struct request *r, const char *field, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* After `act`: where a browser is sent. A path of this server. */
enum err request_go(struct request *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool request_may(const struct request *r, uint64_t rights);
/* This page shows `what` of a subject; `details` (may be NULL) is taken over. */
enum err request_consulted(struct request *r, const char *what, const char *subject_kind, int64_t subject, json_t *details);

/* r->data[name]: value is taken over (NULL: out of memory). */
enum err request_set(struct request *r, const char *name, json_t *value);
/* The same for text (NULL: not set), escaped when shown. */
enum err request_set_text(struct request *r, const char *name, const char *text);
enum err request_title(struct request *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A whole answer in other form than a page. `bytes` is copied; `name` (may be NULL): offered as a file of this name. */
enum err request_bytes(struct request *r, const char *type, const void *bytes, size_t size, const char *name);
enum err request_file(struct request *r, const char *type, const char *path, const char *name);
/* Server-sent events: `next` writes the next events into `out`, waits itself when there is nothing new (at most a second), and returns ERR_NOT_FOUND at the end. */
typedef enum err stream_fn(void *context, struct buf *out);
enum err request_stream(struct request *r, stream_fn *next, void *context, void (*context_free)(void *));
/* Evidence in a body: a piece of a form's file is kept aside; the whole of it becomes evidence of exhibit ids[0]; what a PUT goes to (NULL: not there); bytes that came. */
enum err request_upload(struct request *r, const char *field, const char *file_name, uint64_t offset, const void *bytes, size_t size);
enum err request_upload_keep(struct request *r);
/* The form's file, which goes with the request; NULL: none was chosen. */
const char *request_upload_path(const struct request *r);
struct evidence *request_evidence(struct request *r);
uint64_t request_body_size(const struct request *r);
/* A cookie with the session's token; NULL: takes it away. */
enum err request_session(struct request *r, const unsigned char token[32]);
/* The session's token, or NULL. */
const unsigned char *request_token(const struct request *r);

struct store_pool *web_pool(struct web *w);
const char *web_folder(const struct web *w);
const char *web_program(const struct web *w);
const char *web_evidence_folders(const struct web *w);
/* "http://127.0.0.1:8080", as a browser sees it. */
const char *web_origin(const struct web *w);
struct note_key;
const struct note_key *web_log_key(const struct web *w);
struct view_pool;
struct view_pool *web_views(struct web *w);

#endif
