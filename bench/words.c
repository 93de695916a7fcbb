/* What a word across all exhibits costs: FILES exhibit files of EACH messages. Only some are made, the rest are links to them: their pages are in memory, as they are for who searches twice.
 *
 *   words FOLDER [FILES [EACH]]        FOLDER: empty
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "casebook/words_find.h"
#include "exhibit/exhibit.h"

enum { MADE = 2, WORDS = 30000, TURNS = 9 };

static uint64_t state = 88172645463325252u;
static double any(void)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return (double)(state >> 11) / 9007199254740992.0;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int failed(const char *what) { return fprintf(stderr, "%s: %s\n", what, err_message()), 1; }
static struct cell word(const char *text) { return cell_text(text, strlen(text)); }

/* Words by Zipf's law: w1 in most messages, w29999 in few. */
static enum err exhibit_fill(const char *path, int each)
{
	struct exhibit_writer *w = NULL;
	struct exhibit_seal seal;
	const struct kind *k = kind_find("message");
	int table = TABLE_KINDS + (int)(k - kinds);
	enum err e = exhibit_create(path, &w);
	for (int i = 1; !e && i <= each; i++) {
		struct cell cells[RECORD_OWN + 2 * KIND_COLUMNS_MOST] = { [RECORD_ID] = cell_int(i), [RECORD_SOURCE] = cell_int(1), [RECORD_ROW] = cell_int(i) };
		char body[200];
		int size = 0;
		cells[RECORD_STATE] = word("live");
		for (int n = 3 + (int)(any() * 12); n > 0; n--)
			size += snprintf(body + size, sizeof body - (size_t)size, "w%d ", (int)pow(WORDS, any()));
		for (int c = 0, n = RECORD_OWN; c < kind_columns(k); n += k->columns[c++].type == COLUMN_PATH ? 2 : 1) {
			if (c == kind_when(k))
				cells[n] = cell_int((int64_t)i * 1000000);
			if (strcmp(k->columns[c].name, "body") == 0)
				cells[n] = cell_text(body, (size_t)size);
		}
		e = exhibit_put(w, table, cells, exhibit_columns(table));
	}
	if (e) {
		exhibit_abort(w);
		return e;
	}
	return exhibit_commit(w, NULL, NULL, &seal);
}

static enum err fill(void *context, struct store *s)
{
	char reference[24], path[40];
	enum err e = STORE_RUN(s, "INSERT INTO officer (id, name, display_name, created_at) VALUES (1, 'x', 'X', 1)", NULL, NULL, store_null());
	for (int i = 1; !e && i <= *(int *)context; i++) {
		snprintf(reference, sizeof reference, "B/%d", i);
		snprintf(path, sizeof path, "%d.exhibit", i);
		e = STORE_RUN(s, "INSERT INTO exhibit (id, reference, kind, description, found_where, found_by, state, made_at, made_by) VALUES (?1, ?2, 'tablet', '', 'x', 'y', 'examined', 1, 1)", NULL, NULL, store_int(i),
			      store_text(reference));
		if (!e)
			e = STORE_RUN(s, "INSERT INTO exhibit_file (id, exhibit, path, size, seal, records, referral, superseded, looks, made_at) VALUES (?1, ?1, ?2, 1, ?3, 1, 0, 0, 0, 1)", NULL, NULL, store_int(i),
				      store_text(path), store_blob("x", 1));
	}
	return e;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	struct store_pool *pool = NULL;
	struct store *s = NULL;
	struct view_pool *views = NULL;
	char path[4096], made[4096];
	int files = argc > 2 ? atoi(argv[2]) : 200, each = argc > 3 ? atoi(argv[3]) : 200000;
	if (argc < 2)
		return 2;
	double began = now();
	for (int i = 1; i <= files; i++) {
		snprintf(path, sizeof path, "%s/%d.exhibit", argv[1], i);
		snprintf(made, sizeof made, "%s/%d.exhibit", argv[1], 1 + (i - 1) % MADE);
		if (i <= MADE ? exhibit_fill(path, each) != OK : link(made, path) != 0)
			return failed(path);
	}
	snprintf(path, sizeof path, "%s/casebook.db", argv[1]);
	if (store_pool_open(path, 1, &pool) || store_get(pool, 1000, &s) || store_transact(s, fill, &files) || view_pool_new(files, &views))
		return failed(path);
	printf("%d files of %d messages, %d of them made, in %.1f s\n", files, each, MADE, now() - began);
	static const char *const queries[] = { "\"w29977\"", "\"w300\"", "\"w1\"", "\"w30\" \"w31\"", "\"w12\"*", "\"absent\"" };
	for (size_t k = 0; k < sizeof queries / sizeof *queries; k++) {
		double times[TURNS];
		long long all = 0;
		size_t shown = 0;
		for (int i = 0; i < TURNS; i++) {
			json_t *hits = json_array(), *bad = json_array(), *one;
			size_t n;
			began = now();
			if (words_find(s, views, argv[1], queries[k], 0, hits, bad) || json_array_size(bad))
				return failed(queries[k]);
			times[i] = now() - began;
			all = 0;
			shown = json_array_size(hits);
			json_array_foreach(hits, n, one)
				all += json_integer_value(json_object_get(one, "hits"));
			json_decref(hits);
			json_decref(bad);
		}
		qsort(times, TURNS, sizeof *times, compare);
		printf("%-14s p50 %7.1f ms  most %7.1f ms  (%lld hits counted in %zu files)\n", queries[k], times[TURNS / 2] * 1e3, times[TURNS - 1] * 1e3, all, shown);
	}
	view_pool_free(views);
	store_put(pool, s);
	store_pool_free(pool);
	return 0;
}
