#include <stdlib.h>

#include "formats/leveldb_parts.h"

enum { FOOTER = 48, TRAILER = 5, KEY_TRAILER = 8, DELETION = 0, VALUE = 1, BLOCK_LEAST = 8 };

/* Where a search for blocks gives up: bytes looked at; and how far behind an unsure start a block may end. */
enum { SEARCH_MOST = 1 << 29, SEARCH_WINDOW = 8192 };

struct handle {
	uint64_t offset, size; /* without the trailer */
};

static bool handle_read(struct span *s, struct handle *ret)
{
	ret->offset = span_leb128(s);
	ret->size = span_leb128(s);
	return span_ok(s);
}

/* The stored bytes of a block and its type; false when they are not all in the file. */
static bool stored_block(const struct span *file, struct handle h, struct span *ret_stored, uint8_t *ret_type, bool *ret_crc_ok)
{
	uint64_t all = span_size(file);
	if (h.size > all || !span_has(file, h.offset, h.size + TRAILER))
		return false;
	*ret_stored = span_part(file, h.offset, h.size);
	struct span trailer = span_part(file, h.offset + h.size, TRAILER);
	*ret_type = span_u8(&trailer);
	*ret_crc_ok = leveldb_crc_masked(leveldb_crc(0, ret_stored->start, (size_t)h.size + 1)) == span_le32(&trailer);
	return true;
}

bool leveldb_table_looks(struct span file)
{
	struct span magic = span_part(&file, span_size(&file) < FOOTER ? 0 : span_size(&file) - 8, span_size(&file) < FOOTER ? 0 : 8);
	return span_match(&magic, "\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8);
}

/* ---- data blocks ---- */

struct data_block {
	const struct leveldb_reader *r;
	uint64_t offset;
	bool strange; /* some key was none of LevelDB's */
};

/* A key of a table: the user's, then sequence << 8 | type. */
static bool key_split(struct span key, struct leveldb_entry *ret)
{
	size_t size = span_size(&key);
	if (size < KEY_TRAILER)
		return false;
	struct span trailer = span_part(&key, size - KEY_TRAILER, KEY_TRAILER);
	uint64_t packed = span_le64(&trailer);
	ret->key = span_part(&key, 0, size - KEY_TRAILER);
	ret->sequence = packed >> 8;
	ret->deleted = (packed & 0xff) == DELETION;
	return (packed & 0xff) <= VALUE;
}

static enum err data_entry(void *context, struct span key, struct span value)
{
	struct data_block *b = context;
	struct leveldb_entry e = { .value = value, .offset = b->offset };
	if (!key_split(key, &e)) {
		b->strange = true;
		return OK;
	}
	if (e.deleted)
		e.value = span_of(NULL, 0);
	return b->r->fn(b->r->context, &e);
}

static enum err data_block_read(const struct leveldb_reader *r, struct handle h, struct buf *room)
{
	struct span stored, content;
	uint8_t type;
	bool crc_ok, damaged;
	if (!stored_block(&r->file, h, &stored, &type, &crc_ok)) {
		leveldb_note(r, h.offset, "a block lies beyond the end of the file");
		return OK;
	}
	if (!crc_ok)
		leveldb_note(r, h.offset, "a block's checksum does not match");
	const char *why = leveldb_block_open(stored, type, room, &content);
	if (why) {
		leveldb_note(r, h.offset, why);
		return OK;
	}
	struct data_block b = { r, h.offset, false };
	enum err e = leveldb_block_each(content, data_entry, &b, &damaged);
	if (damaged || b.strange)
		leveldb_note(r, h.offset, damaged ? "a block holds damaged entries" : "a block holds keys that are none of LevelDB's");
	return e;
}

/* ---- search: where there is no index ----
 *
 * Blocks lie back to back, each with its checksum behind it. So the end of a block is where the running checksum is the one
 * that stands there. Behind a damaged block every byte may be the next start; bounded by SEARCH_MOST. */

struct search {
	const struct leveldb_reader *r;
	struct handle *found;
	size_t count, room;
	uint64_t looked_at;
};

/* The size of the block that starts at `at` and ends before `at` + `window`; 0: none. */
static uint64_t block_size_at(struct search *s, uint64_t at, uint64_t window)
{
	const struct span *file = &s->r->file;
	uint64_t left = span_size(file) - at;
	if (window > left)
		window = left;
	const uint8_t *p = file->start + at;
	uint32_t crc = 0;
	for (uint64_t size = 0; size + TRAILER <= window && s->looked_at < SEARCH_MOST; size++, s->looked_at++) {
		uint8_t type = p[size];
		uint32_t with_type = leveldb_crc(crc, p + size, 1);
		if (size >= BLOCK_LEAST && (type <= 2 || type == 4)) {
			struct span stored = span_of(p + size + 1, 4);
			if (span_le32(&stored) == leveldb_crc_masked(with_type))
				return size;
		}
		crc = with_type;
	}
	return 0;
}

static bool found_add(struct search *s, struct handle h)
{
	if (s->count == s->room) {
		size_t room = s->room ? s->room * 2 : 64;
		struct handle *more = reallocarray(s->found, room, sizeof *more);
		if (!more)
			return false;
		s->found = more;
		s->room = room;
	}
	s->found[s->count++] = h;
	return true;
}

static int handle_compare(const void *a, const void *b)
{
	const struct handle *x = a, *y = b;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* What kind a block is of: an index holds nothing but handles, and of blocks that were found. */
struct kind {
	const struct search *search;
	bool keys_good, all_handles, some_known;
};

static enum err kind_entry(void *context, struct span key, struct span value)
{
	struct kind *k = context;
	struct leveldb_entry e;
	struct handle h;
	if (!key_split(key, &e))
		k->keys_good = false;
	if (!handle_read(&value, &h) || span_left(&value) > 0) {
		k->all_handles = false;
		return OK;
	}
	const struct handle *known = k->search->count ? bsearch(&h, k->search->found, k->search->count, sizeof h, handle_compare)
						      : NULL;
	if (known && known->size == h.size)
		k->some_known = true;
	return OK;
}

static bool is_data_block(const struct search *s, struct handle h, struct buf *room)
{
	struct span stored, content;
	uint8_t type;
	bool crc_ok, damaged;
	struct kind k = { s, true, true, false };
	if (!stored_block(&s->r->file, h, &stored, &type, &crc_ok) || leveldb_block_open(stored, type, room, &content))
		return false;
	if (leveldb_block_each(content, kind_entry, &k, &damaged) < 0 || damaged)
		return false;
	return k.keys_good && !(k.all_handles && k.some_known);
}

static enum err search_blocks(struct search *s, struct buf *room)
{
	uint64_t at = 0, end = span_size(&s->r->file);
	bool sure = true; /* a block starts at `at` */
	while (at < end && s->looked_at < SEARCH_MOST) {
		struct handle h = { at, block_size_at(s, at, sure ? UINT64_MAX : SEARCH_WINDOW) };
		if (h.size == 0) {
			if (sure && end - at > FOOTER && s->count > 0)
				leveldb_note(s->r, at, "no block starts where the one before ended");
			sure = false;
			at++;
			continue;
		}
		enum err e = is_data_block(s, h, room) ? data_block_read(s->r, h, room) : OK;
		if (!e && !found_add(s, h))
			e = err_set(ERR_NOMEM, "LevelDB: no memory for the list of blocks");
		if (e)
			return e;
		at += h.size + TRAILER;
		sure = true;
	}
	if (at < end && s->count > 0)
		leveldb_note(s->r, at, "the search for blocks was given up here");
	return OK;
}

/* ---- the index ---- */

struct index {
	const struct leveldb_reader *r;
	struct buf room;
	uint64_t end; /* of the last block read */
	size_t count;
};

static enum err index_entry(void *context, struct span key, struct span value)
{
	struct index *i = context;
	struct handle h;
	(void)key;
	/* Blocks ascend. One that does not could make a small file be read for ever. */
	if (!handle_read(&value, &h) || h.offset < i->end) {
		leveldb_note(i->r, i->end, "the index names a block that cannot be");
		return OK;
	}
	enum err e = data_block_read(i->r, h, &i->room);
	if (span_has(&i->r->file, h.offset, h.size))
		i->end = h.offset + h.size;
	i->count++;
	return e;
}

/* The index block's content; false (with a note) when it is not good as a whole. */
static bool index_open(const struct leveldb_reader *r, struct buf *room, struct span *ret_content)
{
	struct span footer = span_part(&r->file, span_size(&r->file) - FOOTER, FOOTER), stored;
	struct handle meta, index;
	uint8_t type;
	bool crc_ok = false;
	if (!handle_read(&footer, &meta) || !handle_read(&footer, &index) ||
	    !stored_block(&r->file, index, &stored, &type, &crc_ok) || !crc_ok ||
	    leveldb_block_open(stored, type, room, ret_content)) {
		leveldb_note(r, span_size(&r->file) - FOOTER, "the index is damaged: blocks are searched for");
		return false;
	}
	return true;
}

enum err leveldb_table_read(const struct leveldb_reader *r, size_t *ret_found)
{
	struct index i = { .r = r };
	struct buf room = { 0 };
	struct span content;
	bool damaged = false;
	enum err e;
	if (leveldb_table_looks(r->file) && index_open(r, &room, &content)) {
		e = leveldb_block_each(content, index_entry, &i, &damaged);
		if (damaged)
			leveldb_note(r, i.end, "the index holds damaged entries");
		*ret_found = i.count;
	} else {
		struct search s = { .r = r };
		e = search_blocks(&s, &room);
		*ret_found = s.count;
		free(s.found);
	}
	buf_free(&i.room);
	buf_free(&room);
	return e;
}
