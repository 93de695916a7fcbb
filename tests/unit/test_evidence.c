/* Folder evidence, and what is common to all evidence. */
#include "evidence_help.h"

#include <pthread.h>

#include "base/time.h"

static void tree_make(void)
{
	mkdir(in_folder("phone"), 0700);
	mkdir(in_folder("phone/data"), 0700);
	mkdir(in_folder("phone/data/empty"), 0700);
	mkdir(in_folder("outside"), 0700);
	file_make("outside/secret", "secret", 6);
	file_make("phone/data/b.txt", "bee", 3);
	file_make("phone/data.txt", "dot", 3);
	file_make("phone/a", "", 0);
	file_make("phone/bad\xff\nname", "odd", 3);
	CHECK_INT(symlink("../outside/secret", in_folder("phone/link")), 0);
	CHECK_INT(symlink("../outside", in_folder("phone/linked-folder")), 0);
	CHECK_INT(mkfifo(in_folder("phone/pipe"), 0600), 0);
}

static struct evidence *tree_open(void)
{
	struct evidence *e = NULL;
	CHECK_INT(evidence_open(in_folder("phone"), NULL, &e), OK);
	return e;
}

TEST(folder_is_listed_in_order)
{
	struct evidence *e = tree_open();
	static const char *const want[] = { "a", "bad%FF%0Aname", "data", "data.txt", "data/b.txt", "data/empty", "link", "linked-folder",
					    "pipe" };
	CHECK_TEXT(evidence_kind(e), "folder");
	CHECK_INT(evidence_count(e), 9);
	for (size_t i = 0; i < 9 && i < evidence_count(e); i++)
		CHECK_TEXT(evidence_entry(e, i)->path, want[i]);
	CHECK(evidence_entry(e, 9) == NULL);
	CHECK(noted(e, "bad%FF%0Aname", "no UTF-8"));
	const struct entry *link = evidence_find(e, "link");
	CHECK_INT(link->type, ENTRY_LINK);
	CHECK_TEXT(link->target, "../outside/secret");
	CHECK_INT(evidence_find(e, "pipe")->type, ENTRY_OTHER);
	CHECK_INT(evidence_find(e, "data")->type, ENTRY_FOLDER);
	CHECK(evidence_find(e, "linked-folder/secret") == NULL);
	CHECK(evidence_find(e, "data/") == NULL);
	struct stat st;
	CHECK_INT(stat(in_folder("phone/data/b.txt"), &st), 0);
	CHECK_INT(evidence_find(e, "data/b.txt")->modified_at, st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000);
	CHECK_INT(evidence_find(e, "data/b.txt")->size, 3);
	evidence_free(e);
}

TEST(folder_files_are_read)
{
	struct evidence *e = tree_open();
	CHECK_CONTENT(e, "data/b.txt", "bee");
	CHECK_CONTENT(e, "a", "");
	CHECK_CONTENT(e, "bad%FF%0Aname", "odd");
	enum err err;
	content(e, "link", &err, NULL);
	CHECK_INT(err, ERR_USAGE);
	int fd = evidence_entry_fd(e, evidence_find(e, "data/b.txt"));
	char three[3];
	CHECK(fd >= 0 && read(fd, three, 3) == 3 && memcmp(three, "bee", 3) == 0);
	close(fd);
	CHECK_INT(evidence_entry_fd(e, evidence_find(e, "link")), -1);
	evidence_free(e);
}

static enum err grow(void *context, const void *bytes, size_t size)
{
	(void)bytes, (void)size;
	int fd = open(context, O_WRONLY | O_APPEND);
	CHECK_INT(write(fd, "more", 4), 4);
	close(fd);
	return OK;
}

static enum err stop(void *context, const void *bytes, size_t size)
{
	(void)context, (void)bytes, (void)size;
	return ERR_CANCELLED;
}

TEST(folder_changes_are_seen)
{
	file_make("phone/log", "line", 4);
	struct evidence *e = tree_open();
	const struct entry *log = evidence_find(e, "log");
	CHECK_INT(evidence_read(e, log, stop, NULL), ERR_CANCELLED);
	CHECK_INT(evidence_read(e, log, grow, (void *)in_folder("phone/log")), ERR_CHANGED);
	CHECK(strstr(err_message(), "log changed while it was read"));
	enum err err;
	CHECK_TEXT(content(e, "log", &err, NULL), "linemore"); /* what is there is given all the same */
	CHECK_INT(err, ERR_CHANGED);
	unlink(in_folder("phone/log"));
	content(e, "log", &err, NULL);
	CHECK_INT(err, ERR_NOT_FOUND);
	CHECK_INT(symlink("../outside/secret", in_folder("phone/log")), 0);
	CHECK_TEXT(content(e, "log", &err, NULL), ""); /* swapped for a link: not followed */
	CHECK_INT(err, ERR_CHANGED);
	unlink(in_folder("phone/log"));
	/* … nor is a link in the middle of a path. */
	rename(in_folder("phone/data"), in_folder("data-aside"));
	CHECK_INT(symlink("../data-aside", in_folder("phone/data")), 0);
	CHECK_TEXT(content(e, "data/b.txt", &err, NULL), "");
	CHECK_INT(err, ERR_CHANGED);
	unlink(in_folder("phone/data"));
	rename(in_folder("data-aside"), in_folder("phone/data"));
	evidence_free(e);
}

TEST(evidence_contains_what_lies_in_it)
{
	struct evidence *e = tree_open();
	CHECK(evidence_contains(e, in_folder("phone")));
	CHECK(evidence_contains(e, in_folder("phone/new.exhibit")));
	CHECK(evidence_contains(e, in_folder("phone/data/../new/deeper")));
	CHECK(evidence_contains(e, in_folder("outside/../phone/x")));
	CHECK(!evidence_contains(e, in_folder("outside/x")));
	CHECK(!evidence_contains(e, in_folder("phone2/x")));
	CHECK(!evidence_contains(e, in_folder("phone/linked-folder/x"))); /* leads out */
	CHECK_INT(symlink("../phone/data/new", in_folder("outside/dangling")), 0);
	CHECK(evidence_contains(e, in_folder("outside/dangling")));
	CHECK_INT(symlink("loop", in_folder("outside/loop")), 0);
	CHECK(!evidence_contains(e, in_folder("outside/loop")));
	evidence_free(e);
}

TEST(opening_fails_clearly)
{
	struct evidence *e = NULL;
	CHECK_INT(evidence_open(in_folder("nothing"), NULL, &e), ERR_NOT_FOUND);
	CHECK(e == NULL);
	CHECK(strstr(err_message(), "nothing"));
	CHECK_INT(evidence_open(in_folder("outside/secret"), NULL, &e), ERR_FORMAT);
	CHECK_INT(evidence_open(in_folder("phone/pipe"), NULL, &e), ERR_FORMAT);
	CHECK_INT(evidence_open(in_folder("phone/a"), NULL, &e), ERR_FORMAT);
	evidence_free(NULL);
}

TEST(unreadable_folder_is_a_note)
{
	if (geteuid() == 0)
		SKIP("root reads every folder");
	mkdir(in_folder("phone/locked"), 0);
	struct evidence *e = tree_open();
	CHECK(noted(e, "locked", "cannot be read"));
	CHECK_CONTENT(e, "data/b.txt", "bee");
	evidence_free(e);
	rmdir(in_folder("phone/locked"));
}

TEST(many_names_sort_by_bytes)
{
	mkdir(in_folder("many"), 0700);
	char name[200];
	for (unsigned i = 0; i < 3000; i++) { /* long common beginnings, names that are the beginning of others */
		snprintf(name, sizeof name, "many/%.*s%u", (int)(i % 37), "Containers_Data_Application_0123456789", i * 2654435761u % 977);
		file_make(name, "", 0);
	}
	struct evidence *e = NULL;
	CHECK_INT(evidence_open(in_folder("many"), NULL, &e), OK);
	CHECK(evidence_count(e) > 1000);
	for (size_t i = 0; i < evidence_count(e); i++) {
		CHECK(i == 0 || strcmp(evidence_entry(e, i - 1)->path, evidence_entry(e, i)->path) < 0);
		CHECK(evidence_find(e, evidence_entry(e, i)->path) == evidence_entry(e, i));
	}
	evidence_free(e);
}

int main(void)
{
	if (!folder_begin())
		return 1;
	tree_make();
	RUN(folder_is_listed_in_order);
	RUN(folder_files_are_read);
	RUN(folder_changes_are_seen);
	RUN(evidence_contains_what_lies_in_it);
	RUN(opening_fails_clearly);
	RUN(unreadable_folder_is_a_note);
	RUN(many_names_sort_by_bytes);
	folder_end();
	return check_done();
}
