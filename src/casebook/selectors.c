#include "casebook/selectors.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "casebook/words.h"
#include "examine/selector.h"
#include "exhibit/exhibit.h"

static const char indexed[] =
	"SELECT s.type, s.value, sum(u.records), min(u.first_at), max(u.last_at) FROM selector s JOIN selector_use u ON u.selector = s.id WHERE s.type NOT IN ('thread', 'name', 'number') AND s.value <> '' GROUP BY 1, 2 "
	"UNION ALL SELECT 'sha256', lower(hex(sha256)), count(*), NULL, NULL FROM file WHERE sha256 IS NOT NULL AND (content LIKE 'image/%' OR content LIKE 'video/%') GROUP BY 2";

static struct store_value moment(sqlite3_stmt *q, int i) { return sqlite3_column_type(q, i) == SQLITE_NULL ? store_null() : store_int(sqlite3_column_int64(q, i)); }

enum err selectors_index(struct store *s, int64_t exhibit_file, const char *path, int64_t *ret_count)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	int64_t n = 0;
	int rc = SQLITE_DONE;
	enum err e = exhibit_open(path, &db);
	if (!e && sqlite3_prepare_v2(db, indexed, -1, &q, NULL) != SQLITE_OK)
		e = err_set(ERR_FORMAT, "%s: %s", path, sqlite3_errmsg(db));
	if (!e)
		e = STORE_RUN(s, "DELETE FROM selector WHERE exhibit_file = ?1", NULL, NULL, store_int(exhibit_file));
	while (!e && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		const char *kind = (const char *)sqlite3_column_text(q, 0), *value = (const char *)sqlite3_column_text(q, 1);
		size_t size = (size_t)sqlite3_column_bytes(q, 1);
		if (!kind || !value || size > 2000 || utf8_valid(value, size) != size || memchr(value, 0, size))
			continue; /* nobody can ask for it: an index's key is text of a sane length; the record itself is in the exhibit */
		e = STORE_RUN(s, "INSERT INTO selector (kind, value, exhibit_file, records, first_at, last_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", NULL, NULL, store_text(kind), store_text_n(value, size),
			      store_int(exhibit_file), store_int(sqlite3_column_int64(q, 2)), moment(q, 3), moment(q, 4));
		n += !e;
	}
	if (!e && rc != SQLITE_DONE)
		e = err_set(ERR_FORMAT, "%s: %s", path, sqlite3_errmsg(db));
	sqlite3_finalize(q);
	sqlite3_close(db);
	if (!e && ret_count)
		*ret_count = n;
	return e;
}

#define FOUND_COLUMNS                                                                                                                                       \
	"SELECT s.kind, s.value, x.id AS exhibit, x.reference, f.id AS exhibit_file, s.records, s.first_at, s.last_at FROM selector s JOIN exhibit_file f ON f.id = s.exhibit_file " \
	"JOIN exhibit x ON x.id = f.exhibit "

enum err selectors_find(struct store *s, const char *text, int most, json_t *array)
{
	struct selector read = { 0 };
	size_t size = strlen(text);
	enum err e = words_check("q", text, WORDS_LINE, true);
	if (e)
		return e;
	if (size >= 5 && text[size - 1] == '*') {
		char from[WORDS_LINE + 1], to[WORDS_LINE + 5];
		memcpy(from, text, size - 1);
		from[size - 1] = 0;
		snprintf(to, sizeof to, "%s\xf4\x8f\xbf\xbf", from); /* behind every text that begins so: columns compare by bytes in both engines */
		return STORE_RUN(s, FOUND_COLUMNS "WHERE s.value >= ?1 AND s.value < ?2 ORDER BY s.value, s.kind, x.id LIMIT ?3", store_json_add, array, store_text(from), store_text(to), store_int(most));
	}
	if (!selector_read(text, size, NULL, "GB", &read) || read.value.failed || !read.value.data)
		buf_add(&read.value, text, size);
	char lower[WORDS_LINE + 1];
	for (size_t i = 0; i <= size; i++)
		lower[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
	const char *handle = lower[0] == '@' ? lower + 1 : lower;
	e = read.value.failed ? ERR_NOMEM
			      : STORE_RUN(s, FOUND_COLUMNS "WHERE s.value IN (?1, ?2, ?3) ORDER BY s.value, s.kind, x.id LIMIT ?4", store_json_add, array, store_text_n(read.value.data, read.value.size),
					  store_text(handle), store_text(text), store_int(most));
	buf_free(&read.value);
	return e;
}

enum err selectors_shared(struct store *s, int64_t exhibit, int most, json_t *array, int64_t *ret_common)
{
	static const char *const shared =
		"SELECT a.kind AS kind, a.value AS value, sum(a.records) AS records, (SELECT count(*) FROM selector b WHERE b.value = a.value AND b.kind = a.kind) AS files FROM selector a "
		"JOIN exhibit_file f ON f.id = a.exhibit_file WHERE f.exhibit = ?1 AND EXISTS (SELECT 1 FROM selector c JOIN exhibit_file g ON g.id = c.exhibit_file WHERE c.value = a.value AND c.kind = a.kind AND g.exhibit <> ?1) "
		"GROUP BY a.kind, a.value ORDER BY 4, 3 DESC, 2 LIMIT ?2";
	json_t *all = json_array(), *one;
	size_t i;
	*ret_common = 0;
	enum err e = all ? STORE_RUN(s, shared, store_json_add, all, store_int(exhibit), store_int(most)) : ERR_NOMEM;
	if (!e)
		json_array_foreach(all, i, one) {
			bool common = json_integer_value(json_object_get(one, "files")) > SELECTOR_COMMON;
			*ret_common += common;
			if (!common && json_array_append(array, one))
				e = ERR_NOMEM;
		}
	json_decref(all);
	return e;
}
