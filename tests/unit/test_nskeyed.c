#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "fixture.h"
#include "formats/plist.h"

enum { MEMORY = 16 << 20 };

static enum err resolve_json(const void *bytes, size_t size, struct buf *out)
{
	struct arena a = arena_make(MEMORY);
	const struct value *v = NULL;
	*out = (struct buf){ .limit = 1 << 20 };
	enum err e = plist_read(&a, bytes, size, &v);
	if (e == OK)
		e = nskeyed_resolve(&a, v, &v);
	if (e == OK)
		value_json(out, v);
	arena_free(&a);
	return e;
}

static enum err file_json(const char *name, struct buf *out)
{
	char path[80];
	snprintf(path, sizeof path, "nskeyed/%s.plist", name);
	struct buf file = fixture_read(path);
	enum err e = resolve_json(file.data, file.size, out);
	buf_free(&file);
	return e;
}

static const char *const golden[] = { "collections", "leaves", "attributed", "unknown", "misshapen", "cycles", "xml" };

TEST(resolves_archives)
{
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		char path[80];
		snprintf(path, sizeof path, "nskeyed/%s.json", golden[i]);
		struct buf want = fixture_read(path), out;
		CHECK_INT(file_json(golden[i], &out), OK);
		CHECK_TEXT(out.data, want.data);
		buf_free(&out);
		buf_free(&want);
	}
}

TEST(shared_objects_do_not_multiply)
{
	struct buf out;
	clock_t start = clock();
	CHECK_INT(file_json("laughs", &out), OK);
	CHECK(out.failed); /* only the printing stops, at the buffer's limit */
	CHECK(clock() - start < 5 * CLOCKS_PER_SEC);
	buf_free(&out);
}

TEST(depth_is_limited)
{
	struct buf out;
	CHECK_INT(file_json("deep", &out), ERR_LIMIT);
	buf_free(&out);
}

TEST(what_is_no_archive_stays)
{
	static const char *const bodies[] = {
		"<dict><key>$archiver</key><string>NSKeyedArchiver</string></dict>",
		"<dict><key>$objects</key><array/><key>$top</key><dict/></dict>",
		"<dict><key>$archiver</key><true/><key>$objects</key><array/><key>$top</key><dict/></dict>",
		"<array><integer>1</integer></array>",
		"<string>a</string>",
	};
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct arena a = arena_make(MEMORY);
		const struct value *v, *same;
		CHECK_INT(plist_read(&a, bodies[i], strlen(bodies[i]), &v), OK);
		CHECK_INT(nskeyed_resolve(&a, v, &same), OK);
		CHECK(v == same);
		arena_free(&a);
	}
}

TEST(arena_limit_is_kept)
{
	struct buf file = fixture_read("nskeyed/collections.plist");
	struct arena a = arena_make(MEMORY);
	const struct value *v, *made;
	CHECK_INT(plist_read(&a, file.data, file.size, &v), OK);
	for (size_t more = 0; more < 4000; more += 16) {
		struct arena small = arena_make(more);
		enum err e = nskeyed_resolve(&small, v, &made);
		CHECK(e == OK || e == ERR_LIMIT);
		CHECK(small.used <= more);
		arena_free(&small);
	}
	arena_free(&a);
	buf_free(&file);
}

TEST(survives_damage)
{
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		char path[80];
		snprintf(path, sizeof path, "nskeyed/%s.plist", golden[i]);
		struct buf file = fixture_read(path), out;
		for (size_t n = 0; n < file.size; n++)
			for (int bit = 0; bit < 8; bit += 3) {
				file.data[n] ^= (char)(1 << bit);
				resolve_json(file.data, file.size, &out);
				buf_free(&out);
				file.data[n] ^= (char)(1 << bit);
			}
		buf_free(&file);
	}
}

int main(void)
{
	RUN(resolves_archives);
	RUN(shared_objects_do_not_multiply);
	RUN(depth_is_limited);
	RUN(what_is_no_archive_stays);
	RUN(arena_limit_is_kept);
	RUN(survives_damage);
	return check_done();
}
