/* In the sandbox, where no file can be opened: evidence databases and every kind of function work as outside. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "check.h"
#include "sql/sql.h"

static const char query[] =
	"SELECT count(*), sum(phone_e164(n, r) IS NOT NULL), min(unix_s(id)), datetime('now', 'localtime') > '2020',"
	" length(hex(randomblob(4))), sum(length(gunzip(x'1f8b0800000000000003') IS NULL)), sum(plist(x'62', '$') IS "
	"NULL),"
	" (SELECT count(*) FROM protobuf_each(x'0801'))"
	" FROM (SELECT m.id, m.body, column1 AS n, column2 AS r FROM message m, (VALUES('07700900123', 'GB'), ('+1 202 "
	"555 0123', 'US'),"
	" ('+49 30 123456', 'DE'), ('+81 3 1234 5678', 'JP'), ('+33 1 23 45 67 89', 'FR'), ('+55 11 91234 5678', 'BR'))"
	" ORDER BY m.body || n DESC)";

static int work(const void *job, size_t job_size, const int *fds, int fd_count, int out)
{
	(void)job, (void)job_size;
	struct sql_evidence f = { fds[0], fd_count > 1 ? fds[1] : -1, -1, "x.db" };
	sqlite3 *db;
	sqlite3_stmt *s = NULL;
	char text[300];
	if (sql_open_evidence(&f, NULL, &db) < 0)
		return dprintf(out, "open: %s", err_message()) < 0;
	sqlite3_exec(db,
		     "CREATE TEMP TABLE big AS SELECT randomblob(2000) AS x FROM message a, message b LIMIT 20000;"
		     "CREATE INDEX temp.big_x ON big(x)",
		     NULL, NULL, NULL);
	if (sqlite3_prepare_v2(db, query, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
		snprintf(text, sizeof text, "query: %s", sqlite3_errmsg(db));
	else
		snprintf(text, sizeof text, "%s %s %s %s %s %s %s %s", sqlite3_column_text(s, 0),
			 sqlite3_column_text(s, 1), sqlite3_column_text(s, 2), sqlite3_column_text(s, 3),
			 sqlite3_column_text(s, 4), sqlite3_column_text(s, 5), sqlite3_column_text(s, 6),
			 sqlite3_column_text(s, 7));
	sqlite3_finalize(s);
	sqlite3_close(db);
	return write(out, text, strlen(text)) < 0;
}

static struct sandbox *box;
static char folder[] = "/tmp/custos-sandbox-XXXXXX";

TEST(evidence_is_read_where_nothing_can_be_opened)
{
	char db[100], wal[100], command[600], got[400];
	snprintf(db, sizeof db, "%s/page4096.db", folder);
	snprintf(wal, sizeof wal, "%s/page4096.db-wal", folder);
	snprintf(command, sizeof command, "python3 '%s/tests/unit/sqlite_cases.py' '%s'",
		 getenv("CUSTOS_SOURCE") ? getenv("CUSTOS_SOURCE") : ".", folder);
	CHECK(system(command) == 0);
	int fds[2] = { open(db, O_RDONLY), open(wal, O_RDONLY) }, out;
	uint32_t id;
	struct sandbox_result result;
	struct sandbox_limits limits = { 1u << 30, 60 };
	CHECK(fds[0] >= 0 && fds[1] >= 0);
	CHECK_INT(sandbox_start(box, 0, "", 0, fds, 2, &limits, &out, &id), OK);
	size_t n = 0;
	ssize_t part;
	while (n < sizeof got - 1 && (part = read(out, got + n, sizeof got - 1 - n)) > 0)
		n += (size_t)part;
	got[n] = 0;
	close(out);
	CHECK_INT(sandbox_wait(box, id, &result), OK);
	CHECK_TEXT(got, "1200 1200 1000000 1 8 1200 1200 1");
	CHECK_TEXT(result.end == SANDBOX_EXITED && result.status == 0 ? "" : result.reason, "");
	close(fds[0]);
	close(fds[1]);
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	CHECK(system(command) == 0);
}

int main(void)
{
	static sandbox_fn *const fns[] = { work };
	if (sql_startup() != SQLITE_OK || !mkdtemp(folder))
		return 1;
	if (sandbox_new(fns, 1, &box) < 0) {
		fprintf(stderr, "no sandbox here: %s\n", err_message());
		return 1;
	}
	RUN(evidence_is_read_where_nothing_can_be_opened);
	sandbox_free(box);
	return check_done();
}
