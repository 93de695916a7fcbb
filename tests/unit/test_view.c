/* The pages of an exhibit against a plain sort of what was put into it. */
#include "exhibit/view.h"

#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "exhibit/exhibit.h"

enum { MESSAGES = 1200, CALLS = 150, THREADS = 9, MOMENTS = 400 };

static struct put {
	int kind; /* 0 message, 1 call */
	int64_t id, at, thread;
	bool live;
} rows[MESSAGES + CALLS];
static int row_count;
static char path[64];
static uint32_t seed = 7;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)(seed >> 4) * below) >> 28);
}

static void put(struct exhibit_writer *w, int table, const struct cell *cells, int count) { CHECK_INT(exhibit_put(w, table, cells, count), OK); }

static struct cell word(const char *text) { return cell_text(text, strlen(text)); }

static void record_put(struct exhibit_writer *w, const char *kind, int64_t id, int64_t at, int64_t thread, bool live, const char *body)
{
	const struct kind *k = kind_find(kind);
	int table = TABLE_KINDS + (int)(k - kinds), n = RECORD_OWN;
	struct cell cells[RECORD_OWN + 2 * KIND_COLUMNS_MOST] = { [RECORD_ID] = cell_int(id), [RECORD_SOURCE] = cell_int(1 + id % 2), [RECORD_ROW] = cell_int(id + 100) };
	cells[RECORD_STATE] = word(live ? "live" : "free-block");
	if (!live)
		cells[RECORD_FATE] = word("deleted");
	for (int i = 0; i < kind_columns(k); i++) {
		if (i == kind_when(k) && at != TIME_NONE)
			cells[n] = cell_int(at);
		if (strcmp(k->columns[i].name, "thread") == 0 && thread)
			cells[n] = cell_int(thread);
		if (body && strcmp(k->columns[i].name, "body") == 0)
			cells[n] = word(body);
		if (body && strcmp(k->columns[i].name, "sender") == 0)
			cells[n] = cell_int(50);
		if (body && strcmp(k->columns[i].name, "direction") == 0)
			cells[n] = word("in");
		n += k->columns[i].type == COLUMN_PATH ? 2 : 1;
	}
	put(w, table, cells, n);
	if (body)
		rows[row_count++] = (struct put){ 0, id, at, thread, live };
	else if (strcmp(kind, "call") == 0)
		rows[row_count++] = (struct put){ 1, id, at, thread, live };
}

static void exhibit_make(void)
{
	struct exhibit_writer *w = NULL;
	struct exhibit_seal seal;
	snprintf(path, sizeof path, "/tmp/custos-view-%d.exhibit", (int)getpid());
	CHECK_INT(exhibit_create(path, &w), OK);
	put(w, TABLE_EXHIBIT, (struct cell[]){ word("program"), word("a test") }, 2);
	struct cell file[13] = { cell_int(1), word("data/chat.db"), word("file"), cell_int(10) };
	file[12] = word("read");
	put(w, TABLE_FILE, file, 13);
	put(w, TABLE_ARTIFACT, (struct cell[]){ cell_int(1), word("test/chat"), word("-"), word("message"), cell_blob("x", 1) }, 5);
	struct cell run[11] = { cell_int(1), cell_int(1), cell_int(1), cell_int(1) };
	run[8] = cell_int(1);
	run[9] = word("live");
	put(w, TABLE_RUN, run, 11);
	put(w, TABLE_SOURCE, (struct cell[]){ cell_int(1), cell_int(1), word("Chat"), { 0 }, { 0 } }, 5);
	put(w, TABLE_SOURCE, (struct cell[]){ cell_int(2), cell_int(1), word("Other"), { 0 }, { 0 } }, 5);
	for (int i = 1; i <= THREADS; i++) {
		char key[20];
		snprintf(key, sizeof key, "t%d", i);
		put(w, TABLE_SELECTOR, (struct cell[]){ cell_int(i), word("thread"), word(key), word(key), { 0 } }, 5);
	}
	put(w, TABLE_SELECTOR, (struct cell[]){ cell_int(50), word("phone"), word("+447700900123"), word("07700 900123"), { 0 } }, 5);
	const struct kind *contact = kind_find("contact");
	struct cell person[RECORD_OWN + 2 * KIND_COLUMNS_MOST] = { [RECORD_ID] = cell_int(1), [RECORD_SOURCE] = cell_int(1), [RECORD_ROW] = cell_int(1) };
	person[RECORD_STATE] = word("live");
	person[RECORD_OWN] = word("Dilwyn Marsh");
	person[RECORD_OWN + 1] = word("[\"+447700900123\"]");
	put(w, TABLE_KINDS + (int)(contact - kinds), person, exhibit_columns(TABLE_KINDS + (int)(contact - kinds)));
	for (int i = 1; i <= MESSAGES; i++)
		record_put(w, "message", i, any(12) ? (int64_t)any(MOMENTS) * 1000000 - 100000000 : TIME_NONE, any(10) ? 1 + any(THREADS) : 0, any(5) != 0, any(3) ? "see the blue bag" : "nothing");
	for (int i = 1; i <= CALLS; i++)
		record_put(w, "call", i, any(12) ? (int64_t)any(MOMENTS) * 1000000 - 100000000 : TIME_NONE, 0, any(5) != 0, NULL);
	CHECK_INT(exhibit_commit(w, NULL, NULL, &seal), OK);
}

/* By moment (none is the least), kind and id. */
static int order(const void *a, const void *b)
{
	const struct put *x = a, *y = b;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->kind != y->kind ? x->kind - y->kind : x->id < y->id ? -1 : x->id > y->id;
}

/* What the next record must be. */
struct want {
	struct put list[MESSAGES + CALLS];
	int count, seen;
	bool backwards;
};

static void want_add(struct want *w, const struct put *p) { w->list[w->count++] = *p; }

static enum err want_next(void *context, const struct view_record *r)
{
	struct want *w = context;
	if (w->seen >= w->count) {
		CHECK(!"more records than there are");
		return ERR_LIMIT;
	}
	const struct put *p = &w->list[w->backwards ? w->count - 1 - w->seen : w->seen];
	w->seen++;
	CHECK_INT(r->id, p->id);
	CHECK_INT(r->at, p->at);
	CHECK_TEXT(r->kind->name, p->kind ? "call" : "message");
	CHECK(view_live(r) == p->live);
	return OK;
}

enum list { LIST_KIND, LIST_TIMELINE, LIST_THREAD };

static void pages_walk(struct view *v, enum list list, struct want *w, const struct view_filter *f, int64_t thread, int page)
{
	qsort(w->list, (size_t)w->count, sizeof *w->list, order);
	for (int turn = 0; turn < 2; turn++) {
		struct view_place place = { 0 };
		bool more = true;
		w->backwards = turn;
		w->seen = 0;
		for (int pages = 0; more && pages <= w->count; pages++) {
			int before = w->seen;
			enum err e = list == LIST_KIND ? view_records(v, kind_find("message"), f, turn, &place, page, want_next, w, &more) :
				     list == LIST_THREAD ? view_messages(v, thread, turn, &place, page, want_next, w, &more) :
				     view_timeline(v, f, 0, turn, &place, page, want_next, w, &more);
			CHECK_INT(e, OK);
			CHECK(more ? w->seen == before + page : w->seen == w->count);
		}
		CHECK_INT(w->seen, w->count);
	}
	CHECK(w->count > 0);
}

static struct view *opened(void)
{
	struct view *v = NULL;
	CHECK_INT(view_open(path, &v), OK);
	return v;
}

TEST(records)
{
	struct view *v = opened();
	for (int page = 1; page < 90; page = page * 2 + 5) {
		struct view_filter all = VIEW_FILTER_ALL, some = { .from = 0, .to = 90000000, .deleted = true, .app = "chat" };
		struct want w = { 0 }, s = { 0 };
		for (int i = 0; i < row_count; i++) {
			if (!rows[i].kind)
				want_add(&w, &rows[i]);
			if (!rows[i].kind && rows[i].at >= 0 && rows[i].at <= 90000000 && !rows[i].live && rows[i].id % 2 == 0)
				want_add(&s, &rows[i]);
		}
		pages_walk(v, LIST_KIND, &w, &all, 0, page);
		pages_walk(v, LIST_KIND, &s, &some, 0, page);
	}
	view_close(v);
}

TEST(timeline)
{
	struct view *v = opened();
	for (int page = 1; page < 90; page = page * 2 + 5) {
		struct view_filter all = VIEW_FILTER_ALL;
		struct want w = { 0 };
		for (int i = 0; i < row_count; i++)
			if (rows[i].at != TIME_NONE)
				want_add(&w, &rows[i]);
		pages_walk(v, LIST_TIMELINE, &w, &all, 0, page);
	}
	view_close(v);
}

TEST(conversation)
{
	struct view *v = opened();
	for (int64_t thread = 0; thread <= THREADS; thread++) {
		struct want w = { 0 };
		for (int i = 0; i < row_count; i++)
			if (!rows[i].kind && rows[i].thread == thread)
				want_add(&w, &rows[i]);
		pages_walk(v, LIST_THREAD, &w, NULL, thread, 17);
	}
	view_close(v);
}

struct threads {
	int64_t last;
	int seen;
};

static enum err thread_check(void *context, const struct view_thread *t)
{
	struct threads *all = context;
	int64_t n = 0, back = 0, last = TIME_NONE;
	for (int i = 0; i < row_count; i++) {
		if (rows[i].kind || rows[i].thread != t->selector)
			continue;
		n++;
		back += !rows[i].live;
		last = rows[i].at > last ? rows[i].at : last;
	}
	CHECK_INT(t->messages, n);
	CHECK_INT(t->recovered, back);
	CHECK_INT(t->last_at, last);
	CHECK(!all->seen || t->last_at <= all->last);
	CHECK(t->selector ? strcmp(t->name, "Dilwyn Marsh") == 0 : !t->name);
	all->last = t->last_at;
	all->seen++;
	return OK;
}

TEST(conversations)
{
	struct view *v = opened();
	struct threads all = { 0 }, one = { 0 };
	struct view_place place = { 0 };
	bool more = true;
	for (int pages = 0; more && pages < 20; pages++)
		CHECK_INT(view_threads(v, NULL, &place, 3, thread_check, &all, &more), OK);
	CHECK_INT(all.seen, THREADS + 1);
	CHECK_INT(view_thread(v, 3, thread_check, &one), OK);
	CHECK_INT(one.seen, 1);
	CHECK_INT(view_thread(v, 4711, thread_check, &one), ERR_NOT_FOUND);
	view_close(v);
}

static enum err name_check(void *context, const struct view_record *r)
{
	int sender = kind_column(r->kind, "sender");
	CHECK_TEXT(view_text(r, sender), "+447700900123");
	CHECK_TEXT(view_raw(r, sender), "07700 900123");
	CHECK_TEXT(view_name(r, sender), "Dilwyn Marsh");
	CHECK_TEXT(view_common_text(r, VIEW_FILE_PATH), "data/chat.db");
	CHECK_TEXT(view_common_text(r, VIEW_ROW), "107");
	++*(int *)context;
	return OK;
}

TEST(one_record)
{
	struct view *v = opened();
	int seen = 0;
	CHECK_INT(view_one(v, kind_find("message"), 7, name_check, &seen), OK);
	CHECK_INT(seen, 1);
	CHECK_INT(view_one(v, kind_find("message"), MESSAGES + 1, name_check, &seen), ERR_NOT_FOUND);
	view_close(v);
}

TEST(sums)
{
	struct view *v = opened();
	int64_t counts[10], from, to, most = 0, want[10] = { 0 };
	CHECK_INT(view_histogram(v, 0, -100000000, 300000000, 10, counts), OK);
	for (int i = 0; i < row_count; i++)
		if (rows[i].at != TIME_NONE)
			want[(rows[i].at + 100000000) / 40000000]++;
	for (int i = 0; i < 10; i++) {
		CHECK_INT(counts[i], want[i]);
		most += counts[i];
	}
	CHECK(most > 1000);
	CHECK_INT(view_histogram(v, 0, 5, 5, 10, counts), ERR_USAGE);
	CHECK_INT(view_span(v, &from, &to), OK);
	CHECK(from >= -100000000 && from < -98000000 && to <= 299000000 && to > 297000000);
	view_close(v);
}

TEST(words)
{
	struct view *v = opened();
	struct buf query = { 0 };
	view_words(&query, "  blue \"bag* see* OR* ");
	CHECK_TEXT(query.data, "\"blue\" \"\"\"bag\"* \"see\"* \"OR\"*");
	buf_clear(&query);
	view_words(&query, "bl* bag");
	struct view_filter f = VIEW_FILTER_ALL;
	f.text = query.data;
	struct want w = { 0 };
	sqlite3_stmt *q = NULL;
	CHECK_INT(sqlite3_prepare_v2(view_db(v), "SELECT id FROM message_record WHERE body = 'see the blue bag'", -1, &q, NULL), SQLITE_OK);
	while (sqlite3_step(q) == SQLITE_ROW)
		for (int i = 0; i < row_count; i++)
			if (!rows[i].kind && rows[i].id == sqlite3_column_int64(q, 0))
				want_add(&w, &rows[i]);
	sqlite3_finalize(q);
	pages_walk(v, LIST_KIND, &w, &f, 0, 50);
	buf_free(&query);
	view_close(v);
}

TEST(no_exhibit)
{
	struct view *v = NULL;
	CHECK_INT(view_open("/nonexistent/x.exhibit", &v), ERR_NOT_FOUND);
	CHECK(!v);
	view_close(NULL);
}

int main(void)
{
	exhibit_make();
	RUN(records);
	RUN(timeline);
	RUN(conversation);
	RUN(conversations);
	RUN(one_record);
	RUN(sums);
	RUN(words);
	RUN(no_exhibit);
	unlink(path);
	return check_done();
}
