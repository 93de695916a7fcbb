/* check: the smallest test harness that reads well.
 *
 *	TEST(name) { CHECK(a == b); CHECK_TEXT(got, "expected"); CHECK_INT(got, 7); }
 *	int main(void) { RUN(name); … return check_done(); }
 *
 * A failed check prints file, line and what was seen, and the test goes on.  check_done() prints "N passed, N failed" (each
 * TEST counts once) and gives the exit status.  SKIP("reason") inside a TEST says so and counts as skipped.
 */
#ifndef CUSTOS_TESTS_CHECK_H
#define CUSTOS_TESTS_CHECK_H

#include <stdio.h>
#include <string.h>

static int check_failures, check_passed, check_failed, check_skipped, check_skip_now;

#define CHECK(condition)                                                                       \
	do {                                                                                   \
		if (!(condition)) {                                                            \
			check_failures++;                                                      \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
		}                                                                              \
	} while (0)

#define CHECK_INT(got, want)                                                                              \
	do {                                                                                              \
		long long got_ = (long long)(got), want_ = (long long)(want);                             \
		if (got_ != want_) {                                                                      \
			check_failures++;                                                                 \
			fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #got, got_, want_); \
		}                                                                                         \
	} while (0)

#define CHECK_TEXT(got, want)                                                                            \
	do {                                                                                             \
		const char *got_ = (got), *want_ = (want);                                               \
		if (!got_ || strcmp(got_, want_) != 0) {                                                 \
			check_failures++;                                                                \
			fprintf(stderr, "%s:%d: %s is\n  %s\nnot\n  %s\n", __FILE__, __LINE__, #got,     \
				got_ ? got_ : "(null)", want_);                                          \
		}                                                                                        \
	} while (0)

#define TEST(name) static void test_##name(void)

#define SKIP(reason)                                     \
	do {                                             \
		fprintf(stderr, "skipped: %s\n", reason); \
		check_skip_now = 1;                      \
		return;                                  \
	} while (0)

#define RUN(name)                                                \
	do {                                                     \
		int before_ = check_failures;                    \
		check_skip_now = 0;                              \
		test_##name();                                   \
		if (check_skip_now)                              \
			check_skipped++;                         \
		else if (check_failures == before_)              \
			check_passed++;                          \
		else {                                           \
			check_failed++;                          \
			fprintf(stderr, "failed: %s\n", #name);  \
		}                                                \
	} while (0)

static inline int check_done(void)
{
	printf("%d passed, %d failed", check_passed, check_failed);
	if (check_skipped)
		printf(", %d skipped", check_skipped);
	printf("\n");
	return check_failed ? 1 : 0;
}

#endif
