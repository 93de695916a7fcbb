#include "exhibit/fulltext_inside.h"

#include <stdlib.h>
#include <string.h>

#include "exhibit/tree.h"

enum { TERM_MOST = 32768, SEGMENTS_MOST = 2000, CHUNK = 1 << 16, SLOTS_FIRST = 1 << 12 };

/* Terms and words lie in chunks that are given back together. */
struct chunk {
	struct chunk *next;
	size_t used, room;
	unsigned char bytes[];
};

struct fulltext {
	struct fulltext_sink sink;
	int columns;
	size_t room, used;
	struct chunk *chunks;
	struct word **slots;
	uint32_t slot_room, count;
	struct segment {
		int64_t last;
	} *segments;
	int segment_count;
	int64_t rows, totals[KIND_COLUMNS_MOST];
	/* at work */
	int64_t rowid;
	uint32_t column, position;
	bool failed;
	struct buf folded;
	/* SQLite's tokenizer, for what is not ASCII */
	sqlite3 *db;
	fts5_tokenizer tokenizer;
	Fts5Tokenizer *made;
};

int fulltext_columns(const struct kind *k, int ret[KIND_COLUMNS_MOST])
{
	int n = 0;
	for (int i = 0; i < kind_columns(k); i++)
		if (k->columns[i].flags & COLUMN_SEARCHED)
			ret[n++] = i;
	return n;
}

size_t fulltext_room(const struct kind *k) { return strcmp(k->name, "message") == 0 ? 32 << 20 : 8 << 20; }

/* FTS5 gives its tokenizers to whoever asks through SQL. */
static enum err tokenizer_make(struct fulltext *f)
{
	fts5_api *api = NULL;
	sqlite3_stmt *q = NULL;
	void *own = NULL;
	const char *words[] = { "remove_diacritics", "2" };
	if (sqlite3_open_v2(":memory:", &f->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(f->db, "SELECT fts5(?1)", -1, &q, NULL) == SQLITE_OK) {
		sqlite3_bind_pointer(q, 1, &api, "fts5_api_ptr", NULL);
		sqlite3_step(q);
	}
	sqlite3_finalize(q);
	if (!api || api->xFindTokenizer(api, "unicode61", &own, &f->tokenizer) != SQLITE_OK || f->tokenizer.xCreate(own, words, 2, &f->made) != SQLITE_OK)
		return err_set(ERR_SQL, "the SQLite library has no FTS5");
	return OK;
}

enum err fulltext_new(int columns, size_t room, const struct fulltext_sink *sink, struct fulltext **ret)
{
	struct fulltext *f = calloc(1, sizeof *f);
	if (!f)
		return ERR_NOMEM;
	f->sink = *sink;
	f->columns = columns;
	f->room = room;
	*ret = f;
	return OK;
}

static void words_forget(struct fulltext *f)
{
	for (uint32_t i = 0; i < f->slot_room; i++)
		if (f->slots[i])
			free(f->slots[i]->list);
	while (f->chunks) {
		struct chunk *next = f->chunks->next;
		free(f->chunks);
		f->chunks = next;
	}
	free(f->slots);
	f->slots = NULL;
	f->slot_room = f->count = 0;
	f->used = 0;
}

void fulltext_free(struct fulltext *f)
{
	if (!f)
		return;
	words_forget(f);
	if (f->made)
		f->tokenizer.xDelete(f->made);
	sqlite3_close(f->db);
	buf_free(&f->folded);
	free(f->segments);
	free(f);
}

static void *room_take(struct fulltext *f, size_t size)
{
	struct chunk *c = f->chunks;
	size = (size + 7) & ~(size_t)7;
	if (!c || c->room - c->used < size) {
		size_t room = size > CHUNK ? size : CHUNK;
		if (!(c = malloc(sizeof *c + room)))
			return NULL;
		*c = (struct chunk){ .next = f->chunks, .room = room };
		f->chunks = c;
		f->used += room;
	}
	void *p = c->bytes + c->used;
	c->used += size;
	return p;
}

static bool slots_grow(struct fulltext *f)
{
	uint32_t room = f->slot_room ? f->slot_room * 2 : SLOTS_FIRST;
	struct word **slots = calloc(room, sizeof(struct word *));
	if (!slots)
		return false;
	for (uint32_t i = 0; i < f->slot_room; i++) {
		if (!f->slots[i])
			continue;
		uint32_t at = f->slots[i]->hash & (room - 1);
		while (slots[at])
			at = (at + 1) & (room - 1);
		slots[at] = f->slots[i];
	}
	f->used += (room - f->slot_room) * sizeof *slots;
	free(f->slots);
	f->slots = slots;
	f->slot_room = room;
	return true;
}

static struct word *word_find(struct fulltext *f, const unsigned char *term, uint32_t size, uint32_t hash)
{
	if (f->count * 4 >= f->slot_room * 3 && !slots_grow(f))
		return NULL;
	uint32_t at = hash & (f->slot_room - 1);
	struct word *w;
	for (; (w = f->slots[at]); at = (at + 1) & (f->slot_room - 1))
		if (w->hash == hash && w->term_size == size + 1 && memcmp(w->term + 1, term, size) == 0)
			return w;
	unsigned char *copy;
	if (!(w = room_take(f, sizeof *w)) || !(copy = room_take(f, size + 1)))
		return NULL;
	copy[0] = '0';
	memcpy(copy + 1, term, size);
	*w = (struct word){ .term = copy, .term_size = size + 1, .hash = hash };
	f->slots[at] = w;
	f->count++;
	return w;
}

/* The size of the last row's positions, twice: the lowest bit would say "deleted". One byte was left for it. */
static void positions_close(struct word *w)
{
	uint32_t size = w->size - w->positions - 1;
	if (size < 64) {
		w->list[w->positions] = (unsigned char)(size * 2);
		return;
	}
	unsigned char head[9];
	int n = varint_put(head, (uint64_t)size * 2);
	memmove(w->list + w->positions + n, w->list + w->positions + 1, size);
	memcpy(w->list + w->positions, head, (size_t)n);
	w->size += (uint32_t)n - 1;
}

/* One more word of the text at hand. */
static void word_add(struct fulltext *f, const unsigned char *term, uint32_t size, uint32_t hash)
{
	struct word *w = word_find(f, term, size, hash);
	uint32_t position = f->position++;
	if (!w || w->size > 1u << 30) {
		f->failed = true;
		return;
	}
	/* At most: a closing size's growth, a rowid, a size, a column mark, a position. */
	if (w->room - w->size < 48) {
		uint32_t room = w->room ? w->room * 2 : 96;
		unsigned char *list = realloc(w->list, room);
		if (!list) {
			f->failed = true;
			return;
		}
		f->used += room - w->room;
		w->list = list;
		w->room = room;
	}
	if (!w->size || w->rowid != f->rowid) {
		if (w->size)
			positions_close(w);
		w->size += (uint32_t)varint_put(w->list + w->size, (uint64_t)f->rowid - (uint64_t)w->rowid);
		w->rowid = f->rowid;
		w->positions = w->size++;
		w->column = w->position = 0;
	}
	if (w->column != f->column) {
		w->list[w->size++] = 1;
		w->size += (uint32_t)varint_put(w->list + w->size, f->column);
		w->column = f->column;
		w->position = 0;
	}
	w->size += (uint32_t)varint_put(w->list + w->size, (uint64_t)(position - w->position) + 2);
	w->position = position;
}

static uint32_t hash_step(uint32_t h, unsigned char c) { return (h ^ c) * 0x01000193u; }

static uint32_t hash_end(uint32_t h) { return h ^ h >> 15; }

static int token_take(void *context, int flags, const char *token, int size, int begin, int end)
{
	uint32_t h = 0x811c9dc5u, n = size < 0 ? 0 : size > TERM_MOST ? TERM_MOST : (uint32_t)size;
	(void)flags;
	(void)begin;
	(void)end;
	for (uint32_t i = 0; i < n; i++)
		h = hash_step(h, (unsigned char)token[i]);
	word_add(context, (const unsigned char *)token, n, hash_end(h));
	return SQLITE_OK;
}

/* 0: no part of a word; else the character in lower case. Bytes from 0x80 on are not asked for. */
static unsigned char ascii_fold(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : c >= 'A' && c <= 'Z' ? c | 0x20 : 0;
}

/* The words of one text. What lies between two characters of ASCII that are no part of a word is cut by itself: if all of it is ASCII, here. */
static enum err text_add(struct fulltext *f, const char *text, size_t size)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i = 0;
	unsigned char *folded = buf_reserve(&f->folded, TERM_MOST);
	if (!folded)
		return ERR_NOMEM;
	while (i < size) {
		uint32_t h = 0x811c9dc5u, n = 0;
		size_t from = i;
		unsigned char c = 0;
		for (; i < size && s[i] < 0x80 && (c = ascii_fold(s[i])); i++)
			if (n < TERM_MOST) {
				folded[n++] = c;
				h = hash_step(h, c);
			}
		if (i < size && s[i] >= 0x80) {
			while (i < size && (s[i] >= 0x80 || ascii_fold(s[i])))
				i++;
			enum err e = f->made ? OK : tokenizer_make(f);
			if (e)
				return e;
			if (i - from > 1u << 30 || f->tokenizer.xTokenize(f->made, f, FTS5_TOKENIZE_DOCUMENT, text + from, (int)(i - from), token_take) != SQLITE_OK)
				return err_set(ERR_NOMEM, "a text that SQLite cannot cut into words");
		} else if (n) {
			word_add(f, folded, n, hash_end(h));
		}
		i++; /* the character that ended it is no part of a word */
	}
	return f->failed ? err_set(ERR_NOMEM, "no memory for the full-text index") : OK;
}

static int by_term(const void *a, const void *b)
{
	const struct word *x = *(struct word *const *)a, *y = *(struct word *const *)b;
	uint32_t n = x->term_size < y->term_size ? x->term_size : y->term_size;
	int c = memcmp(x->term, y->term, n);
	return c ? c : x->term_size < y->term_size ? -1 : x->term_size > y->term_size;
}

static enum err segment_flush(struct fulltext *f)
{
	if (!f->count)
		return OK;
	if (f->segment_count == SEGMENTS_MOST)
		return err_set(ERR_LIMIT, "more text than a full-text index can have");
	struct segment *more = realloc(f->segments, sizeof *more * (size_t)(f->segment_count + 1));
	struct word **words = malloc(sizeof *words * f->count);
	if (more)
		f->segments = more;
	enum err e = more && words ? OK : ERR_NOMEM;
	uint32_t n = 0;
	for (uint32_t i = 0; !e && i < f->slot_room; i++)
		if (f->slots[i]) {
			positions_close(f->slots[i]);
			words[n++] = f->slots[i];
		}
	if (!e) {
		qsort(words, n, sizeof *words, by_term);
		e = segment_write(&f->sink, f->segment_count + 1, words, n, &more[f->segment_count].last);
		f->segment_count++;
	}
	free(words);
	words_forget(f);
	return e;
}

enum err fulltext_row(struct fulltext *f, int64_t rowid, const char *const *texts, const size_t *sizes)
{
	enum err e = OK;
	f->rowid = rowid;
	f->rows++;
	for (int c = 0; !e && c < f->columns; c++) {
		f->column = (uint32_t)c;
		f->position = 0;
		if (texts[c] && sizes[c])
			e = text_add(f, texts[c], sizes[c]);
		f->totals[c] += f->position;
	}
	return e || f->used < f->room ? e : segment_flush(f);
}

static void number_add(struct buf *b, uint64_t v)
{
	unsigned char bytes[9];
	buf_add(b, bytes, (size_t)varint_put(bytes, v));
}

enum err fulltext_end(struct fulltext *f, struct buf *ret_averages, struct buf *ret_structure)
{
	enum err e = segment_flush(f);
	number_add(ret_averages, (uint64_t)f->rows);
	for (int c = 0; c < f->columns; c++)
		number_add(ret_averages, (uint64_t)f->totals[c]);
	/* Levels, segments in all, a counter for merging; then the one level's segments, of which none is being merged. */
	number_add(ret_structure, f->segment_count ? 1 : 0);
	number_add(ret_structure, (uint64_t)f->segment_count);
	number_add(ret_structure, 0);
	if (f->segment_count) {
		number_add(ret_structure, 0);
		number_add(ret_structure, (uint64_t)f->segment_count);
	}
	for (int i = 0; i < f->segment_count; i++) {
		number_add(ret_structure, (uint64_t)i + 1);
		number_add(ret_structure, 1);
		number_add(ret_structure, (uint64_t)f->segments[i].last);
	}
	return e ? e : ret_averages->failed || ret_structure->failed ? ERR_NOMEM : OK;
}
