/* Passwords of encrypted extractions: sealed while the examination lives, gone with it; told to a program by its standard input alone. With each engine. */
#include "casebook/evidence_password.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "both.h"
#include "casebook/copy.h"
#include "casebook/examination.h"
#include "casebook/examination_inside.h"
#include "casebook/program.h"
#include "casebook/queue.h"

static const struct act act = { .officer = 1, .at = 1000 };
static const char secret[] = " Wing-B 2-14 \xC3\xBC ";

static struct store *casebook(const char *name)
{
	struct store *s = casebook_made(name, 3);
	CHECK_INT(STORE_RUN(s, "INSERT INTO exhibit (reference, kind, description, found_where, found_by, state, made_at, made_by) VALUES ('AB/1', 'tablet', '', 'x', 'y', 'registered', 1, 1)", NULL, NULL, store_null()), OK);
	CHECK_INT(STORE_RUN(s, "INSERT INTO evidence (exhibit, name, path, size, received, state, made_at, made_by) VALUES (1, 'a.zip', '/a.zip', 1, 1, 'ready', 1, 1)", NULL, NULL, store_null()), OK);
	return s;
}

/* One transaction. */
struct call {
	enum { START, CANCEL, FORGET, FAIL, SETTLE } what;
	const char *password;
	enum err after; /* what the transaction ends with */
	int64_t id;
};

static enum err call_run(void *context, struct store *s)
{
	struct call *c = context;
	struct job_watch *w = NULL;
	struct job j;
	int settled;
	enum err e = OK;
	switch (c->what) {
	case START:
		e = examination_start(s, &act, 1, &c->id);
		if (!e && c->password)
			e = evidence_password_give(s, &act, data_folder, c->id, c->password);
		return e ? e : c->after;
	case CANCEL:
		return examination_cancel(s, &act, c->id);
	case FORGET:
		return evidence_password_forget(s, c->id);
	case FAIL:
		w = job_watch_new(0);
		e = job_take(s, "examination", "host:1", w, 2000, &j);
		job_watch_free(w);
		return e ? e : job_failed(s, &j, 2000, "no", false);
	case SETTLE:
		return examination_settle(s, 3000, &settled);
	}
	return ERR_USAGE;
}

static enum err called(struct store *s, struct call *c) { return store_transact(s, call_run, c); }

static int64_t started(struct store *s, const char *password)
{
	struct call c = { START, .password = password };
	CHECK_INT(called(s, &c), OK);
	return c.id;
}

static const char *got(struct store *s, int64_t id)
{
	static char text[EVIDENCE_PASSWORD + 1];
	CHECK_INT(evidence_password_get(s, data_folder, id, text), OK);
	return text;
}

/* Keys in the folder; the path of the last. */
static int keys(char last[700])
{
	char path[340];
	int n = 0;
	snprintf(path, sizeof path, "%s/passwords", data_folder);
	DIR *d = opendir(path);
	for (struct dirent *x; d && (x = readdir(d));)
		if (*x->d_name != '.') {
			n++;
			if (last)
				snprintf(last, 700, "%s/%s", path, x->d_name);
		}
	if (d)
		closedir(d);
	return n;
}

static int keys_after_tidy(void)
{
	evidence_password_tidy(pool, data_folder);
	return keys(NULL);
}

TEST(it_is_there_as_long_as_the_examination_and_no_longer)
{
	struct store *s = casebook("life");
	int64_t none = started(s, NULL), a = started(s, secret), b = started(s, "b");
	CHECK_TEXT(got(s, none), "");
	CHECK_TEXT(got(s, a), secret);
	CHECK_TEXT(got(s, b), "b");
	CHECK_TEXT(got(s, 99), "");
	CHECK_INT(keys_after_tidy(), 2);
	CHECK_INT(called(s, &(struct call){ FORGET, .id = a }), OK); /* still waits */
	CHECK_TEXT(got(s, a), secret);
	CHECK_INT(called(s, &(struct call){ CANCEL, .id = a }), OK);
	CHECK_TEXT(got(s, a), "");
	CHECK_INT(keys(NULL), 2);
	CHECK_INT(keys_after_tidy(), 1);
	CHECK_TEXT(got(s, b), "b");
	CHECK_INT(called(s, &(struct call){ FAIL }), OK); /* that without one was first */
	CHECK_INT(called(s, &(struct call){ FAIL }), OK);
	CHECK_INT(called(s, &(struct call){ SETTLE }), OK);
	CHECK_TEXT(got(s, b), "");
	CHECK_INT(count(s, "SELECT count(*) FROM examination_password"), 0);
	CHECK_INT(keys_after_tidy(), 0);
	CHECK_INT(count(s, "SELECT count(*) FROM log_entry"), 3 + 2 + 1 + 2 + 2 /* asked, given, stopped, given up, states of the exhibit */);
	given_back(s);
}

static enum err box_row(void *context, const struct store_row *row)
{
	struct store_value box = store_row_blob(row, 0);
	size_t *size = context;
	CHECK(*size == 0 || *size == box.size); /* tells not how long the password is */
	*size = box.size;
	CHECK(memmem(box.bytes, box.size, "Wing", 4) == NULL);
	return OK;
}

TEST(it_is_sealed_and_its_key_is_ours_alone)
{
	struct store *s = casebook("sealed");
	char path[700] = "", longest[EVIDENCE_PASSWORD + 2];
	struct stat st;
	size_t size = 0;
	memset(longest, 'x', sizeof longest);
	longest[EVIDENCE_PASSWORD + 1] = 0;
	struct call bad[] = { { START, .password = "" }, { START, .password = "a\nb" }, { START, .password = "\xFF" }, { START, .password = "a\x7F" }, { START, .password = longest } };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK_INT(called(s, &bad[i]), ERR_USAGE);
		CHECK(strncmp(err_message(), "password: ", 10) == 0 && !strstr(err_message(), "xxx"));
	}
	CHECK_INT(keys(NULL), 0);
	CHECK_INT(count(s, "SELECT count(*) FROM examination"), 0);
	longest[EVIDENCE_PASSWORD] = 0;
	int64_t a = started(s, secret), b = started(s, longest);
	CHECK_TEXT(got(s, b), longest);
	CHECK_INT(STORE_RUN(s, "SELECT box FROM examination_password", box_row, &size, store_null()), OK);
	CHECK(size > EVIDENCE_PASSWORD);
	CHECK_INT(keys(path), 2);
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600 && st.st_size == 32);
	/* Changed boxes and keys open nothing, and nothing else goes wrong. */
	CHECK_INT(STORE_RUN(s, "UPDATE examination_password SET box = nonce WHERE examination = ?1", NULL, NULL, store_int(b)), OK);
	CHECK_TEXT(got(s, b), "");
	CHECK_INT(STORE_RUN(s, "UPDATE examination_password SET key_file = (SELECT key_file FROM examination_password WHERE examination = ?1) WHERE examination = ?2", NULL, NULL, store_int(b), store_int(a)), OK);
	CHECK_TEXT(got(s, a), ""); /* another's key */
	CHECK_INT(STORE_RUN(s, "UPDATE examination_password SET key_file = '../passwords/x' WHERE examination = ?1", NULL, NULL, store_int(a)), OK);
	CHECK_TEXT(got(s, a), "");
	CHECK_INT(STORE_RUN(s, "DELETE FROM examination_password WHERE examination > ?1", NULL, NULL, store_int(0)), OK);
	CHECK_INT(called(s, &(struct call){ CANCEL, .id = a }), OK);
	CHECK_INT(called(s, &(struct call){ CANCEL, .id = b }), OK);
	CHECK_INT(keys_after_tidy(), 0);
	int64_t c = started(s, secret);
	CHECK_INT(keys(path), 1);
	CHECK(truncate(path, 31) == 0);
	CHECK_TEXT(got(s, c), "");
	CHECK(unlink(path) == 0);
	CHECK_TEXT(got(s, c), "");
	given_back(s);
}

/* A transaction that was undone leaves a key: it stays while it could be of one that is not committed yet. */
TEST(what_an_undone_transaction_leaves_goes_later)
{
	struct store *s = casebook("undone");
	char path[700] = "";
	struct call c = { START, .password = secret, .after = ERR_USAGE };
	CHECK_INT(called(s, &c), ERR_USAGE);
	CHECK_INT(keys(path), 1);
	CHECK_INT(keys_after_tidy(), 1);
	struct timespec old[2] = { { .tv_sec = time(NULL) - 7200 }, { .tv_sec = time(NULL) - 7200 } };
	CHECK(utimensat(AT_FDCWD, path, old, 0) == 0);
	CHECK_INT(keys_after_tidy(), 0);
	given_back(s);
}

TEST(a_copy_of_the_casebook_has_none)
{
	struct store *s = casebook("copied");
	started(s, secret);
	char to[340];
	struct store_pool *other = NULL;
	struct store *t = NULL;
	int64_t rows;
	snprintf(to, sizeof to, "%s/copy.db", data_folder);
	CHECK_INT(store_pool_open(to, 2, &other), OK);
	CHECK_INT(store_get(other, 1000, &t), OK);
	CHECK_INT(casebook_copy(s, t, &rows), OK);
	CHECK_INT(count(t, "SELECT count(*) FROM examination"), 1);
	CHECK_INT(count(t, "SELECT count(*) FROM examination_password"), 0);
	store_put(other, t);
	store_pool_free(other);
	given_back(s);
}

static void said(const char *told, const char *wanted)
{
	char text[PROGRAM_TOLD + 100] = "";
	size_t size = 0;
	pid_t pid;
	int out;
	CHECK_INT(program_start((char *[]){ PROGRAM_WORD("/bin/cat"), NULL }, told, -1, &pid, &out), OK);
	for (ssize_t n; size < sizeof text - 1 && (n = read(out, text + size, sizeof text - 1 - size)) > 0;)
		size += (size_t)n;
	int status = program_end(pid, out, false);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CHECK_TEXT(text, wanted);
}

TEST(a_program_is_told_on_its_standard_input)
{
	char much[PROGRAM_TOLD + 2];
	pid_t pid;
	int out;
	said(secret, secret);
	said("", "");
	said(NULL, "");
	memset(much, 'x', sizeof much);
	much[PROGRAM_TOLD + 1] = 0;
	CHECK_INT(program_start((char *[]){ PROGRAM_WORD("/bin/cat"), NULL }, much, -1, &pid, &out), ERR_LIMIT);
	much[PROGRAM_TOLD] = 0;
	said(much, much);
}

static void all(void)
{
	RUN(it_is_there_as_long_as_the_examination_and_no_longer);
	RUN(it_is_sealed_and_its_key_is_ours_alone);
	RUN(what_an_undone_transaction_leaves_goes_later);
	RUN(a_copy_of_the_casebook_has_none);
	RUN(a_program_is_told_on_its_standard_input);
}

int main(void) { return both_run(all); }
