/* The keybag, the keys of files, and Manifest.db's rows with their archived records (which begin like a database). */
#include <stdlib.h>
#include <string.h>

#include "evidence/itunes.h"
#include "evidence/itunes_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err row_seen(void *context, const struct itunes_row *row)
{
	struct buf path = { .limit = 1 << 16 };
	size_t *rows = context;
	itunes_path(&path, row->domain, row->domain_size, row->path, row->path_size);
	buf_free(&path);
	return ++*rows < 10000 ? OK : ERR_LIMIT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 16 && memcmp(data, "SQLite format 3", 16) == 0) {
		uint8_t *copy = malloc(size);
		size_t rows = 0;
		if (!copy)
			return 0;
		memcpy(copy, data, size);
		(void)itunes_manifest_read(copy, size, row_seen, &rows);
		free(copy);
		return 0;
	}
	struct keybag k;
	uint8_t key[CRYPT_KEY];
	if (keybag_read(data, size, &k))
		return 0;
	/* Few rounds: time goes into the parser, not into hashing. */
	k.rounds = k.rounds > 8 ? 8 : k.rounds;
	k.first_rounds = k.first_rounds > 8 ? 8 : k.first_rounds;
	if (!keybag_unlock(&k, "Wing-B 2-14"))
		(void)keybag_open_key(&k, 0, data, size < 44 ? size : 44, key);
	return 0;
}
