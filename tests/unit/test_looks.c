/* Pictures that look alike across exhibits: taken in, found, lost and made again; with each engine. */
#include "casebook/looks.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "both.h"
#include "made_exhibit.h"

#define A "00ff00ff00ff00ff123456789abcdef00f0f0f0f0f0f0f0f33cc33cc33cc33cc"
#define A_NEAR "00ff00ff00ff00ff123456789abcdef00f0f0f0f0f0f0f0f33cc33cc33cc33c3" /* four bits */
#define B "ffffffff00000000ffffffff00000000aaaaaaaa55555555aaaaaaaa55555555"


static struct store *casebook(const char *name)
{
	struct store *s = casebook_made(name, 3);
	return s;
}

static void added(struct store *s, int n, const struct made_media *media)
{
	char reference[20], relative[30], path[400];
	int64_t exhibit;
	snprintf(reference, sizeof reference, "AB/%d", n);
	snprintf(relative, sizeof relative, "%d.exhibit", n);
	snprintf(path, sizeof path, "%s/%s", data_folder, relative);
	exhibit_made(path, NULL, media, NULL);
	CHECK_INT(store_query_int(s, "INSERT INTO exhibit (reference, kind, description, found_where, found_by, state, made_at, made_by) VALUES (?1, 'tablet', '', 'x', 'y', 'registered', 1, 1) RETURNING id",
				  (const struct store_value[]){ store_text(reference) }, 1, &exhibit), OK);
	CHECK_INT(STORE_RUN(s, "INSERT INTO exhibit_file (exhibit, path, size, seal, records, referral, superseded, looks, made_at) VALUES (?1, ?2, 1, ?3, 1, 0, 0, 0, 1)", NULL, NULL, store_int(exhibit), store_text(relative),
			    store_blob("x", 1)), OK);
}

/* "reference:file:distance " of each. */
static const char *found(struct store *s, const char *hash, int64_t *behind)
{
	static char text[300];
	struct pdq forms[PDQ_DIHEDRALS];
	json_t *a = json_array(), *one;
	size_t i;
	for (i = 0; i < PDQ_DIHEDRALS; i++)
		for (int w = 0; w < 4; w++)
			forms[i].words[w] = 0x5851f42d4c957f2dull * (i * 4 + (unsigned)w + 77); /* far from all */
	CHECK(pdq_parse(hash, 64, &forms[PDQ_FLIP_X]));
	CHECK_INT(looks_find(s, data_folder, forms, PDQ_DISTANCE_MOST, 10, a, behind), OK);
	*text = 0;
	json_array_foreach(a, i, one) {
		CHECK_TEXT(json_string_value(json_object_get(one, "form")), pdq_form_name(PDQ_FLIP_X));
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s:%d:%d ", json_string_value(json_object_get(one, "reference")), (int)json_integer_value(json_object_get(one, "file")),
			 (int)json_integer_value(json_object_get(one, "distance")));
	}
	json_decref(a);
	return text;
}

static const struct made_media one[] = { { 1, "image/jpeg", A, 100, false, false }, { 2, "image/jpeg", A, 30, false, false }, { 3, "image/jpeg", A, 100, false, true }, { 4, "image/jpeg", A, 100, true, false }, { 5, "video/mp4", B, 90, false, false }, { 0 } };
static const struct made_media two[] = { { 6, "image/jpeg", A_NEAR, 80, false, false }, { 0 } };

TEST(pictures_are_found_across_exhibits)
{
	struct store *s = casebook("looks");
	int64_t behind;
	CHECK_TEXT(found(s, A, &behind), "");
	CHECK_INT(behind, 0);
	added(s, 1, one);
	added(s, 2, two);
	CHECK_TEXT(found(s, A, &behind), "");
	CHECK_INT(behind, 2);
	CHECK_INT(looks_catch_up(pool, data_folder, false, NULL), OK);
	CHECK_INT(looks_catch_up(pool, data_folder, true, NULL), OK);
	CHECK_TEXT(found(s, A, &behind), "AB/1:2:0 AB/2:2:4 "); /* not the one that is too plain, nor what is on a list */
	CHECK_INT(behind, 0);
	CHECK_TEXT(found(s, B, &behind), "AB/1:6:0 ");
	added(s, 3, two);
	CHECK_TEXT(found(s, A, &behind), "AB/1:2:0 AB/2:2:4 ");
	CHECK_INT(behind, 1);
	CHECK_INT(looks_catch_up(pool, data_folder, false, NULL), OK);
	CHECK_TEXT(found(s, A, &behind), "AB/1:2:0 AB/2:2:4 AB/3:2:4 ");
	CHECK_INT(STORE_RUN(s, "UPDATE exhibit_file SET superseded = 1 WHERE id = 2", NULL, NULL, store_null()), OK);
	CHECK_TEXT(found(s, A, &behind), "AB/1:2:0 AB/3:2:4 ");
	/* A server died after the index, before the casebook: taken in twice, told once. */
	CHECK_INT(STORE_RUN(s, "UPDATE exhibit_file SET looks = 0 WHERE id = 1", NULL, NULL, store_null()), OK);
	CHECK_INT(looks_catch_up(pool, data_folder, false, NULL), OK);
	CHECK_TEXT(found(s, A, &behind), "AB/1:2:0 AB/3:2:4 ");
	given_back(s);
}

TEST(a_lost_or_damaged_index_is_made_again)
{
	char command[800];
	int64_t behind;
	struct store *s = casebook("looks_lost");
	added(s, 1, one);
	added(s, 2, two);
	CHECK_INT(looks_catch_up(pool, data_folder, false, NULL), OK);
	snprintf(command, sizeof command, "rm -r %s/media.near", data_folder);
	CHECK(system(command) == 0);
	CHECK_TEXT(found(s, A, &behind), "");
	CHECK_INT(behind, 2);
	CHECK_INT(looks_catch_up(pool, data_folder, true, NULL), OK);
	CHECK_TEXT(found(s, A, &behind), "AB/1:2:0 AB/2:2:4 ");
	snprintf(command, sizeof command, "for f in %s/media.near/*; do [ -s $f ] && printf x > $f; done; true", data_folder);
	CHECK(system(command) == 0);
	CHECK_INT(looks_catch_up(pool, data_folder, true, NULL), OK);
	CHECK_TEXT(found(s, A, &behind), "AB/1:2:0 AB/2:2:4 ");
	CHECK_INT(behind, 0);
	/* An exhibit that is gone keeps nobody else's pictures out. */
	snprintf(command, sizeof command, "rm -r %s/media.near %s/1.exhibit", data_folder, data_folder);
	CHECK(system(command) == 0);
	CHECK_INT(looks_catch_up(pool, data_folder, true, NULL), OK);
	CHECK_TEXT(found(s, A, &behind), "AB/2:2:4 ");
	given_back(s);
}

static enum err read_by(const char *script, struct pdq forms[PDQ_DIHEDRALS])
{
	char path[320];
	snprintf(path, sizeof path, "%s/program", folder);
	FILE *f = fopen(path, "w");
	CHECK(f && fprintf(f, "#!/bin/sh\n%s\n", script) > 0 && fclose(f) == 0 && chmod(path, 0700) == 0);
	enum err e = looks_read(path, "/x/picture", forms);
	unlink(path);
	return e;
}

TEST(what_the_program_says_is_read_with_care)
{
	struct pdq forms[PDQ_DIHEDRALS];
	char script[4000] = "cat <<X\n";
	for (int i = 0; i < PDQ_DIHEDRALS; i++)
		snprintf(script + strlen(script), sizeof script - strlen(script), "%064d  " A "  %s  %s  /x/picture\n", 0, "100", pdq_form_name((enum pdq_form)i));
	strcat(script, "X\n");
	CHECK_INT(read_by(script, forms), OK);
	char hex[PDQ_HEX];
	pdq_hex(&forms[7], hex);
	CHECK_TEXT(hex, A);
	CHECK_INT(read_by("exit 0", forms), ERR_FORMAT);
	CHECK_INT(read_by("kill -9 $$", forms), ERR_FORMAT);
	CHECK_INT(read_by("echo no picture", forms), ERR_FORMAT);
	CHECK_INT(read_by("yes 0 " A " 100 original x", forms), ERR_FORMAT); /* without end */
	CHECK_INT(read_by("echo 0 " A " 20 original x", forms), ERR_FORMAT);
	CHECK(strstr(err_message(), "too little"));
	CHECK_INT(looks_read("/nonexistent", "/x", forms), ERR_FORMAT);
}

static void all(void)
{
	RUN(pictures_are_found_across_exhibits);
	RUN(a_lost_or_damaged_index_is_made_again);
	RUN(what_the_program_says_is_read_with_care);
}

int main(void) { return both_run(all); }
