#include <assert.h>

#include "formats/leveldb_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t file_size;

static enum err entry(void *context, const struct leveldb_entry *e)
{
	unsigned *sum = context;
	assert(e->offset < file_size);
	assert(!e->deleted || span_size(&e->value) == 0);
	/* Touch the ends only: prefix compression makes long keys of few bytes. */
	if (span_size(&e->key))
		*sum += e->key.start[0] + e->key.end[-1];
	if (span_size(&e->value))
		*sum += e->value.start[0] + e->value.end[-1];
	return OK;
}

static void note(void *context, uint64_t offset, const char *reason)
{
	(void)context;
	assert(offset <= file_size && reason[0]);
}

static enum err block_entry(void *context, struct span key, struct span value)
{
	const struct leveldb_entry e = { .key = key, .value = value };
	return entry(context, &e);
}

/* The input as a file, and as one block of a table, where no checksum is in the way. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned sum = 0;
	file_size = size;
	leveldb_read(span_of(data, size), entry, note, &sum);
	struct buf room = { 0 };
	struct span content;
	bool damaged;
	if (size && !leveldb_block_open(span_of(data + 1, size - 1), data[0], &room, &content))
		leveldb_block_each(content, block_entry, &sum, &damaged);
	buf_free(&room);
	return 0;
}
