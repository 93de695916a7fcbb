/* both: the same tests against SQLite and against the PostgreSQL that tests/with-postgres started. */
#ifndef CUSTOS_TESTS_BOTH_H
#define CUSTOS_TESTS_BOTH_H

#include <libpq-fe.h>
#include <stdlib.h>

#include "casebook/store.h"
#include "check.h"

static char folder[] = "/tmp/custos-both-XXXXXX", where[300];
static const char *server; /* NULL: SQLite; else the PostgreSQL that tests/with-postgres started */
static struct store_pool *pool;

static void sql_run(const char *url, const char *sql)
{
	PGconn *c = PQconnectdb(url);
	PGresult *r = PQexec(c, sql);
	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		fprintf(stderr, "%s: %s", sql, PQerrorMessage(c));
	CHECK(PQresultStatus(r) == PGRES_COMMAND_OK);
	PQclear(r);
	PQfinish(c);
}

/* An empty place of this name, in `where`. */
static void place_make(const char *name)
{
	char sql[100];
	snprintf(where, sizeof where, server ? "%s/%s" : "%s/%s.db", server ? server : folder, name);
	snprintf(sql, sizeof sql, "CREATE DATABASE %s", name);
	if (server) {
		char admin[300];
		snprintf(admin, sizeof admin, "%s/postgres", server);
		sql_run(admin, sql);
	}
}

static struct store *borrowed(void)
{
	struct store *s = NULL;
	CHECK_INT(store_get(pool, 5000, &s), OK);
	return s;
}

static void opened(const char *name, int most)
{
	place_make(name);
	CHECK_INT(store_pool_open(where, most, &pool), OK);
}

__attribute__((unused)) static int64_t count(struct store *s, const char *sql)
{
	int64_t n = -1;
	CHECK_INT(store_query_int(s, sql, NULL, 0, &n), OK);
	return n;
}


/* Runs `all` with each engine; gives the exit status. */
static int both_run(void (*all)(void))
{
	char command[100];
	if (!mkdtemp(folder))
		return 1;
	all();
	server = getenv("CUSTOS_TEST_POSTGRES");
	if (server && *server)
		all();
	else
		printf("SKIP: PostgreSQL: run by tests/with-postgres\n");
	snprintf(command, sizeof command, "rm -r %s", folder);
	return check_done() | (system(command) != 0);
}

#endif
