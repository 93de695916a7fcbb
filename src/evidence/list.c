/* Gathering entries and notes. Names come from evidence and may be anything; what leaves here is safe to print, join and compare. */
#include "evidence/list.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/time.h"

enum { POOL_FIRST = 4096, LARGE_PAGE = 2 << 20, POOL_MOST = LARGE_PAGE };
#define PATHS_MOST ((size_t)2 << 30)

struct pool_block {
	struct pool_block *next;
	size_t size, used;
	char bytes[];
};

void *container_alloc(struct container *c, size_t size) { return arena_alloc(&c->evidence->arena, size); }

void memory_large_pages(void *start, size_t size)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = ((uintptr_t)start + page - 1) / page * page, to = (uintptr_t)start + size;
	if (size >= LARGE_PAGE && to > from)
		(void)madvise((void *)from, to - from, MADV_HUGEPAGE); /* a wish only */
}

void pool_free(struct evidence *e)
{
	for (struct pool_block *b = e->pool, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	e->pool = NULL;
}

/* Room for `size` bytes that live as long as the evidence. */
static char *pool_take(struct evidence *e, size_t size)
{
	struct pool_block *b = e->pool;
	if (!b || size > b->size - b->used) {
		size_t block = b ? b->size * 2 + 2 * sizeof *b : POOL_FIRST;
		if (block > POOL_MOST)
			block = POOL_MOST;
		if (block < size + sizeof *b)
			block = size + sizeof *b;
		if (block > PATHS_MOST - e->pool_bytes)
			return NULL;
		b = block >= LARGE_PAGE ? aligned_alloc(LARGE_PAGE, (block + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE) : malloc(block);
		if (!b)
			return NULL;
		memory_large_pages(b, block);
		e->pool_bytes += block;
		*b = (struct pool_block){ .next = e->pool, .size = block - sizeof *b };
		e->pool = b;
	}
	char *p = b->bytes + b->used;
	b->used += size;
	return p;
}

char *container_copy(struct container *c, const void *bytes, size_t size)
{
	char *copy = size < SIZE_MAX / 2 ? pool_take(c->evidence, size + 1) : NULL;
	if (!copy)
		return NULL;
	if (size)
		memcpy(copy, bytes, size);
	copy[size] = 0;
	return copy;
}

/* Appends one part of a path; true when it had to be changed. Bytes that are no UTF-8 and control characters become %XX: what was there can
 * still be read off, and no terminal, log or web page is led astray. */
static bool part_add(const char *part, size_t size, struct buf *out)
{
	bool changed = false;
	if ((size == 2 && memcmp(part, "..", 2) == 0)) {
		buf_text(out, "%2E%2E");
		return true;
	}
	while (size) {
		size_t good = utf8_valid(part, size), plain = 0;
		while (plain < good && (unsigned char)part[plain] >= 0x20 && part[plain] != 0x7f)
			plain++;
		buf_add(out, part, plain);
		part += plain;
		size -= plain;
		if (!size)
			break;
		buf_printf(out, "%%%02X", (unsigned char)*part++);
		size--;
		changed = true;
	}
	return changed;
}

const char *path_make_safe(const void *name, size_t size, bool *ret_absolute, struct buf *out)
{
	const char *p = name, *end = p + size, *wrong = NULL;
	size_t before = out->size;
	*ret_absolute = size && *p == '/';
	if (size > PATH_BYTES_MOST) {
		end = p + PATH_BYTES_MOST;
		wrong = "name cut off: longer than 65535 bytes";
	}
	while (p < end) {
		const char *slash = memchr(p, '/', (size_t)(end - p)), *stop = slash ? slash : end;
		size_t part = (size_t)(stop - p);
		if (part && !(part == 1 && *p == '.')) {
			if (out->size > before)
				buf_char(out, '/');
			bool parent = part == 2 && p[0] == '.' && p[1] == '.';
			if (part_add(p, part, out) && !wrong)
				wrong = parent ? "name leads out of its folder (\"..\"): made harmless"
					       : "name has control characters or is no UTF-8: these bytes are written as %XX";
		}
		p = slash ? slash + 1 : end;
	}
	return wrong;
}

char *container_target(struct container *c, const void *bytes, size_t size)
{
	struct buf b = { 0 };
	const char *p = bytes, *end = p + (size > PATH_BYTES_MOST ? PATH_BYTES_MOST : size);
	while (p < end) { /* like a path, but its shape stays: it is shown and compared, never followed */
		const char *slash = memchr(p, '/', (size_t)(end - p)), *stop = slash ? slash : end;
		if (stop - p == 2 && p[0] == '.' && p[1] == '.')
			buf_text(&b, "..");
		else
			part_add(p, (size_t)(stop - p), &b);
		if (slash)
			buf_char(&b, '/');
		p = slash ? slash + 1 : end;
	}
	char *copy = b.failed ? NULL : container_copy(c, b.data, b.size);
	buf_free(&b);
	return copy;
}

static bool entries_grow(struct evidence *e, size_t room)
{
	struct entry *more = realloc(e->entries, room * sizeof *more);
	if (!more)
		return false;
	memory_large_pages(more, room * sizeof *more);
	e->entries = more;
	e->room = room;
	return true;
}

void container_expect(struct container *c, uint64_t count)
{
	struct evidence *e = c->evidence;
	if (count <= ENTRIES_MOST && e->count + count > e->room)
		(void)entries_grow(e, e->count + (size_t)count);
}

static struct entry *entry_room(struct evidence *e, enum err *ret)
{
	if (e->count >= ENTRIES_MOST) {
		*ret = err_set(ERR_LIMIT, "more than %d entries", ENTRIES_MOST);
		return NULL;
	}
	if (e->count == e->room && !entries_grow(e, e->room / 2 * 3 + 1024)) {
		*ret = err_set(ERR_NOMEM, "out of memory for the list of entries");
		return NULL;
	}
	return &e->entries[e->count];
}

struct entry *container_add(struct container *c, const void *name, size_t size, enum err *ret)
{
	struct evidence *e = c->evidence;
	*ret = OK;
	struct entry *entry = entry_room(e, ret);
	if (!entry)
		return NULL;
	bool absolute, folder = size && ((const char *)name)[size - 1] == '/';
	buf_clear(&e->name);
	buf_text(&e->name, c->prefix);
	size_t before = e->name.size;
	struct buf renamed = { 0 };
	if (c->rename)
		c->rename(&renamed, name, size);
	if (renamed.failed)
		e->name.failed = true;
	const char *wrong = renamed.data ? path_make_safe(renamed.data, renamed.size, &absolute, &e->name) :
					   path_make_safe(name, size, &absolute, &e->name);
	buf_free(&renamed);
	if (e->name.size == before && !e->name.failed) {
		if (folder || (size == 1 && *(const char *)name == '.'))
			return NULL; /* the root itself */
		buf_text(&e->name, "(no name)");
		wrong = "entry without a name";
	}
	char *path = e->name.failed ? NULL : container_copy(c, e->name.data, e->name.size);
	if (!path) {
		*ret = err_set(ERR_NOMEM, "out of memory for the list of entries");
		return NULL;
	}
	*entry = (struct entry){ .path = path, .modified_at = TIME_NONE, .accessed_at = TIME_NONE, .created_at = TIME_NONE,
				 .container = c };
	e->count++;
	c->count++;
	if (wrong)
		container_note(c, path, 0, "%s", wrong);
	if (absolute && !c->absolute_noted) {
		container_note(c, path, 0, "names begin with '/': taken as relative (noted once)");
		c->absolute_noted = true;
	}
	return entry;
}

struct entry *container_entry(struct container *c, size_t i)
{
	return i < c->count ? &c->evidence->entries[c->first + i] : NULL;
}

void container_note(struct container *c, const char *path, uint64_t offset, const char *format, ...)
{
	struct evidence *e = c->evidence;
	if (e->note_count >= NOTES_MOST) {
		e->notes_lost++;
		return;
	}
	if (e->note_count == e->note_room) {
		size_t room = e->note_room ? e->note_room * 2 : 16;
		struct evidence_note *more = realloc(e->notes, room * sizeof *more);
		if (!more) {
			e->notes_lost++;
			return;
		}
		e->notes = more;
		e->note_room = room;
	}
	char line[1200];
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	const char *own_path = *path ? container_copy(c, path, strlen(path)) : "";
	const char *reason = container_copy(c, line, utf8_valid(line, strlen(line)));
	if (!own_path || !reason) {
		e->notes_lost++;
		return;
	}
	e->notes[e->note_count++] = (struct evidence_note){ own_path, offset, reason };
}
