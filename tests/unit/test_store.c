/* The casebook's store: values, transactions, faults; the same for each engine. */
#include "casebook/store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "both.h"

static enum err setting_put(struct store *s, const char *name, const char *value)
{
	return STORE_RUN(s, "INSERT INTO setting (name, value) VALUES (?1, ?2)", NULL, NULL, store_text(name), store_text(value));
}

struct seen {
	struct store_value values[5];
	char text[20], blob[20];
	int rows;
};

static enum err values_take(void *context, const struct store_row *row)
{
	struct seen *x = context;
	x->rows++;
	CHECK_INT(row->count, 5);
	for (int i = 0; i < 5; i++)
		x->values[i] = row->values[i];
	snprintf(x->text, sizeof x->text, "%s", store_row_text(row, 2));
	memcpy(x->blob, store_row_blob(row, 3).bytes, store_row_blob(row, 3).size);
	CHECK(store_row_null(row, 4) && !store_row_null(row, 0) && store_row_null(row, 9));
	CHECK_INT(store_row_int(row, 0), INT64_MIN);
	CHECK(store_row_real(row, 1) == 0.1);
	CHECK_INT(store_row_int(row, 2), 0); /* of another type */
	CHECK_TEXT(store_row_text(row, 0), "");
	return OK;
}

TEST(values_come_back)
{
	opened("values", 2);
	struct store *s = borrowed();
	struct seen x = { 0 };
	CHECK_INT(STORE_RUN(s, "SELECT ?1, ?2, ?3, ?4, ?5", values_take, &x, store_int(INT64_MIN), store_real(0.1), store_text("żółw ’ 😀"), store_blob("\0\1\0", 3), store_null()), OK);
	CHECK_INT(x.rows, 1);
	CHECK_TEXT(x.text, "żółw ’ 😀");
	CHECK(x.values[2].size == strlen("żółw ’ 😀") && x.values[3].size == 3 && memcmp(x.blob, "\0\1\0", 3) == 0);
	CHECK_INT(STORE_RUN(s, "SELECT ?1, ?2", NULL, NULL, store_int(1)), ERR_USAGE);
	CHECK_INT(store_query(s, "SELECT nothing FROM nowhere", NULL, 0, NULL, NULL, NULL), ERR_SQL);
	given_back(s);
}

static enum err two_settings(void *context, struct store *s)
{
	enum err e = setting_put(s, "a", "1");
	if (!e)
		e = setting_put(s, "b", "2");
	CHECK_INT(store_transact(s, two_settings, NULL), ERR_USAGE);
	return e ? e : *(enum err *)context;
}

TEST(a_transaction_is_whole_or_nothing)
{
	opened("whole", 2);
	struct store *s = borrowed();
	enum err end = ERR_LIMIT;
	CHECK_INT(store_transact(s, two_settings, &end), ERR_LIMIT);
	CHECK_INT(count(s, "SELECT count(*) FROM setting"), 0);
	end = OK;
	CHECK_INT(store_transact(s, two_settings, &end), OK);
	CHECK_INT(count(s, "SELECT count(*) FROM setting"), 2);
	CHECK_INT(store_transact(s, two_settings, &end), ERR_EXISTS);
	CHECK_INT(STORE_RUN(s, "INSERT INTO person (surname, forenames, establishment, made_at) VALUES ('x', 'y', 'ZZZ', 0)", NULL, NULL, store_null()), ERR_CHANGED); /* no such establishment */
	CHECK_INT(STORE_RUN(s, "INSERT INTO setting (name, value) VALUES (?1, ?2)", NULL, NULL, store_text("c"), store_null()), ERR_CHANGED);
	CHECK_INT(store_lock(s, STORE_LOCK_LOG), ERR_USAGE);
	int64_t n = 7, changed = 0;
	CHECK_INT(store_query_int(s, "SELECT value FROM setting WHERE name = 'absent'", NULL, 0, &n), ERR_NOT_FOUND);
	CHECK_INT(store_query(s, "UPDATE setting SET value = 'x'", NULL, 0, NULL, NULL, &changed), OK);
	CHECK_INT(changed, 2);
	given_back(s);
	struct stat st;
	CHECK(server || (stat(where, &st) == 0 && (st.st_mode & 0777) == 0600));
}

enum { THREADS = 6, TURNS = 40 };

static enum err add_one(void *context, struct store *s)
{
	int64_t n;
	(void)context;
	enum err e = store_lock(s, STORE_LOCK_QUEUE);
	if (!e)
		e = store_query_int(s, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'n'", NULL, 0, &n);
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)n + 1);
	return e ? e : STORE_RUN(s, "UPDATE setting SET value = ?1 WHERE name = 'n'", NULL, NULL, store_text(text));
}

static void *adder(void *context)
{
	for (int i = 0; i < TURNS; i++) {
		struct store *s = NULL;
		if (store_get(pool, 20000, &s) || store_transact(s, add_one, NULL))
			++*(int *)context;
		store_put(pool, s);
	}
	return NULL;
}

TEST(many_write_and_nothing_is_lost)
{
	pthread_t threads[THREADS];
	int failures[THREADS] = { 0 };
	opened("many", 3);
	struct store *s = borrowed();
	CHECK_INT(setting_put(s, "n", "0"), OK);
	store_put(pool, s);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, adder, &failures[i]);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		CHECK_INT(failures[i], 0);
	}
	s = borrowed();
	CHECK_INT(count(s, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'n'"), THREADS * TURNS);
	given_back(s);
}

TEST(connections_are_lent)
{
	opened("lent", 2);
	struct store *a = borrowed(), *b = borrowed(), *c = NULL;
	CHECK_INT(store_get(pool, 30, &c), ERR_BUSY);
	store_put(pool, a);
	CHECK_INT(store_get(pool, 30, &c), OK);
	store_put(pool, b);
	store_put(pool, c);
	store_put(pool, NULL);
	store_pool_free(pool);
	store_pool_free(NULL);
}

/* Behind the store's back. */
static void altered(const char *sql)
{
	sqlite3 *db = NULL;
	if (server) {
		sql_run(where, sql);
		return;
	}
	CHECK(sqlite3_open(where, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(db);
}

TEST(a_casebook_is_opened_again_and_checked)
{
	opened("again", 1);
	struct store *s = borrowed();
	CHECK_INT(setting_put(s, "kept", "yes"), OK);
	CHECK(count(s, "SELECT count(*) FROM migration") >= 1);
	given_back(s);
	CHECK_INT(store_pool_open(where, 1, &pool), OK);
	s = borrowed();
	CHECK_INT(count(s, "SELECT count(*) FROM setting WHERE name = 'kept'"), 1);
	given_back(s);
	/* Of a later program; and one whose first migration was another. */
	altered("INSERT INTO migration VALUES(9000, 'later', '', 0)");
	CHECK_INT(store_pool_open(where, 1, &pool), ERR_UNSUPPORTED);
	CHECK(strstr(err_message(), "newer"));
	altered("DELETE FROM migration WHERE number = 9000");
	altered("UPDATE migration SET sha256 = 'x'");
	CHECK_INT(store_pool_open(where, 1, &pool), ERR_CHANGED);
}

TEST(what_is_no_casebook_is_left_alone)
{
	sqlite3 *db = NULL;
	if (server) {
		CHECK_INT(store_pool_open("postgresql://127.0.0.1:1/none", 1, &pool), ERR_OFFLINE);
		return;
	}
	snprintf(where, sizeof where, "%s/other.db", folder);
	CHECK(sqlite3_open(where, &db) == SQLITE_OK && sqlite3_exec(db, "CREATE TABLE t(a)", NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(db);
	CHECK_INT(store_pool_open(where, 1, &pool), ERR_FORMAT);
	snprintf(where, sizeof where, "%s/text", folder);
	FILE *f = fopen(where, "w");
	CHECK(f && fputs("no database at all, but long enough to be taken for one by its size alone: 0123456789 0123456789 0123456789", f) >= 0 && fclose(f) == 0);
	CHECK_INT(store_pool_open(where, 1, &pool), ERR_FORMAT);
	CHECK_INT(store_pool_open("/nonexistent/casebook.db", 1, &pool), ERR_NOT_FOUND);
}

/* All connections of a pool are cut, as when the server was started again: the next one that is borrowed works. */
TEST(connections_that_were_cut_are_made_again)
{
	if (!server)
		return;
	opened("cut", 2);
	struct store *a = borrowed();
	int64_t n;
	char admin[300];
	snprintf(admin, sizeof admin, "%s/postgres", server);
	store_put(pool, a);
	PGconn *c = PQconnectdb(admin);
	PQclear(PQexec(c, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'cut'"));
	PQfinish(c);
	a = borrowed();
	enum err e = store_query_int(a, "SELECT count(*) FROM setting", NULL, 0, &n);
	CHECK(e == OK || e == ERR_OFFLINE); /* the first to notice is told */
	store_put(pool, a);
	a = borrowed();
	CHECK_INT(store_query_int(a, "SELECT count(*) FROM setting", NULL, 0, &n), OK);
	store_put(pool, a);
	store_pool_free(pool);
}

/* A process that writes and is killed at any moment: what it said was committed is there, and nothing half. */
static enum err pair_put(void *context, struct store *s)
{
	char name[40];
	int n = *(int *)context;
	snprintf(name, sizeof name, "left %d", n);
	enum err e = setting_put(s, name, "x");
	snprintf(name, sizeof name, "right %d", n);
	return e ? e : setting_put(s, name, "x");
}

TEST(killed_at_any_moment)
{
	int base = 0;
	place_make("killed");
	for (int turn = 0; turn < 12; turn++) {
		int ends[2], said = base - 1, n;
		CHECK(pipe(ends) == 0);
		pid_t child = fork();
		if (!child) {
			struct store_pool *own = NULL;
			struct store *s = NULL;
			close(ends[0]);
			if (store_pool_open(where, 1, &own) || store_get(own, 1000, &s))
				_exit(1);
			for (n = base;; n++)
				if (store_transact(s, pair_put, &n) || write(ends[1], &n, sizeof n) != sizeof n)
					_exit(2);
		}
		close(ends[1]);
		for (int wanted = 3 + turn; wanted && read(ends[0], &n, sizeof n) == sizeof n; wanted--)
			said = n;
		usleep((useconds_t)(turn * 700));
		kill(child, SIGKILL);
		while (read(ends[0], &n, sizeof n) == sizeof n)
			said = n;
		close(ends[0]);
		waitpid(child, NULL, 0);
		CHECK_INT(store_pool_open(where, 1, &pool), OK);
		struct store *s = borrowed();
		int64_t left = count(s, "SELECT count(*) FROM setting WHERE name LIKE 'left %'"), right = count(s, "SELECT count(*) FROM setting WHERE name LIKE 'right %'");
		CHECK_INT(left, right);
		CHECK(left >= said + 1 && left <= said + 2);
		base = (int)left;
		given_back(s);
	}
	CHECK(base > 30);
}

TEST(rows_become_json)
{
	opened("json", 1);
	struct store *s = borrowed();
	json_t *array = json_array(), *one = NULL;
	CHECK_INT(STORE_RUN(s, "SELECT CAST(?1 AS TEXT) AS a, CAST(NULL AS TEXT) AS b UNION ALL SELECT 'two', 'x' ORDER BY a DESC", store_json_add, array, store_text(store_engine_of(s) == STORE_SQLITE ? "on\xff" "e" : "on\uFFFDe")), OK); /* PostgreSQL takes no text that is no UTF-8 */
	char *text = json_dumps(array, JSON_COMPACT | JSON_ENSURE_ASCII);
	CHECK_TEXT(text, "[{\"a\":\"two\",\"b\":\"x\"},{\"a\":\"on\\uFFFDe\",\"b\":null}]");
	free(text);
	CHECK_INT(STORE_RUN(s, "INSERT INTO session (token, officer, csrf, address, made_at, seen_at, expires_at) VALUES (?1, ?2, ?1, 'a', 5, 6, 7) RETURNING token, made_at", store_json_one, &one,
			    store_blob("\x00\xff", 2), store_int(1)), ERR_CHANGED);
	CHECK(!one);
	CHECK_INT(STORE_RUN(s, "SELECT name, value FROM setting WHERE name = ?1", store_json_one, &one, store_text("nothing of that name")), OK);
	CHECK(!one);
	json_decref(array);
	given_back(s);
}

static void all(void)
{
	RUN(values_come_back);
	RUN(a_transaction_is_whole_or_nothing);
	RUN(many_write_and_nothing_is_lost);
	RUN(connections_are_lent);
	RUN(a_casebook_is_opened_again_and_checked);
	RUN(what_is_no_casebook_is_left_alone);
	RUN(connections_that_were_cut_are_made_again);
	RUN(killed_at_any_moment);
	RUN(rows_become_json);
}

int main(void) { return both_run(all); }
