/* What the selector index costs: FILES exhibit files with EACH selectors each, a part of them shared.
 *
 *   selectors FOLDER|postgresql://…  [FILES [EACH]]       FOLDER: casebook.db is made there
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "casebook/selectors.h"

enum { TURNS = 300 };

static uint64_t state = 88172645463325252u;
static uint32_t any(uint32_t below)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return (uint32_t)((state >> 16) % below);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A tenth are met on many exhibits (the lower, the more often), the rest on one or two. */
static void value_make(int files, int each, char out[24])
{
	uint32_t all = (uint32_t)files * (uint32_t)each, common = any(10) ? 1000 + any(all) : any(1 + any(20000));
	snprintf(out, 24, "+4477%08u", common);
}

struct filling {
	int file, files, each;
};

static enum err fill(void *context, struct store *s)
{
	struct filling *x = context;
	char text[24];
	enum err e = STORE_RUN(s, "INSERT INTO exhibit (id, reference, kind, description, found_where, found_by, state, made_at, made_by) VALUES (?1, ?2, 'tablet', '', 'x', 'y', 'examined', 1, 1)", NULL, NULL, store_int(x->file),
			       store_text((snprintf(text, sizeof text, "B/%d", x->file), text)));
	if (!e)
		e = STORE_RUN(s, "INSERT INTO exhibit_file (id, exhibit, path, size, seal, records, referral, superseded, looks, made_at) VALUES (?1, ?1, ?2, 1, ?3, 1, 0, 0, 0, 1)", NULL, NULL, store_int(x->file), store_text(text),
			      store_blob("x", 1));
	for (int i = 0; !e && i < x->each; i++) {
		value_make(x->files, x->each, text);
		e = STORE_RUN(s, "INSERT INTO selector (value, kind, service, exhibit_file, records, first_at, last_at) VALUES (?1, 'phone', '', ?2, 3, 1, 2) ON CONFLICT DO NOTHING", NULL, NULL, store_text(text), store_int(x->file));
	}
	return e;
}

static enum err officer(void *context, struct store *s)
{
	return (void)context, STORE_RUN(s, "INSERT INTO officer (id, name, display_name, created_at) VALUES (1, 'x', 'X', 1)", NULL, NULL, store_null());
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void told(const char *what, double *times, int64_t rows)
{
	qsort(times, TURNS, sizeof *times, compare);
	printf("%-36s p50 %7.3f ms  p99 %7.3f ms  most %7.3f ms  (%lld rows in all)\n", what, times[TURNS / 2] * 1e3, times[TURNS * 99 / 100] * 1e3, times[TURNS - 1] * 1e3, (long long)rows);
}

static int failed(const char *what) { return fprintf(stderr, "%s: %s\n", what, err_message()), 1; }

int main(int argc, char **argv)
{
	struct store_pool *pool = NULL;
	struct store *s = NULL;
	char where[4096], text[24];
	double times[TURNS];
	int64_t n = 0, common, all, rows = 0;
	int files = argc > 2 ? atoi(argv[2]) : 200, each = argc > 3 ? atoi(argv[3]) : 5000;
	if (argc < 2)
		return 2;
	snprintf(where, sizeof where, strstr(argv[1], "://") ? "%s" : "%s/casebook.db", argv[1]);
	if (store_pool_open(where, 1, &pool) || store_get(pool, 1000, &s) || store_transact(s, officer, NULL))
		return failed(where);
	double began = now();
	for (int i = 1; i <= files; i++)
		if (store_transact(s, fill, &(struct filling){ i, files, each }))
			return failed("filling");
	if (store_query(s, "UPDATE selector SET spread = (SELECT count(DISTINCT b.exhibit_file) FROM selector b WHERE b.value = selector.value)", NULL, 0, NULL, NULL, NULL)) /* one file an exhibit, one kind */
		return failed("counting");
	store_query_int(s, "SELECT count(*) FROM selector", NULL, 0, &n);
	printf("%lld selectors of %d exhibit files in %.1f s\n", (long long)n, files, now() - began);
	if (strstr(where, "://"))
		store_query(s, "ANALYZE", NULL, 0, NULL, NULL, NULL);
	static const char *const kinds[] = { "one value, as dialled", "a beginning, 100 rows", "shared by an exhibit, 20 rows" };
	for (int k = 0; k < 3; k++) {
		rows = 0;
		for (int i = 0; i < TURNS; i++) {
			json_t *a = json_array();
			value_make(files, each, text);
			if (k == 0)
				memmove(text, text + 2, strlen(text) - 1), text[0] = '0'; /* +4477… → 077… */
			if (k == 1)
				strcpy(text + 8, "*");
			began = now();
			enum err e = k == 2 ? selectors_shared(s, 1 + any((uint32_t)files), 20, a, &common, &all) : selectors_find(s, text, 100, a);
			times[i] = now() - began;
			rows += (int64_t)json_array_size(a);
			json_decref(a);
			if (e)
				return failed(kinds[k]);
		}
		told(kinds[k], times, rows);
	}
	store_put(pool, s);
	store_pool_free(pool);
	return 0;
}
