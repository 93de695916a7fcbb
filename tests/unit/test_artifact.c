#include "base/text.h"
#include "check.h"
#include "examine/artifact.h"
#include "examine/glob.h"

TEST(globs_match_whole_paths)
{
	CHECK(glob_match("*/a/b.db", "x/y/a/b.db"));
	CHECK(glob_match("*/a/b.db", "a/b.db")); /* at the top of an extraction nothing stands before it */
	CHECK(!glob_match("*/a/b.db", "xa/b.db"));
	CHECK(!glob_match("*/a/b.db", "x/a/b.db-wal"));
	CHECK(glob_match("a/?.db", "x/a/b.db"));
	CHECK(glob_match("*/m[ab]*.db", "q/mb_77.db"));
	CHECK(!glob_match("*/m[!ab].db", "q/mb.db"));
	CHECK(glob_match("*_im.db*", "data/7_im.db"));
	CHECK(!glob_match("*/[.db", "q/[.dbx"));
}

TEST(globs_match_together_as_alone)
{
	static const char *const patterns[] = { "*/msgstore.db", "*/store.db", "*store*", "*/databases/*.db", "*", "*.plist", "x/[ab]c", "*/msgstore.db" };
	static const char *const paths[] = { "data/databases/msgstore.db", "a/store.db", "q/x/bc", "restore", "p.plist", "", "x/ac/d", "msgstore.db" };
	enum { N = sizeof patterns / sizeof *patterns };
	struct glob_set *g = NULL;
	CHECK_INT(glob_set_new(patterns, N, &g), OK);
	for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
		int ids[N], n = glob_set_match(g, paths[p], ids), k = 0;
		for (int i = 0; i < N; i++) {
			bool hit = k < n && ids[k] == i;
			k += hit;
			CHECK_INT(hit, glob_match(patterns[i], paths[p]));
		}
		CHECK_INT(k, n);
	}
	glob_set_free(g);
}

static enum err add(struct artifact_set *set, const char *text) { return artifact_add(set, "t.sql", text, strlen(text)); }

#define HEAD "-- artifact: a/b\n-- about: x\n-- record: message\n-- files: */x.db\n"

TEST(an_artifact_is_read)
{
	struct artifact_set set = { 0 };
	CHECK_INT(add(&set, HEAD "-- with: wa = */wa.db : wa_contacts(jid, ?number), other\n-- a comment\n-- when: message(_id, ?starred), ?chat(x)\nSELECT m._origin\n  FROM message m;\n"
				 "-- when: messages\nSELECT _origin FROM messages;"), OK);
	CHECK_INT(artifact_set_ready(&set), OK);
	const struct artifact *a = artifact_find(&set, "a/b");
	CHECK(a != NULL);
	if (!a)
		return;
	CHECK_TEXT(a->kind->name, "message");
	CHECK_TEXT(a->with->glob, "*/wa.db");
	CHECK_TEXT(a->with->tables->next->name, "other");
	CHECK(a->with->tables->columns->next->optional);
	CHECK_TEXT(a->variants->needs->name, "message");
	CHECK(a->variants->needs->columns->next->optional && a->variants->needs->next->optional);
	CHECK_TEXT(a->variants->sql, "SELECT m._origin\n  FROM message m;");
	CHECK_TEXT(a->variants->next->sql, "SELECT _origin FROM messages;");
	CHECK(a->variants->next->next == NULL);
	artifact_set_free(&set);
}

TEST(wrong_artifacts_are_named)
{
	static const struct {
		const char *text, *message;
	} wrong[] = {
		{ "-- artifact: a\n", "t.sql:1: the head lacks: about" },
		{ HEAD, "t.sql:1: there is no query" },
		{ HEAD "SELECT 1;", "t.sql:5: the query does not select `_origin`" },
		{ "-- record: nothing\n", "t.sql:1: no such record kind: nothing" },
		{ HEAD "-- when: message(a b)\nSELECT _origin;", "t.sql:5: ',' or ')' is expected behind column: a" },
		{ HEAD "-- with: x\n", "t.sql:5: `with:` is written NAME = GLOB [: tables]: x" },
		{ HEAD "-- about: again\n", "t.sql:5: given twice: about" },
		{ HEAD "-- when: message\n", "t.sql:5: a `when:` without a query" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct artifact_set set = { 0 };
		CHECK_INT(add(&set, wrong[i].text), ERR_FORMAT);
		CHECK_TEXT(err_message(), wrong[i].message);
		artifact_set_free(&set);
	}
}

TEST(a_second_of_the_same_name_replaces)
{
	struct artifact_set set = { 0 };
	CHECK_INT(add(&set, HEAD "SELECT 1 AS _origin;"), OK);
	CHECK_INT(add(&set, HEAD "SELECT 2 AS _origin;"), OK);
	CHECK_INT(artifact_set_ready(&set), OK);
	CHECK_INT(set.count, 1);
	CHECK_TEXT(set.list[0]->variants->sql, "SELECT 2 AS _origin;");
	artifact_set_free(&set);
}

int main(void)
{
	RUN(globs_match_whole_paths);
	RUN(globs_match_together_as_alone);
	RUN(an_artifact_is_read);
	RUN(wrong_artifacts_are_named);
	RUN(a_second_of_the_same_name_replaces);
	return check_done();
}
