/* both: the same tests against SQLite and against the PostgreSQL that tests/with-postgres started. */
#ifndef CUSTOS_TESTS_BOTH_H
#define CUSTOS_TESTS_BOTH_H

#include <libpq-fe.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "casebook/store.h"
#include "check.h"

static char folder[] = "/tmp/custos-both-XXXXXX", where[300];
static const char *server; /* NULL: SQLite; else the PostgreSQL that tests/with-postgres started */
static struct store_pool *pool;
__attribute__((unused)) static char data_folder[300]; /* the folder of a casebook that casebook_made() made */

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

/* The same with a folder for what stands beside the database, and an officer, number 1. */
__attribute__((unused)) static struct store *casebook_made(const char *name, int most)
{
	opened(name, most);
	snprintf(data_folder, sizeof data_folder, "%s/%s-%s", folder, name, server ? "pg" : "lite");
	CHECK(mkdir(data_folder, 0700) == 0);
	struct store *s = borrowed();
	CHECK_INT(STORE_RUN(s, "INSERT INTO officer (name, display_name, created_at) VALUES ('erin', 'Erin', 1)", NULL, NULL, store_null()), OK);
	return s;
}

__attribute__((unused)) static void given_back(struct store *s)
{
	store_put(pool, s);
	store_pool_free(pool);
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
