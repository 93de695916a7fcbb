#include "casebook/selectors.h"

#include <ctype.h>
#include <math.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "casebook/words.h"
#include "examine/selector.h"
#include "exhibit/exhibit.h"

enum { VALUE_MOST = 1000, ROW = 7, ROWS = 9 /* 63 parameters: what a statement may have */ };

/* --- reading an exhibit --- */

static const char indexed[] =
	"SELECT s.type, coalesce(s.service, ''), s.value, sum(u.records), min(u.first_at), max(u.last_at) FROM selector s JOIN selector_use u ON u.selector = s.id "
	"WHERE s.type NOT IN ('thread', 'name') AND s.value <> '' AND (s.type <> 'number' OR length(s.value) >= 6) GROUP BY 1, 2, 3 "
	"UNION ALL SELECT 'sha256', '', lower(hex(sha256)), count(*), NULL, NULL FROM file WHERE sha256 IS NOT NULL AND (content LIKE 'image/%' OR content LIKE 'video/%') "
	"AND id NOT IN (SELECT file FROM known_good) GROUP BY 3";

#define INSERT "INSERT INTO selector (kind, service, value, exhibit_file, records, first_at, last_at) VALUES "
static const char insert_one[] = INSERT "(?1, ?2, ?3, ?4, ?5, ?6, ?7)";
static const char insert_many[] = INSERT
	"(?1, ?2, ?3, ?4, ?5, ?6, ?7), (?8, ?9, ?10, ?11, ?12, ?13, ?14), (?15, ?16, ?17, ?18, ?19, ?20, ?21), (?22, ?23, ?24, ?25, ?26, ?27, ?28), (?29, ?30, ?31, ?32, ?33, ?34, ?35), "
	"(?36, ?37, ?38, ?39, ?40, ?41, ?42), (?43, ?44, ?45, ?46, ?47, ?48, ?49), (?50, ?51, ?52, ?53, ?54, ?55, ?56), (?57, ?58, ?59, ?60, ?61, ?62, ?63)";

/* Rows on their way, with the texts they point at. */
struct batch {
	struct store_value values[ROWS * ROW];
	char text[ROWS][VALUE_MOST + 1], service[ROWS][101], kind[ROWS][33];
	int count;
};

static enum err batch_flush(struct store *s, struct batch *b)
{
	enum err e = OK;
	if (b->count == ROWS)
		e = store_query(s, insert_many, b->values, ROWS * ROW, NULL, NULL, NULL);
	for (int i = 0; !e && b->count < ROWS && i < b->count; i++)
		e = store_query(s, insert_one, b->values + (size_t)i * ROW, ROW, NULL, NULL, NULL);
	b->count = 0;
	return e;
}

static struct store_value moment(sqlite3_stmt *q, int i) { return sqlite3_column_type(q, i) == SQLITE_NULL ? store_null() : store_int(sqlite3_column_int64(q, i)); }

/* Text of column `i`: false where it is none that an index could hold; the record itself is in the exhibit all the same. */
static bool text_take(sqlite3_stmt *q, int i, char *ret, size_t most)
{
	const char *text = (const char *)sqlite3_column_text(q, i);
	size_t size = (size_t)sqlite3_column_bytes(q, i);
	if (!text || size > most || utf8_valid(text, size) != size || memchr(text, 0, size))
		return false;
	memcpy(ret, text, size);
	ret[size] = 0;
	return true;
}

static enum err batch_add(struct store *s, struct batch *b, sqlite3_stmt *q, int64_t exhibit_file, int64_t *count)
{
	int i = b->count;
	if (!text_take(q, 0, b->kind[i], sizeof b->kind[i] - 1) || !text_take(q, 1, b->service[i], sizeof b->service[i] - 1) || !text_take(q, 2, b->text[i], VALUE_MOST))
		return OK;
	struct store_value row[ROW] = { store_text(b->kind[i]), store_text(b->service[i]), store_text(b->text[i]), store_int(exhibit_file), store_int(sqlite3_column_int64(q, 3)), moment(q, 4), moment(q, 5) };
	memcpy(b->values + (size_t)i * ROW, row, sizeof row);
	b->count++;
	++*count;
	return b->count == ROWS ? batch_flush(s, b) : OK;
}

/* --- in how many exhibits --- */

/* How many exhibits have each selector of a file, up to one more than makes it common. */
#define SPREAD(files) \
	"UPDATE selector SET spread = (SELECT count(*) FROM (SELECT DISTINCT f.exhibit FROM selector b JOIN exhibit_file f ON f.id = b.exhibit_file WHERE b.value = selector.value " \
	"AND b.kind = selector.kind AND b.service = selector.service" files " LIMIT ?2) z) WHERE (value, kind, service) IN (SELECT value, kind, service FROM selector WHERE exhibit_file = ?1) "

/* Two examinations that end at once must count one another; in SQLite one waits for the other anyway. */
static enum err spread_lock(struct store *s) { return store_engine_of(s) == STORE_POSTGRES ? store_query(s, "LOCK TABLE selector IN SHARE ROW EXCLUSIVE MODE", NULL, 0, NULL, NULL, NULL) : OK; }

enum err selectors_remove(struct store *s, int64_t exhibit_file)
{
	enum err e = spread_lock(s);
	if (!e)
		e = STORE_RUN(s, SPREAD(" AND b.exhibit_file <> ?1") "AND exhibit_file <> ?1", NULL, NULL, store_int(exhibit_file), store_int(SELECTOR_COMMON + 1));
	return e ? e : STORE_RUN(s, "DELETE FROM selector WHERE exhibit_file = ?1", NULL, NULL, store_int(exhibit_file));
}

enum err selectors_index(struct store *s, int64_t exhibit_file, const char *path, int64_t *ret_count)
{
	struct batch *b = calloc(1, sizeof *b);
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	int64_t n = 0;
	int rc = SQLITE_DONE;
	enum err e = b ? exhibit_open(path, &db) : ERR_NOMEM;
	if (!e && sqlite3_prepare_v2(db, indexed, -1, &q, NULL) != SQLITE_OK)
		e = err_set(ERR_FORMAT, "%s: %s", path, sqlite3_errmsg(db));
	if (!e)
		e = selectors_remove(s, exhibit_file);
	while (!e && (rc = sqlite3_step(q)) == SQLITE_ROW)
		e = batch_add(s, b, q, exhibit_file, &n);
	if (!e && rc != SQLITE_DONE)
		e = err_set(ERR_FORMAT, "%s: %s", path, sqlite3_errmsg(db));
	if (!e)
		e = batch_flush(s, b);
	if (!e) /* what was common stays so */
		e = STORE_RUN(s, SPREAD("") "AND spread < ?2", NULL, NULL, store_int(exhibit_file), store_int(SELECTOR_COMMON + 1));
	sqlite3_finalize(q);
	sqlite3_close(db);
	free(b);
	if (!e && ret_count)
		*ret_count = n;
	return e;
}

/* --- finding --- */

#define FOUND_COLUMNS                                                                                                                                                  \
	"SELECT s.kind, s.value, s.service, x.id AS exhibit, x.reference, f.id AS exhibit_file, s.records, s.first_at, s.last_at FROM selector s JOIN exhibit_file f ON f.id = s.exhibit_file " \
	"JOIN exhibit x ON x.id = f.exhibit "

/* The digits of a text that is nothing but digits and what people put between them; "" where it is not. A leading + is kept. */
static void digits_take(const char *text, char ret[WORDS_LINE + 1])
{
	size_t n = 0;
	for (const char *p = text; *p; p++) {
		if (isdigit((unsigned char)*p) || (*p == '+' && p == text))
			ret[n++] = *p;
		else if (!strchr(" -()./", *p))
			n = 0, p = text + strlen(text) - 1;
	}
	ret[n] = 0;
}

static void lower_take(const char *text, char ret[WORDS_LINE + 1])
{
	size_t n = 0;
	for (text += *text == '@'; *text && n < WORDS_LINE; text++)
		ret[n++] = (char)(*text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text);
	ret[n] = 0;
}

/* What begins with `from`: values compare by bytes in both engines. */
static enum err begun_find(struct store *s, const char *from, int most, json_t *array)
{
	char to[WORDS_LINE + 16];
	if (strlen(from) < SELECTOR_PREFIX_LEAST || most <= 0)
		return OK;
	snprintf(to, sizeof to, "%s\xf4\x8f\xbf\xbf", from); /* behind every text that begins so */
	return STORE_RUN(s, FOUND_COLUMNS "WHERE s.value >= ?1 AND s.value < ?2 ORDER BY s.value, s.kind, s.service, x.id LIMIT ?3", store_json_add, array, store_text(from), store_text(to), store_int(most));
}

static enum err prefix_find(struct store *s, const char *text, int most, json_t *array)
{
	char lower[WORDS_LINE + 1], digits[WORDS_LINE + 1], international[WORDS_LINE + 4] = "";
	lower_take(text, lower);
	digits_take(text, digits);
	if (digits[0] == '0' && digits[1] == '0')
		snprintf(international, sizeof international, "+%s", digits + 2);
	else if (digits[0] == '0')
		snprintf(international, sizeof international, "+44%s", digits + 1); /* a number as dialled at home */
	else if (digits[0] && digits[0] != '+')
		snprintf(international, sizeof international, "+%s", digits);
	enum err e = begun_find(s, international, most, array);
	if (!e)
		e = begun_find(s, lower, most - (int)json_array_size(array), array);
	if (!e && digits[0] && strcmp(digits, lower) != 0)
		e = begun_find(s, digits, most - (int)json_array_size(array), array);
	return e;
}

enum err selectors_find(struct store *s, const char *text, int most, json_t *array)
{
	struct selector read = { 0 }, mac = { 0 };
	char lower[WORDS_LINE + 1], digits[WORDS_LINE + 2], plus[WORDS_LINE + 3] = "";
	enum err e = words_check("q", text, WORDS_LINE, true);
	if (e)
		return e;
	size_t size = strlen(text);
	if (text[size - 1] == '*') {
		char from[WORDS_LINE + 1];
		snprintf(from, sizeof from, "%.*s", (int)size - 1, text);
		return prefix_find(s, from, most, array);
	}
	lower_take(text, lower);
	digits_take(text, digits);
	bool dialled = (digits[0] == '0' || digits[0] == '+') && strlen(digits) > 5;
	if (!(dialled ? selector_read(digits, strlen(digits), "phone", "GB", &read) : selector_read(text, size, NULL, "GB", &read)) || !read.value.size)
		buf_add(&read.value, text, size);
	if (!selector_read(text, size, "mac", "GB", &mac) || strcmp(mac.type, "mac") != 0)
		buf_clear(&mac.value);
	if (isdigit((unsigned char)digits[0]) && digits[0] != '0' && strlen(digits) >= 8 && strlen(digits) <= 15)
		snprintf(plus, sizeof plus, "+%s", digits);
	e = read.value.failed || mac.value.failed
		    ? ERR_NOMEM
		    : STORE_RUN(s, FOUND_COLUMNS "WHERE s.value IN (?1, ?2, ?3, ?4, ?5, ?6) ORDER BY s.value, s.kind, s.service, x.id LIMIT ?7", store_json_add, array, store_text_n(read.value.data, read.value.size),
				store_text(lower), store_text(text), store_text(digits), store_text(plus), store_text_n(mac.value.data, mac.value.size), store_int(most));
	buf_free(&read.value);
	buf_free(&mac.value);
	return e;
}

/* --- what exhibits share --- */

struct sharing {
	json_t *array;
	int64_t common, all, exhibits; /* exhibits: how many were examined */
	int most;
};

static enum err shared_row(void *context, const struct store_row *row)
{
	struct sharing *x = context;
	int64_t spread = store_row_int(row, 4);
	if (spread > SELECTOR_COMMON) {
		x->common++;
		return OK;
	}
	if (x->all++ >= x->most)
		return OK;
	json_t *one = store_row_json(row);
	double weight = x->exhibits > spread ? log2((double)x->exhibits / (double)spread) : 0;
	return !one || json_object_set_new(one, "weight", json_real(round(weight * 10) / 10)) || json_array_append_new(x->array, one) ? ERR_NOMEM : OK;
}

static enum err with_find(struct store *s, int64_t exhibit, json_t *one)
{
	json_t *with = json_array();
	if (json_object_set_new(one, "with", with))
		return ERR_NOMEM;
	return STORE_RUN(s, "SELECT DISTINCT x.id AS exhibit, x.reference FROM selector s JOIN exhibit_file f ON f.id = s.exhibit_file JOIN exhibit x ON x.id = f.exhibit WHERE s.value = ?1 AND s.kind = ?2 AND s.service = ?3 AND x.id <> ?4 ORDER BY x.id LIMIT ?5",
			 store_json_add, with, store_text(json_string_value(json_object_get(one, "value"))), store_text(json_string_value(json_object_get(one, "kind"))),
			 store_text(json_string_value(json_object_get(one, "service"))), store_int(exhibit), store_int(SELECTOR_WITH));
}

static const char shared_sql[] =
	"SELECT kind, service, value, CAST(sum(records) AS BIGINT) AS records, max(spread) AS exhibits FROM selector WHERE exhibit_file IN (SELECT id FROM exhibit_file WHERE exhibit = ?1) AND spread > 1 "
	"GROUP BY value, kind, service ORDER BY 5, 4 DESC, value, kind, service";

enum err selectors_shared(struct store *s, int64_t exhibit, int most, json_t *array, int64_t *ret_common, int64_t *ret_all)
{
	struct sharing x = { .array = array, .most = most };
	json_t *one;
	size_t i;
	enum err e = store_query_int(s, "SELECT count(DISTINCT exhibit) FROM exhibit_file WHERE superseded = 0", NULL, 0, &x.exhibits);
	if (!e)
		e = STORE_RUN(s, shared_sql, shared_row, &x, store_int(exhibit));
	if (!e)
		json_array_foreach(array, i, one)
			if (!e)
				e = with_find(s, exhibit, one);
	*ret_common = x.common;
	*ret_all = x.all;
	return e;
}
