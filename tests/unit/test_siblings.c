/* The choice of a sibling among many: the same as looking at each of them, in far fewer steps. */
#include <stdlib.h>

#include "check.h"
#include "examine/examine_inside.h"
#include "examine/siblings.h"

static size_t folders_in_common(const char *a, const char *b)
{
	size_t last = 0;
	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			last = i + 1;
	return last;
}

/* The rule, word for word: all are looked at. */
static long slow_find(char *const *paths, const int *uses, size_t count, int use, const char *path)
{
	char mine[64], theirs[64];
	const char *profile = profile_of(path, mine, sizeof mine);
	long best = -1;
	size_t best_common = 0;
	for (size_t i = 0; i < count; i++) {
		const char *its = profile_of(paths[i], theirs, sizeof theirs);
		if (uses[i] != use || (profile && strlen(profile) < 8 && its && strcmp(its, profile) != 0))
			continue;
		size_t common = folders_in_common(paths[i], path);
		if (best < 0 || common > best_common) {
			best = (long)i;
			best_common = common;
		}
	}
	return best;
}

static uint32_t seed;

static uint32_t below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static char *path_make(void)
{
	static const char *const tops[] = { "data/data", "data/user/0", "data/user/10", "data/user/95", "data/media/10", "x", "Containers/Data/Application/AAAAAAAA-BBBB",
					    "Containers/Data/Application/A1", "copy/data/user/10", "" };
	static const char *const apps[] = { "com.a", "com.aa", "com.a-b", "com.b", "\xc3\xa9" };
	static const char *const names[] = { "databases/wa.db", "databases/x.db", "wa.db", "wa.db2", "files/y/z/wa.db" };
	char room[256];
	snprintf(room, sizeof room, "%s/%s/%s", tops[below(10)], apps[below(5)], names[below(5)]);
	return strdup(room[0] == '/' ? room + 1 : room);
}

static int by_bytes(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

TEST(the_choice_is_the_same)
{
	for (seed = 1; seed < 400; seed += 3) {
		uint32_t kept = seed, count = below(40);
		char *paths[40];
		int uses[40];
		struct siblings s = { 0 };
		for (uint32_t i = 0; i < count; i++)
			paths[i] = path_make();
		qsort(paths, count, sizeof *paths, by_bytes);
		for (uint32_t i = 0; i < count; i++) {
			uses[i] = (int)below(3);
			CHECK_INT(siblings_add(&s, uses[i], i, paths[i]), OK);
		}
		CHECK_INT(siblings_ready(&s), OK);
		for (int i = 0; i < 60; i++) {
			char *path = path_make();
			int use = (int)below(4);
			size_t found;
			long got = siblings_find(&s, use, path, &found) ? (long)found : -1, want = slow_find(paths, uses, count, use, path);
			if (got != want)
				fprintf(stderr, "for %s (seed %u): %s, not %s\n", path, kept, got < 0 ? "none" : paths[got], want < 0 ? "none" : paths[want]);
			CHECK_INT(got, want);
			free(path);
		}
		siblings_free(&s);
		for (uint32_t i = 0; i < count; i++)
			free(paths[i]);
		seed = kept;
	}
}

TEST(a_hundred_thousand_times_a_hundred_thousand)
{
	enum { MANY = 100000 };
	struct siblings s = { 0 };
	char (*paths)[64] = malloc(sizeof *paths * MANY), own[64];
	size_t found = 0, right = 0;
	CHECK(paths != NULL);
	if (!paths)
		return;
	for (size_t i = 0; i < MANY; i++) {
		snprintf(paths[i], sizeof paths[i], "copies/%zu/com.example.a%03zu/wa.db", 100 + i / 1000, i % 1000);
		CHECK_INT(siblings_add(&s, 5, i, paths[i]), OK);
	}
	CHECK_INT(siblings_ready(&s), OK);
	for (size_t i = 0; i < MANY; i++) {
		snprintf(own, sizeof own, "copies/%zu/com.example.a%03zu/msgstore.db", 100 + i / 1000, i % 1000);
		right += siblings_find(&s, 5, own, &found) && found == i;
	}
	CHECK_INT(right, MANY);
	CHECK(s.steps > MANY && s.steps < 80ull * MANY); /* at most four searches of 17 steps */
	siblings_free(&s);
	free(paths);
}

int main(void)
{
	RUN(the_choice_is_the_same);
	RUN(a_hundred_thousand_times_a_hundred_thousand);
	return check_done();
}
