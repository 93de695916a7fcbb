/* custosd: the casebook's server, a program of its own: what it is linked with (PostgreSQL's library and all that comes with it) would cost every start of the other commands.
 * `custos serve` becomes it. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "casebook/examination.h"
#include "casebook/log_export.h"
#include "casebook/officer.h"
#include "web/sample.h"
#include "web/tool.h"
#include "web/web.h"

enum { OPT_PROGRAM = 256, OPT_DATA, OPT_LISTEN, OPT_DATABASE, OPT_ORIGIN, OPT_EVIDENCE, OPT_LISTS, OPT_WORKERS, OPT_SAMPLE, POOL_SERVER = 24 };

struct options {
	const char *program, *data, *database, *origin, *lists, *sample;
	char evidence[8192], address[64], where[PATH_MAX], folder[PATH_MAX];
	uint16_t port;
	int workers;
};

static int failed(enum err e)
{
	fprintf(stderr, "custos serve: %s\n", err_message()[0] ? err_message() : err_text(e));
	return e == ERR_USAGE ? 2 : 1;
}

/* "127.0.0.1:8080" or "[::1]:8080" */
static bool listen_read(const char *text, struct options *o)
{
	const char *colon = strrchr(text, ':');
	char *end;
	unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 0;
	if (!colon || colon == text || !colon[1] || *end || port > 65535)
		return false;
	const char *from = *text == '[' ? text + 1 : text, *to = *text == '[' && colon[-1] == ']' ? colon - 1 : colon;
	if ((size_t)(to - from) >= sizeof o->address)
		return false;
	memcpy(o->address, from, (size_t)(to - from));
	o->address[to - from] = 0;
	o->port = (uint16_t)port;
	return true;
}

static enum err options_read(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = { { "program", required_argument, NULL, OPT_PROGRAM }, { "data", required_argument, NULL, OPT_DATA }, { "listen", required_argument, NULL, OPT_LISTEN },
					       { "database", required_argument, NULL, OPT_DATABASE }, { "origin", required_argument, NULL, OPT_ORIGIN }, { "evidence", required_argument, NULL, OPT_EVIDENCE },
					       { "lists", required_argument, NULL, OPT_LISTS }, { "workers", required_argument, NULL, OPT_WORKERS },
					       { "sample", required_argument, NULL, OPT_SAMPLE }, { 0 } };
	*o = (struct options){ .program = "custos", .data = ".", .address = "127.0.0.1", .port = 8420, .workers = 1 };
	for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
		size_t used = strlen(o->evidence);
		char real[PATH_MAX];
		switch (c) {
		case OPT_PROGRAM:
			o->program = optarg;
			break;
		case OPT_DATA:
			o->data = optarg;
			break;
		case OPT_LISTEN:
			if (!listen_read(optarg, o))
				return err_set(ERR_USAGE, "--listen %s: expected ADDRESS:PORT, such as 127.0.0.1:8420", optarg);
			break;
		case OPT_DATABASE:
			o->database = optarg;
			break;
		case OPT_ORIGIN:
			o->origin = optarg;
			break;
		case OPT_LISTS:
			o->lists = optarg;
			break;
		case OPT_SAMPLE:
			o->sample = optarg;
			break;
		case OPT_EVIDENCE:
			if (!realpath(optarg, real) || strchr(real, ':') || (size_t)snprintf(o->evidence + used, sizeof o->evidence - used, "%s%s", used ? ":" : "", real) >= sizeof o->evidence - used)
				return err_set(ERR_USAGE, "--evidence %s: no such folder, or its name holds a colon", optarg);
			break;
		case OPT_WORKERS:
			o->workers = atoi(optarg);
			if (o->workers < 1 || o->workers > 16)
				return err_set(ERR_USAGE, "--workers %s: from 1 to 16", optarg);
			break;
		default:
			return err_set(ERR_USAGE, "see custos serve --help");
		}
	}
	return optind == argc ? OK : err_set(ERR_USAGE, "%s: not expected", argv[optind]);
}

/* The casebook's folder, made where it is absent; nobody else may read it. */
static enum err folder_ready(struct options *o)
{
	if (mkdir(o->data, 0700) && errno != EEXIST)
		return err_errno("%s: the casebook's folder cannot be made", o->data);
	if (!realpath(o->data, o->folder))
		return err_errno("%s", o->data);
	if (access(o->folder, W_OK | X_OK))
		return err_errno("%s: the casebook's folder cannot be written", o->data);
	if (o->database && strncmp(o->database, "postgresql://", 13) != 0 && strncmp(o->database, "postgres://", 11) != 0)
		return err_set(ERR_USAGE, "--database %s: expected postgresql://…", o->database);
	int n = o->database ? snprintf(o->where, sizeof o->where, "%s", o->database) : snprintf(o->where, sizeof o->where, "%s/casebook.db", o->folder);
	return n > 0 && n < (int)sizeof o->where ? OK : err_set(ERR_LIMIT, "%s: the path is too long", o->folder);
}

struct first {
	unsigned char token[OFFICER_TOKEN];
};

static enum err first_link(void *context, struct store *s) { return invitation_first(s, time_now(), ((struct first *)context)->token); }

/* Nobody may sign in yet: the link that makes the administrator is printed, each time until it was used. */
static enum err first_tell(struct store_pool *pool, const char *origin)
{
	struct first f;
	struct store *s = NULL;
	enum err e = store_get(pool, 5000, &s);
	if (!e)
		e = store_transact(s, first_link, &f);
	store_put(pool, s);
	if (e)
		return e == ERR_EXISTS ? OK : e;
	printf("first administrator: %s/invitation/", origin);
	for (int i = 0; i < OFFICER_TOKEN; i++)
		printf("%02x", f.token[i]);
	printf("\n");
	return OK;
}

static int served(const struct options *o, struct store_pool *pool)
{
	struct web *web = NULL;
	struct runner *runner = NULL;
	struct note_key key;
	sigset_t wanted;
	int signal_number = 0;
	char origin[200];
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &wanted, NULL); /* before threads are made: only this one waits for them */
	enum err e = log_key_open(o->folder, &key);
	if (!e)
		e = runner_start(&(struct runner_options){ .pool = pool, .folder = o->folder, .program = o->program, .lists = o->lists, .workers = o->workers }, &runner);
	if (!e)
		e = web_start(&(struct web_options){ .pool = pool, .folder = o->folder, .program = o->program, .evidence_folders = o->evidence, .address = o->address, .port = o->port, .origin = o->origin, .log_key = &key }, &web);
	if (!e) {
		snprintf(origin, sizeof origin, o->origin ? "%s" : strchr(o->address, ':') ? "http://[%s]:%u" : "http://%s:%u", o->origin ? o->origin : o->address, web_port(web));
		printf("listening on %s\n", origin);
		e = first_tell(pool, origin);
		fflush(stdout);
	}
	if (!e)
		sigwait(&wanted, &signal_number);
	runner_stop(runner);
	web_stop(web);
	return e ? failed(e) : 0;
}

int main(int argc, char **argv)
{
	struct options o;
	struct store_pool *pool = NULL;
	signal(SIGPIPE, SIG_IGN);
	umask(077);
	if (argc > 3 && strcmp(argv[3], "casebook") == 0) /* custosd --program PATH casebook … */
		return tool_main(argc - 3, argv + 3);
	mallopt(M_ARENA_MAX, 4); /* a thread a connection: an arena for each would cost more memory than time */
	enum err e = options_read(argc, argv, &o);
	if (!e)
		e = folder_ready(&o);
	if (!e)
		e = store_pool_open(o.where, POOL_SERVER, &pool);
	if (!e && o.sample && (e = sample_make(pool, o.sample)) == ERR_EXISTS)
		e = OK; /* started again */
	if (e) {
		store_pool_free(pool);
		return failed(e);
	}
	int status = served(&o, pool);
	store_pool_free(pool);
	return status;
}
