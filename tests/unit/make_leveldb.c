/* Writes a LevelDB database with the library that made the format, for test_leveldb:
 *
 *	make_leveldb DIRECTORY plain|snappy
 *
 * Key i (0 … 1999) is "key%05d", its value "value i " and i % 97 letters 'v'. Written in batches of ten, so that put i has the
 * sequence i + 1. Then every 10th key is written again ("again i", sequences from 2001) and every 7th deleted (after
 * those). Closing and opening turns the log into a table that still holds the superseded entries. Last, 3 puts ("late0" …)
 * stay in the log. */
#include <leveldb/c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 2000 };

static leveldb_t *open_db(const char *path, int compression, leveldb_filterpolicy_t *bloom)
{
	char *error = NULL;
	leveldb_options_t *o = leveldb_options_create();
	leveldb_options_set_create_if_missing(o, 1);
	leveldb_options_set_compression(o, compression);
	leveldb_options_set_block_size(o, 1024);
	leveldb_options_set_filter_policy(o, bloom);
	leveldb_t *db = leveldb_open(o, path, &error);
	leveldb_options_destroy(o);
	if (!db) {
		fprintf(stderr, "%s\n", error);
		exit(1);
	}
	return db;
}

static void write_batch(leveldb_t *db, leveldb_writebatch_t *b)
{
	char *error = NULL;
	leveldb_writeoptions_t *o = leveldb_writeoptions_create();
	leveldb_write(db, o, b, &error);
	leveldb_writeoptions_destroy(o);
	leveldb_writebatch_clear(b);
	if (error) {
		fprintf(stderr, "%s\n", error);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	int compression = strcmp(argv[2], "snappy") == 0 ? leveldb_snappy_compression : leveldb_no_compression;
	leveldb_filterpolicy_t *bloom = leveldb_filterpolicy_create_bloom(10);
	leveldb_t *db = open_db(argv[1], compression, bloom);
	leveldb_writebatch_t *b = leveldb_writebatch_create();
	char key[32], value[160];
	for (int i = 0; i < KEYS; i++) {
		int key_size = snprintf(key, sizeof key, "key%05d", i);
		int size = snprintf(value, sizeof value, "value %d ", i);
		memset(value + size, 'v', (size_t)(i % 97));
		leveldb_writebatch_put(b, key, (size_t)key_size, value, (size_t)(size + i % 97));
		if (i % 10 == 9)
			write_batch(db, b);
	}
	for (int i = 0; i < KEYS; i += 10) {
		int key_size = snprintf(key, sizeof key, "key%05d", i), size = snprintf(value, sizeof value, "again %d", i);
		leveldb_writebatch_put(b, key, (size_t)key_size, value, (size_t)size);
	}
	write_batch(db, b);
	for (int i = 0; i < KEYS; i += 7) {
		int key_size = snprintf(key, sizeof key, "key%05d", i);
		leveldb_writebatch_delete(b, key, (size_t)key_size);
	}
	write_batch(db, b);
	leveldb_close(db);
	db = open_db(argv[1], compression, bloom);
	for (int i = 0; i < 3; i++) {
		int key_size = snprintf(key, sizeof key, "late%d", i);
		leveldb_writebatch_put(b, key, (size_t)key_size, "late", 4);
		write_batch(db, b);
	}
	leveldb_writebatch_destroy(b);
	leveldb_close(db);
	leveldb_filterpolicy_destroy(bloom);
	return 0;
}
