/* The leaves of one FTS5 segment, as FTS5 lays them out when it writes its words to the file. */
#include <stdlib.h>
#include <string.h>

#include "exhibit/fulltext_inside.h"
#include "exhibit/tree.h"

enum { INDEXED_LEAVES = 4 /* a doclist that goes on over so many leaves has an index of its own */, LIST_LEVELS = 6 };

struct segment_writer {
	const struct fulltext_sink *sink;
	int64_t number, page; /* the leaf at hand, from 1 */
	struct buf leaf, places; /* places: where the words begin, after the leaf's content */
	uint32_t last_place;
	const struct word *last; /* the word before */
	bool no_word, no_rowid;  /* none on this leaf yet */
	/* the leaf that %_idx gets next, and the shortest text that divides it from the one before */
	int64_t divided;
	const unsigned char *divider;
	uint32_t divider_size;
	int64_t wordless; /* leaves without a word since */
	/* the index of a long doclist: the first rowid of each of its leaves */
	struct list_level {
		struct buf page;
		int64_t number, before;
		bool has_before;
	} list[LIST_LEVELS];
	struct buf later; /* its pages: their ids come behind those of all leaves */
	enum err e;
};

static uint64_t row_id(int64_t segment, int list, int level, int64_t page)
{
	return ((uint64_t)segment << 37) + ((uint64_t)list << 36) + ((uint64_t)level << 31) + (uint64_t)page;
}

static void number_add(struct buf *b, uint64_t v)
{
	unsigned char *p = buf_reserve(b, 9);
	b->size += p ? (size_t)varint_put(p, v) : 0;
}

static size_t number_read(const unsigned char *p, uint64_t *ret)
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++) {
		v = v << 7 | (p[i] & 0x7f);
		if (!(p[i] & 0x80)) {
			*ret = v;
			return (size_t)i + 1;
		}
	}
	*ret = v << 8 | p[8];
	return 9;
}

static void put_u16(struct buf *b, size_t at, size_t v)
{
	b->data[at] = (char)(v >> 8);
	b->data[at + 1] = (char)v;
}

static void leaf_begin(struct segment_writer *s)
{
	buf_clear(&s->leaf);
	buf_clear(&s->places);
	buf_add(&s->leaf, "\0\0\0", 4);
	s->last_place = 0;
	s->no_word = s->no_rowid = true;
}

static void leaf_end(struct segment_writer *s)
{
	if (s->leaf.failed || s->places.failed) {
		s->e = ERR_NOMEM;
		return;
	}
	put_u16(&s->leaf, 2, s->leaf.size);
	if (s->no_word) {
		if (s->no_rowid && s->list[0].page.size)
			number_add(&s->list[0].page, 0);
		s->wordless++;
	}
	buf_add(&s->leaf, s->places.data, s->places.size);
	if (!s->e)
		s->e = s->leaf.failed ? ERR_NOMEM : s->sink->data(s->sink->context, (int64_t)row_id(s->number, 0, 0, s->page), s->leaf.data, s->leaf.size);
	s->page++;
	leaf_begin(s);
}

/* A page of a doclist's index is kept until the leaves are written. */
static void list_keep(struct segment_writer *s, int level)
{
	struct list_level *l = &s->list[level];
	uint64_t id = row_id(s->number, 1, level, l->number), size = l->page.size;
	buf_add(&s->later, &id, 8);
	buf_add(&s->later, &size, 8);
	buf_add(&s->later, l->page.data, l->page.size);
}

static bool list_close(struct segment_writer *s)
{
	bool keep = s->list[0].page.size && s->wordless >= INDEXED_LEAVES;
	for (int i = 0; i < LIST_LEVELS && s->list[i].page.size; i++) {
		if (keep)
			list_keep(s, i);
		buf_clear(&s->list[i].page);
		s->list[i].has_before = false;
	}
	s->wordless = 0;
	return keep;
}

/* A leaf in a doclist begins with this rowid. */
static void list_add(struct segment_writer *s, int64_t rowid)
{
	bool full = true;
	for (int i = 0; full && i < LIST_LEVELS - 1; i++) {
		struct list_level *l = &s->list[i];
		full = l->page.size >= FULLTEXT_PAGE;
		if (full) {
			l->page.data[0] = 1; /* not the root */
			list_keep(s, i);
			if (!l[1].page.size) {
				uint64_t first, skipped;
				const unsigned char *p = (const unsigned char *)l->page.data;
				size_t at = 1 + number_read(p + 1, &skipped);
				number_read(p + at, &first);
				l[1].number = l->number;
				number_add(&l[1].page, 0);
				number_add(&l[1].page, (uint64_t)l->number);
				number_add(&l[1].page, first);
				l[1].before = (int64_t)first;
				l[1].has_before = true;
			}
			buf_clear(&l->page);
			l->has_before = false;
			l->number++;
		}
		if (l->has_before) {
			number_add(&l->page, (uint64_t)(rowid - l->before));
		} else {
			number_add(&l->page, full);
			number_add(&l->page, (uint64_t)(i ? l[-1].number : s->page));
			number_add(&l->page, (uint64_t)rowid);
		}
		l->has_before = true;
		l->before = rowid;
	}
}

/* The row of %_idx that is due. */
static void divider_flush(struct segment_writer *s)
{
	if (!s->divided)
		return;
	bool indexed = list_close(s);
	if (!s->e)
		s->e = s->sink->idx(s->sink->context, s->number, s->divider_size ? s->divider : (const unsigned char *)"", s->divider_size, s->divided * 2 + indexed);
	s->divided = 0;
}

static uint32_t common(const struct word *a, const struct word *b)
{
	uint32_t n = 0;
	while (n < a->term_size && n < b->term_size && a->term[n] == b->term[n])
		n++;
	return n;
}

static void term_add(struct segment_writer *s, const struct word *w)
{
	if (s->leaf.size + s->places.size + w->term_size + 2 >= FULLTEXT_PAGE && s->leaf.size > 4)
		leaf_end(s);
	number_add(&s->places, s->leaf.size - s->last_place);
	s->last_place = (uint32_t)s->leaf.size;
	uint32_t same = s->last ? common(s->last, w) : 0;
	if (s->no_word) {
		if (s->page != 1) {
			divider_flush(s);
			s->divider = w->term;
			s->divider_size = s->last ? same + 1 : w->term_size;
			s->divided = s->page;
		}
		same = 0;
	} else {
		number_add(&s->leaf, same);
	}
	number_add(&s->leaf, w->term_size - same);
	buf_add(&s->leaf, w->term + same, w->term_size - same);
	s->last = w;
	s->no_word = s->no_rowid = false;
	s->list[0].number = s->page;
}

/* As many whole varints as fit, at least one. */
static size_t varints_fit(const unsigned char *p, size_t size, size_t space)
{
	uint64_t v;
	size_t n = number_read(p, &v);
	while (n < size) {
		size_t one = number_read(p + n, &v);
		if (n + one > space)
			break;
		n += one;
	}
	return n;
}

/* One row's positions, over as many leaves as they need. */
static void positions_add(struct segment_writer *s, const unsigned char *p, size_t size)
{
	while (size && !s->e) {
		size_t full = s->leaf.size + s->places.size, space = full < FULLTEXT_PAGE ? FULLTEXT_PAGE - full : 0;
		size_t n = size <= space ? size : varints_fit(p, size, space);
		buf_add(&s->leaf, p, n);
		p += n;
		size -= n;
		if (s->leaf.size + s->places.size >= FULLTEXT_PAGE)
			leaf_end(s);
	}
}

static void list_add_whole(struct segment_writer *s, const struct word *w)
{
	if (FULLTEXT_PAGE >= s->leaf.size + s->places.size + w->size + 1) {
		buf_add(&s->leaf, w->list, w->size);
		return;
	}
	uint64_t rowid = 0, step, size;
	for (size_t at = 0; at < w->size && !s->e;) {
		at += number_read(w->list + at, &step);
		rowid += step;
		if (s->no_rowid) {
			put_u16(&s->leaf, 0, s->leaf.size);
			number_add(&s->leaf, rowid);
			s->no_rowid = false;
			list_add(s, (int64_t)rowid);
		} else {
			number_add(&s->leaf, step);
		}
		size_t whole = number_read(w->list + at, &size);
		whole += size / 2;
		if (s->leaf.size + s->places.size + whole <= FULLTEXT_PAGE)
			buf_add(&s->leaf, w->list + at, whole);
		else
			positions_add(s, w->list + at, whole);
		at += whole;
	}
}

/* By level, then by page: the order of their ids. */
static enum err later_write(struct segment_writer *s)
{
	enum err e = s->later.failed ? ERR_NOMEM : OK;
	for (int level = 0; !e && level < LIST_LEVELS; level++)
		for (size_t at = 0; !e && at < s->later.size;) {
			uint64_t id, size;
			memcpy(&id, s->later.data + at, 8);
			memcpy(&size, s->later.data + at + 8, 8);
			if ((int)(id >> 31 & 31) == level)
				e = s->sink->data(s->sink->context, (int64_t)id, s->later.data + at + 16, size);
			at += 16 + size;
		}
	return e;
}

enum err segment_write(const struct fulltext_sink *sink, int64_t number, struct word *const *words, size_t count, int64_t *ret_last)
{
	struct segment_writer s = { .sink = sink, .number = number, .page = 1, .divided = 1 };
	leaf_begin(&s);
	for (size_t i = 0; i < count && !s.e; i++) {
		term_add(&s, words[i]);
		list_add_whole(&s, words[i]);
	}
	if (!s.e && s.leaf.size > 4)
		leaf_end(&s);
	*ret_last = s.page - 1;
	if (!s.e)
		divider_flush(&s);
	enum err e = s.e ? s.e : later_write(&s);
	buf_free(&s.leaf);
	buf_free(&s.places);
	buf_free(&s.later);
	for (int i = 0; i < LIST_LEVELS; i++)
		buf_free(&s.list[i].page);
	return e;
}
