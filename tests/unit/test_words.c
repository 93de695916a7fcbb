/* Words in all exhibits: counted file by file; files that cannot be asked are named; what is kept open is let go of; with each engine. */
#include "casebook/words_find.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "both.h"
#include "made_exhibit.h"

static struct view_pool *views;

static const struct made_message one[] = { { "the blue bag is here", 1 }, { "Blue? no, green", 2 }, { "nothing", TIME_NONE }, { NULL } };
static const struct made_message two[] = { { "a blue van", 1 }, { NULL } };

static void put(const char *name, const struct made_message *messages)
{
	char path[400], made[420];
	snprintf(path, sizeof path, "%s/%s", data_folder, name);
	snprintf(made, sizeof made, "%s.new", path);
	exhibit_made(made, NULL, NULL, messages);
	CHECK(rename(made, path) == 0);
}

static struct store *casebook(const char *name)
{
	struct store *s = casebook_made(name, 6);
	for (int i = 1; i <= 3; i++) {
		char reference[10], file[20];
		snprintf(reference, sizeof reference, "AB/%d", i);
		snprintf(file, sizeof file, "%d.exhibit", i);
		CHECK_INT(STORE_RUN(s, "INSERT INTO exhibit (reference, kind, description, found_where, found_by, state, made_at, made_by) VALUES (?1, 'tablet', '', 'x', 'y', 'registered', 1, 1)", NULL, NULL, store_text(reference)), OK);
		CHECK_INT(STORE_RUN(s, "INSERT INTO exhibit_file (exhibit, path, size, seal, records, referral, superseded, looks, made_at) VALUES (?1, ?2, 1, ?3, 1, 0, 0, 0, 1)", NULL, NULL, store_int(i), store_text(file),
				    store_blob("x", 1)), OK);
	}
	put("1.exhibit", one);
	put("2.exhibit", two);
	put("3.exhibit", NULL);
	return s;
}

/* "reference:hits " of each, then "!reference " of those that could not be asked. */
static void found(struct store *s, const char *words, char *text, size_t room)
{
	struct buf query = { 0 };
	json_t *hits = json_array(), *failed = json_array(), *x;
	size_t i;
	view_words(&query, words);
	CHECK_INT(words_find(s, views, data_folder, query.data ? query.data : "", 2, hits, failed), OK);
	*text = 0;
	json_array_foreach(hits, i, x)
		snprintf(text + strlen(text), room - strlen(text), "%s:%d ", json_string_value(json_object_get(x, "reference")), (int)json_integer_value(json_object_get(x, "hits")));
	json_array_foreach(failed, i, x)
		snprintf(text + strlen(text), room - strlen(text), "!%s ", json_string_value(json_object_get(x, "reference")));
	json_decref(hits);
	json_decref(failed);
	buf_free(&query);
}

#define FOUND(words, want)                         \
	do {                                       \
		char text_[200];                   \
		found(s, words, text_, sizeof text_); \
		CHECK_TEXT(text_, want);           \
	} while (0)

TEST(words_are_counted_file_by_file)
{
	struct store *s = casebook("words");
	CHECK_INT(STORE_RUN(s, "UPDATE exhibit_file SET superseded = 1", NULL, NULL, store_null()), OK);
	FOUND("blue", ""); /* no exhibit was examined yet */
	CHECK_INT(STORE_RUN(s, "UPDATE exhibit_file SET superseded = 0", NULL, NULL, store_null()), OK);
	for (int i = 0; i < 2; i++) { /* opened, and kept open */
		FOUND("blue", "AB/1:2 AB/2:1 ");
		FOUND("BLUE bag", "AB/1:1 ");
		FOUND("blu*", "AB/1:2 AB/2:1 ");
		FOUND("absent", "");
		FOUND("\" OR body:* NEAR(", "");
		FOUND("*** ?!", "");
		FOUND("blue AND green", "");
		FOUND("h\xc3\xa9re", "AB/1:1 "); /* without its accent */
	}
	CHECK_INT(STORE_RUN(s, "UPDATE exhibit_file SET superseded = 1 WHERE id = 1", NULL, NULL, store_null()), OK);
	FOUND("blue", "AB/2:1 ");
	given_back(s);
}

TEST(what_cannot_be_asked_is_named)
{
	char path[400], command[500];
	struct store *s = casebook("words_bad");
	FOUND("blue", "AB/1:2 AB/2:1 ");
	snprintf(path, sizeof path, "%s/1.exhibit", data_folder);
	CHECK(unlink(path) == 0); /* although it was kept open */
	FOUND("blue", "AB/2:1 !AB/1 ");
	put("1.exhibit", two);
	FOUND("blue", "AB/1:1 AB/2:1 ");
	put("1.exhibit", one); /* another in its place */
	FOUND("blue", "AB/1:2 AB/2:1 ");
	snprintf(command, sizeof command, "printf 'no exhibit' > %s/x && mv %s/x %s/2.exhibit", folder, folder, data_folder);
	CHECK(system(command) == 0);
	FOUND("blue", "AB/1:2 !AB/2 ");
	given_back(s);
}

static void *asker(void *context)
{
	for (int i = 0; i < 30; i++) {
		struct store *s = borrowed();
		char text[200];
		found(s, i % 2 ? "blue" : "green", text, sizeof text);
		*(int *)context += strcmp(text, i % 2 ? "AB/1:2 AB/2:1 " : "AB/1:1 ") != 0;
		store_put(pool, s);
	}
	return NULL;
}

TEST(many_ask_at_once)
{
	enum { ASKERS = 5 };
	pthread_t threads[ASKERS];
	int wrong[ASKERS] = { 0 };
	struct store *s = casebook("words_many");
	store_put(pool, s);
	for (int i = 0; i < ASKERS; i++)
		pthread_create(&threads[i], NULL, asker, &wrong[i]);
	for (int i = 0; i < ASKERS; i++) {
		pthread_join(threads[i], NULL);
		CHECK_INT(wrong[i], 0);
	}
	store_pool_free(pool);
}

static void all(void)
{
	RUN(words_are_counted_file_by_file);
	RUN(what_cannot_be_asked_is_named);
	RUN(many_ask_at_once);
}

int main(void)
{
	if (view_pool_new(8, &views))
		return 1;
	int rc = both_run(all);
	view_pool_free(views);
	return rc;
}
