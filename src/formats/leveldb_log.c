#include "formats/leveldb_parts.h"

enum { BLOCK = 32768, HEADER = 7, SEARCH_MOST = 1 << 28, BATCH_HEADER = 12, DELETION = 0, VALUE = 1 };
enum record_type { ZERO, FULL, FIRST, MIDDLE, LAST };

struct record {
	uint64_t offset; /* of its header */
	uint64_t next;   /* where the next header may stand */
	unsigned type;
	struct span data;
	bool crc_ok;
};

enum found { FOUND, FOUND_NOTHING, FOUND_DAMAGE };

static bool crc_good(const struct span *file, uint64_t at, uint32_t crc, uint16_t length)
{
	return leveldb_crc_masked(leveldb_crc(0, file->start + at + 6, 1u + length)) == crc;
}

/* Where in this block the next record with the right checksum begins, at `at` or behind; else the block's end. *looked_at counts
 * the bytes summed: beyond SEARCH_MOST the rest of a block is given up without a search, so that no file takes for ever. */
static uint64_t record_search(const struct span *file, uint64_t at, uint64_t block_end, uint64_t *looked_at)
{
	for (; at + HEADER <= block_end && span_has(file, at, HEADER) && *looked_at < SEARCH_MOST; at++) {
		struct span head = span_part(file, at, HEADER);
		uint32_t crc = span_le32(&head);
		uint16_t length = span_le16(&head);
		uint8_t type = span_u8(&head);
		if (type < FULL || type > LAST || length > block_end - at - HEADER || !span_has(file, at + HEADER, length))
			continue;
		*looked_at += length;
		if (crc_good(file, at, crc, length))
			return at;
	}
	return block_end;
}

/* The record whose header stands at `at` or, where the block has no room for one, in the next block. FOUND_DAMAGE: no record
 * can be made of it; FOUND_NOTHING: the rest of the block is empty. ret->next leads on in each case. */
static enum found record_at(const struct span *file, uint64_t at, uint64_t *looked_at, struct record *ret)
{
	uint64_t block_end = (at / BLOCK + 1) * BLOCK;
	ret->offset = at;
	ret->next = block_end;
	if (block_end - at < HEADER)
		return FOUND_NOTHING;
	struct span head = span_part(file, at, HEADER);
	if (!span_ok(&head))
		return FOUND_DAMAGE;
	uint32_t crc = span_le32(&head);
	uint16_t length = span_le16(&head);
	ret->type = span_u8(&head);
	if (ret->type == ZERO && length == 0)
		return FOUND_NOTHING; /* space that was reserved */
	if (ret->type < FULL || ret->type > LAST || length > block_end - at - HEADER) {
		ret->next = record_search(file, at + 1, block_end, looked_at);
		return FOUND_DAMAGE;
	}
	/* Cut off by the end of the file: take what is there. */
	uint64_t left = span_size(file) - at - HEADER;
	bool cut = length > left;
	ret->data = span_part(file, at + HEADER, cut ? left : length);
	ret->crc_ok = !cut && crc_good(file, at, crc, length);
	ret->next = at + HEADER + span_size(&ret->data);
	if (!ret->crc_ok) {
		/* Perhaps it is the length that is wrong: no further than to the next good record. */
		uint64_t next = record_search(file, at + HEADER, block_end, looked_at);
		if (next < ret->next) {
			ret->next = next;
			ret->data = span_part(file, at + HEADER, next - at - HEADER);
		}
	}
	return FOUND;
}

enum leveldb_looks leveldb_log_looks(struct span file)
{
	struct record r;
	uint64_t looked_at = 0;
	if (span_size(&file) == 0)
		return LEVELDB_LOG_SURE; /* nobody has written to it yet */
	for (uint64_t at = 0; at < span_size(&file); at = r.next)
		if (record_at(&file, at, &looked_at, &r) == FOUND && r.crc_ok)
			return LEVELDB_LOG_SURE;
	enum found first = record_at(&file, 0, &looked_at, &r);
	if (first == FOUND)
		return (r.type == FULL || r.type == FIRST) && span_size(&r.data) >= BATCH_HEADER ? LEVELDB_LOG_MAYBE
												 : LEVELDB_LOG_NO;
	return first == FOUND_NOTHING ? LEVELDB_LOG_MAYBE : LEVELDB_LOG_NO;
}

/* The puts and deletions of one write batch. */
static enum err batch_read(const struct leveldb_reader *r, bool sure, struct span batch, uint64_t offset)
{
	struct leveldb_entry e = { .sequence = span_le64(&batch), .offset = offset };
	uint32_t count = span_le32(&batch), i = 0;
	if (!span_ok(&batch)) {
		leveldb_note(r, offset, "a write batch without its head");
		return OK;
	}
	/* Sequences have 56 bits, an operation two bytes at least. Without this any bytes could pass for a damaged log. */
	if (!sure && (e.sequence >> 56 || count == 0 || count > span_left(&batch) / 2)) {
		leveldb_note(r, offset, "a write batch with an impossible head");
		return OK;
	}
	for (; span_left(&batch) > 0; i++, e.sequence++) {
		uint8_t type = span_u8(&batch);
		if (type > VALUE) {
			leveldb_note(r, offset, "a write batch holds an operation that does not exist");
			return OK;
		}
		e.deleted = type == DELETION;
		e.key = span_take(&batch, span_leb128(&batch));
		e.value = type == VALUE ? span_take(&batch, span_leb128(&batch)) : span_of(NULL, 0);
		if (!span_ok(&batch)) {
			leveldb_note(r, offset, "a write batch is cut short");
			return OK;
		}
		enum err error = r->fn(r->context, &e);
		if (error < 0)
			return error;
	}
	if (i != count)
		leveldb_note(r, offset, "a write batch holds more or fewer operations than it says");
	return OK;
}

/* A batch in the making, of several records. */
struct assembly {
	bool sure;
	struct buf bytes;
	uint64_t offset;
	bool open;
};

static enum err assembly_end(const struct leveldb_reader *r, struct assembly *a, bool whole)
{
	if (!a->open)
		return OK;
	a->open = false;
	if (a->bytes.failed)
		return err_set(ERR_NOMEM, "LevelDB: no memory for a write batch");
	if (!whole)
		leveldb_note(r, a->offset, "a write batch lacks its end");
	return batch_read(r, a->sure, span_of(a->bytes.data, a->bytes.size), a->offset);
}

static enum err record_use(const struct leveldb_reader *r, const struct record *record, struct assembly *a)
{
	if (!record->crc_ok)
		leveldb_note(r, record->offset, "a record's checksum does not match");
	if (record->type == FULL || record->type == FIRST) {
		enum err e = assembly_end(r, a, false);
		if (e)
			return e;
		if (record->type == FULL)
			return batch_read(r, a->sure, record->data, record->offset);
		buf_clear(&a->bytes);
		a->open = true;
		a->offset = record->offset;
	} else if (!a->open) {
		leveldb_note(r, record->offset, "a part of a write batch lacks its beginning");
		return OK;
	}
	buf_add(&a->bytes, record->data.start, span_size(&record->data));
	return record->type == LAST ? assembly_end(r, a, true) : OK;
}

enum err leveldb_log_read(const struct leveldb_reader *r, bool sure)
{
	struct assembly a = { .sure = sure };
	struct record record;
	uint64_t looked_at = 0;
	enum err e = OK;
	for (uint64_t at = 0; !e && at < span_size(&r->file); at = record.next) {
		enum found found = record_at(&r->file, at, &looked_at, &record);
		if (found == FOUND)
			e = record_use(r, &record, &a);
		else if (found == FOUND_DAMAGE)
			leveldb_note(r, at, "no record here: passed over up to the next one");
	}
	if (!e)
		e = assembly_end(r, &a, false);
	buf_free(&a.bytes);
	return e;
}
