/* Tar: v7, ustar, GNU and pax, by random access. Byte-level notes: docs/formats/tar.md. */
#include "evidence/tar.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "evidence/list.h"
#include "evidence/work.h"

struct walk {
	struct container *c;
	int fd;
	uint64_t size, at;
	struct tar_extra extra, global;
	bool has_links;
};

bool tar_number(const uint8_t *field, size_t size, int64_t *ret)
{
	uint64_t v = 0;
	*ret = 0;
	if (field[0] & 0x80) { /* base-256, two's complement below the mark bit */
		bool negative = field[0] & 0x40;
		v = negative ? UINT64_MAX << 6 | (field[0] & 0x3f) : field[0] & 0x3f;
		for (size_t i = 1; i < size; i++) {
			if (v >> 55 != (negative ? 0x1ff : 0))
				return false;
			v = v << 8 | field[i];
		}
		*ret = (int64_t)v;
		return true;
	}
	size_t i = 0;
	while (i < size && field[i] == ' ')
		i++;
	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++) {
		if (v >> 60)
			return false;
		v = v << 3 | (field[i] - '0');
	}
	*ret = (int64_t)v;
	return i == size || field[i] == ' ' || field[i] == 0;
}

static bool header_good(const uint8_t *h)
{
	int64_t said;
	uint32_t sum = 0;
	int32_t signed_sum = 0; /* some old tars added signed chars */
	if (!tar_number(h + 148, 8, &said))
		return false;
	for (int i = 0; i < TAR_BLOCK; i++) {
		uint8_t b = i >= 148 && i < 156 ? ' ' : h[i];
		sum += b;
		signed_sum += (int8_t)b;
	}
	return sum != 8 * ' ' && (said == sum || said == signed_sum);
}

static bool all_zero(const uint8_t *p, size_t size) { return !size || (!p[0] && memcmp(p, p + 1, size - 1) == 0); }

static size_t field_size(const uint8_t *field, size_t most)
{
	const uint8_t *nul = memchr(field, 0, most);
	return nul ? (size_t)(nul - field) : most;
}

void tar_extra_clear(struct tar_extra *x)
{
	struct buf path = x->path, link = x->link, map = x->map;
	buf_clear(&path);
	buf_clear(&link);
	buf_clear(&map);
	*x = (struct tar_extra){ .path = path, .link = link, .map = map, .modified_at = TIME_NONE, .accessed_at = TIME_NONE,
				 .created_at = TIME_NONE, .sparse_major = -1, .sparse_minor = -1 };
}

void tar_extra_free(struct tar_extra *x)
{
	buf_free(&x->path);
	buf_free(&x->link);
	buf_free(&x->map);
}

/* The name and target of a header without pax or long-name headers before it. */
static void header_names(const uint8_t *h, struct tar_extra *x)
{
	if (!x->has_path) {
		if (memcmp(h + 257, "ustar\0", 6) == 0 && h[345]) { /* GNU's "ustar  " keeps other things there */
			buf_add(&x->path, h + 345, field_size(h + 345, 155));
			buf_char(&x->path, '/');
		}
		buf_add(&x->path, h, field_size(h, 100));
	}
	if (!x->has_link)
		buf_add(&x->link, h + 157, field_size(h + 157, 100));
}

static enum err no_memory(void) { return err_set(ERR_NOMEM, "out of memory for the list of entries"); }

/* A hard link is a file with the content of the entry it names; found when all are listed. */
static enum err link_add(struct walk *w, struct entry *e)
{
	struct buf safe = { 0 };
	bool absolute;
	struct tar_own *own = container_alloc(w->c, sizeof *own);
	buf_text(&safe, w->c->prefix);
	path_make_safe(w->extra.link.data ? w->extra.link.data : "", w->extra.link.size, &absolute, &safe);
	if (own && !safe.failed && safe.data)
		own->link = container_copy(w->c, safe.data, safe.size);
	buf_free(&safe);
	e->type = ENTRY_FILE;
	e->own = own;
	w->has_links = true;
	return own && own->link ? OK : no_memory();
}

static enum err entry_add(struct walk *w, const uint8_t *h, uint64_t size, bool *ret_stop)
{
	struct tar_extra *x = &w->extra;
	struct container *c = w->c;
	char type = (char)h[156];
	uint64_t data = w->at, stored = size;
	enum err err;
	header_names(h, x);
	if (x->path.failed || x->link.failed)
		return no_memory();
	const char *name = x->path.data ? x->path.data : "";
	bool named_folder = x->path.size && name[x->path.size - 1] == '/';
	struct entry *e = container_add(c, name, x->path.size, &err);
	if (err == ERR_LIMIT) {
		container_note(c, "", data, "%s: the rest is not listed", err_message());
		*ret_stop = true;
		return OK;
	}
	if (!e)
		return err;
	int64_t seconds;
	if (tar_number(h + 136, 12, &seconds))
		e->modified_at = time_from(seconds, 1, 0);
	if (x->modified_at != TIME_NONE)
		e->modified_at = x->modified_at;
	e->accessed_at = x->accessed_at;
	e->created_at = x->created_at;
	e->number = data;
	if (type == '5' || type == 'D' || (named_folder && (type == '0' || !type))) {
		e->type = ENTRY_FOLDER;
	} else if (type == '2') {
		e->type = ENTRY_LINK;
		e->target = container_target(c, x->link.data ? x->link.data : "", x->link.size);
		e->size = x->link.size;
		if (!e->target)
			return no_memory();
	} else if (type == '1') {
		return link_add(w, e);
	} else if (type == '3' || type == '4' || type == '6') {
		e->type = ENTRY_OTHER;
	} else {
		if (type == 'M')
			container_note(c, e->path, data, "the rest of a file of another volume: its beginning is not here");
		e->type = ENTRY_FILE;
		e->size = e->stored = size;
		struct tar_own *own = NULL;
		if (type == 'S')
			own = tar_sparse_old(c, w->fd, span_of(h, TAR_BLOCK), &data, &e->size);
		else if (x->sparse_major >= 0 || x->map.size || x->has_real_size) {
			own = tar_sparse_pax(c, w->fd, x, &data, &stored);
			e->size = x->real_size;
		}
		if ((type == 'S' || x->sparse_major >= 0 || x->map.size) && !own)
			return no_memory();
		if (own && own->unreadable)
			container_note(c, e->path, e->number, "its map of pieces (sparse file) makes no sense: cannot be read");
		e->own = own;
		e->number = data;
		e->stored = stored;
		w->at = data; /* behind an old map's extra blocks */
		if (data > w->size || stored > w->size - data)
			container_note(c, e->path, data, "ends at %" PRIu64 " of %" PRIu64 " bytes: the tar is cut off",
				       data < w->size ? w->size - data : 0, stored);
	}
	return OK;
}

/* Reads a long name or pax header's text. */
static enum err extra_text(struct walk *w, uint64_t size, char **ret)
{
	*ret = NULL;
	if (size > TAR_EXTRA_MOST) {
		container_note(w->c, "", w->at, "a header of %" PRIu64 " bytes is not believed", size);
		return OK;
	}
	char *text = malloc((size_t)size + 1);
	if (!text)
		return no_memory();
	enum err x = file_read(w->fd, text, (size_t)size, w->at);
	if (x) {
		free(text);
		return x == ERR_TRUNCATED ? OK : x; /* the walk meets the end itself */
	}
	text[size] = 0;
	*ret = text;
	return OK;
}

static enum err extra_add(struct walk *w, char type, uint64_t size)
{
	char *text;
	enum err err = extra_text(w, size, &text);
	if (err || !text)
		return err;
	if (type == 'L' || type == 'K') {
		struct buf *b = type == 'L' ? &w->extra.path : &w->extra.link;
		buf_clear(b);
		buf_text(b, text);
		*(type == 'L' ? &w->extra.has_path : &w->extra.has_link) = true;
	} else if (!tar_pax(type == 'g' ? &w->global : &w->extra, text, (size_t)size)) {
		container_note(w->c, "", w->at, "a malformed pax header: only its first records count");
	}
	free(text);
	return OK;
}

/* Finds the next good header behind damage; false when there is none. Only headers with the magic count here: bytes of a picture may well
 * have a right checksum by chance. */
static bool resync(struct walk *w)
{
	enum { PIECE = 256 * 1024 };
	struct work *work = work_take();
	bool found = false;
	size_t got = PIECE;
	if (work && work_room(&work->in, &work->in_room, PIECE))
		while (!found && got == PIECE && w->at < w->size) {
			uint64_t left = w->size - w->at;
			if (file_read_some(w->fd, work->in, left < PIECE ? (size_t)left : PIECE, w->at, &got))
				break;
			for (size_t i = 0; !found && got - i >= TAR_BLOCK; i += TAR_BLOCK) {
				found = memcmp(work->in + i + 257, "ustar", 5) == 0 && header_good(work->in + i);
				w->at += found ? 0 : TAR_BLOCK;
			}
		}
	work_give(work);
	return found;
}

struct name_index {
	uint64_t hash;
	size_t i;
};

static int index_order(const void *a, const void *b)
{
	const struct name_index *x = a, *y = b;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->i < y->i ? -1 : x->i > y->i;
}

/* The last file of that name which is no link to itself. Backwards, and not far: a hostile tar may hold a million entries of one name. */
static struct entry *index_find(struct container *c, const struct name_index *index, size_t count, const char *path)
{
	uint64_t hash = text_hash(path, strlen(path));
	size_t from = 0, to = count; /* the first item behind this hash */
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (index[middle].hash <= hash)
			from = middle + 1;
		else
			to = middle;
	}
	for (int tries = 0; from && index[from - 1].hash == hash && tries < 100; from--, tries++) {
		struct entry *e = container_entry(c, index[from - 1].i);
		const struct tar_own *own = e->own;
		bool itself = own && own->link && strcmp(own->link, path) == 0;
		if (e->type == ENTRY_FILE && !itself && strcmp(e->path, path) == 0)
			return e;
	}
	return NULL;
}

/* Gives every hard link what it names, if that lies anywhere in the tar: through at most 8 links to links. */
static enum err links_resolve(struct walk *w)
{
	struct container *c = w->c;
	struct name_index *index = malloc((c->count + 1) * sizeof *index);
	if (!index)
		return no_memory();
	for (size_t i = 0; i < c->count; i++)
		index[i] = (struct name_index){ text_hash(container_entry(c, i)->path, strlen(container_entry(c, i)->path)), i };
	qsort(index, c->count, sizeof *index, index_order);
	for (size_t i = 0; i < c->count; i++) {
		struct entry *e = container_entry(c, i), *target = e;
		struct tar_own *own = e->own;
		if (e->type != ENTRY_FILE || !own || !own->link)
			continue;
		for (int steps = 0; target && target->own && ((struct tar_own *)target->own)->link && steps < 8; steps++)
			target = index_find(c, index, c->count, ((struct tar_own *)target->own)->link);
		if (!target || (target->own && ((struct tar_own *)target->own)->link)) {
			container_note(c, e->path, e->number, "hard link to %s, which is not in the tar", own->link);
			continue;
		}
		e->size = target->size;
		e->number = target->number;
		e->own = target->own;
	}
	free(index);
	return OK;
}

/* One header and what belongs to it; *ret_stop at the end. */
static enum err step(struct walk *w, bool *ret_stop)
{
	uint8_t h[TAR_BLOCK];
	size_t got;
	enum err err = file_read_some(w->fd, h, sizeof h, w->at, &got);
	if (err)
		return err;
	if (w->at >= w->size || got < sizeof h) {
		container_note(w->c, "", w->at, "the tar ends without its end mark: it may be cut off");
		*ret_stop = true;
		return OK;
	}
	if (all_zero(h, sizeof h)) {
		w->at += TAR_BLOCK;
		err = file_read_some(w->fd, h, sizeof h, w->at, &got);
		*ret_stop = err || got < sizeof h || all_zero(h, sizeof h);
		return err;
	}
	int64_t size;
	if (!header_good(h) || !tar_number(h + 124, 12, &size) || size < 0) {
		uint64_t bad = w->at;
		w->at += TAR_BLOCK; /* a header with a right checksum and an impossible size would be found again, and again */
		*ret_stop = !resync(w);
		container_note(w->c, "", bad, *ret_stop ? "damaged here, and nothing that can be read follows" : "damaged here: went on at offset %" PRIu64,
			       w->at);
		tar_extra_clear(&w->extra);
		return OK;
	}
	w->at += TAR_BLOCK;
	char type = (char)h[156];
	bool extra = type == 'L' || type == 'K' || type == 'x' || type == 'X' || type == 'g';
	uint64_t body = !extra && w->extra.has_size ? w->extra.size : (uint64_t)size;
	if (type >= '1' && type <= '6') /* some writers put a size there all the same; a folder of GNU's 'D' has data */
		body = 0;
	if (extra) {
		err = extra_add(w, type, body);
	} else {
		if (type != 'V' && type != 'A') { /* a volume's label, a Solaris ACL */
			if (w->extra.modified_at == TIME_NONE)
				w->extra.modified_at = w->global.modified_at;
			err = entry_add(w, h, body, ret_stop);
		}
		tar_extra_clear(&w->extra);
	}
	uint64_t padded = body > UINT64_MAX - TAR_BLOCK ? body : (body + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
	w->at = padded > UINT64_MAX / 2 || w->at + padded > w->size ? w->size : w->at + padded;
	return err;
}

enum err tar_list(struct container *c, int fd, uint64_t size)
{
	struct walk w = { .c = c, .fd = fd, .size = size };
	uint8_t h[TAR_BLOCK];
	size_t got;
	enum err err = file_read_some(fd, h, sizeof h, 0, &got);
	if (err)
		return err;
	if (size && (got < sizeof h || (!header_good(h) && !all_zero(h, sizeof h))))
		return err_set(ERR_FORMAT, "%s holds no tar", c->source.path);
	tar_extra_clear(&w.extra);
	tar_extra_clear(&w.global);
	for (bool stop = size == 0; !stop && !err;)
		err = step(&w, &stop);
	if (!err && w.has_links)
		err = links_resolve(&w);
	tar_extra_free(&w.extra);
	tar_extra_free(&w.global);
	return err;
}

static enum err zeros(uint64_t size, evidence_sink *sink, void *context)
{
	static const char none[65536];
	enum err err = OK;
	while (size && !err) {
		size_t n = size < sizeof none ? (size_t)size : sizeof none;
		err = sink(context, none, n);
		size -= n;
	}
	return err;
}

enum err tar_read(const struct container *c, int fd, const struct entry *e, evidence_sink *sink, void *context)
{
	const struct tar_own *own = e->own;
	(void)c;
	if (!own)
		return file_deliver(fd, e->number, e->size, e->path, sink, context);
	if (own->link)
		return err_set(ERR_NOT_FOUND, "%s is a hard link to %s, which is not in the tar", e->path, own->link);
	if (own->unreadable)
		return err_set(ERR_FORMAT, "%s: its map of pieces (sparse file, offset %" PRIu64 ") makes no sense", e->path, e->number);
	uint64_t at = 0, data = e->number;
	enum err err = OK;
	for (size_t i = 0; i < own->count && !err; i++) {
		err = zeros(own->pieces[i].at - at, sink, context);
		if (!err)
			err = file_deliver(fd, data, own->pieces[i].size, e->path, sink, context);
		at = own->pieces[i].at + own->pieces[i].size;
		data += own->pieces[i].size;
	}
	return err ? err : zeros(e->size - at, sink, context);
}

/* --- a tar file as evidence --------------------------------------------------------------------------------------------------------------- */

struct own {
	int fd; /* the tar itself, or the scratch file it was decompressed into */
};

static bool tar_probe(const struct source *s)
{
	if (s->folder || s->head_size < TAR_BLOCK)
		return !s->folder && unpack_probe(s);
	bool empty = s->size <= 10240 && s->head_size >= 2 * TAR_BLOCK && all_zero(s->head, s->head_size); /* only end marks */
	return empty || header_good(s->head) || unpack_probe(s);
}

static enum err tar_open(struct container *c)
{
	struct own *own = c->own = container_alloc(c, sizeof *own);
	if (!own)
		return no_memory();
	own->fd = c->source.fd;
	uint64_t size = c->source.size;
	enum err err = unpack_probe(&c->source) ? unpack(c, &own->fd, &size) : OK;
	return err ? err : tar_list(c, own->fd, size);
}

static enum err tar_container_read(const struct container *c, const struct entry *e, evidence_sink *sink, void *context)
{
	return tar_read(c, ((struct own *)c->own)->fd, e, sink, context);
}

static void tar_free(struct container *c)
{
	struct own *own = c->own;
	if (own && own->fd != c->source.fd)
		close(own->fd);
}

const struct container_type tar_container = {
	.name = "tar",
	.probe = tar_probe,
	.open = tar_open,
	.read = tar_container_read,
	.free = tar_free,
};
