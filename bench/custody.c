/* What an entry of the custody log costs: one a transaction, synced (≤ 5 ms wanted), and many that share one (≥ 2,000 a second wanted).
 *
 *   bench/custody FOLDER | postgresql://…        a new SQLite casebook in the folder, or an empty database
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "casebook/log.h"

enum { SINGLE = 1000, GROUPS = 200, GROUP = 50 };

static enum err append(void *context, struct store *s)
{
	enum err e = OK;
	for (int i = *(int *)context; i > 0 && !e; i--)
		e = log_append(s, &(struct log_event){ .act = LOG_CONSULTATION, .at = time_now(), .officer = 0, .what = "record read", .subject_kind = "exhibit", .subject = i, .details = "{\"kind\":\"message\",\"record\":4711}" }, NULL);
	return e;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static int64_t took[SINGLE];
	char where[4096];
	struct store_pool *pool = NULL;
	struct store *s = NULL;
	int one = 1, many = GROUP;
	if (argc != 2) {
		fprintf(stderr, "usage: bench/custody FOLDER | postgresql://…\n");
		return 2;
	}
	snprintf(where, sizeof where, strncmp(argv[1], "postgres", 8) ? "%s/custody.db" : "%s", argv[1]);
	enum err e = store_pool_open(where, 1, &pool);
	if (!e)
		e = store_get(pool, 1000, &s);
	for (int i = 0; i < SINGLE && !e; i++) {
		int64_t began = time_now();
		e = store_transact(s, append, &one);
		took[i] = time_now() - began;
	}
	qsort(took, SINGLE, sizeof *took, compare);
	int64_t began = time_now();
	for (int i = 0; i < GROUPS && !e; i++)
		e = store_transact(s, append, &many);
	double seconds = (double)(time_now() - began) / 1e6;
	store_put(pool, s);
	store_pool_free(pool);
	if (e) {
		fprintf(stderr, "bench/custody: %s\n", err_message()[0] ? err_message() : err_text(e));
		return 1;
	}
	printf("one entry a transaction: median %.2f ms, 99 of 100 within %.2f ms, worst %.2f ms; %d a transaction: %.0f a second\n", (double)took[SINGLE / 2] / 1e3, (double)took[SINGLE * 99 / 100] / 1e3, (double)took[SINGLE - 1] / 1e3,
	       GROUP, GROUPS * GROUP / seconds);
	return 0;
}
