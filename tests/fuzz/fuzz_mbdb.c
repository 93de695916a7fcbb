/* Manifest.mbdb, record by record. */
#include "evidence/itunes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err row_seen(void *context, const struct itunes_row *row)
{
	struct buf path = { .limit = 1 << 18 };
	size_t *rows = context;
	itunes_path(&path, row->domain, row->domain_size, row->path, row->path_size);
	buf_add(&path, row->target, row->target_size);
	buf_add(&path, row->key, row->key ? ITUNES_SEALED_KEY : 0);
	buf_free(&path);
	return ++*rows < 10000 ? OK : ERR_LIMIT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t rows = 0;
	(void)itunes_mbdb_read(data, size, row_seen, &rows);
	return 0;
}
