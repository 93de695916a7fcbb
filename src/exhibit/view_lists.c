#include "exhibit/view_inside.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *when_name(const struct kind *k) { return k->columns[kind_when(k)].name; }

/* A kind that is asked for and has records. */
static bool wanted(const struct view *v, uint32_t kinds_wanted, int k) { return v->rows[k] && (!kinds_wanted || kinds_wanted >> k & 1); }

enum err view_rows(struct view *v)
{
	struct buf sql = { 0 };
	sqlite3_stmt *q = NULL;
	int rc;
	if (v->counted)
		return OK;
	buf_text(&sql, "SELECT name, rows FROM seal");
	enum err e = view_prepare(v, &sql, "the seal", &q);
	buf_free(&sql);
	while (!e && (rc = sqlite3_step(q)) != SQLITE_DONE) {
		const char *name = (const char *)sqlite3_column_text(q, 0);
		if (rc != SQLITE_ROW || !name)
			e = view_fail(v, "the seal");
		for (int k = 0; !e && k < kind_count; k++)
			if (strcmp(kind_table(&kinds[k]), name) == 0)
				v->rows[k] = sqlite3_column_int64(q, 1);
	}
	sqlite3_finalize(q);
	v->counted = !e;
	return e;
}

/* One kind's part of a timeline, at its next record. */
struct lane {
	sqlite3_stmt *q;
	struct view_layout layout;
	struct view_record next;
	bool has;
};

static enum err lane_step(struct view *v, struct lane *l, const struct kind *k)
{
	int rc = sqlite3_step(l->q);
	l->has = rc == SQLITE_ROW;
	if (l->has)
		l->next = view_record_of(k, l->q, &l->layout);
	return l->has || rc == SQLITE_DONE ? OK : view_fail(v, k->plural);
}

static enum err lane_open(struct view *v, struct lane *l, int k, const struct view_filter *f, bool backwards, const struct view_place *place)
{
	struct buf sql = { 0 };
	const char *at = when_name(&kinds[k]), *order = backwards ? " DESC" : "";
	bool any = false;
	view_select(&sql, &kinds[k]);
	view_where(&sql, &kinds[k], f, &any);
	buf_printf(&sql, " %s v.\"%s\" IS NOT NULL", any ? "AND" : "WHERE", at);
	if (place->begun && k == place->kind)
		buf_printf(&sql, " AND (v.\"%s\", v.id) %c (:at, :id)", at, backwards ? '<' : '>');
	else if (place->begun) /* at one moment kinds stand in their order */
		buf_printf(&sql, " AND v.\"%s\" %c%s :at", at, backwards ? '<' : '>', (k > place->kind) != backwards ? "=" : "");
	buf_printf(&sql, " ORDER BY v.\"%s\"%s, v.id%s", at, order, order);
	enum err e = view_prepare(v, &sql, kinds[k].plural, &l->q);
	buf_free(&sql);
	if (e)
		return e;
	view_bind(l->q, f);
	view_bind_int(l->q, ":at", place->at);
	view_bind_int(l->q, ":id", place->id);
	view_layout_read(&l->layout, l->q, &kinds[k]);
	return lane_step(v, l, &kinds[k]);
}

enum err view_timeline(struct view *v, const struct view_filter *f, uint32_t kinds_wanted, bool backwards, struct view_place *place, int most, view_record_fn fn, void *context, bool *ret_more)
{
	struct lane *lanes = calloc((size_t)kind_count, sizeof *lanes);
	enum err e = lanes ? view_rows(v) : ERR_NOMEM;
	*ret_more = false;
	for (int k = 0; !e && k < kind_count; k++)
		if (wanted(v, kinds_wanted, k) && !(f->thread && kind_column(&kinds[k], "thread") < 0))
			e = lane_open(v, &lanes[k], k, f, backwards, place);
	while (!e) {
		int best = -1;
		for (int i = 0; i < kind_count; i++) {
			int k = backwards ? kind_count - 1 - i : i;
			if (lanes[k].has && (best < 0 || (backwards ? lanes[k].next.at > lanes[best].next.at : lanes[k].next.at < lanes[best].next.at)))
				best = k;
		}
		if (best < 0)
			break;
		if (!most--) {
			*ret_more = true;
			break;
		}
		e = fn(context, &lanes[best].next);
		view_place_move(place, &lanes[best].next);
		if (!e)
			e = lane_step(v, &lanes[best], &kinds[best]);
	}
	for (int k = 0; lanes && k < kind_count; k++)
		sqlite3_finalize(lanes[k].q);
	free(lanes);
	return e;
}

/* A query over one kind's own table. */
static enum err __attribute__((format(printf, 4, 5))) kind_prepare(struct view *v, const struct kind *k, sqlite3_stmt **ret, const char *format, ...)
{
	struct buf sql = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&sql, format, args);
	va_end(args);
	enum err e = view_prepare(v, &sql, k->plural, ret);
	buf_free(&sql);
	return e;
}

/* One number of each part of a kind's records: by the index, which holds nothing else. */
static enum err parts_count(struct view *v, const struct kind *k, int64_t from, int64_t to, int count, int64_t *counts)
{
	const char *at = when_name(k);
	sqlite3_stmt *q = NULL;
	int64_t width = (to - from) / count;
	enum err e = kind_prepare(v, k, &q, "SELECT count(*) FROM %s WHERE \"%s\" >= ?1 AND \"%s\" < ?2", kind_table(k), at, at);
	for (int i = 0; !e && i < count; i++) {
		sqlite3_bind_int64(q, 1, from + width * i);
		sqlite3_bind_int64(q, 2, i + 1 < count ? from + width * (i + 1) : to);
		if (sqlite3_step(q) != SQLITE_ROW)
			e = view_fail(v, k->plural);
		counts[i] += sqlite3_column_int64(q, 0);
		sqlite3_reset(q);
	}
	sqlite3_finalize(q);
	return e;
}

enum err view_histogram(struct view *v, uint32_t kinds_wanted, int64_t from, int64_t to, int count, int64_t *ret_counts)
{
	int64_t width;
	if (count < 1 || to <= from || __builtin_sub_overflow(to, from, &width) || width < count)
		return err_set(ERR_USAGE, "a histogram needs at least one part, and a stretch of time that has as many microseconds");
	memset(ret_counts, 0, (size_t)count * sizeof *ret_counts);
	enum err e = view_rows(v);
	for (int k = 0; !e && k < kind_count; k++)
		if (wanted(v, kinds_wanted, k))
			e = parts_count(v, &kinds[k], from, to, count, ret_counts);
	return e;
}

/* --- the ends of the time that records span --- */

struct end {
	sqlite3_stmt *q;
	bool has;
	int64_t at;
};

static enum err end_step(struct view *v, struct end *x, const struct kind *k)
{
	int rc = sqlite3_step(x->q);
	x->has = rc == SQLITE_ROW;
	x->at = x->has ? sqlite3_column_int64(x->q, 0) : 0;
	return x->has || rc == SQLITE_DONE ? OK : view_fail(v, k->plural);
}

/* The moment behind `skip` others, from one end of the time: no more of the indexes is read than that. */
static enum err end_find(struct view *v, bool backwards, int64_t skip, int64_t *ret)
{
	struct end ends[KIND_TABLES_MOST] = { 0 };
	enum err e = OK;
	for (int k = 0; !e && k < kind_count; k++) {
		const char *at = when_name(&kinds[k]);
		if (!wanted(v, 0, k))
			continue;
		e = kind_prepare(v, &kinds[k], &ends[k].q, "SELECT \"%s\" FROM %s WHERE \"%s\" IS NOT NULL ORDER BY \"%s\"%s", at, kind_table(&kinds[k]), at, at, backwards ? " DESC" : "");
		if (!e)
			e = end_step(v, &ends[k], &kinds[k]);
	}
	for (; !e && skip >= 0; skip--) {
		int best = -1;
		for (int k = 0; k < kind_count; k++)
			if (ends[k].has && (best < 0 || (backwards ? ends[k].at > ends[best].at : ends[k].at < ends[best].at)))
				best = k;
		if (best < 0)
			break;
		*ret = ends[best].at;
		e = end_step(v, &ends[best], &kinds[best]);
	}
	for (int k = 0; k < kind_count; k++)
		sqlite3_finalize(ends[k].q);
	return e;
}

enum err view_span(struct view *v, int64_t *ret_from, int64_t *ret_to)
{
	enum err e = view_rows(v);
	int64_t timed = 0;
	*ret_from = *ret_to = TIME_NONE;
	for (int k = 0; !e && k < kind_count; k++) {
		sqlite3_stmt *q = NULL;
		if (!wanted(v, 0, k))
			continue;
		e = kind_prepare(v, &kinds[k], &q, "SELECT count(*) FROM %s WHERE \"%s\" IS NULL", kind_table(&kinds[k]), when_name(&kinds[k]));
		if (!e && sqlite3_step(q) != SQLITE_ROW)
			e = view_fail(v, kinds[k].plural);
		timed += e ? 0 : v->rows[k] - sqlite3_column_int64(q, 0);
		sqlite3_finalize(q);
	}
	if (!e)
		e = end_find(v, false, timed / 1000, ret_from);
	return e ? e : end_find(v, true, timed / 1000, ret_to);
}

static int64_t time_at(sqlite3_stmt *q, int i) { return sqlite3_column_type(q, i) == SQLITE_NULL ? TIME_NONE : sqlite3_column_int64(q, i); }

enum err view_counts(struct view *v, view_count_fn fn, void *context)
{
	enum err e = view_rows(v);
	for (int k = 0; !e && k < kind_count; k++) {
		sqlite3_stmt *q = NULL;
		const char *at = when_name(&kinds[k]), *table = kind_table(&kinds[k]);
		if (!wanted(v, 0, k))
			continue;
		e = kind_prepare(v, &kinds[k], &q, "SELECT (SELECT count(*) FROM %s WHERE state <> 'live'), (SELECT min(\"%s\") FROM %s), (SELECT max(\"%s\") FROM %s)", table, at, table, at, table);
		if (!e && sqlite3_step(q) != SQLITE_ROW)
			e = view_fail(v, kinds[k].plural);
		if (!e) {
			int64_t recovered = sqlite3_column_int64(q, 0);
			e = fn(context, &(struct view_count){ &kinds[k], v->rows[k] - recovered, recovered, time_at(q, 1), time_at(q, 2) });
		}
		sqlite3_finalize(q);
	}
	return e;
}

/* Conversations by %s, a query of (thread, last_at); the rest is looked up for those alone. A name: the thread's own, else that of who else takes part. */
static const char threads_sql[] =
	"SELECT coalesce(x.thread, 0), s.value, (SELECT src.app FROM message_record m JOIN source src ON src.id = m.origin WHERE m.thread IS x.thread LIMIT 1), "
	"coalesce((SELECT nullif(t.name, '') FROM thread_record t WHERE t.thread = x.thread ORDER BY t.state = 'live' DESC LIMIT 1), "
	"(SELECT n.name FROM temp.names n WHERE n.value = s.value), "
	"(SELECT coalesce(n.name, p.value) FROM message_record m JOIN selector p ON p.id = m.sender LEFT JOIN temp.names n ON n.value = p.value WHERE m.thread = x.thread AND m.direction = 'in' LIMIT 1)), "
	"(SELECT t.type FROM thread_record t WHERE t.thread = x.thread AND t.type IS NOT NULL LIMIT 1), "
	"(SELECT m.body FROM message_record m WHERE m.thread IS x.thread ORDER BY m.sent_at DESC, m.id DESC LIMIT 1), "
	"coalesce((SELECT u.records FROM selector_use u WHERE u.selector = x.thread AND u.record = 'message' AND u.role = 'thread'), (SELECT count(*) FROM message_record m WHERE m.thread IS x.thread)), (SELECT count(*) FROM message_record m WHERE m.thread IS x.thread AND m.state <> 'live'), "
	"(SELECT min(sent_at) FROM message_record m WHERE m.thread IS x.thread), x.last_at FROM (%s) x LEFT JOIN selector s ON s.id = x.thread";

/* Each conversation and its last moment, by steps through the index from one to the next: what it costs is the number of conversations, not of messages. */
static const char each_thread[] =
	"WITH RECURSIVE each(thread) AS (SELECT min(thread) FROM message_record UNION ALL SELECT (SELECT min(m.thread) FROM message_record m WHERE m.thread > each.thread) FROM each WHERE each.thread IS NOT NULL), "
	"alls(thread, last_at) AS (SELECT thread, (SELECT max(m.sent_at) FROM message_record m WHERE m.thread = each.thread) FROM each WHERE thread IS NOT NULL "
	"UNION ALL SELECT NULL, (SELECT max(m.sent_at) FROM message_record m WHERE m.thread IS NULL) WHERE EXISTS (SELECT 1 FROM message_record m WHERE m.thread IS NULL)) "
	"SELECT thread, last_at FROM alls WHERE 1";

static const char *text_at(sqlite3_stmt *q, int i) { return (const char *)sqlite3_column_text(q, i); }

static struct view_thread thread_of(sqlite3_stmt *q)
{
	return (struct view_thread){ sqlite3_column_int64(q, 0), text_at(q, 1), text_at(q, 2), text_at(q, 3), text_at(q, 4), text_at(q, 5), sqlite3_column_int64(q, 6), sqlite3_column_int64(q, 7),
		time_at(q, 8), time_at(q, 9) };
}

enum err view_threads(struct view *v, const char *app, struct view_place *place, int most, view_thread_fn fn, void *context, bool *ret_more)
{
	struct buf sums = { 0 }, sql = { 0 };
	sqlite3_stmt *q = NULL;
	*ret_more = false;
	buf_text(&sums, each_thread);
	if (app)
		buf_text(&sums, " AND (SELECT src.app FROM message_record m JOIN source src ON src.id = m.origin WHERE m.thread IS alls.thread LIMIT 1) = :app COLLATE NOCASE");
	/* Without a moment: last. TIME_NONE is the least number. */
	if (place->begun)
		buf_text(&sums, " AND (coalesce(last_at, :none), coalesce(thread, 0)) < (:at, :id)");
	buf_printf(&sums, " ORDER BY coalesce(last_at, :none) DESC, coalesce(thread, 0) DESC LIMIT %d", most + 1);
	buf_printf(&sql, threads_sql, sums.data ? sums.data : "");
	buf_text(&sql, " ORDER BY coalesce(x.last_at, :none) DESC, coalesce(x.thread, 0) DESC");
	enum err e = sums.failed ? ERR_NOMEM : view_prepare(v, &sql, "conversations", &q);
	buf_free(&sums);
	buf_free(&sql);
	if (e)
		return e;
	view_bind(q, &(struct view_filter){ .app = app });
	view_bind_int(q, ":none", TIME_NONE);
	view_bind_int(q, ":at", place->timed ? place->at : TIME_NONE);
	view_bind_int(q, ":id", place->id);
	int rc = SQLITE_DONE;
	while (!e && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		if (!most--) {
			*ret_more = true;
			break;
		}
		struct view_thread t = thread_of(q);
		*place = (struct view_place){ .begun = true, .timed = t.last_at != TIME_NONE, .at = t.last_at, .id = t.selector };
		e = fn(context, &t);
	}
	if (!e && rc != SQLITE_ROW && rc != SQLITE_DONE)
		e = view_fail(v, "conversations");
	sqlite3_finalize(q);
	return e;
}

enum err view_thread(struct view *v, int64_t selector, view_thread_fn fn, void *context)
{
	struct buf sql = { 0 };
	sqlite3_stmt *q = NULL;
	buf_printf(&sql, threads_sql, "SELECT nullif(:id, 0) AS thread, (SELECT max(sent_at) FROM message_record WHERE thread IS nullif(:id, 0)) AS last_at");
	enum err e = view_prepare(v, &sql, "the conversation", &q);
	buf_free(&sql);
	if (e)
		return e;
	view_bind_int(q, ":id", selector);
	if (sqlite3_step(q) != SQLITE_ROW || !sqlite3_column_int64(q, 6)) {
		e = err_set(ERR_NOT_FOUND, "the exhibit has no conversation %lld", (long long)selector);
	} else {
		struct view_thread t = thread_of(q);
		e = fn(context, &t);
	}
	sqlite3_finalize(q);
	return e;
}

enum err view_messages(struct view *v, int64_t thread, bool backwards, struct view_place *place, int most, view_record_fn fn, void *context, bool *ret_more)
{
	return view_list(v, &(struct view_list){ .kind = kind_find("message"), .thread = &thread, .backwards = backwards, .fn = fn, .context = context }, place, most, ret_more);
}

enum err view_hits(struct view *v, const char *query, int most, int64_t *ret)
{
	struct buf sql = { 0 };
	enum err e = view_rows(v);
	if (!e && !v->hits) {
		buf_text(&sql, "SELECT (?1 IS NULL) * ?2"); /* 0, where no kind has words */
		for (int i = 0; i < kind_count; i++)
			if (v->rows[i] && kind_searched(&kinds[i]))
				buf_printf(&sql, " + (SELECT count(*) FROM (SELECT 1 FROM %s_fts WHERE %s_fts MATCH ?1 LIMIT ?2))", kinds[i].name, kinds[i].name);
		e = view_prepare(v, &sql, "the full-text index", &v->hits);
		buf_free(&sql);
	}
	if (e)
		return e;
	if (sqlite3_bind_text(v->hits, 1, query, -1, SQLITE_STATIC) != SQLITE_OK || sqlite3_bind_int(v->hits, 2, most) != SQLITE_OK || sqlite3_step(v->hits) != SQLITE_ROW)
		e = view_fail(v, "the full-text index");
	else
		*ret = sqlite3_column_int64(v->hits, 0);
	sqlite3_reset(v->hits);
	sqlite3_clear_bindings(v->hits);
	return e;
}

enum err view_file_shown(struct view *v, int64_t file, bool *ret_withheld, bool *ret_thumbnail)
{
	struct buf sql = { 0 };
	enum err e = OK;
	*ret_withheld = true;
	*ret_thumbnail = false;
	if (!v->shown) {
		buf_text(&sql, "SELECT EXISTS (SELECT 1 FROM sensitive WHERE file = ?1), EXISTS (SELECT 1 FROM thumbnail WHERE file = ?1)");
		e = view_prepare(v, &sql, "lists of illegal pictures", &v->shown);
		buf_free(&sql);
	}
	if (e)
		return e;
	if (sqlite3_bind_int64(v->shown, 1, file) != SQLITE_OK || sqlite3_step(v->shown) != SQLITE_ROW) {
		e = view_fail(v, "lists of illegal pictures");
	} else {
		*ret_withheld = sqlite3_column_int(v->shown, 0) != 0;
		*ret_thumbnail = !*ret_withheld && sqlite3_column_int(v->shown, 1) != 0;
	}
	sqlite3_reset(v->shown);
	return e;
}
