#include "exhibit/tree.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEAF_TABLE = 0x0d, LEAF_INDEX = 0x0a, INNER_TABLE = 0x05, INNER_INDEX = 0x02 };
enum { AHEAD_MOST = 1 << 20, LOCK_BYTE = 0x40000000 };

static void put_u16(unsigned char *to, uint32_t v)
{
	to[0] = (unsigned char)(v >> 8);
	to[1] = (unsigned char)v;
}

static void put_u32(unsigned char *to, uint32_t v)
{
	put_u16(to, v >> 16);
	put_u16(to + 2, v);
}

int varint_put(unsigned char *to, uint64_t v)
{
	unsigned char back[10];
	int n = 0;
	if (v < 0x80) {
		to[0] = (unsigned char)v;
		return 1;
	}
	if (v >> 56) { /* the ninth byte has all eight bits */
		to[8] = (unsigned char)v;
		v >>= 8;
		for (int i = 7; i >= 0; i--, v >>= 7)
			to[i] = (unsigned char)(v | 0x80);
		return 9;
	}
	for (; v; v >>= 7)
		back[n++] = (unsigned char)(v | 0x80);
	for (int i = 0; i < n; i++)
		to[i] = back[n - 1 - i];
	to[n - 1] &= 0x7f;
	return n;
}

/* --- the file --- */

void pages_begin(struct pages *p, int fd, uint32_t size, uint32_t there) { *p = (struct pages){ .fd = fd, .size = size, .next = there + 1 }; }

uint32_t pages_count(const struct pages *p) { return p->next - 1; }

void pages_free(struct pages *p) { buf_free(&p->ahead); }

static enum err write_at(const struct pages *p, uint32_t number, const void *bytes, size_t size)
{
	const char *from = bytes;
	off_t at = (off_t)(number - 1) * p->size;
	while (size) {
		ssize_t n = pwrite(p->fd, from, size, at);
		if (n <= 0)
			return err_errno("cannot write");
		from += n;
		at += n;
		size -= (size_t)n;
	}
	return OK;
}

enum err pages_flush(struct pages *p)
{
	if (p->ahead.failed)
		return ERR_NOMEM;
	enum err e = p->ahead.size ? write_at(p, p->ahead_at, p->ahead.data, p->ahead.size) : OK;
	buf_clear(&p->ahead);
	return e;
}

/* A new page's number; SQLite never uses the one with the lock byte. */
static uint32_t page_take(struct pages *p)
{
	if (p->next == LOCK_BYTE / p->size + 1)
		p->next++;
	return p->next < UINT32_MAX - 1 ? p->next++ : 0;
}

static enum err page_write(struct pages *p, uint32_t number, const void *page)
{
	if (!number)
		return err_set(ERR_LIMIT, "more pages than a database can have");
	enum err e = OK;
	if (p->ahead.size && (p->ahead.size >= AHEAD_MOST || number != p->ahead_at + p->ahead.size / p->size))
		e = pages_flush(p);
	if (!p->ahead.size)
		p->ahead_at = number;
	buf_add(&p->ahead, page, p->size);
	return e;
}

/* --- cells --- */

static uint32_t least_local(const struct tree *t) { return (t->pages->size - 12) * 32 / 255 - 23; }

static uint32_t most_local(const struct tree *t) { return t->index ? (t->pages->size - 12) * 64 / 255 - 23 : t->pages->size - 35; }

/* How much of a payload stays in its cell. */
static uint32_t local_size(const struct tree *t, size_t size)
{
	uint32_t most = most_local(t), least = least_local(t);
	if (size <= most)
		return (uint32_t)size;
	uint32_t k = least + (uint32_t)((size - least) % (t->pages->size - 4));
	return k <= most ? k : least;
}

/* The rest of a payload in a chain of pages of its own; returns the first. */
static enum err overflow_write(struct pages *p, const unsigned char *rest, size_t size, uint32_t *ret_first)
{
	unsigned char *page = malloc(p->size);
	enum err e = page ? OK : ERR_NOMEM;
	uint32_t number = page_take(p);
	*ret_first = number;
	while (!e && size) {
		size_t n = size < p->size - 4 ? size : p->size - 4;
		uint32_t next = size > n ? page_take(p) : 0;
		put_u32(page, next);
		memcpy(page + 4, rest, n);
		memset(page + 4 + n, 0, p->size - 4 - n);
		e = size > n && !next ? err_set(ERR_LIMIT, "more pages than a database can have") : page_write(p, number, page);
		number = next;
		rest += n;
		size -= n;
	}
	free(page);
	return e;
}

/* Level 0 holds leaves. */
static uint32_t head_size(int level) { return level ? 12 : 8; }

static uint32_t cell_offset(const struct tree *t, int level, uint32_t cell)
{
	const unsigned char *p = t->levels[level].page + head_size(level) + 2 * cell;
	return (uint32_t)p[0] << 8 | p[1];
}

static bool level_fits(const struct tree *t, int level, uint32_t size)
{
	const struct tree_level *l = &t->levels[level];
	return l->page && l->top - head_size(level) - 2 * l->count >= size + 2;
}

/* Room for a cell that fits. */
static unsigned char *cell_make(struct tree_level *l, int level, uint32_t size)
{
	l->top -= size;
	put_u16(l->page + head_size(level) + 2 * l->count++, l->top);
	return l->page + l->top;
}

static void page_head(struct tree *t, int level, uint32_t right)
{
	struct tree_level *l = &t->levels[level];
	unsigned char *p = l->page;
	p[0] = level ? (t->index ? INNER_INDEX : INNER_TABLE) : t->index ? LEAF_INDEX : LEAF_TABLE;
	put_u16(p + 1, 0); /* no free blocks */
	put_u16(p + 3, l->count);
	put_u16(p + 5, l->top & 0xffff); /* 65536 is written as 0 */
	p[7] = 0;
	if (level)
		put_u32(p + 8, right);
	uint32_t gap = head_size(level) + 2 * l->count;
	memset(p + gap, 0, l->top - gap);
}

static enum err level_reset(struct tree *t, int level)
{
	struct tree_level *l = &t->levels[level];
	if (!l->page && !(l->page = malloc(t->pages->size)))
		return ERR_NOMEM;
	l->count = 0;
	l->top = t->pages->size;
	if (t->depth <= level)
		t->depth = level + 1;
	return OK;
}

/* Writes the full page of a level under a number of its own. */
static enum err level_write(struct tree *t, int level, uint32_t right, uint32_t *ret_number)
{
	page_head(t, level, right);
	*ret_number = page_take(t->pages);
	return page_write(t->pages, *ret_number, t->levels[level].page);
}

/* Copies the page's last cell out of it; of an inner page without its child, which is returned. */
static uint32_t last_cell_take(struct tree *t, int level, unsigned char *to, uint32_t *ret_size)
{
	struct tree_level *l = &t->levels[level];
	uint32_t end = l->count > 1 ? cell_offset(t, level, l->count - 2) : t->pages->size;
	const unsigned char *cell = l->page + l->top;
	uint32_t skip = level ? 4 : 0, child = 0;
	if (level)
		child = (uint32_t)cell[0] << 24 | (uint32_t)cell[1] << 16 | (uint32_t)cell[2] << 8 | cell[3];
	*ret_size = end - l->top - skip;
	memcpy(to, cell + skip, *ret_size);
	l->count--;
	l->top = end;
	return child;
}

/* A finished page below, and what divides it from the next one: of a table its last rowid as a varint, of an index a cell of its own. */
static enum err divider_add(struct tree *t, int level, uint32_t child, const unsigned char *divider, uint32_t size)
{
	for (; level < TREE_DEPTH_MOST; level++) {
		enum err e = level >= t->depth ? level_reset(t, level) : OK;
		if (e)
			return e;
		struct tree_level *l = &t->levels[level];
		bool full = !level_fits(t, level, size + 4);
		unsigned char *moved = t->moved[level % 2];
		uint32_t moved_size = 0, number = 0, right = 0;
		if (full) {
			/* Its last cell leaves the page: the child becomes the right-most, the divider goes up; so the new page begins with a cell. */
			if (!moved && !(moved = t->moved[level % 2] = malloc(t->pages->size)))
				return ERR_NOMEM;
			right = last_cell_take(t, level, moved, &moved_size);
			e = level_write(t, level, right, &number);
			if (!e)
				e = level_reset(t, level);
			if (e)
				return e;
		}
		unsigned char *cell = cell_make(l, level, size + 4);
		put_u32(cell, child);
		memcpy(cell + 4, divider, size);
		if (!full)
			return OK;
		child = number;
		divider = moved;
		size = moved_size;
	}
	return err_set(ERR_LIMIT, "a table too large for a database");
}

/* --- the tree --- */

void tree_begin(struct tree *t, struct pages *p, uint32_t root, bool index) { *t = (struct tree){ .pages = p, .root = root, .index = index }; }

void tree_free(struct tree *t)
{
	for (int i = 0; i < TREE_DEPTH_MOST; i++)
		free(t->levels[i].page);
	free(t->moved[0]);
	free(t->moved[1]);
	*t = (struct tree){ 0 };
}

/* A leaf's cell: `head` and the payload, of which what is too long goes to pages of its own. */
static enum err leaf_add(struct tree *t, const unsigned char *head, uint32_t head_bytes, const void *payload, size_t size)
{
	uint32_t local = local_size(t, size), first = 0, cell_size = head_bytes + local + (local < size ? 4 : 0);
	uint32_t room = cell_size < 4 ? 4 : cell_size, number, moved_size;
	enum err e = OK;
	if (local < size)
		e = overflow_write(t->pages, (const unsigned char *)payload + local, size - local, &first);
	if (!e && !t->depth)
		e = level_reset(t, 0);
	if (!e && !level_fits(t, 0, room)) {
		unsigned char rowid[9];
		if (t->index) {
			if (!t->moved[0] && !(t->moved[0] = malloc(t->pages->size)))
				return ERR_NOMEM;
			last_cell_take(t, 0, t->moved[0], &moved_size);
		}
		e = level_write(t, 0, 0, &number);
		if (!e)
			e = level_reset(t, 0);
		if (!e && t->index)
			e = divider_add(t, 1, number, t->moved[0], moved_size);
		else if (!e)
			e = divider_add(t, 1, number, rowid, (uint32_t)varint_put(rowid, (uint64_t)t->rowid));
	}
	if (e)
		return e;
	unsigned char *cell = cell_make(&t->levels[0], 0, room);
	memcpy(cell, head, head_bytes);
	memcpy(cell + head_bytes, payload, local);
	if (local < size)
		put_u32(cell + head_bytes + local, first);
	else if (room > cell_size)
		memset(cell + cell_size, 0, room - cell_size);
	return OK;
}

enum err tree_row(struct tree *t, int64_t rowid, const void *record, size_t size)
{
	unsigned char head[18];
	if (t->used && rowid <= t->rowid)
		return err_set(ERR_SQL, "a row with id %lld behind %lld", (long long)rowid, (long long)t->rowid);
	int n = varint_put(head, size);
	n += varint_put(head + n, (uint64_t)rowid);
	enum err e = leaf_add(t, head, (uint32_t)n, record, size);
	t->used = true;
	t->rowid = rowid;
	return e;
}

enum err tree_key(struct tree *t, const void *record, size_t size)
{
	unsigned char head[9];
	return leaf_add(t, head, (uint32_t)varint_put(head, size), record, size);
}

enum err tree_end(struct tree *t)
{
	enum err e = OK;
	uint32_t below = 0;
	for (int level = 0; !e && level < t->depth; level++) {
		if (level + 1 < t->depth) {
			e = level_write(t, level, below, &below);
		} else {
			page_head(t, level, below);
			e = write_at(t->pages, t->root, t->levels[level].page, t->pages->size);
		}
	}
	tree_free(t);
	return e;
}
