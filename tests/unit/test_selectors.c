/* The selector index: what is found however it is written, and what exhibits share; with each engine. */
#include "casebook/selectors.h"

#include <stdlib.h>
#include <unistd.h>

#include "both.h"
#include "casebook/examination_inside.h"
#include "made_exhibit.h"

static const struct made_selector first[] = {
	{ "phone", "+447700900123", NULL, 7, 1000 }, { "phone", "+447700900999", NULL, 1, TIME_NONE }, { "email", "ann@example.org", NULL, 2, 5 },
	{ "imei", "490154203237518", NULL, 1, TIME_NONE }, { "mac", "00:1a:2b:03:04:05", NULL, 1, TIME_NONE }, { "handle", "wing.b2", "Instagram", 3, 9 },
	{ "id", "5550001", "Telegram", 1, 9 }, { "thread", "17", "Chat", 4, 9 }, { "name", "Mum", NULL, 4, 9 }, { "number", "12", "Chat", 4, 9 }, { "number", "60123456", "Chat", 4, 9 }, { NULL }
};
static const struct made_selector second[] = {
	{ "phone", "+447700900123", NULL, 2, 500 }, { "handle", "wing.b2", "Snapchat", 1, 9 }, { "id", "5550001", "Telegram", 1, 9 }, { "name", "Mum", NULL, 4, 9 }, { NULL }
};
static const struct made_media pictures[] = { { 0xaa, "image/jpeg", NULL, 0, false, false }, { 0xbb, "video/mp4", NULL, 0, false, false }, { 0xcc, "image/png", NULL, 0, true, false }, { 0xdd, "application/pdf", NULL, 0, false, false }, { 0 } };
#define AA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct indexing {
	int64_t file, count;
	const char *path;
};

static enum err index_it(void *context, struct store *s)
{
	struct indexing *x = context;
	return selectors_index(s, x->file, x->path, &x->count);
}

static int64_t file_made(struct store *s, int64_t exhibit, const char *name, const struct made_selector *selectors, const struct made_media *media)
{
	char path[400];
	struct indexing x = { .path = path };
	snprintf(path, sizeof path, "%s/%s-%s", folder, name, server ? "pg" : "lite");
	exhibit_made(path, selectors, media, NULL);
	CHECK_INT(store_query_int(s, "INSERT INTO exhibit_file (exhibit, path, size, seal, records, referral, superseded, looks, made_at) VALUES (?1, ?2, 1, ?3, 1, 0, 0, 0, 1) RETURNING id",
				  (const struct store_value[]){ store_int(exhibit), store_text(path), store_blob("x", 1) }, 3, &x.file), OK);
	CHECK_INT(store_transact(s, index_it, &x), OK);
	CHECK_INT(store_transact(s, index_it, &x), OK); /* again: nothing is there twice */
	unlink(path);
	return x.count;
}

static struct store *casebook(const char *name)
{
	opened(name, 2);
	struct store *s = borrowed();
	CHECK_INT(STORE_RUN(s, "INSERT INTO officer (name, display_name, created_at) VALUES ('erin', 'Erin', 1)", NULL, NULL, store_null()), OK);
	for (int i = 1; i <= 3; i++) {
		char reference[10];
		snprintf(reference, sizeof reference, "AB/%d", i);
		CHECK_INT(STORE_RUN(s, "INSERT INTO exhibit (reference, kind, description, found_where, found_by, state, made_at, made_by) VALUES (?1, 'tablet', '', 'x', 'y', 'registered', 1, 1)", NULL, NULL, store_text(reference)), OK);
	}
	return s;
}

/* How many, and the first one's value. */
static int found(struct store *s, const char *text, char value[100])
{
	json_t *a = json_array();
	CHECK_INT(selectors_find(s, text, 50, a), OK);
	int n = (int)json_array_size(a);
	const char *v = json_string_value(json_object_get(json_array_get(a, 0), "value"));
	snprintf(value, 100, "%s", v ? v : "");
	json_decref(a);
	return n;
}

TEST(found_however_it_is_written)
{
	struct store *s = casebook("finding");
	char value[100];
	CHECK_INT(file_made(s, 1, "one", first, pictures), 10);
	CHECK_INT(file_made(s, 2, "two", second, NULL), 3);
	static const char *const same[] = { "+447700900123", "07700 900123", "07700900123", "447700900123", "0044 7700 900 123", "(07700) 900-123", "+44 (7700) 900123", "phone:07700900123", "447700900123@s.whatsapp.net" };
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		CHECK_INT(found(s, same[i], value), 2);
		CHECK_TEXT(value, "+447700900123");
	}
	CHECK_INT(found(s, "Ann@Example.org", value), 1);
	CHECK_INT(found(s, "49 015420 323751 8", value), 1);
	CHECK_INT(found(s, "490154203237518", value), 1);
	CHECK_INT(found(s, "00-1A-2B-03-04-05", value), 1);
	CHECK_INT(found(s, "@Wing.B2", value), 2);
	CHECK_INT(found(s, "5550001", value), 2);
	CHECK_INT(found(s, "60123456", value), 1);
	CHECK_INT(found(s, AA, value), 1);
	CHECK_INT(found(s, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", value), 1);
	CHECK_INT(found(s, "Mum", value), 0);
	CHECK_INT(found(s, "17", value), 0);
	CHECK_INT(found(s, "12", value), 0);
	CHECK_INT(found(s, "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc", value), 0); /* known-good */
	/* beginnings */
	CHECK_INT(found(s, "07700 9001*", value), 2);
	CHECK_INT(found(s, "+44770090*", value), 3);
	CHECK_INT(found(s, "0044770090*", value), 3);
	CHECK_INT(found(s, "44770090*", value), 3);
	CHECK_INT(found(s, "@wing*", value), 2);
	CHECK_INT(found(s, "aaaa*", value), 1);
	CHECK_INT(found(s, "07*", value), 3); /* +447 */
	CHECK_INT(found(s, "win*", value), 0); /* too short */
	CHECK_INT(found(s, "*", value), 0);
	CHECK_INT(found(s, "%' OR 1=1 --", value), 0);
	json_t *a = json_array();
	CHECK_INT(selectors_find(s, "", 5, a), ERR_USAGE);
	CHECK_INT(selectors_find(s, "a\nb", 5, a), ERR_USAGE);
	CHECK_INT(selectors_find(s, "+44770090*", 2, a), OK);
	CHECK_INT(json_array_size(a), 2);
	json_t *one = json_array_get(a, 0);
	CHECK_INT(json_integer_value(json_object_get(one, "records")), 7);
	CHECK_INT(json_integer_value(json_object_get(one, "first_at")), 1000);
	CHECK_INT(json_integer_value(json_object_get(one, "last_at")), 1005);
	CHECK_TEXT(json_string_value(json_object_get(one, "reference")), "AB/1");
	json_decref(a);
	given_back(s);
}

/* What is kept is what a count from the beginning gives. */
static void counted_right(struct store *s)
{
	int64_t wrong = -1;
	CHECK_INT(store_query_int(s, "SELECT count(*) FROM (SELECT a.spread, (SELECT count(DISTINCT f.exhibit) FROM selector b JOIN exhibit_file f ON f.id = b.exhibit_file WHERE b.value = a.value AND b.kind = a.kind "
				     "AND b.service = a.service) AS n FROM selector a) z WHERE spread <> CASE WHEN n > 50 THEN 51 ELSE n END", NULL, 0, &wrong), OK);
	CHECK_INT(wrong, 0);
}

TEST(what_exhibits_share_is_weighed)
{
	struct store *s = casebook("sharing");
	file_made(s, 1, "one", first, pictures);
	file_made(s, 1, "sim", (struct made_selector[]){ { "phone", "+447700900999", NULL, 1, 1 }, { "email", "ann@example.org", NULL, 1, 1 }, { NULL } }, NULL); /* the same exhibit's other evidence */
	file_made(s, 2, "two", second, pictures);
	file_made(s, 3, "three", (struct made_selector[]){ { "phone", "+447700900123", NULL, 1, 1 }, { NULL } }, NULL);
	json_t *a = json_array();
	int64_t common, all;
	CHECK_INT(selectors_shared(s, 1, 20, a, &common, &all), OK);
	CHECK_INT(common, 0);
	CHECK_INT(all, 4); /* two pictures, the Telegram id, the number; not the handle of two services, nor what only its own SIM has */
	CHECK_INT(json_array_size(a), 4);
	json_t *last = json_array_get(a, 3), *with = json_object_get(last, "with");
	CHECK_TEXT(json_string_value(json_object_get(last, "value")), "+447700900123");
	CHECK_INT(json_integer_value(json_object_get(last, "exhibits")), 3);
	CHECK(json_real_value(json_object_get(last, "weight")) == 0); /* all have it */
	CHECK(json_real_value(json_object_get(json_array_get(a, 0), "weight")) == 0.6); /* log2(3 / 2) = 0.585 */
	CHECK_INT(json_array_size(with), 2);
	CHECK_TEXT(json_string_value(json_object_get(json_array_get(with, 1), "reference")), "AB/3");
	json_decref(a);
	counted_right(s);
	given_back(s);
}

static int64_t shared(struct store *s, int64_t *common)
{
	json_t *a = json_array();
	int64_t all;
	CHECK_INT(selectors_shared(s, 1, 2, a, common, &all), OK);
	json_decref(a);
	counted_right(s);
	return all;
}

static enum err remove_it(void *context, struct store *s) { return selectors_remove(s, *(int64_t *)context); }

TEST(what_too_many_have_says_nothing)
{
	const struct made_selector number[] = { { "phone", "+447700900123", NULL, 1, 1 }, { NULL } };
	struct store *s = casebook("common");
	int64_t common, newest;
	file_made(s, 1, "one", first, NULL);
	for (int i = 2; i <= SELECTOR_COMMON; i++) {
		char reference[10];
		snprintf(reference, sizeof reference, "CD/%d", i);
		CHECK_INT(STORE_RUN(s, "INSERT INTO exhibit (reference, kind, description, found_where, found_by, state, made_at, made_by) VALUES (?1, 'tablet', '', 'x', 'y', 'registered', 1, 1)", NULL, NULL, store_text(reference)), OK);
		file_made(s, i, reference + 3, number, NULL);
	}
	CHECK_INT(shared(s, &common), 1);
	CHECK_INT(common, 0);
	file_made(s, SELECTOR_COMMON + 1, "last", number, NULL);
	CHECK_INT(shared(s, &common), 0);
	CHECK_INT(common, 1);
	file_made(s, SELECTOR_COMMON + 2, "behind", number, NULL);
	CHECK_INT(shared(s, &common), 0);
	for (int i = 1; i >= 0; i--) {
		CHECK_INT(store_query_int(s, "SELECT max(exhibit_file) FROM selector", NULL, 0, &newest), OK);
		CHECK_INT(store_transact(s, remove_it, &newest), OK);
		CHECK_INT(shared(s, &common), i ? 0 : 1);
		CHECK_INT(common, i);
	}
	given_back(s);
}

static enum err supersede_it(void *context, struct store *s) { return exhibit_file_supersede(s, *(int64_t *)context, 1); }

TEST(of_evidence_examined_again_the_newest_counts)
{
	const struct made_selector number[] = { { "phone", "+447700900123", NULL, 1, 1 }, { NULL } };
	struct store *s = casebook("again");
	int64_t newest;
	CHECK_INT(STORE_RUN(s, "INSERT INTO evidence (exhibit, name, path, size, received, state, made_at, made_by) VALUES (1, 'a.zip', '/a.zip', 1, 1, 'ready', 1, 1)", NULL, NULL, store_null()), OK);
	file_made(s, 2, "other", number, NULL);
	for (int i = 1; i <= 3; i++) {
		char name[10];
		snprintf(name, sizeof name, "try-%d", i);
		file_made(s, 1, name, number, NULL);
		CHECK_INT(STORE_RUN(s, "INSERT INTO examination (exhibit, evidence, made_at, made_by) VALUES (1, 1, ?1, 1)", NULL, NULL, store_int(i)), OK);
		CHECK_INT(STORE_RUN(s, "UPDATE exhibit_file SET examination = ?1 WHERE id = ?2", NULL, NULL, store_int(i), store_int(1 + i)), OK);
	}
	CHECK_INT(store_query_int(s, "SELECT max(id) FROM exhibit_file", NULL, 0, &newest), OK);
	CHECK_INT(store_transact(s, supersede_it, &newest), OK);
	CHECK_INT(count(s, "SELECT CAST(sum(id) AS BIGINT) FROM exhibit_file WHERE superseded = 1"), 2 + 3);
	CHECK_INT(count(s, "SELECT CAST(sum(exhibit_file) AS BIGINT) FROM selector"), 1 + 4); /* the other exhibit's, and the newest */
	counted_right(s);
	given_back(s);
}

TEST(no_exhibit_is_told)
{
	struct store *s = casebook("none");
	struct indexing x = { .file = 1, .path = "/nonexistent.exhibit" };
	CHECK_INT(store_transact(s, index_it, &x), ERR_NOT_FOUND);
	given_back(s);
}

static void all(void)
{
	RUN(found_however_it_is_written);
	RUN(what_exhibits_share_is_weighed);
	RUN(what_too_many_have_says_nothing);
	RUN(of_evidence_examined_again_the_newest_counts);
	RUN(no_exhibit_is_told);
}

int main(void) { return both_run(all); }
