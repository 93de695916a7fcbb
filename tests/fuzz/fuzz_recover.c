/* The recovery engine over a database, a log and a journal. Input: two little-endian lengths of 4 bytes (log, journal; the low 24 bits
 * count), then the log, the journal and the database. */
#include "formats/sqlite_recover.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t part_read(void *context, void *to, uint64_t offset, size_t size)
{
	const struct span *s = context;
	uint64_t all = span_size(s), n = offset >= all ? 0 : all - offset < size ? all - offset : size;
	if (n)
		memcpy(to, s->start + offset, n);
	return (int64_t)n;
}

static enum err row_touch(void *context, const struct recover_row *row)
{
	unsigned *sum = context;
	for (int i = 0; i < row->count; i++)
		for (size_t j = 0; j < row->values[i].size; j++)
			*sum += (unsigned char)row->values[i].bytes[j];
	return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = span_of(data, size);
	uint32_t wal_size = span_le32(&s) & 0xffffff, journal_size = span_le32(&s) & 0xffffff;
	struct span wal = span_take(&s, wal_size), journal = span_take(&s, journal_size), db = span_of(s.at, span_left(&s));
	struct recover_limits limits = { .memory = 64 << 20, .candidates = 10000, .fragments = size % 2, .hot_journal = size % 3 == 0 };
	struct recover *r = NULL;
	unsigned sum = 0;
	if (recover_open((struct sqlite_input){ part_read, &db, span_size(&db) }, (struct sqlite_input){ part_read, &wal, span_size(&wal) },
			 (struct sqlite_input){ part_read, &journal, span_size(&journal) }, &limits, NULL, NULL, &r) == OK)
		recover_rows(r, NULL, row_touch, &sum);
	recover_free(r);
	return 0;
}
