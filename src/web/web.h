/* web: the casebook in a browser. `custos serve` starts it. */
#ifndef CUSTOS_WEB_WEB_H
#define CUSTOS_WEB_WEB_H

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"
#include "casebook/note.h"
#include "casebook/store.h"

struct web_options {
	struct store_pool *pool;  /* stays the caller's, and outlives the server */
	const char *folder;       /* the casebook's: exhibits/, uploads/ */
	const char *program;      /* custos, which reads pictures that are searched for, in its sandbox */
	const char *evidence_folders; /* absolute, parted by ':': what an officer may point at; NULL: nothing */
	const char *address;      /* to listen on: 127.0.0.1, ::1 … */
	uint16_t port;            /* 0: a free one */
	const char *origin;       /* "https://custos.example.org" as a browser sees it through a proxy that ends TLS; NULL: the address itself */
	const struct note_key *log_key; /* signs checkpoints; stays the caller's */
	unsigned connections;     /* most at once; 0: 200 */
};

struct web;

/* Listens and answers, each connection in a thread of its own. ERR_ACCESS, ERR_BUSY (the port is taken), ERR_USAGE. */
enum err web_start(const struct web_options *options, struct web **ret);
uint16_t web_port(const struct web *w);
/* Waits for the answers under way (at most some seconds). Accepts NULL. */
void web_stop(struct web *w);

/* The API as an OpenAPI 3.1 document, made from the same table as the pages. NULL: out of memory. */
json_t *web_openapi(void);

#endif
