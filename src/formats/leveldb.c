#include "formats/leveldb.h"

#include <pthread.h>

#include "formats/leveldb_parts.h"

static uint32_t crc_table[256];

static void crc_table_fill(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;
		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? c >> 1 ^ 0x82f63b78 : c >> 1;
		crc_table[i] = c;
	}
}

uint32_t leveldb_crc(uint32_t crc, const uint8_t *bytes, size_t size)
{
	crc = ~crc;
	for (size_t i = 0; i < size; i++)
		crc = crc_table[(crc ^ bytes[i]) & 0xff] ^ crc >> 8;
	return ~crc;
}

uint32_t leveldb_crc_masked(uint32_t crc) { return (crc >> 15 | crc << 17) + 0xa282ead8; }

void leveldb_note(const struct leveldb_reader *r, uint64_t offset, const char *reason)
{
	if (r->note)
		r->note(r->context, offset, reason);
}

enum err leveldb_read(struct span file, leveldb_fn *fn, leveldb_note_fn *note, void *context)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, crc_table_fill);
	file = span_part(&file, 0, span_size(&file));
	const struct leveldb_reader r = { file, fn, note, context };
	size_t found = 0;
	bool table = leveldb_table_looks(file);
	enum leveldb_looks log = table ? LEVELDB_LOG_NO : leveldb_log_looks(file);
	if (log == LEVELDB_LOG_SURE)
		return leveldb_log_read(&r, true);
	enum err e = leveldb_table_read(&r, &found);
	if (e || found > 0 || table)
		return e;
	return log == LEVELDB_LOG_MAYBE ? leveldb_log_read(&r, false) : err_set(ERR_FORMAT, "neither a LevelDB log nor a table");
}
