#include <snappy-c.h>
#include <zlib.h>

#include "formats/leveldb_parts.h"

enum compression { PLAIN = 0, SNAPPY = 1, ZLIB = 2, DEFLATE = 4 };

static const char too_large[] = "a block is larger than 64 MB when decompressed";
static const char no_memory[] = "no memory for a block";

/* Makes `room` hold `size` bytes of any content. */
static bool room_make(struct buf *room, size_t size)
{
	static const char zeros[4096];
	buf_clear(room);
	while (room->size < size && !room->failed)
		buf_add(room, zeros, size - room->size < sizeof zeros ? size - room->size : sizeof zeros);
	return !room->failed;
}

static const char *snappy_open(struct span stored, struct buf *room, struct span *ret)
{
	const char *in = (const char *)stored.start;
	size_t size = span_size(&stored), length;
	if (snappy_uncompressed_length(in, size, &length) != SNAPPY_OK)
		return "a Snappy block does not tell its length";
	if (length > LEVELDB_BLOCK_MOST)
		return too_large;
	/* Three bytes copy at most 64: a length beyond that is a lie and not worth the memory. */
	if (length / 22 > size)
		return "a Snappy block is shorter than its length needs";
	if (!room_make(room, length))
		return no_memory;
	if (length && snappy_uncompress(in, size, room->data, &length) != SNAPPY_OK)
		return "a Snappy block cannot be decompressed";
	*ret = span_of(room->data, length);
	return NULL;
}

static const char *inflate_open(struct span stored, int window_bits, struct buf *room, struct span *ret)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)stored.start, .avail_in = (uInt)span_size(&stored) };
	if (span_size(&stored) > LEVELDB_BLOCK_MOST)
		return too_large;
	if (inflateInit2(&z, window_bits) != Z_OK)
		return no_memory;
	char piece[16384];
	int rc;
	buf_clear(room);
	do {
		z.next_out = (Bytef *)piece;
		z.avail_out = sizeof piece;
		rc = inflate(&z, Z_NO_FLUSH);
		buf_add(room, piece, sizeof piece - z.avail_out);
	} while (rc == Z_OK && room->size <= LEVELDB_BLOCK_MOST && !room->failed);
	inflateEnd(&z);
	if (room->failed)
		return no_memory;
	if (room->size > LEVELDB_BLOCK_MOST)
		return too_large;
	if (rc != Z_STREAM_END)
		return "a deflated block cannot be decompressed";
	*ret = span_of(room->data, room->size);
	return NULL;
}

const char *leveldb_block_open(struct span stored, uint8_t type, struct buf *room, struct span *ret_content)
{
	*ret_content = span_of(NULL, 0);
	switch (type) {
	case PLAIN:
		*ret_content = stored;
		return NULL;
	case SNAPPY:
		return snappy_open(stored, room, ret_content);
	case ZLIB:
		return inflate_open(stored, 15, room, ret_content);
	case DEFLATE:
		return inflate_open(stored, -15, room, ret_content);
	default:
		return "a block is compressed in a way that is not known";
	}
}

/* The first restart point behind `at`, or `end`. `restarts` is the array of them, ascending; moved on, as `at` ascends too. */
static size_t restart_after(struct span *restarts, size_t at, size_t end)
{
	while (span_left(restarts) >= 4) {
		uint32_t point = span_le32(restarts);
		if (point > at && point < end)
			return point;
	}
	return end;
}

/* The entry at s->at, its key made in `key`. False when it cannot be. */
static bool entry_next(struct span *s, struct buf *key, struct span *ret_value)
{
	uint64_t shared = span_leb128(s), own = span_leb128(s), size = span_leb128(s);
	const uint8_t *bytes = span_bytes(s, own);
	*ret_value = span_take(s, size);
	if (!span_ok(s) || shared > key->size)
		return false;
	key->size = (size_t)shared; /* the bytes before stay: only what is new is copied */
	buf_add(key, bytes, (size_t)own);
	return true;
}

enum err leveldb_block_each(struct span content, leveldb_block_fn *fn, void *context, bool *ret_damaged)
{
	size_t size = span_size(&content);
	struct span tail = span_part(&content, size < 4 ? size : size - 4, size < 4 ? 0 : 4);
	uint64_t count = span_le32(&tail), end = size < 4 ? 0 : size - 4;
	*ret_damaged = !span_ok(&tail) || count > end / 4;
	if (count > end / 4)
		count = 0; /* as well as can be: entries up to the first that is none */
	end -= count * 4;
	struct span restarts = span_part(&content, end, count * 4), s = span_part(&content, 0, end), value;
	struct buf key = { 0 };
	enum err e = OK;
	while (!e && span_left(&s) > 0) {
		size_t at = span_pos(&s);
		if (entry_next(&s, &key, &value)) {
			e = key.failed ? err_set(ERR_NOMEM, "LevelDB: no memory for a key")
				       : fn(context, span_of(key.data, key.size), value);
			continue;
		}
		*ret_damaged = true;
		s = span_part(&content, 0, end);
		span_seek(&s, restart_after(&restarts, at, end));
		key.size = 0; /* at a restart point a key stands whole */
	}
	buf_free(&key);
	return e;
}
