#include "exhibit/view_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *when_name(const struct kind *k) { return k->columns[kind_when(k)].name; }

static bool wanted(uint32_t kinds_wanted, int k) { return !kinds_wanted || kinds_wanted >> k & 1; }

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
	enum err e = lanes ? OK : ERR_NOMEM;
	*ret_more = false;
	for (int k = 0; !e && k < kind_count; k++)
		if (wanted(kinds_wanted, k) && !(f->thread && kind_column(&kinds[k], "thread") < 0))
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

typedef enum err (*moment_fn)(void *context, int64_t at);

/* Each moment in [from, to) of the wanted kinds, kind by kind, out of their indexes. */
static enum err moments_each(struct view *v, uint32_t kinds_wanted, int64_t from, int64_t to, moment_fn fn, void *context)
{
	enum err e = OK;
	for (int k = 0; !e && k < kind_count; k++) {
		if (!wanted(kinds_wanted, k))
			continue;
		struct buf sql = { 0 };
		sqlite3_stmt *q = NULL;
		int rc = SQLITE_DONE;
		buf_printf(&sql, "SELECT \"%s\" FROM %s WHERE \"%s\" >= :from AND \"%s\" < :to", when_name(&kinds[k]), kind_table(&kinds[k]), when_name(&kinds[k]), when_name(&kinds[k]));
		e = view_prepare(v, &sql, kinds[k].plural, &q);
		buf_free(&sql);
		if (e)
			break;
		view_bind_int(q, ":from", from);
		view_bind_int(q, ":to", to);
		while (!e && (rc = sqlite3_step(q)) == SQLITE_ROW)
			e = fn(context, sqlite3_column_int64(q, 0));
		if (!e && rc != SQLITE_DONE)
			e = view_fail(v, kinds[k].plural);
		sqlite3_finalize(q);
	}
	return e;
}

struct histogram {
	double from, step;
	int64_t *counts;
	int count;
};

static enum err histogram_add(void *context, int64_t at)
{
	struct histogram *h = context;
	int i = (int)(((double)at - h->from) / h->step);
	h->counts[i < 0 ? 0 : i < h->count ? i : h->count - 1]++;
	return OK;
}

enum err view_histogram(struct view *v, uint32_t kinds_wanted, int64_t from, int64_t to, int count, int64_t *ret_counts)
{
	if (count < 1 || to <= from)
		return err_set(ERR_USAGE, "a histogram needs a stretch of time and at least one part");
	memset(ret_counts, 0, (size_t)count * sizeof *ret_counts);
	return moments_each(v, kinds_wanted, from, to, histogram_add, &(struct histogram){ (double)from, ((double)to - (double)from) / count, ret_counts, count });
}

struct moment_list {
	int64_t *list;
	size_t count, room;
};

static enum err moment_add(void *context, int64_t at)
{
	struct moment_list *m = context;
	if (m->count == m->room) {
		size_t room = m->room ? 2 * m->room : 4096;
		int64_t *list = realloc(m->list, room * sizeof *list);
		if (!list)
			return ERR_NOMEM;
		m->list = list;
		m->room = room;
	}
	m->list[m->count++] = at;
	return OK;
}

static int moment_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

enum err view_span(struct view *v, int64_t *ret_from, int64_t *ret_to)
{
	struct moment_list m = { 0 };
	*ret_from = *ret_to = TIME_NONE;
	enum err e = moments_each(v, 0, INT64_MIN + 1, INT64_MAX, moment_add, &m);
	if (!e && m.count) {
		qsort(m.list, m.count, sizeof *m.list, moment_order);
		*ret_from = m.list[m.count / 1000];
		*ret_to = m.list[m.count - 1 - m.count / 1000];
	}
	free(m.list);
	return e;
}

static int64_t time_at(sqlite3_stmt *q, int i) { return sqlite3_column_type(q, i) == SQLITE_NULL ? TIME_NONE : sqlite3_column_int64(q, i); }

enum err view_counts(struct view *v, view_count_fn fn, void *context)
{
	enum err e = OK;
	for (int k = 0; !e && k < kind_count; k++) {
		struct buf sql = { 0 };
		sqlite3_stmt *q = NULL;
		const char *at = when_name(&kinds[k]), *table = kind_table(&kinds[k]);
		/* Each part by what answers it fastest: the ends by the index, the whole by the smallest tree. */
		buf_printf(&sql, "SELECT (SELECT count(*) FROM %s), (SELECT count(*) FROM %s WHERE state <> 'live'), (SELECT min(\"%s\") FROM %s), (SELECT max(\"%s\") FROM %s)", table, table, at,
			   table, at, table);
		e = view_prepare(v, &sql, kinds[k].plural, &q);
		buf_free(&sql);
		if (e)
			break;
		if (sqlite3_step(q) != SQLITE_ROW)
			e = view_fail(v, kinds[k].plural);
		else if (sqlite3_column_int64(q, 0))
			e = fn(context, &(struct view_count){ &kinds[k], sqlite3_column_int64(q, 0) - sqlite3_column_int64(q, 1), sqlite3_column_int64(q, 1), time_at(q, 2), time_at(q, 3) });
		sqlite3_finalize(q);
	}
	return e;
}

/* Conversations by :sums, a query of (thread, messages, first_at, last_at); the rest is looked up for those alone. A name: the thread's own, else that of who
 * else takes part. */
static const char threads_sql[] =
	"SELECT coalesce(x.thread, 0), s.value, (SELECT src.app FROM message_record m JOIN source src ON src.id = m.origin WHERE m.thread IS x.thread LIMIT 1), "
	"coalesce((SELECT nullif(t.name, '') FROM thread_record t WHERE t.thread = x.thread ORDER BY t.state = 'live' DESC LIMIT 1), "
	"(SELECT n.name FROM temp.names n WHERE n.value = s.value), "
	"(SELECT coalesce(n.name, p.value) FROM message_record m JOIN selector p ON p.id = m.sender LEFT JOIN temp.names n ON n.value = p.value WHERE m.thread = x.thread AND m.direction = 'in' LIMIT 1)), "
	"(SELECT t.type FROM thread_record t WHERE t.thread = x.thread AND t.type IS NOT NULL LIMIT 1), "
	"(SELECT m.body FROM message_record m WHERE m.thread IS x.thread ORDER BY m.sent_at DESC, m.id DESC LIMIT 1), "
	"x.n, (SELECT count(*) FROM message_record m WHERE m.thread IS x.thread AND m.state <> 'live'), x.first_at, x.last_at "
	"FROM (%s) x LEFT JOIN selector s ON s.id = x.thread";

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
	buf_text(&sums, "SELECT thread, count(*) AS n, min(sent_at) AS first_at, max(sent_at) AS last_at FROM message_record GROUP BY thread HAVING 1");
	if (app)
		buf_text(&sums, " AND (SELECT src.app FROM message_record m JOIN source src ON src.id = m.origin WHERE m.thread IS message_record.thread LIMIT 1) = :app COLLATE NOCASE");
	/* Without a moment: last. TIME_NONE is the least number. */
	if (place->begun)
		buf_text(&sums, " AND (coalesce(max(sent_at), :none), coalesce(thread, 0)) < (:at, :id)");
	buf_printf(&sums, " ORDER BY coalesce(max(sent_at), :none) DESC, coalesce(thread, 0) DESC LIMIT %d", most + 1);
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
	buf_printf(&sql, threads_sql, "SELECT thread, count(*) AS n, min(sent_at) AS first_at, max(sent_at) AS last_at FROM message_record WHERE thread IS nullif(:id, 0)");
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
