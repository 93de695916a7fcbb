/* Uploads of evidence: pieces, breaks, late writers, a full disk, kill -9; with each engine. */
#include "casebook/evidence.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "both.h"

static const struct act act = { .officer = 1, .at = 1000 };

/* A casebook with one officer and one exhibit, and its folder. */
static struct store *casebook(const char *name)
{
	char uploads[340];
	struct store *s = casebook_made(name, 2);
	snprintf(uploads, sizeof uploads, "%s/uploads", data_folder);
	CHECK(mkdir(uploads, 0700) == 0);
	CHECK_INT(STORE_RUN(s, "INSERT INTO exhibit (reference, kind, description, found_where, found_by, state, made_at, made_by) VALUES ('AB/1', 'tablet', '', 'x', 'y', 'registered', 1, 1)", NULL, NULL, store_null()), OK);
	return s;
}

struct adding {
	struct evidence_new n;
	int64_t id;
};

static enum err add(void *context, struct store *s)
{
	struct adding *a = context;
	return evidence_add(s, &act, &a->n, &a->id);
}

static struct evidence added(struct store *s, int64_t size, const char *sha256)
{
	struct adding a = { .n = { 1, "phone.zip", size, sha256 } };
	struct evidence v = { 0 };
	CHECK_INT(store_transact(s, add, &a), OK);
	CHECK_INT(evidence_get(s, a.id, &v), OK);
	return v;
}

/* printf '%s' 'hello, hello, hello' | sha256sum */
#define TEXT "hello, hello, hello"
#define TEXT_SHA256 "9cc63fd6c02e19e14784a389b3cda6c1012296268b0f4a9f30b34710ba9807a7"

static void holds(const struct evidence *v, const char *text)
{
	char path[PATH_MAX], got[100] = "";
	CHECK_INT(evidence_path(v, data_folder, path, sizeof path), OK);
	FILE *f = fopen(path, "rb");
	CHECK(f && fread(got, 1, sizeof got - 1, f) == strlen(text));
	if (f)
		fclose(f);
	CHECK_TEXT(got, text);
}

TEST(an_upload_comes_in_pieces)
{
	struct store *s = casebook("pieces");
	struct evidence v = added(s, 19, TEXT_SHA256), again;
	CHECK_INT(v.received, 0);
	CHECK_INT(evidence_write(&v, data_folder, 0, TEXT, 7), OK);
	CHECK_INT(evidence_accept(s, &act, &v, data_folder, 7), OK);
	CHECK_INT(evidence_get(s, v.id, &again), OK);
	CHECK_INT(again.received, 7);
	CHECK_TEXT(again.state, "receiving");
	CHECK_INT(evidence_accept(s, &act, &again, data_folder, 7), ERR_CHANGED);
	CHECK_INT(evidence_accept(s, &act, &again, data_folder, 12), ERR_CHANGED); /* did not come */
	CHECK_INT(evidence_accept(s, &act, &again, data_folder, 20), ERR_CHANGED);
	CHECK_INT(evidence_write(&again, data_folder, 7, TEXT + 7, 13), ERR_LIMIT);
	CHECK_INT(evidence_write(&again, data_folder, 20, TEXT, 1), ERR_LIMIT);
	CHECK_INT(evidence_write(&again, data_folder, -1, TEXT, 1), ERR_LIMIT);
	CHECK_INT(evidence_write(&again, data_folder, 3, TEXT + 3, 16), OK); /* some of it twice */
	CHECK_INT(evidence_accept(s, &act, &again, data_folder, 12), OK);
	CHECK_INT(evidence_accept(s, &act, &v, data_folder, 19), ERR_CHANGED); /* who knew less */
	CHECK_INT(evidence_accept(s, &act, &again, data_folder, 19), OK);
	CHECK_TEXT(again.state, "ready");
	CHECK_INT(evidence_get(s, v.id, &again), OK);
	CHECK_TEXT(again.state, "ready");
	CHECK_TEXT(again.sha256, TEXT_SHA256);
	holds(&again, TEXT);
	CHECK_INT(evidence_write(&again, data_folder, 0, "x", 1), ERR_CHANGED);
	CHECK_INT(count(s, "SELECT count(*) FROM log_entry"), 2); /* announced, received whole */
	given_back(s);
}

TEST(the_hash_is_made_also_where_none_was_noted)
{
	struct store *s = casebook("hash");
	struct evidence v = added(s, 19, NULL);
	CHECK_INT(evidence_write(&v, data_folder, 0, TEXT, 19), OK);
	CHECK_INT(evidence_accept(s, &act, &v, data_folder, 19), OK);
	CHECK_INT(evidence_get(s, v.id, &v), OK);
	CHECK_TEXT(v.sha256, TEXT_SHA256);
	given_back(s);
}

TEST(what_is_not_what_was_noted_is_refused)
{
	char path[PATH_MAX];
	struct store *s = casebook("refused");
	struct evidence v = added(s, 19, TEXT_SHA256);
	CHECK_INT(evidence_write(&v, data_folder, 0, "hello, hello, hellO", 19), OK);
	CHECK_INT(evidence_accept(s, &act, &v, data_folder, 19), ERR_USAGE);
	CHECK(strstr(err_message(), TEXT_SHA256));
	CHECK_INT(evidence_get(s, v.id, &v), OK);
	CHECK_TEXT(v.state, "refused");
	CHECK(evidence_path(&v, data_folder, path, sizeof path) == OK && access(path, F_OK) != 0);
	CHECK(evidence_part_path(&v, data_folder, path, sizeof path) == OK && access(path, F_OK) != 0);
	CHECK_INT(evidence_write(&v, data_folder, 0, TEXT, 19), ERR_CHANGED);
	given_back(s);
}

TEST(nothing_that_comes_late_changes_what_is_ready)
{
	struct store *s = casebook("late");
	struct evidence v = added(s, 19, TEXT_SHA256), late;
	CHECK_INT(evidence_write(&v, data_folder, 0, TEXT, 10), OK);
	CHECK_INT(evidence_accept(s, &act, &v, data_folder, 10), OK);
	late = v;
	CHECK_INT(evidence_write(&v, data_folder, 10, TEXT + 10, 9), OK);
	CHECK_INT(evidence_accept(s, &act, &v, data_folder, 19), OK);
	/* A request that began before does not know. It may write somewhere, but not there. */
	(void)evidence_write(&late, data_folder, 0, "HELLO", 5);
	CHECK_INT(evidence_accept(s, &act, &late, data_folder, 19), ERR_CHANGED);
	CHECK_INT(evidence_get(s, v.id, &v), OK);
	CHECK_TEXT(v.state, "ready");
	holds(&v, TEXT);
	given_back(s);
}

/* The server died between giving the last name and saying so. */
TEST(a_name_given_too_early_is_taken_back)
{
	char part[PATH_MAX], whole[PATH_MAX];
	struct store *s = casebook("early");
	struct evidence v = added(s, 19, TEXT_SHA256);
	CHECK_INT(evidence_write(&v, data_folder, 0, TEXT, 10), OK);
	CHECK_INT(evidence_accept(s, &act, &v, data_folder, 10), OK);
	CHECK_INT(evidence_write(&v, data_folder, 10, TEXT + 10, 9), OK);
	CHECK(evidence_path(&v, data_folder, whole, sizeof whole) == OK && evidence_part_path(&v, data_folder, part, sizeof part) == OK && rename(part, whole) == 0);
	CHECK_INT(evidence_resume(s, v.id, data_folder, &v), OK);
	CHECK_INT(evidence_write(&v, data_folder, 10, TEXT + 10, 9), OK);
	CHECK_INT(evidence_accept(s, &act, &v, data_folder, 19), OK);
	CHECK_INT(evidence_resume(s, v.id, data_folder, &v), OK);
	CHECK_TEXT(v.state, "ready");
	holds(&v, TEXT);
	given_back(s);
}

TEST(a_full_disk_loses_nothing)
{
	struct store *s = casebook("disk");
	struct evidence v = added(s, 3 << 20, NULL);
	char *bytes = calloc(1, 3 << 20);
	CHECK_INT(evidence_write(&v, data_folder, 0, bytes, 1 << 20), OK);
	CHECK_INT(evidence_accept(s, &act, &v, data_folder, 1 << 20), OK);
	struct rlimit before, small = { (rlim_t)3 << 19, RLIM_INFINITY };
	CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
	signal(SIGXFSZ, SIG_IGN);
	CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
	CHECK_INT(evidence_write(&v, data_folder, 1 << 20, bytes, 2 << 20), ERR_SPACE);
	CHECK(strstr(err_message(), "1048576 of 3145728 bytes of phone.zip are kept"));
	CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
	CHECK_INT(evidence_get(s, v.id, &v), OK);
	CHECK_INT(v.received, 1 << 20);
	CHECK_INT(evidence_write(&v, data_folder, 1 << 20, bytes, 2 << 20), OK);
	CHECK_INT(evidence_accept(s, &act, &v, data_folder, 3 << 20), OK);
	CHECK_TEXT(v.state, "ready");
	free(bytes);
	given_back(s);
}

/* Killed at any moment under load: what was acknowledged is there, and the upload goes on. */
TEST(killed_at_any_moment)
{
	enum { TURNS = 20, PIECE = 5000, SIZE = 400 * PIECE };
	struct store *s = casebook("killed");
	struct evidence v = added(s, SIZE, NULL);
	unsigned char *bytes = malloc(SIZE);
	char path[PATH_MAX];
	for (int i = 0; i < SIZE; i++)
		bytes[i] = (unsigned char)((unsigned)i * 7919u >> 5);
	given_back(s);
	int turn = 0;
	for (; turn < 200; turn++) {
		int ends[2];
		int64_t said = 0, n;
		CHECK(pipe(ends) == 0);
		pid_t child = fork();
		if (!child) {
			struct store_pool *own = NULL;
			close(ends[0]);
			if (store_pool_open(where, 1, &own) || store_get(own, 1000, &s) || evidence_resume(s, v.id, data_folder, &v))
				_exit(1);
			while (v.received < SIZE && strcmp(v.state, "receiving") == 0) {
				if (evidence_write(&v, data_folder, v.received, bytes + v.received, PIECE) || evidence_accept(s, &act, &v, data_folder, v.received + PIECE) || write(ends[1], &v.received, sizeof v.received) != sizeof v.received)
					_exit(2);
			}
			_exit(0);
		}
		close(ends[1]);
		if (turn < TURNS) {
			for (int i = 0; i < turn % 4 && read(ends[0], &n, sizeof n) == sizeof n; i++)
				said = n;
			usleep((useconds_t)(turn * 317 % 5000));
			kill(child, SIGKILL);
		}
		while (read(ends[0], &n, sizeof n) == sizeof n)
			said = n;
		close(ends[0]);
		int status = 0;
		waitpid(child, &status, 0);
		CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
		CHECK_INT(store_pool_open(where, 2, &pool), OK);
		s = borrowed();
		CHECK_INT(evidence_resume(s, v.id, data_folder, &v), OK);
		CHECK(v.received >= said);
		struct stat st;
		CHECK(strcmp(v.state, "ready") == 0 || v.received == 0 || (evidence_part_path(&v, data_folder, path, sizeof path) == OK && stat(path, &st) == 0 && st.st_size >= v.received));
		bool ready = strcmp(v.state, "ready") == 0;
		given_back(s);
		if (ready)
			break;
	}
	CHECK(turn >= 3);
	CHECK(evidence_path(&v, data_folder, path, sizeof path) == OK);
	FILE *f = fopen(path, "rb");
	unsigned char *got = calloc(1, SIZE);
	CHECK(f && fread(got, 1, SIZE, f) == SIZE && memcmp(got, bytes, SIZE) == 0);
	if (f)
		fclose(f);
	free(got);
	free(bytes);
}

struct pointing {
	const char *path, *folders;
	int64_t id;
};

static enum err point(void *context, struct store *s)
{
	struct pointing *p = context;
	return evidence_point(s, &act, 1, p->path, p->folders, &p->id);
}

static enum err pointed(struct store *s, const char *path, const char *folders) { return store_transact(s, point, &(struct pointing){ path, folders, 0 }); }

TEST(a_path_is_below_an_opened_folder)
{
	char open_folder[400], file[500], link[500], folders[900];
	struct store *s = casebook("pointing");
	snprintf(open_folder, sizeof open_folder, "%s/open", data_folder);
	snprintf(file, sizeof file, "%s/a.zip", open_folder);
	snprintf(link, sizeof link, "%s/out", open_folder);
	snprintf(folders, sizeof folders, "/nonexistent:%s", open_folder);
	CHECK(mkdir(open_folder, 0700) == 0);
	FILE *f = fopen(file, "w");
	CHECK(f && fputs("zip", f) >= 0 && fclose(f) == 0);
	CHECK(symlink("/etc", link) == 0);
	CHECK_INT(pointed(s, file, folders), OK);
	CHECK_INT(pointed(s, file, NULL), ERR_USAGE);
	CHECK_INT(pointed(s, file, "/"), ERR_USAGE);
	CHECK_INT(pointed(s, open_folder, folders), ERR_USAGE); /* the folder itself */
	snprintf(file, sizeof file, "%s/out/passwd", open_folder);
	CHECK_INT(pointed(s, file, folders), ERR_USAGE);
	snprintf(file, sizeof file, "%s/../open-not", open_folder);
	CHECK_INT(pointed(s, file, folders), ERR_USAGE);
	CHECK_INT(pointed(s, "a.zip", folders), ERR_USAGE);
	given_back(s);
}

static void all(void)
{
	RUN(an_upload_comes_in_pieces);
	RUN(the_hash_is_made_also_where_none_was_noted);
	RUN(what_is_not_what_was_noted_is_refused);
	RUN(nothing_that_comes_late_changes_what_is_ready);
	RUN(a_name_given_too_early_is_taken_back);
	RUN(a_full_disk_loses_nothing);
	RUN(killed_at_any_moment);
	RUN(a_path_is_below_an_opened_folder);
}

int main(void) { return both_run(all); }
