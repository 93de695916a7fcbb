/* The recovery engine over a database, a log and a journal. Input: two little-endian lengths of 4 bytes (log, journal; the low 24 bits
 * count), then the log, the journal and the database. */
#include <stdlib.h>

#include "formats/sqlite_place.h"
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

/* Places of live rows, in the tree of each of the first pages: what is named lies in that file. */
static void places_touch(struct sqlite_input db, struct sqlite_input wal, struct sqlite_input journal)
{
	struct sqlite_file *f = NULL;
	if (sqlite_file_open(db, wal, journal, NULL, NULL, &f) != OK)
		return;
	for (uint32_t page = 1; page <= 12 && page <= sqlite_file_pages(f); page++) {
		struct placer *p = NULL;
		struct place at;
		if (placer_open(f, page, &p) != OK)
			continue;
		for (int64_t rowid = -3; rowid < 200; rowid++)
			if (place_find(p, rowid, &at) &&
			    at.offset >= (at.part == SQLITE_PART_DB ? db.size : at.part == SQLITE_PART_WAL ? wal.size : journal.size))
				abort();
		placer_free(p);
	}
	sqlite_file_free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = span_of(data, size);
	uint32_t wal_size = span_le32(&s) & 0xffffff, journal_size = span_le32(&s) & 0xffffff;
	struct span wal = span_take(&s, wal_size), journal = span_take(&s, journal_size), db = span_of(s.at, span_left(&s));
	struct recover_limits limits = { .memory = 64 << 20, .candidates = 10000, .fragments = size % 2, .hot_journal = size % 3 == 0,
					 .with_live = size % 5 == 0 };
	struct recover *r = NULL;
	unsigned sum = 0;
	if (recover_open((struct sqlite_input){ part_read, &db, span_size(&db) }, (struct sqlite_input){ part_read, &wal, span_size(&wal) },
			 (struct sqlite_input){ part_read, &journal, span_size(&journal) }, &limits, NULL, NULL, &r) == OK)
		recover_rows(r, NULL, row_touch, &sum);
	recover_free(r);
	places_touch((struct sqlite_input){ part_read, &db, span_size(&db) }, (struct sqlite_input){ part_read, &wal, span_size(&wal) },
		     (struct sqlite_input){ part_read, &journal, span_size(&journal) });
	return 0;
}
